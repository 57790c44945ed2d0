"""Our recorder keeps the library's promises, by the library's own cases, and that positions become visible in order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import LockNotAvailable, UniqueViolation
from psycopg.rows import DictRow
from typing_extensions import override

from infra.log.application import Datastore
from infra.log.recorder import APPEND_LOCK, LogRecorder
from tests.support.library_cases import shipped
from tests.support.log import until_done_or_waiting

MakeRecorder = Callable[[], LogRecorder]


@pytest.fixture
def make_recorder(database: Callable[[], str]) -> Iterator[MakeRecorder]:
    made: list[LogRecorder] = []

    def make() -> LogRecorder:
        recorder = LogRecorder(Datastore(database(), connections=4))
        recorder.create_table()
        made.append(recorder)
        return recorder

    yield make
    for recorder in made:
        recorder.datastore.close()


class Shipped:
    """Gives the library's cases our recorder, each on a database of its own."""

    make: MakeRecorder

    @pytest.fixture(autouse=True)
    def _make(self, make_recorder: MakeRecorder) -> None:
        self.make = make_recorder

    def create_recorder(self) -> LogRecorder:
        return self.make()


class TestApplicationRecorder(Shipped, shipped.ApplicationRecorderTestCase[LogRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()

    @override
    def close_db_connection(self, *args: Any) -> None:
        pass


class TestTrackingRecorder(Shipped, shipped.TrackingRecorderTestCase):
    pass


class TestProcessRecorder(Shipped, shipped.ProcessRecorderTestCase):
    pass


class TestNonInterleaving(Shipped, shipped.NonInterleavingNotificationIDsBaseCase):
    pass


def stored(stream: UUID | None = None, version: int = 1, name: str = "noted.v1") -> StoredEvent:
    return StoredEvent(stream or uuid4(), version, name, b"{}")


def test_positions_come_back_in_the_order_of_the_events(make_recorder: MakeRecorder) -> None:
    recorder = make_recorder()
    one, other = uuid4(), uuid4()
    events = [stored(one, 2), stored(other, 1), stored(one, 1), stored(other, 2)]

    positions = recorder.insert_events(events)

    assert positions == [1, 2, 3, 4]
    batch = recorder.read_batch(0, 10)
    assert [(row[0], row[1], row[2]) for row in batch] == [
        (position, event.originator_id, event.originator_version)
        for position, event in zip(positions, events, strict=True)
    ]
    assert [(row[1], row[2]) for row in recorder.read_streams([one, other, uuid4()])] == sorted(
        [(one, 1), (one, 2), (other, 1), (other, 2)]
    )


def test_a_batch_leaves_out_the_names_to_skip(make_recorder: MakeRecorder) -> None:
    recorder = make_recorder()
    assert recorder.end() == 0
    recorder.insert_events([stored(), stored(name="inside.v1"), stored(), stored(name="inside.v1")])

    assert [row[0] for row in recorder.read_batch(0, 10, ["inside.v1"])] == [1, 3]
    assert [row[0] for row in recorder.read_batch(1, 1)] == [2]
    assert recorder.read_batch(3, 10, ["inside.v1"]) == []
    assert (recorder.end(), recorder.end(["inside.v1"])) == (4, 3)


def test_events_and_tracking_are_stored_together_or_not_at_all(make_recorder: MakeRecorder) -> None:
    recorder = make_recorder()
    first, second = stored(), stored()
    recorder.insert_events([first], tracking=Tracking("upstream", 5))
    assert recorder.max_tracking_id("upstream") == 5

    with pytest.raises(IntegrityError) as taken:
        recorder.insert_events([second, first], tracking=Tracking("upstream", 6))
    assert isinstance(taken.value.__cause__, UniqueViolation)
    assert recorder.max_tracking_id("upstream") == 5

    with pytest.raises(IntegrityError):
        recorder.insert_events([second], tracking=Tracking("upstream", 5))
    assert [row[1] for row in recorder.read_batch(0, 10)] == [first.originator_id]

    recorder.insert_events([], tracking=Tracking("upstream", 7))
    assert recorder.max_tracking_id("upstream") == 7


def test_an_append_gives_up_waiting_once(make_recorder: MakeRecorder) -> None:
    recorder = make_recorder()
    with recorder.datastore.get_connection() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
        with recorder.datastore.get_connection() as mine:
            mine.execute("SET lock_timeout = '50ms'")
            with using(recorder, mine), pytest.raises(LockNotAvailable):
                recorder.insert_events([stored()])
            mine.execute("RESET lock_timeout")


def ours(url: str) -> PostgresProcessRecorder:
    return LogRecorder(Datastore(url, connections=2))


def the_librarys(url: str, *, db_functions: bool) -> PostgresProcessRecorder:
    parts = conninfo_to_dict(url)
    datastore = PostgresDatastore(
        dbname=str(parts["dbname"]),
        host=str(parts["host"]),
        port=str(parts.get("port", "5432")),
        user=str(parts["user"]),
        password="",
        pool_size=2,
        enable_db_functions=db_functions,
    )
    return PostgresProcessRecorder(datastore)


def tail_while_the_lower_position_commits_last(url: str, make: Callable[[str], PostgresProcessRecorder]) -> list[int]:
    """What a reader sees who never looks back, when the append that drew its position first is the last to commit."""
    early, late = make(url), make(url)
    early.create_table()
    late.create_table()
    seen: list[int] = []

    def look() -> None:
        last = seen[-1] if seen else None
        news = late.select_notifications(last, 10, inclusive_of_start=False)
        seen.extend(notification.id for notification in news)

    with ThreadPoolExecutor(1) as pool:
        with early.datastore.get_connection() as connection, connection.transaction():
            with using(early, connection):
                early.insert_events([stored()])
            overtaking = pool.submit(late.insert_events, [stored()])
            until_done_or_waiting(url, overtaking.done)
            look()
        overtaking.result(timeout=30)
    look()
    early.datastore.close()
    late.datastore.close()
    return seen


@contextmanager
def using(recorder: PostgresProcessRecorder, connection: Connection[DictRow]) -> Iterator[None]:
    """The recorder works on this connection, inside the transaction that is open there."""

    @contextmanager
    def get_connection() -> Iterator[Connection[DictRow]]:
        yield connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder.datastore, "get_connection", get_connection)
        yield


def test_a_reader_misses_nothing_when_the_lower_position_commits_last(database: Callable[[], str]) -> None:
    assert tail_while_the_lower_position_commits_last(database(), ours) == [1, 2]


def test_nor_does_it_with_the_librarys_table_lock(database: Callable[[], str]) -> None:
    def make(url: str) -> PostgresProcessRecorder:
        return the_librarys(url, db_functions=False)

    assert tail_while_the_lower_position_commits_last(database(), make) == [1, 2]


def test_the_same_reader_loses_an_event_with_the_librarys_database_functions(database: Callable[[], str]) -> None:
    def make(url: str) -> PostgresProcessRecorder:
        return the_librarys(url, db_functions=True)

    assert tail_while_the_lower_position_commits_last(database(), make) == [2], "1 is stored, and never seen"
