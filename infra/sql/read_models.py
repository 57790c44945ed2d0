"""The read models in PostgreSQL: their tables, a batch as one transaction, and where every projection stands."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg

from consumers.read_models import Batch, Standing, Unwritable
from consumers.source import Unavailable
from infra.failpoints import reached
from infra.metrics import BATCH_SECONDS
from infra.sql import offsets, tables
from infra.sql.engine import projecting_connection
from infra.sql.writing import write
from projections.projection import Projection

T = TypeVar("T")

MIGRATION_LOCK: Final = 0x6361726E65745F72

# What a row's own values cause: data exceptions, broken constraints, a value too long for an index.
_DATA_CLASSES: Final = ("22", "23", "54")


def migrate(url: str, projections: Sequence[Projection], *, indexed: bool = True) -> None:
    """Makes every table that is missing, and its indexes if `indexed`. Processes that start together take turns.

    Raises `Misshapen` for a table that is there and is not what this release makes.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        offsets.complete(connection)
        tables.make(connection, offsets.METADATA.sorted_tables)
        tables.make(connection, [table for each in projections for table in each.tables], indexed=indexed)
        offsets.made(connection, projections)


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """Where one projection version stands: its position in each partition, and what an operator should look at."""

    projection: str
    version: int
    positions: dict[int, int]
    parked_keys: int
    paused: bool


def status(connection: psycopg.Connection[Any]) -> list[ProjectionStatus]:
    """Every projection version that ever ran here, by name and version."""
    rows = connection.execute(
        """
        SELECT projection, version, json_object_agg(partition, position), bool_or(paused),
            (SELECT count(DISTINCT key) FROM dead_letters AS d
             WHERE d.projection = o.projection AND d.version = o.version AND d.resolution IS NULL)
        FROM offsets AS o GROUP BY projection, version ORDER BY projection, version
        """
    )
    return [
        ProjectionStatus(projection, version, {int(p): position for p, position in positions.items()}, parked, paused)
        for projection, version, positions, paused, parked in rows
    ]


@contextmanager
def refusals() -> Iterator[None]:
    """Around statements that write rows: what goes wrong is `Unwritable` or `Unavailable`, its cause left out because
    it could quote a value."""
    try:
        yield
    except psycopg.Error as error:
        raise trouble(error) from None
    except (TypeError, ValueError, ArithmeticError) as error:
        # What no column could hold shows while it is encoded.
        raise Unwritable(type(error).__name__) from None


def trouble(error: psycopg.Error) -> Unwritable | Unavailable:
    """A value's own fault, or something that passes; told by class and sqlstate, never by the text."""
    name, sqlstate = type(error).__name__, error.sqlstate
    if isinstance(error, psycopg.DataError) or (sqlstate or "").startswith(_DATA_CLASSES):
        return Unwritable(name, sqlstate)
    return Unavailable(f"{name} {sqlstate or ''}".strip())


class SqlReadModels:
    """`consumers.read_models.ReadModels` for any number of threads, on as many connections as are in use at once.

    Connections are opened when needed, and again after they were lost. Who waits is told on `channel`.
    """

    def __init__(self, url: str, channel: str = offsets.CHANNEL) -> None:
        self._url = url
        self._channel = channel
        self._idle: deque[psycopg.Connection[Any]] = deque()

    def load(self, projection: Projection, partitions: Sequence[int]) -> Standing:
        return self._transaction(lambda connection: offsets.load(connection, projection, list(partitions)))

    def commit(self, projection: Projection, batch: Batch) -> None:
        def written(connection: psycopg.Connection[Any]) -> None:
            offsets.advance(connection, [(projection, batch)], self._channel)
            for writes in batch.writes:
                write(connection, writes)
                reached("project.written")
            if batch.letters:
                offsets.park(connection, projection, list(batch.letters))
            reached("project.commits")

        with BATCH_SECONDS.labels(projection.name).time():
            self._transaction(written)
        reached("project.committed")

    def advance(self, moves: Sequence[tuple[Projection, Batch]]) -> None:
        # In one order, so that two runners never wait for each other.
        ordered = sorted(moves, key=lambda move: move[0].name)
        self._transaction(lambda connection: offsets.advance(connection, ordered, self._channel))

    def pause(self, projection: Projection) -> None:
        self._transaction(lambda connection: offsets.pause(connection, projection))

    def close(self) -> None:
        """Closes what is idle: everything, once the runner has stopped."""
        while self._idle:
            self._idle.pop().close()

    def _transaction(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        with refusals(), self._connection() as connection, connection.transaction():
            return work(connection)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = projecting_connection(self._url)
        try:
            yield connection
        finally:
            if not connection.closed:
                self._idle.append(connection)
