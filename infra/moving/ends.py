"""Both ends of a move: the house that is moved, which nobody changes meanwhile, and the databases it is moved to."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic, sleep
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Composed, Identifier

from infra.databases import Databases
from infra.failpoints import reached
from infra.log import arriving
from infra.log.application import MIGRATION_LOCK
from infra.moving.kept import EVENTS, IN_KEYS, IN_LOG, WAITING, Connection, Kept, columns_of, count

MOVE_LOCK: Final = 0x4341524E45540005
# Who has just ended is still known to the server for a moment.
_PATIENCE_SECONDS: Final = 3.0

# With names only that this module knows itself among the connections: every other one is somebody who uses the house.
_NAME: Final = "carnet move"
_OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name IS DISTINCT FROM %s"""
_SEQUENCE: Final = "SELECT pg_get_serial_sequence('carnet_events', 'notification_id')"
_ARRIVE: Final = """
INSERT INTO carnet_incarnation (id) VALUES (%s) ON CONFLICT (one) DO UPDATE SET id = EXCLUDED.id"""


class Refused(Exception):
    """Nothing was done: one of the houses is in use, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A house as it is at one moment. Who would change it waits until this is over; who reads it does not.

    `columns` are those of each table that is there.
    """

    log: Connection
    keys: Connection
    incarnation: UUID
    columns: dict[Kept, list[str]]

    @classmethod
    @contextmanager
    def opened(cls, databases: Databases) -> Iterator["Origin"]:
        """Raises `Refused`."""
        with ExitStack() as stack:
            log, keys = (stack.enter_context(_connected(url, reading=True)) for url in (databases.log, databases.keys))
            incarnation = _incarnation(log)
            if incarnation is None or arriving.arriving(log):
                raise Refused("there is no log to be moved, or it is not complete itself")
            if log.execute("SELECT pg_try_advisory_lock_shared(%s)", (MOVE_LOCK,)).fetchone() != (True,):
                raise Refused("another log is just being moved there")
            columns: dict[Kept, list[str]] = {}
            for connection, tables in ((log, IN_LOG), (keys, IN_KEYS)):
                require_unused(connection, "the house that is to be moved")
                there = {table: names for table in tables if (names := columns_of(connection, table))}
                _hold(connection, list(there))
                columns |= there
            yield cls(log, keys, incarnation, columns)

    def of(self, table: Kept) -> Connection:
        return self.keys if table in IN_KEYS else self.log

    def sequence(self) -> tuple[int, bool]:
        """How far positions were given out, and whether that one was."""
        row = self.log.execute(_of_sequence(self.log, "SELECT last_value, is_called FROM {}")).fetchone()
        assert row is not None
        return row[0], row[1]


class Standing(Enum):
    """How far a move has come: nothing is there, it was begun, or it was complete before."""

    NOTHING = auto()
    BEGUN = auto()
    COMPLETE = auto()


@dataclass(frozen=True, slots=True)
class Destination:
    """The databases that a house is moved to, by nobody else."""

    databases: Databases
    log: Connection
    keys: Connection
    standing: Standing

    @classmethod
    @contextmanager
    def opened(cls, databases: Databases, incarnation: UUID) -> Iterator["Destination"]:
        """Raises `Refused` where another house is, or the same one at work."""
        with ExitStack() as stack:
            log, keys = (stack.enter_context(_connected(url)) for url in (databases.log, databases.keys))
            if log.execute("SELECT pg_try_advisory_lock(%s)", (MOVE_LOCK,)).fetchone() != (True,):
                raise Refused("a log is just being moved to or from that database")
            standing = _standing(log, keys, incarnation)
            for connection in (log, keys):
                require_unused(connection, "the house that it is to be moved to")
            yield cls(databases, log, keys, standing)

    def of(self, table: Kept) -> Connection:
        return self.keys if table in IN_KEYS else self.log

    def begin(self, incarnation: UUID) -> None:
        """Nobody opens this log from now on, until it has arrived."""
        with self.log.transaction():
            self.log.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            require_unused(self.log, "the house that it is to be moved to", patience=0)
            arriving.begin(self.log, incarnation)
        reached("move.begun")

    def arrive(self, incarnation: UUID, sequence: tuple[int, bool]) -> None:
        """It is all there and goes on where it was."""
        with self.log.transaction():
            self.log.execute(_of_sequence(self.log, "SELECT setval({}::regclass, %s, %s)", literal=True), sequence)
            self.log.execute(_ARRIVE, (incarnation,))
            arriving.end(self.log)
            reached("move.arrives")
        reached("move.arrived")


def read_only(url: str) -> str:
    """The same database, in which nothing can be changed."""
    options = conninfo_to_dict(url).get("options") or ""
    return make_conninfo(url, application_name=_NAME, options=f"{options} -c default_transaction_read_only=on".strip())


@contextmanager
def _connected(url: str, *, reading: bool = False) -> Iterator[Connection]:
    named = read_only(url) if reading else make_conninfo(url, application_name=_NAME)
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(named, autocommit=True, client_encoding="utf8")
    except psycopg.OperationalError as error:
        raise Refused(f"a database is out of reach: {str(error).strip()}") from None
    with connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        yield connection


def _hold(connection: Connection, tables: Sequence[Kept]) -> None:
    """What is read from now on is of one moment, and nobody writes to these tables until the transaction ends."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE_SECONDS:g}s'".encode())
    names = SQL(", ").join(Identifier(table.name) for table in tables)
    try:
        connection.execute(SQL("LOCK TABLE {} IN SHARE MODE").format(names))
    except errors.LockNotAvailable:
        raise Refused("somebody is writing to the house that is to be moved") from None


def require_unused(connection: Connection, what: str, patience: float = _PATIENCE_SECONDS) -> None:
    """Raises `Refused` while anybody else is connected to this database."""
    deadline = monotonic() + patience
    while True:
        ((others,),) = connection.execute(_OTHERS, (_NAME,)).fetchall()
        if not others:
            return
        if monotonic() >= deadline:
            raise Refused(f"{what} is in use, by {others} connections: stop its processes first")
        sleep(0.1)


def _standing(log: Connection, keys: Connection, incarnation: UUID) -> Standing:
    begun = arriving.arriving(log)
    if begun is not None:
        if begun != incarnation:
            raise Refused("another log was begun to be moved there")
        return Standing.BEGUN
    found = _incarnation(log)
    if found == incarnation:
        return Standing.COMPLETE
    # The library writes a tracking of its own into an empty log.
    for connection, tables in ((log, (EVENTS, WAITING)), (keys, IN_KEYS)):
        if any(count(connection, table) for table in tables if columns_of(connection, table)):
            raise Refused(f"there is another house already: its log is {found}" if found else "keys are there already")
    return Standing.NOTHING


def _incarnation(log: Connection) -> UUID | None:
    if not columns_of(log, EVENTS) or log.execute("SELECT to_regclass('carnet_incarnation')").fetchone() == (None,):
        return None
    found: tuple[UUID] | None = log.execute("SELECT id FROM carnet_incarnation").fetchone()
    return found[0] if found else None


def _of_sequence(log: Connection, statement: LiteralString, *, literal: bool = False) -> Composed:
    ((name,),) = log.execute(_SEQUENCE).fetchall()
    # As the server tells it, quoted where that is needed.
    return SQL(statement).format(psycopg.sql.Literal(name) if literal else SQL(name))
