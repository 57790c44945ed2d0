"""Person keys in a database of their own, so that no backup of the log can bring a destroyed one back.

A key is stored wrapped: sealed by the installation's wrapping key and bound to its person and id. A destroyed key's row
stays as the fence: nobody makes a second key for an erased person.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID, uuid4

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from consumers.source import Unavailable
from infra.keys.person import KeyDamaged, PersonErased, PersonKey

NONCE_BYTES: Final = 12
WAIT_SECONDS: Final = 5.0
PORTION: Final = 10_000
_Row = tuple[UUID, UUID, bytes | None]

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS person_key (
    person uuid PRIMARY KEY,
    key_id uuid NOT NULL UNIQUE,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
)"""
_BY_PERSON: Final = "SELECT person, key_id, wrapped FROM person_key WHERE person = ANY(%b::uuid[])"
_BY_ID: Final = "SELECT person, key_id, wrapped FROM person_key WHERE key_id = ANY(%b::uuid[])"
_NEXT: Final = """
SELECT person, key_id, wrapped FROM person_key
WHERE person > %b::uuid OR %b::uuid IS NULL ORDER BY person LIMIT %b::bigint"""
_INSERT: Final = """
INSERT INTO person_key (person, key_id, wrapped)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bytea[]) ON CONFLICT (person) DO NOTHING"""
_DESTROY: Final = """
INSERT INTO person_key (person, key_id, destroyed_at) VALUES (%b, %b, now())
ON CONFLICT (person) DO UPDATE SET wrapped = NULL, destroyed_at = now() WHERE person_key.destroyed_at IS NULL"""


class KeyStore:
    """Implements `Keys`. `connections` bounds how many threads use it at once; one more waits 5 seconds at most."""

    def __init__(self, url: str, wrapping_key: bytes, connections: int) -> None:
        self._wrapping = AESGCM(wrapping_key)
        self._pool = ConnectionPool[Connection[TupleRow]](
            url,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=connections,
            timeout=WAIT_SECONDS,
            # Given up sooner and asked for anew: its own next try can be as late again as the outage was long.
            reconnect_timeout=WAIT_SECONDS,
            open=True,
        )

    def migrate(self) -> None:
        """Makes the table; several processes may do so at once."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('carnet person_key'))")
            connection.execute(_TABLE)

    def make(self, persons: Iterable[UUID]) -> dict[UUID, PersonKey]:
        """See `Keys`."""
        wanted = sorted(set(persons))
        with self._connection() as connection:
            rows = _select(connection, _BY_PERSON, wanted)
            known = {row[0] for row in rows}
            # In one order everywhere: two that make keys for the same persons wait for each other, but never in a ring.
            missing = [person for person in wanted if person not in known]
            if missing:
                ids = [uuid4() for _ in missing]
                wrapped = [self._wrap(person, id) for person, id in zip(missing, ids, strict=True)]
                connection.execute(_INSERT, (missing, ids, wrapped), prepare=True)
                # A statement of its own: only so it sees the keys of whoever was faster.
                rows += _select(connection, _BY_PERSON, missing)
        if erased := [person for person, _, wrapping in rows if wrapping is None]:
            raise PersonErased(erased)
        return {row[0]: self._unwrap(row) for row in rows}

    def fetch(self, key_ids: Iterable[UUID]) -> dict[UUID, PersonKey]:
        """See `Keys`."""
        with self._connection() as connection:
            return {row[1]: self._unwrap(row) for row in _select(connection, _BY_ID, list(set(key_ids)))}

    def each(self) -> Iterator[list[PersonKey]]:
        """Every key there is, destroyed ones included, many at a time. Raises `KeyDamaged`, `Unavailable`."""
        after: UUID | None = None
        while True:
            with self._connection() as connection, connection.cursor(binary=True) as cursor:
                rows: list[_Row] = cursor.execute(_NEXT.encode(), (after, after, PORTION)).fetchall()
            if not rows:
                return
            yield [self._unwrap(row) for row in rows]
            after = rows[-1][0]

    def destroy(self, person: UUID) -> None:
        """Makes everything sealed for this person unreadable, for ever; also fences off one who has no key yet."""
        with self._connection() as connection:
            connection.execute(_DESTROY, (person, uuid4()))

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection[TupleRow]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            # Whatever ended this connection may have ended the idle ones too: else each of them costs a try.
            self._pool.check()
            raise Unavailable(f"the key store: {type(error).__qualname__}") from error

    def _wrap(self, person: UUID, id: UUID) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, AESGCM.generate_key(256), person.bytes + id.bytes)

    def _unwrap(self, row: _Row) -> PersonKey:
        person, id, wrapped = row
        if wrapped is None:
            return PersonKey(person, id, None)
        try:
            key = self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], person.bytes + id.bytes)
        except InvalidTag:
            raise KeyDamaged(f"the key {id} cannot be opened") from None
        return PersonKey(person, id, AESGCM(key))


def _select(connection: Connection[TupleRow], query: str, ids: list[UUID]) -> list[_Row]:
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query.encode(), (ids,), prepare=True).fetchall()
