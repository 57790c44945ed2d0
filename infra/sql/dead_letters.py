"""The parked events of every projection, and what is decided about them, beside the rows.

Whoever decides locks the offset of the key's partition first: a runner on the same partition has either parked before,
and it is seen here, or waits and then finds `parked_generation` raised, loads again, and parks that key no longer.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final
from uuid import UUID

import psycopg

from consumers.dead_letters import Letter, NotParked, ParkedKey, Resolution, Resolved
from consumers.fold import TableWrites
from consumers.read_models import Reason
from infra.sql.engine import projecting_connection
from infra.sql.read_models import refusals, trouble
from infra.sql.writing import write
from projections.projection import Projection

# A decision is made once and is not made again by itself, so it is on disk when it is answered. Others wait for it: one
# whose process stopped half-way ends by itself.
_DECIDING: Final = """
    SET LOCAL synchronous_commit = on;
    SET LOCAL lock_timeout = '10s';
    SET LOCAL idle_in_transaction_session_timeout = '60s';
"""
_PARKED: Final = b"""
    SELECT * FROM (
        SELECT DISTINCT ON (key) count(*) OVER (PARTITION BY key), partition, position, key, stream_id, stream_version,
            name, reason, error, sqlstate, parked_at, resolution, resolved_at, resolved_by, resolved_why
        FROM dead_letters WHERE projection = %(projection)s AND version = %(version)s AND resolution IS NULL
        ORDER BY key, position
    ) AS first ORDER BY position
"""
_LETTERS: Final = b"""
    SELECT partition, position, key, stream_id, stream_version,
        name, reason, error, sqlstate, parked_at, resolution, resolved_at, resolved_by, resolved_why
    FROM dead_letters WHERE projection = %(projection)s AND version = %(version)s AND key = %(key)s ORDER BY position
"""
_KEY_OF: Final = b"""
    SELECT key FROM dead_letters
    WHERE projection = %(projection)s AND version = %(version)s AND position = %(position)s AND resolution IS NULL
"""
_HOLD: Final = b"""
    SELECT FROM offsets WHERE projection = %(projection)s AND version = %(version)s AND partition IN (
        SELECT partition FROM dead_letters
        WHERE projection = %(projection)s AND version = %(version)s AND key = %(key)s AND resolution IS NULL)
    ORDER BY partition FOR UPDATE
"""
_RESOLVE: Final = b"""
    WITH resolved AS (
        UPDATE dead_letters
        SET resolution = %(resolution)s, resolved_at = now(), resolved_by = %(by)s, resolved_why = %(why)s
        WHERE projection = %(projection)s AND version = %(version)s AND key = %(key)s AND position = ANY(%(positions)s)
        RETURNING partition
    )
    UPDATE offsets SET parked_generation = parked_generation + 1
    WHERE projection = %(projection)s AND version = %(version)s AND partition IN (SELECT partition FROM resolved)
"""
_BLAME: Final = b"""
    UPDATE dead_letters SET reason = %(reason)s, error = %(error)s, sqlstate = %(sqlstate)s
    WHERE projection = %(projection)s AND version = %(version)s AND key = %(key)s AND position = %(position)s
"""
_RESUME: Final = b"""
    UPDATE offsets SET paused = false, parked_generation = parked_generation + 1
    WHERE projection = %(projection)s AND version = %(version)s AND paused
"""


class SqlDeadLetters:
    """`consumers.dead_letters.DeadLetters`, a connection for each call."""

    def __init__(self, url: str) -> None:
        self._url = url

    def parked(self, projection: Projection) -> list[ParkedKey]:
        with self._deciding() as connection:
            rows = connection.execute(_PARKED, _of(projection)).fetchall()
        firsts = [(events, _letter(*letter)) for events, *letter in rows]
        return [ParkedKey(projection.name, projection.version, each.key, events, each) for events, each in firsts]

    def letters(self, projection: Projection, key: UUID) -> list[Letter]:
        with self._deciding() as connection:
            return _letters(connection, _of(projection, key))

    def key_of(self, projection: Projection, position: int) -> UUID:
        with self._deciding() as connection:
            row = connection.execute(_KEY_OF, {**_of(projection), "position": position}).fetchone()
        if row is None:
            raise NotParked(f"no event at {position} is parked in {projection.name}")
        key: UUID = row[0]
        return key

    @contextmanager
    def hold(self, projection: Projection, key: UUID) -> Iterator["SqlHeld"]:
        of = _of(projection, key)
        with self._deciding() as connection:
            connection.execute(_HOLD, of)
            # Read by a statement of its own: the one that waited for the lock saw what was there before.
            yield SqlHeld(connection, of, [each for each in _letters(connection, of) if each.resolved is None])

    def resume(self, projection: Projection) -> bool:
        with self._deciding() as connection:
            return connection.execute(_RESUME, _of(projection)).rowcount > 0

    @contextmanager
    def _deciding(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with closing(projecting_connection(self._url)) as connection, connection.transaction():
                connection.execute(_DECIDING)
                yield connection
        except psycopg.Error as error:
            raise trouble(error) from None


class SqlHeld:
    """`consumers.dead_letters.Held`."""

    def __init__(self, connection: psycopg.Connection[Any], of: dict[str, Any], letters: list[Letter]) -> None:
        self.letters: Sequence[Letter] = letters
        self._connection = connection
        self._of = of

    def write(self, writes: Sequence[TableWrites]) -> None:
        with refusals(), self._connection.transaction():
            for each in writes:
                write(self._connection, each)

    def resolve(self, letters: Sequence[Letter], resolution: Resolution, by: str, why: str | None = None) -> None:
        positions = [letter.position for letter in letters]
        decided = {"positions": positions, "resolution": resolution.value, "by": by, "why": why}
        self._connection.execute(_RESOLVE, {**self._of, **decided})

    def blame(self, letter: Letter) -> None:
        why = {"reason": letter.reason.value, "error": letter.error, "sqlstate": letter.sqlstate}
        self._connection.execute(_BLAME, {**self._of, "position": letter.position, **why})


def _of(projection: Projection, key: UUID | None = None) -> dict[str, Any]:
    return {"projection": projection.name, "version": projection.version, "key": key}


def _letters(connection: psycopg.Connection[Any], of: dict[str, Any]) -> list[Letter]:
    return [_letter(*row) for row in connection.execute(_LETTERS, of)]


def _letter(*row: Any) -> Letter:
    *reference, reason, error, sqlstate, parked_at, resolution, at, by, why = row
    resolved = None if resolution is None else Resolved(Resolution(resolution), at, by, why)
    partition, position, key, stream_id, stream_version, name = reference
    return Letter(
        partition,
        position,
        key,
        stream_id,
        stream_version,
        name,
        Reason(reason),
        error,
        sqlstate,
        parked_at,
        resolved,
    )
