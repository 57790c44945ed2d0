"""Parked pieces of feeds, in the database of the log: what was said is sealed by a key of the house, and expires."""

import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from commands.ports import Clock
from consumers.feeds.parked import Aside, ParkedPiece
from consumers.source import Unavailable
from infra.failpoints import reached

NONCE_BYTES: Final = 12
WAIT_SECONDS: Final = 5.0

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS parked_piece (
    id uuid PRIMARY KEY,
    format text NOT NULL,
    number text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    waits_for uuid,
    about text,
    sealed bytea NOT NULL,
    parked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    try_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS parked_piece_waits_for ON parked_piece (waits_for);
CREATE INDEX IF NOT EXISTS parked_piece_expires_at ON parked_piece (expires_at)"""
# Tried in vain, it is tried again after 2, 4, 8 ... seconds, an hour at most.
_PUT: Final = """
INSERT INTO parked_piece (id, format, number, reason, detail, waits_for, about, sealed, parked_at, expires_at, try_at)
SELECT p.id, p.format, p.number, p.reason, p.detail, p.waits_for, p.about, decode(p.sealed, 'hex'),
       %(now)s, %(expires)s, %(now)s
FROM jsonb_to_recordset(%(pieces)s) AS p(id uuid, format text, number text, reason text, detail text, waits_for uuid,
    about text, sealed text)
ORDER BY p.id
ON CONFLICT (id) DO UPDATE SET reason = EXCLUDED.reason, detail = EXCLUDED.detail, waits_for = EXCLUDED.waits_for,
    about = EXCLUDED.about, tries = parked_piece.tries + 1,
    try_at = EXCLUDED.parked_at + least(interval '1 hour', interval '1 second' * 2 ^ least(parked_piece.tries, 12))"""
_COLUMNS: Final = """
SELECT id, format, number, reason, detail, waits_for, about, sealed, parked_at, expires_at FROM parked_piece """
_DUE: Final = (
    _COLUMNS
    + """
WHERE format = %(format)s AND try_at <= %(now)s AND expires_at > %(now)s
AND EXISTS (SELECT FROM carnet_events WHERE originator_id = waits_for) ORDER BY parked_at, id LIMIT %(limit)s"""
)
_ALL: Final = (
    _COLUMNS
    + """
WHERE expires_at > %(now)s AND (format = %(format)s OR %(format)s::text IS NULL) ORDER BY parked_at, id"""
)
_WAITING: Final = """
SELECT format, count(*), min(parked_at) FROM parked_piece WHERE expires_at > %(now)s GROUP BY format"""
_SETTLE: Final = "DELETE FROM parked_piece WHERE id = ANY(%(ids)s)"
_EXPIRE: Final = "DELETE FROM parked_piece WHERE expires_at <= %(now)s"


class SqlParked:
    """Implements `consumers.feeds.parked.Parked`. `key` is 32 bytes; pieces are kept for so many `days`."""

    def __init__(self, url: str, key: bytes, clock: Clock, days: int) -> None:
        self._key = key
        self._cipher = AESGCM(hmac.digest(key, b"seal", "sha256"))
        self._clock = clock
        self._days = timedelta(days=days)
        self._pool = ConnectionPool[Connection[TupleRow]](
            url, kwargs={"autocommit": True}, min_size=0, max_size=4, timeout=WAIT_SECONDS, open=True
        )

    def migrate(self) -> None:
        """Makes the table; several processes may do so at once."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('carnet parked_piece'))")
            connection.execute(_TABLE)

    def put(self, pieces: Sequence[Aside]) -> None:
        """See `Parked`."""
        now = self._clock()
        # The same piece twice in one statement would be refused.
        rows = {id: each for each in pieces for id in [self._id(each)]}
        said = [
            {
                "id": str(id),
                "format": each.format,
                "number": each.number,
                "reason": each.reason,
                "detail": each.detail,
                "waits_for": None if each.waits_for is None else str(each.waits_for),
                "about": each.about,
                "sealed": self._seal(id, each.said).hex(),
            }
            for id, each in rows.items()
        ]
        with self._connection() as connection:
            connection.execute(_PUT, {"pieces": Jsonb(said), "now": now, "expires": now + self._days})
        reached("feed.parked")

    def due(self, format: str, limit: int) -> list[ParkedPiece]:
        """See `Parked`."""
        return self._found(_DUE, {"format": format, "limit": limit})

    def all(self, format: str | None = None) -> list[ParkedPiece]:
        """See `Parked`."""
        return self._found(_ALL, {"format": format})

    def waiting(self) -> dict[str, tuple[int, datetime]]:
        """By format, how many pieces wait, and since when the oldest does. Raises `Unavailable`."""
        with self._connection() as connection:
            rows = connection.execute(_WAITING, {"now": self._clock()}).fetchall()
        return {format: (many, since) for format, many, since in rows}

    def settle(self, pieces: Sequence[UUID]) -> None:
        """See `Parked`."""
        with self._connection() as connection:
            connection.execute(_SETTLE, {"ids": list(pieces)})

    def expire(self) -> int:
        """See `Parked`."""
        with self._connection() as connection:
            return connection.execute(_EXPIRE, {"now": self._clock()}).rowcount

    def close(self) -> None:
        self._pool.close()

    def _found(self, query: str, parameters: dict[str, Any]) -> list[ParkedPiece]:
        with self._connection() as connection:
            rows = connection.execute(query.encode(), {**parameters, "now": self._clock()}).fetchall()
        return [self._piece(*row) for row in rows]

    def _piece(self, id: UUID, *row: Any) -> ParkedPiece:
        format, number, reason, detail, waits_for, about, sealed, parked_at, expires_at = row
        aside = Aside(format, number, self._open(id, sealed), reason, detail, waits_for, about)
        return ParkedPiece(id, aside, parked_at, expires_at)

    def _id(self, piece: Aside) -> UUID:
        """From what was said, by the key: the same again is the same, and tells nobody else what it is."""
        return UUID(bytes=hmac.digest(self._key, piece.format.encode() + b"\n" + piece.said, "sha256")[:16])

    def _seal(self, id: UUID, said: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, said, id.bytes)

    def _open(self, id: UUID, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], id.bytes)
        except InvalidTag:
            raise Unavailable("parked pieces: sealed by another key") from None

    @contextmanager
    def _connection(self) -> Iterator[Connection[TupleRow]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise Unavailable(f"parked pieces: {type(error).__qualname__}") from error
