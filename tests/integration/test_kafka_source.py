"""Projectors on Kafka: offsets in SQL that win whatever Kafka has noted, and rows equal to the embedded shape's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Event

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.admin import MemberToRemove  # type: ignore[import-untyped]
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]
from typing_extensions import override

from consumers.outcome import Outcome
from consumers.source import Record
from infra.broker.source import KafkaSource, _in_order
from infra.broker.topics import Topics
from projections.registry import PROJECTIONS
from tests.support.kafka import Writer, fresh_topics, relaying, wait_relayed
from tests.support.log import FreshLog, fresh_log
from tests.support.members import wait_until
from tests.support.projecting import going, project_log, projecting, runner, wait_projected
from tests.support.store import Store

LONG = 60.0


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database, connections=6) as fresh:
        yield fresh


@pytest.fixture
def topics(kafka: str) -> Topics:
    return fresh_topics(kafka, partitions=6)


@pytest.fixture
def store(database: Callable[[], str]) -> Store:
    return Store(database(), PROJECTIONS)


@pytest.fixture
def embedded(database: Callable[[], str]) -> Store:
    return Store(database(), PROJECTIONS)


def relayed(fresh: FreshLog, bootstrap: str, topics: Topics, each: int = 3) -> list[int]:
    """Events that happened and are on Kafka."""
    positions = Writer(fresh, streams=20).happen(each)
    with relaying(fresh.log.url, bootstrap, topics):
        wait_relayed(bootstrap, topics, positions[-1])
    return positions


def test_where_to_read_on_is_told_by_seek_whatever_kafka_has_noted(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    positions = relayed(fresh, kafka, topics)
    with closing(KafkaSource(kafka, topics, topics.prefix)) as source:
        given(source, 6)
        source.seek(dict.fromkeys(range(6), 0))
        assert sorted(everything(source)) == positions
        wait_until(lambda: source.poll(1, 0.5) == [] and committed(kafka, topics) == source.end(), LONG)

    with closing(KafkaSource(kafka, topics, topics.prefix)) as source:
        given(source, 6)
        assert everything(source) == []
        source.seek(dict.fromkeys(range(6), 0) | {99: 5})
        assert sorted(everything(source)) == positions


def test_partitions_that_go_and_come_back_unseen_are_read_on_from_where_the_rows_stand(
    kafka: str, topics: Topics, fresh: FreshLog, store: Store, embedded: Store
) -> None:
    """Somebody moves Kafka's offsets to the end while the only member is out of the group, between two polls."""
    writer = Writer(fresh, streams=20)
    with (
        relaying(fresh.log.url, kafka, topics),
        closing(KafkaSource(kafka, topics, topics.prefix, "one")) as source,
        runner(fresh, source, store.url) as running,
        closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin,
    ):
        wait_relayed(kafka, topics, writer.happen(2)[-1])
        with going(running):
            wait_projected(store.url, kafka, topics)
        admin.remove_group_members(topics.prefix, [MemberToRemove(group_instance_id="one")])
        wait_relayed(kafka, topics, writer.happen(2)[-1])
        ends = {TopicPartition(topics.events, p): OffsetAndMetadata(end) for p, end in source.end().items()}
        wait_until(lambda: not _in_order(source._consumer), LONG)
        wait_until(lambda: not any(error.errno for error in admin.alter_group_offsets(topics.prefix, ends).values()), 5)

        with going(running):
            wait_projected(store.url, kafka, topics)

    project_log(fresh, embedded.url)
    assert store.rows() == embedded.rows()


def test_what_somebody_else_put_into_the_topic_is_left_out(kafka: str, topics: Topics) -> None:
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        producer.send(topics.events, value=b"hello", partition=0).get(10)
    with closing(KafkaSource(kafka, topics, topics.prefix)) as source:
        given(source, 6)
        source.seek({0: 0})
        assert everything(source) == []
        assert source.end()[0] == 1


def test_rows_are_those_of_the_embedded_shape_while_projectors_come_and_go(
    kafka: str, topics: Topics, fresh: FreshLog, store: Store, embedded: Store
) -> None:
    writer = Writer(fresh, streams=20)
    with relaying(fresh.log.url, kafka, topics, batch=70), projecting(fresh, kafka, topics, store.url):
        writer.happen(10, receipts=True)
        with projecting(fresh, kafka, topics, store.url):
            wait_relayed(kafka, topics, [writer.happen(2)[-1] for _ in range(10)][-1])
        wait_relayed(kafka, topics, writer.happen(5)[-1])
        wait_projected(store.url, kafka, topics)

    project_log(fresh, embedded.url)
    assert store.rows() == embedded.rows()
    assert sum(len(rows) for rows in store.rows().values()) > 20


class Held(KafkaSource):
    """Stops once between a poll that gave something and what is made of it, until it is let go."""

    def __init__(self, bootstrap: str, topics: Topics, member: str) -> None:
        super().__init__(bootstrap, topics, topics.prefix, member)
        self.holds, self.let_go = Event(), Event()

    @override
    def poll(self, limit: int, timeout: float) -> list[Record]:
        polled = super().poll(limit, timeout)
        if any(record.position > 20 for record in polled):
            self.holds.set()
            assert self.let_go.wait(LONG)
        return polled


def test_a_batch_whose_partitions_went_to_another_before_it_was_written_is_not_written(
    kafka: str, topics: Topics, fresh: FreshLog, store: Store, embedded: Store
) -> None:
    applied: list[tuple[str, int]] = []

    def count(projection: str, outcome: Outcome, events: int) -> None:
        if outcome in (Outcome.APPLIED, Outcome.IGNORED):
            applied.append((projection, events))

    writer = Writer(fresh, streams=20)
    with ExitStack() as used:
        used.enter_context(relaying(fresh.log.url, kafka, topics))
        wait_relayed(kafka, topics, writer.happen(1)[-1])
        slow = used.enter_context(closing(Held(kafka, topics, "slow")))
        other = used.enter_context(closing(KafkaSource(kafka, topics, topics.prefix, "other")))
        admin = used.enter_context(closing(KafkaAdminClient(bootstrap_servers=kafka)))
        used.callback(slow.let_go.set)
        used.enter_context(going(used.enter_context(runner(fresh, slow, store.url, count))))
        wait_projected(store.url, kafka, topics)
        wait_relayed(kafka, topics, writer.happen(3)[-1])
        assert slow.holds.wait(LONG)
        admin.remove_group_members(topics.prefix, [MemberToRemove(group_instance_id="slow")])
        used.enter_context(going(used.enter_context(runner(fresh, other, store.url, count))))
        wait_projected(store.url, kafka, topics)

        slow.let_go.set()
        wait_until(lambda: len(slow.partitions) == len(other.partitions) == 3, LONG)
        wait_relayed(kafka, topics, writer.happen(2)[-1])
        wait_projected(store.url, kafka, topics)

    project_log(fresh, embedded.url)
    assert store.rows() == embedded.rows()
    for projection in PROJECTIONS:
        assert sum(events for name, events in applied if name == projection.name) == 20 * (1 + 3 + 2)


def given(source: KafkaSource, partitions: int) -> None:
    wait_until(lambda: source.poll(1, 0.5) is not None and len(source.partitions) == partitions, LONG)


def everything(source: KafkaSource) -> list[int]:
    """The positions of all that comes until nothing has come for a moment."""
    found: list[int] = []
    while records := source.poll(1000, 1.0):
        found += [record.position for record in records]
    return found


def committed(bootstrap: str, topics: Topics) -> dict[int, int]:
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap, group_id=topics.prefix, enable_auto_commit=False)
    ) as consumer:
        return {p: consumer.committed(TopicPartition(topics.events, p)) or 0 for p in range(topics.partitions)}
