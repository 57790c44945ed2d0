"""The generations of a projection: the rows that serve, those being built beside them, and those that served before.

A generation is a schema of PostgreSQL: the one that serves is where every statement looks, the others have names of
their own. Each holds the same tables by the same names, its offsets and its dead letters. So whoever fills one needs
nothing but a search path, and to switch is to move tables from schema to schema, with their indexes, and offsets and
letters along with them, in one transaction: a statement sees all of one generation or all of the other.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composable, Composed, Identifier
from sqlalchemy import Table

from infra.failpoints import reached
from infra.sql import offsets, read_models, tables
from infra.sql.beside import Beside, Standing, application, connection_string, pause, standing, standing_in
from infra.sql.engine import projecting_connection
from projections.projection import Projection


class Busy(Exception):
    """Another process builds a generation of this projection. Nothing was done."""


class Contended(Exception):
    """The tables are in use, or what serves has moved on. Nothing was switched; a moment later it may succeed."""


# So soon the server knows that a process is gone.
_CLAIM_SECONDS: Final = 2
# A batch in flight, or one whose process stopped half-way, is over by then; autovacuum has given way.
_HOLD_SECONDS: Final = 15
# Queries that come while the last ones are waited for wait themselves. It is less than the server lets pass before it
# looks for deadlocks: two that wait for each other are parted by this side giving up, and no query is ever broken off.
_SWITCH_MILLISECONDS: Final = 200
_MAINTENANCE: Final = "SET maintenance_work_mem = '256MB'; SET max_parallel_maintenance_workers = 0"

_HOLD: Final = """
    SELECT FROM {offsets} WHERE projection = %(projection)s AND version = %(version)s ORDER BY partition FOR UPDATE
"""
_SKIPPED: Final = """
    SELECT position FROM {letters}
    WHERE projection = %(projection)s AND version = %(version)s AND resolution = 'skipped'
"""
# What was skipped stays skipped, also in rows that are made anew.
_KEEP_SKIPPED: Final = """
    INSERT INTO {to} ({columns}) SELECT {columns} FROM {of}
    WHERE projection = %(projection)s AND version = %(version)s AND resolution = 'skipped' ON CONFLICT DO NOTHING
"""
_MOVE: Final = """
    WITH moved AS (DELETE FROM {of} WHERE projection = %(projection)s AND version = %(version)s RETURNING {columns})
    INSERT INTO {to} ({columns}) SELECT {columns} FROM moved
"""
# Whoever projects knows what was parked in the generation that served: it has to look again.
_RENEW: Final = """
    UPDATE {offsets} SET parked_generation = 1 + greatest(parked_generation, (
        SELECT max(parked_generation) FROM {before} WHERE projection = %(projection)s AND version = %(version)s))
    WHERE projection = %(projection)s AND version = %(version)s
"""
_DROP: Final = "DELETE FROM {of} WHERE projection = %(projection)s AND version = %(version)s"


class Generations:
    """The generations of one projection, for one thread, in the hands of this process alone. Made by `claimed`.

    Every method raises an error of psycopg when the server is out of reach.
    """

    def __init__(self, url: str, projection: Projection, connection: psycopg.Connection[Any]) -> None:
        self._url = url
        self._projection = projection
        self._connection = connection
        self._of = {"projection": projection.name, "version": projection.version}
        ((self._serving,),) = connection.execute("SELECT current_schema()").fetchall()

    @classmethod
    @contextmanager
    def claimed(cls, url: str, projection: Projection) -> Iterator["Generations"]:
        """Raises `Busy`."""
        with closing(projecting_connection(make_conninfo(url, application_name=application(projection)))) as connection:
            connection.execute(f"SET lock_timeout = '{_CLAIM_SECONDS}s'".encode())
            try:
                connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [application(projection)])
            except errors.LockNotAvailable:
                raise Busy(f"another process rebuilds {projection.name}") from None
            connection.execute("RESET lock_timeout")
            yield cls(url, projection, connection)

    def standing(self, beside: Beside) -> Standing | None:
        """See the function of this name."""
        return standing(self._connection, self._projection, beside)

    def url(self, beside: Beside) -> str:
        """Where the tables of this generation are found by the names of those that serve."""
        return connection_string(self._url, beside, application(self._projection))

    def begin(self, beside: Beside) -> None:
        """Makes what is missing to fill this generation, and lets it go on if it was cancelled."""
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", [read_models.MIGRATION_LOCK])
            for each in Beside:
                self._connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(each)))
        for each in Beside:
            read_models.migrate(connection_string(self._url, each), [])
        read_models.migrate(self.url(beside), [self._projection], indexed=False)
        pause(self._connection, self._projection, beside, paused=False)

    def finish(self, beside: Beside) -> Iterator[str]:
        """Makes the indexes that are missing and gathers statistics, step by step: says what comes next.

        An index made after the rows costs a fraction of one kept up with them."""
        with closing(psycopg.connect(self.url(beside), autocommit=True)) as connection:
            connection.execute(_MAINTENANCE)
            for name, statement in tables.missing_indexes(connection, self._projection.tables):
                yield name
                connection.execute(statement)
            for table in self._projection.tables:
                yield table.name
                connection.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(table.name)))

    def serving(self) -> Standing:
        return standing_in(self._connection, self._projection, self._offsets(None))

    def level(self, beside: Beside) -> bool:
        """Whether this generation and the one that serves stand at the same positions, not at the beginning."""
        was, now = self.serving(), self.standing(beside)
        at = {} if now is None else {p: place.position for p, place in now.places.items()}
        return was.begun and at == {p: place.position for p, place in was.places.items()}

    def skipped(self) -> frozenset[int]:
        """The positions of the events that an operator left out of this projection for ever."""
        statement = self._sql(_SKIPPED, letters=self._letters(None))
        return frozenset(position for (position,) in self._connection.execute(statement, self._of))

    @contextmanager
    def held(self, partitions: Sequence[int]) -> Iterator["Held"]:
        """What serves stands still as long as the context: projectors wait, queries do not. To be kept short."""
        with self._connection.transaction():
            self._connection.execute(f"SET LOCAL lock_timeout = '{_HOLD_SECONDS}s'".encode())
            # Of queries and projectors it takes no notice; autovacuum, which would be in the way later, it ends.
            self._lock([self._serving, *self._there()], "SHARE UPDATE EXCLUSIVE")
            offsets.begin(self._connection, self._projection, list(partitions))
            self._connection.execute(self._sql(_HOLD, offsets=self._offsets(None)), self._of)
            yield Held(self._connection)

    def switch(self, beside: Beside) -> None:
        """This generation serves from the end of the transaction on, and what served is the former one. Within `held`.

        Raises `Contended`.
        """
        was, now = self.serving(), self.standing(beside)
        assert now is not None
        reached_by = {partition: place.position for partition, place in now.places.items()}
        if now.paused or any(reached_by.get(p, 0) < place.position for p, place in was.places.items()):
            raise Contended("it is not as far as what serves")
        self._connection.execute(f"SET LOCAL lock_timeout = '{_SWITCH_MILLISECONDS}ms'".encode())
        try:
            self._lock([self._serving, beside], "ACCESS EXCLUSIVE")
        except errors.LockNotAvailable:
            raise Contended("its tables are in use") from None
        keep = self._columns(_KEEP_SKIPPED, offsets.dead_letters, of=None, to=beside)
        self._connection.execute(keep, self._of)
        coming = beside
        if beside is Beside.FORMER:
            coming = Beside.BUILDING
            self._move(Beside.FORMER, coming)
        self._move(None, Beside.FORMER)
        reached("rebuild.switching")
        self._move(coming, None)
        renew = self._sql(_RENEW, offsets=self._offsets(None), before=self._offsets(Beside.FORMER))
        self._connection.execute(renew, self._of)
        if not was.begun:  # there is nothing to go back to
            self._drop(Beside.FORMER)

    def drop(self) -> list[Beside]:
        """Removes every generation that does not serve; returns which there were."""
        found = [each for each in Beside if self.standing(each) is not None]
        with self._connection.transaction():
            for each in found:
                self._drop(each)
        return found

    def drop_earlier(self) -> list[str]:
        """Removes the tables of earlier versions of the projection; returns their names."""
        with self._connection.transaction():
            names = offsets.forget_earlier(self._connection, self._projection)
            for name in names:
                self._connection.execute(SQL("DROP TABLE {}").format(Identifier(self._serving, name)))
        return names

    def _drop(self, beside: Beside) -> None:
        for table in self._projection.tables:
            self._connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(beside, table.name)))
        for kept in (offsets.offsets, offsets.dead_letters):
            self._connection.execute(self._sql(_DROP, of=Identifier(beside, kept.name)), self._of)

    def _there(self) -> list[str]:
        return [each for each in Beside if self.standing(each) is not None]

    def _lock(self, schemas: Sequence[str], mode: LiteralString) -> None:
        tables = [Identifier(schema, table.name) for schema in schemas for table in self._projection.tables]
        statement = SQL("LOCK TABLE {} IN {} MODE").format(SQL(", ").join(tables), SQL(mode))
        self._connection.execute(statement)

    def _move(self, of: Beside | None, to: Beside | None) -> None:
        for table in self._projection.tables:
            self._connection.execute(
                SQL("ALTER TABLE {} SET SCHEMA {}").format(
                    Identifier(of or self._serving, table.name), Identifier(to or self._serving)
                )
            )
        for kept in (offsets.offsets, offsets.dead_letters):
            self._connection.execute(self._columns(_MOVE, kept, of=of, to=to), self._of)

    def _columns(self, statement: LiteralString, table: Table, of: Beside | None, to: Beside | None) -> Composed:
        return self._sql(
            statement,
            of=Identifier(of or self._serving, table.name),
            to=Identifier(to or self._serving, table.name),
            columns=SQL(", ").join(map(Identifier, table.columns.keys())),
        )

    def _offsets(self, beside: Beside | None) -> Identifier:
        return Identifier(beside or self._serving, offsets.offsets.name)

    def _letters(self, beside: Beside | None) -> Identifier:
        return Identifier(beside or self._serving, offsets.dead_letters.name)

    def _sql(self, statement: LiteralString, **names: Composable) -> Composed:
        return SQL(statement).format(**names)


@dataclass(frozen=True, slots=True)
class Held:
    """What serves stands still, until the server loses patience with it."""

    connection: psycopg.Connection[Any]

    def still(self) -> None:
        """Raises an error of psycopg if it no longer does."""
        self.connection.execute("SELECT 1")
