"""The log as a projector reads it: in order, without what stays inside, woken by an append."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import psycopg
import pytest

from consumers.source import Record, Unavailable
from domain.catalog import INTERNAL
from infra.log import source as source_module
from infra.log.source import LogSource
from infra.log.streams import LogStreams
from projections.projection import Recorded
from tests.support.log import ANN, BEN, EXAMPLES, SHOP, FreshLog, change, fresh_log
from tests.support.memory import request

RECEIPT = EXAMPLES["receipt.command-answered.v1"]
REGISTERED = EXAMPLES["client.registered.v1"]
SALE = EXAMPLES["sale.recorded.v1"]


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database) as fresh:
        yield fresh


@pytest.fixture
def source(fresh: FreshLog) -> Iterator[LogSource]:
    source = LogSource(fresh.log, sorted(INTERNAL))
    source.seek({0: 1})
    yield source
    source.close()


@pytest.fixture
def streams(fresh: FreshLog) -> LogStreams:
    return LogStreams(fresh.log, fresh.codec)


def positions(records: list[Record]) -> list[int]:
    return [record.position for record in records]


def test_events_come_in_order_without_what_stays_inside(
    fresh: FreshLog, source: LogSource, streams: LogStreams
) -> None:
    streams.append([change(REGISTERED, stream=ANN), change(RECEIPT, stream=BEN)], request())
    streams.append([change(SALE, stream=SHOP), change(RECEIPT, stream=BEN, after=1)], request())

    first, second = source.poll(1, 0), source.poll(10, 0)

    assert (positions(first), positions(second), source.poll(10, 0)) == ([1], [3], [])
    assert [(record.key, record.stream_id, record.stream_version) for record in first] == [(ANN, ANN, 1)]
    assert all((record.partition, record.offset) == (0, record.position) for record in first + second)
    assert [each.event for each in fresh.codec(first + second) if isinstance(each, Recorded)] == [REGISTERED, SALE]
    assert source.ends() == {0: 4}
    assert source.partitions == [0]


def test_an_empty_log_ends_where_it_begins(source: LogSource) -> None:
    assert source.ends() == {0: 1}
    assert source.poll(10, 0) == []


def test_a_source_continues_where_it_is_told(source: LogSource, streams: LogStreams) -> None:
    streams.append([change(SALE, SALE, SALE)], request())

    source.seek({0: 3})
    assert positions(source.poll(10, 0)) == [3]
    source.seek({0: 1})
    assert positions(source.poll(10, 0)) == [1, 2, 3]
    source.seek({})
    assert source.poll(10, 0) == []


def test_a_waiting_reader_is_woken_by_an_append(
    fresh: FreshLog, source: LogSource, streams: LogStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "FALLBACK_SECONDS", 60.0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(source.poll, 10, 60.0)
        until_listening(fresh)
        started = monotonic()
        streams.append([change(SALE)], request())
        assert positions(waiting.result(timeout=30)) == [1]
        assert monotonic() - started < 10


def test_a_reader_that_is_not_woken_looks_by_itself(
    fresh: FreshLog, source: LogSource, streams: LogStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "FALLBACK_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(source.poll, 10, 60.0)
        until_listening(fresh)
        with psycopg.connect(fresh.log.url) as connection:
            connection.execute(
                "INSERT INTO carnet_events (originator_id, originator_version, topic, state)"
                " VALUES (%s, 1, 'sale.recorded.v1', '{}')",
                (SHOP,),
            )
        assert positions(waiting.result(timeout=30)) == [1]


def test_a_damaged_event_is_given_out_like_any_other(fresh: FreshLog, source: LogSource, streams: LogStreams) -> None:
    streams.append([change(SALE, SALE)], request())
    with psycopg.connect(fresh.log.url) as connection:
        connection.execute("UPDATE carnet_events SET state = 'rubbish' WHERE notification_id = 1")

    records = source.poll(10, 0)

    assert positions(records) == [1, 2]
    assert [isinstance(each, Recorded) for each in fresh.codec(records)] == [False, True]


def test_a_log_out_of_reach_says_so_and_the_source_goes_on_where_it_was(
    fresh: FreshLog, source: LogSource, streams: LogStreams
) -> None:
    streams.append([change(SALE, SALE)], request())
    assert positions(source.poll(1, 0)) == [1]
    with psycopg.connect(fresh.log.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    found: list[Record] = []
    failures = 0
    while not found and failures < 5:
        try:
            found = source.poll(10, 0)
        except Unavailable:
            failures += 1

    assert failures > 0
    assert positions(found) == [2]


def until_listening(fresh: FreshLog) -> None:
    """Returns once the reader has looked, found nothing and waits."""
    pause = Event()
    with psycopg.connect(fresh.log.url, autocommit=True) as connection:
        for _ in range(3000):
            last = connection.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state = 'idle' AND query LIKE '%ORDER BY notification_id%'"
            ).fetchone()
            if last is not None:
                return
            pause.wait(0.01)
    pytest.fail("the reader never waited")
