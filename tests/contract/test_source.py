"""What the runner relies on, of any source of events: the one in memory, the log itself, Kafka."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from consumers.source import Record, Source
from domain.catalog import CATALOG
from infra.broker.source import KafkaSource
from infra.log.source import LogSource
from infra.log.streams import LogStreams
from tests.support.kafka import fresh_topics, relaying, wait_relayed
from tests.support.log import EXAMPLES, change, fresh_log
from tests.support.members import wait_until
from tests.support.memory import request
from tests.support.records import Journal, ListSource

SALE = EXAMPLES["sale.recorded.v1"]
SOON = 20.0
"""Longer than any source takes to give out what is there."""


class Subject:
    """A source, and a way to let events happen that it gives out."""

    def __init__(self, source: Source, happen: Callable[[int], None]) -> None:
        self.source = source
        self.happen = happen

    def poll(self, limit: int, timeout: float = SOON) -> list[int]:
        return [record.position for record in self.source.poll(limit, timeout)]


@pytest.fixture(params=["memory", "log", "kafka"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        yield in_memory()
    elif request.param == "log":
        yield from on_the_log(request.getfixturevalue("database"))
    else:
        yield from on_kafka(request.getfixturevalue("database"), request.getfixturevalue("kafka"))


def in_memory() -> Subject:
    journal = Journal()
    source = ListSource([])

    def happen(events: int) -> None:
        source.append([journal.happened(EXAMPLE_KEY, SALE) for _ in range(events)])

    source.seek({0: 0})
    return Subject(source, happen)


def on_the_log(database: Callable[[], str]) -> Iterator[Subject]:
    with fresh_log(database) as fresh:
        streams = LogStreams(fresh.log, fresh.codec)
        source = LogSource(fresh.log, sorted(CATALOG.internal))
        happened = 0

        def happen(events: int) -> None:
            nonlocal happened
            streams.append([change(*[SALE] * events, after=happened)], request())
            happened += events

        source.seek({0: 0})
        yield Subject(source, happen)
        source.close()


def on_kafka(database: Callable[[], str], bootstrap: str) -> Iterator[Subject]:
    topics = fresh_topics(bootstrap, partitions=1)
    with (
        fresh_log(database) as fresh,
        relaying(fresh.log.url, bootstrap, topics),
        closing(KafkaSource(bootstrap, topics, topics.prefix)) as source,
    ):
        streams = LogStreams(fresh.log, fresh.codec)
        happened = 0

        def happen(events: int) -> None:
            nonlocal happened
            ((*_, position),) = streams.append([change(*[SALE] * events, after=happened)], request())
            wait_relayed(bootstrap, topics, position)
            happened += events

        wait_until(lambda: source.poll(1, 0.5) == [] and list(source.partitions) == [0], SOON)
        source.seek({0: 0})
        yield Subject(source, happen)


EXAMPLE_KEY = change(SALE).stream.key


def test_it_begins_at_the_beginning_and_gives_everything_once_in_order(subject: Subject) -> None:
    subject.happen(5)

    batches = [subject.source.poll(2, timeout) for timeout in (SOON, SOON, SOON, 0.0)]

    assert [len(batch) for batch in batches] == [2, 2, 1, 0]
    assert in_order([record for batch in batches for record in batch])


def test_records_say_whose_they_are(subject: Subject) -> None:
    subject.happen(2)

    first, second = subject.source.poll(10, SOON)

    assert first.partition in subject.source.partitions
    assert first.key == second.key == first.stream_id
    assert (first.stream_version, second.stream_version) == (1, 2)


def test_it_continues_at_an_offset_inclusive(subject: Subject) -> None:
    subject.happen(4)
    records = subject.source.poll(10, SOON)

    subject.source.seek({records[2].partition: records[2].offset})
    assert subject.poll(10) == [record.position for record in records[2:]]
    subject.source.seek({0: records[0].offset + 1})
    assert subject.poll(1) == [records[1].position]


def test_it_waits_until_there_is_something(subject: Subject) -> None:
    assert subject.poll(10, timeout=0.01) == []
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(subject.source.poll, 10, 30.0)
        subject.happen(1)

        assert len(waiting.result(20)) == 1


def in_order(records: Sequence[Record]) -> bool:
    positions = [record.position for record in records]
    offsets = [record.offset for record in records]
    return positions == sorted(set(positions)) and offsets == sorted(set(offsets))
