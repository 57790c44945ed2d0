"""Projectors on Kafka: partitions that come and go, offsets in SQL that win, and rows equal to the embedded shape's."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]

from consumers.runner import Runner
from domain.catalog import CATALOG
from infra.broker.position import Relayed, read_relayed
from infra.broker.source import KafkaSource, group
from infra.broker.topics import Topics
from infra.log.source import LogSource
from infra.sql.read_models import SqlReadModels, migrate, status
from projections.projection import key_columns
from projections.registry import PROJECTIONS
from tests.support.kafka import Writer, fresh_topics, relaying, wait_relayed
from tests.support.log import FreshLog, fresh_log

GROUP = "project"


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database, connections=6) as fresh:
        yield fresh


@pytest.fixture
def topics(kafka: str) -> Topics:
    return fresh_topics(kafka, partitions=6)


def relayed(fresh: FreshLog, bootstrap: str, topics: Topics, each: int = 3) -> list[int]:
    """Events that happened and are on Kafka."""
    positions = Writer(fresh, streams=20).happen(each)
    with relaying(fresh.log.url, bootstrap, topics):
        wait_relayed(bootstrap, topics, positions[-1])
    return positions


def test_members_share_the_partitions_and_take_over_from_one_that_leaves(kafka: str, topics: Topics) -> None:
    name = f"{topics.prefix}.{GROUP}"
    with closing(KafkaSource(kafka, topics, name)) as first, closing(KafkaSource(kafka, topics, name)) as second:
        until(lambda: len(first.partitions) == 6, first)
        before = set(first.partitions)
        until(lambda: len(first.partitions) == len(second.partitions) == 3, first, second)
        assert set(first.partitions) | set(second.partitions) == before
        first.close()
        assert list(first.partitions) == []
        until(lambda: len(second.partitions) == 6, second)


def test_a_member_that_returns_under_its_name_finds_its_partitions_and_disturbs_nobody(
    kafka: str, topics: Topics
) -> None:
    name = f"{topics.prefix}.{GROUP}"
    with (
        closing(KafkaSource(kafka, topics, name, "one")) as one,
        closing(KafkaSource(kafka, topics, name, "two")) as two,
    ):
        until(lambda: len(one.partitions) == len(two.partitions) == 3, one, two)
        hers, his = set(one.partitions), set(two.partitions)
        one.close()
        two.poll(1, 1.5)
        with closing(KafkaSource(kafka, topics, name, "one")) as again:
            until(lambda: len(again.partitions) == 3, again, two)
            assert (set(again.partitions), set(two.partitions)) == (hers, his)


def test_where_to_read_on_is_told_by_seek_whatever_kafka_has_noted(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    positions = relayed(fresh, kafka, topics)
    name = f"{topics.prefix}.{GROUP}"
    with closing(KafkaSource(kafka, topics, name)) as source:
        until(lambda: len(source.partitions) == 6, source)
        source.seek(dict.fromkeys(range(6), 0))
        assert sorted(everything(source)) == positions
        until(lambda: committed(kafka, topics, name) == source.end(), source)

    with closing(KafkaSource(kafka, topics, name)) as source:
        until(lambda: len(source.partitions) == 6, source)
        assert everything(source) == []
        source.seek(dict.fromkeys(range(6), 0) | {99: 5})
        assert sorted(everything(source)) == positions


def test_what_somebody_else_put_into_the_topic_is_left_out(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        producer.send(topics.events, value=b"hello", partition=0).get(10)
    with closing(KafkaSource(kafka, topics, f"{topics.prefix}.{GROUP}")) as source:
        until(lambda: len(source.partitions) == 6, source)
        source.seek({0: 0})
        assert everything(source) == []
        assert source.end()[0] == 1


def test_rows_are_those_of_the_embedded_shape_while_projectors_come_and_go(
    kafka: str, topics: Topics, fresh: FreshLog, database: Callable[[], str]
) -> None:
    writer, embedded, shared = Writer(fresh, streams=20), database(), database()
    for url in (embedded, shared):
        migrate(url, PROJECTIONS)

    with relaying(fresh.log.url, kafka, topics, batch=70), projecting(fresh, kafka, topics, shared):
        writer.happen(10, receipts=True)
        with projecting(fresh, kafka, topics, shared):
            last = [writer.happen(2)[-1] for _ in range(10)][-1]
            wait_relayed(kafka, topics, last)
        last = writer.happen(5)[-1]
        wait_relayed(kafka, topics, last)
        found = read_relayed(kafka, topics)
        assert found is not None
        wait_projected(shared, found)

    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source, runner(fresh, source, embedded) as alone:
        while alone.step(0.0):
            pass
    assert rows(shared) == rows(embedded)
    assert sum(len(of) for of in rows(shared).values()) > 20


@contextmanager
def runner(fresh: FreshLog, source: KafkaSource | LogSource, url: str) -> Iterator[Runner]:
    with closing(SqlReadModels(url)) as models:
        yield Runner(source, fresh.codec, models, PROJECTIONS, count=lambda *_: None, monotonic=monotonic, limit=50)


@contextmanager
def projecting(fresh: FreshLog, bootstrap: str, topics: Topics, url: str) -> Iterator[None]:
    stop = Event()
    members = group(topics, PROJECTIONS)
    with closing(KafkaSource(bootstrap, topics, members)) as source, runner(fresh, source, url) as running:
        thread = Thread(target=running.run, args=(stop, 0.1), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)
            assert not thread.is_alive()


def wait_projected(url: str, to: Relayed) -> None:
    pause, deadline = Event(), monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while monotonic() < deadline:
            if all(to.reached(each.positions) == to.position for each in status(connection)):
                return
            pause.wait(0.05)
    raise AssertionError(f"not projected up to {to}")


def rows(url: str) -> dict[str, list[Any]]:
    """Every table of every projection, sorted by its key."""
    found = {}
    with psycopg.connect(url) as connection:
        for table in (table for projection in PROJECTIONS for table in projection.tables):
            columns = ", ".join(column.name for column in table.columns)
            by = ", ".join(key_columns(table))
            found[table.name] = connection.execute(
                f"SELECT {columns} FROM {table.name} ORDER BY {by}".encode()
            ).fetchall()
    return found


def until(done: Callable[[], bool], *sources: KafkaSource) -> None:
    deadline = monotonic() + 60
    while not done():
        assert monotonic() < deadline, [list(source.partitions) for source in sources]
        for source in sources:
            source.poll(1, 0.5)


def everything(source: KafkaSource) -> list[int]:
    """The positions of all that comes until nothing has come for a moment."""
    found: list[int] = []
    while records := source.poll(1000, 1.0):
        found += [record.position for record in records]
    return found


def committed(bootstrap: str, topics: Topics, name: str) -> dict[int, int]:
    with closing(KafkaConsumer(bootstrap_servers=bootstrap, group_id=name, enable_auto_commit=False)) as consumer:
        return {p: consumer.committed(TopicPartition(topics.events, p)) or 0 for p in range(topics.partitions)}
