"""The relay on a real log and a real broker: everything once, in order, whoever else tries, and a refusal in doubt."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import psycopg
import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped]
from kafka.record import default_records, memory_records  # type: ignore[import-untyped]

from consumers.source import Unavailable
from domain.catalog import CATALOG
from infra.broker.built import CompiledBuilder
from infra.broker.position import KEY, Relayed, read_ends, read_relayed, to_value
from infra.broker.publisher import Publisher
from infra.broker.records import outgoing_all
from infra.broker.relay import Refused, Relay, beginning
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.log.source import LogSource
from tests.support.kafka import (
    Writer,
    assert_exact,
    fresh_topics,
    header,
    read_all,
    relaying,
    sequence,
    wait_relayed,
)
from tests.support.log import FreshLog, fresh_log


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database) as fresh:
        yield fresh


@pytest.fixture
def topics(kafka: str) -> Topics:
    return fresh_topics(kafka)


def test_every_event_is_sent_once_and_in_order_what_waits_and_what_comes(
    kafka: str, topics: Topics, fresh: FreshLog
) -> None:
    writer = Writer(fresh)
    for _ in range(5):
        writer.happen(20, receipts=True)

    with relaying(fresh.log.url, kafka, topics, batch=150):
        for _ in range(10):
            last = writer.happen(receipts=True)[-1]
        wait_relayed(kafka, topics, last)

    assert_exact(fresh, kafka, topics)
    assert {header(each, "ce_source") for each in read_all(kafka, topics.events)} == {f"carnet/{fresh.log.incarnation}"}


def test_two_relays_at_once_send_everything_once(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    writer = Writer(fresh)
    with relaying(fresh.log.url, kafka, topics, batch=30), relaying(fresh.log.url, kafka, topics, batch=30):
        for _ in range(30):
            last = writer.happen()[-1]
        wait_relayed(kafka, topics, last)

    assert_exact(fresh, kafka, topics)


def test_two_publishers_that_both_believe_to_lead_send_everything_once(
    kafka: str, topics: Topics, fresh: FreshLog
) -> None:
    """Without the lock, by Kafka's transactions alone: each fences the other again and again."""
    Writer(fresh).happen(50)
    taking = Event()

    def lead() -> int:
        fenced = 0
        with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source:
            while True:
                try:
                    with closing(Publisher(kafka, topics)) as publisher:
                        publisher.open()
                        at = beginning(fresh.log, kafka, topics)
                        source.seek({0: at.position + 1})
                        while records := source.poll(20, 0.0):
                            at = publisher.publish(outgoing_all(records, at.incarnation), at)
                        return fenced
                except (Unavailable, Refused):
                    fenced += 1
                    taking.wait(0.1)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(lead) for _ in range(2)]
        assert sum(each.result(60) for each in both) > 0, "nobody was ever fenced"

    assert_exact(fresh, kafka, topics)


def test_what_is_sent_is_put_together_by_the_compiled_builder(
    kafka: str, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_records, "DefaultRecordBatchBuilder", default_records.DefaultRecordBatchBuilder)
    with closing(Publisher(kafka, topics)):
        assert memory_records.DefaultRecordBatchBuilder is CompiledBuilder


def test_a_leader_that_was_asleep_cannot_send_any_more(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    writer = Writer(fresh)
    writer.happen()
    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source:
        source.seek({0: 1})
        sending = outgoing_all(source.poll(10, 0.0), fresh.log.incarnation)
        with closing(Publisher(kafka, topics)) as asleep, closing(Publisher(kafka, topics)) as awake:
            asleep.open()
            before = beginning(fresh.log, kafka, topics)
            half = asleep.publish(sending[:5], before)
            awake.open()
            at = beginning(fresh.log, kafka, topics)
            assert at == half
            with pytest.raises(Unavailable):
                asleep.publish(sending[5:], half)
            awake.publish(sending[5:], at)
            with pytest.raises(Unavailable):
                asleep.publish(sending[5:], half)

    assert_exact(fresh, kafka, topics)


def test_what_was_sent_and_not_committed_is_sent_again_and_seen_once(
    kafka: str, topics: Topics, fresh: FreshLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions = Writer(fresh).happen()
    dying = Publisher(kafka, topics)
    monkeypatch.setattr(dying._transactions._producer, "commit_transaction", _die)
    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source, closing(dying):
        source.seek({0: 1})
        dying.open()
        at = beginning(fresh.log, kafka, topics)
        with pytest.raises(InterruptedError):
            dying.publish(outgoing_all(source.poll(5, 0.0), at.incarnation), at)

    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, positions[-1])

    assert_exact(fresh, kafka, topics)
    twice = read_all(kafka, topics.events, isolation_level="read_uncommitted")
    assert sorted(sequence(twice)) == sorted([*positions, *positions[:5]])
    by_id = {header(each, "ce_id"): (each.key, each.value, each.headers, each.timestamp) for each in twice}
    assert all(by_id[header(each, "ce_id")] == (each.key, each.value, each.headers, each.timestamp) for each in twice)


def _die() -> None:
    raise InterruptedError


def test_an_event_of_megabytes_is_sent_like_any_other(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    Writer(fresh, streams=1).happen()
    state = b'{"meta":{"event_id":"%b"},"data":{"text":"%b"},"personal":{}}' % (b"0" * 36, b"x" * 4_900_000)
    with psycopg.connect(fresh.log.url) as connection:
        connection.execute("UPDATE carnet_events SET state = %s", (state,))

    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, 1)

    assert_exact(fresh, kafka, topics)


def test_a_relay_is_woken_by_an_append(
    kafka: str, topics: Topics, fresh: FreshLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.log.source.FALLBACK_SECONDS", 60.0)
    monkeypatch.setattr("infra.log.leading.LEASE_SECONDS", 300)
    writer = Writer(fresh)
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        first = writer.happen()[-1]
        running = pool.submit(Relay(fresh.log.url, kafka, topics, poll=60.0).run, stop)
        wait_relayed(kafka, topics, first)
        wait_relayed(kafka, topics, writer.happen()[-1], seconds=20)
        stop.set()
        writer.happen()
        running.result(20)


def test_another_log_is_refused(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    position = Writer(fresh).happen()[-1]
    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, position)
    with psycopg.connect(fresh.log.url) as connection:
        connection.execute("UPDATE carnet_incarnation SET id = gen_random_uuid()")

    with pytest.raises(Refused, match="hold the log"):
        Relay(fresh.log.url, kafka, topics).run(Event())


@pytest.mark.parametrize("grown_again", [False, True])
def test_an_older_copy_of_the_log_is_refused(kafka: str, topics: Topics, fresh: FreshLog, grown_again: bool) -> None:
    position = Writer(fresh).happen()[-1]
    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, position)
    with psycopg.connect(fresh.log.url) as connection:
        connection.execute("DELETE FROM carnet_events WHERE notification_id > 5")
        connection.execute("SELECT setval(pg_get_serial_sequence('carnet_events', 'notification_id'), 5)")
    if grown_again:
        Writer(fresh).happen()

    with pytest.raises(Refused, match="older copy"):
        Relay(fresh.log.url, kafka, topics).run(Event())


def test_topics_that_contradict_each_other_are_refused(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    Writer(fresh).happen()
    producer = KafkaProducer(bootstrap_servers=kafka)
    one = Relayed(fresh.log.incarnation, 1, "x", [0, 0, 1])
    producer.send(topics.relay, key=KEY, value=to_value(one), partition=0).get(10)
    producer.close()

    with pytest.raises(Refused, match="does not end where"):
        Relay(fresh.log.url, kafka, topics).run(Event())


def test_records_that_no_relay_wrote_keep_nobody_from_going_on(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    writer = Writer(fresh)
    position = writer.happen()[-1]
    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, position)
    producer = KafkaProducer(bootstrap_servers=kafka)
    for partition in range(topics.partitions):
        producer.send(topics.events, key=b"whose?", value=b"what?", partition=partition).get(10)
    producer.send(topics.relay, key=b"whose?", value=b'{"position":0}', partition=0).get(10)
    producer.close()

    position = writer.happen()[-1]
    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, position)


def test_events_without_a_position_are_refused(kafka: str, topics: Topics, fresh: FreshLog) -> None:
    position = Writer(fresh).happen()[-1]
    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, position)
    with closing(TopicAdmin(kafka)) as admin:
        admin._admin.delete_topics([topics.relay])
        admin.create(topics)

    with pytest.raises(Refused, match="does not say how far"):
        Relay(fresh.log.url, kafka, topics).run(Event())


def test_a_relay_does_not_run_on_topics_made_for_another_number_of_partitions(
    kafka: str, topics: Topics, fresh: FreshLog
) -> None:
    with pytest.raises(Unfit, match="3 partitions, not 4"):
        Relay(fresh.log.url, kafka, Topics(topics.prefix, 4)).run(Event())


def test_the_ends_of_nothing(kafka: str, topics: Topics) -> None:
    assert read_relayed(kafka, topics) is None
    assert read_ends(kafka, topics) == [0, 0, 0]
