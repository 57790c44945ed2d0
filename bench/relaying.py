"""The relay over a log that is there, to its end, beside a bare transactional producer.

The bare one has the very same records ready in memory, in the same batches, and sends them with the same settings and
the same care: every future looked at before the commit. It reads no log and builds no headers. Both are timed from
outside: from the first committed transaction that a subscriber sees to the last.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any
from unittest.mock import patch

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.record import default_records, memory_records  # type: ignore[import-untyped]

from bench.measure import Figure, rates
from bench.opened import brokered, fill, opened
from bench.sales import history
from domain.access import Caller, Role
from domain.catalog import CATALOG
from infra.broker.client import READER, servers
from infra.broker.partition import partition_of
from infra.broker.position import KEY, Relayed, to_value
from infra.broker.records import outgoing
from infra.broker.relay import BATCH, Relay
from infra.broker.topics import TopicAdmin, Topics
from infra.broker.transaction import _PRODUCER
from infra.log.streams import record
from infra.wiring import House, request
from infra.work import work_in_batches

EVENTS = 36_000
ROUNDS = 5

Batch = tuple[Sequence[dict[str, Any]], bytes]


def relaying(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    # As in the process that relays.
    with work_in_batches(), brokered(home) as bootstrap, opened(new_database, home) as house:
        events = fill(house, history(EVENTS), request(Caller("feed:bench", Role.ASSOCIATE)))
        batches = list(_batches(house))
        # Nobody pays for looking through what the bare one holds ready.
        gc.freeze()
        numbers = count(1)

        def timed(work: Callable[[str, Topics], Any]) -> float:
            topics = Topics(f"relay{next(numbers)}")
            with closing(TopicAdmin(bootstrap)) as admin:
                admin.create(topics)
            with work(bootstrap, topics):
                return _seconds(bootstrap, topics, events)

        yield rates(
            "relay",
            f"{events:,} events, transactions of {BATCH:,}",
            "a bare producer, the same records and transactions",
            ">= 0.8",
            events - BATCH,
            lambda: timed(partial(_relay, house)),
            lambda: timed(partial(_bare, batches)),
            ROUNDS,
        )


def _batches(house: House) -> Iterator[Batch]:
    """Arguments for each record, and the position's value, as the relay sends them."""
    at, partitions = Relayed(house.log.incarnation, 0, ""), house.topics.partitions
    while rows := house.log.recorder.read_batch(at.position, BATCH, sorted(CATALOG.internal)):
        records = [record(row) for row in rows]
        sending = [outgoing(each, house.log.incarnation) for each in records]
        at = Relayed(at.incarnation, records[-1].position, sending[-1].event_id, [0] * partitions)
        arguments = [
            {
                "key": out.key,
                "value": out.value,
                "headers": out.headers,
                "partition": partition_of(each.key, partitions),
                "timestamp_ms": out.timestamp,
            }
            for each, out in zip(records, sending, strict=True)
        ]
        yield arguments, to_value(at)


@contextmanager
def _relay(house: House, bootstrap: str, topics: Topics) -> Iterator[None]:
    stop = Event()
    with _thread(partial(Relay(house.databases.log, bootstrap, topics, poll=0.1).run, stop)):
        yield
        stop.set()


@contextmanager
def _bare(batches: Sequence[Batch], bootstrap: str, topics: Topics) -> Iterator[None]:
    def run() -> None:
        with (
            _of_the_library(),
            closing(
                KafkaProducer(bootstrap_servers=servers(bootstrap), transactional_id=topics.prefix, **_PRODUCER)
            ) as producer,
        ):
            producer.init_transactions()
            for batch, position in batches:
                producer.begin_transaction()
                futures = [producer.send(topics.events, **arguments) for arguments in batch]
                futures.append(producer.send(topics.relay, key=KEY, value=position, partition=0))
                producer.flush()
                assert all(future.succeeded() for future in futures)
                producer.commit_transaction()

    with _thread(run):
        yield


def _of_the_library() -> Any:
    """Producers put records together by kafka-python alone, which those of the relay do not (ADR 0021)."""
    return patch.object(memory_records, "DefaultRecordBatchBuilder", default_records.DefaultRecordBatchBuilder)


@contextmanager
def _thread(work: Callable[[], Any]) -> Iterator[None]:
    thread = Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join()


def _seconds(bootstrap: str, topics: Topics, end: int) -> float:
    """From the first transaction that was committed to the one that reaches position `end`."""
    with closing(KafkaConsumer(bootstrap_servers=servers(bootstrap), group_id=None, **READER)) as consumer:
        consumer.assign([TopicPartition(topics.relay, 0)])
        position, first = 0, 0.0
        while position < end:
            for messages in consumer.poll(timeout_ms=1000).values():
                position = orjson.loads(messages[-1].value)["position"]
                first = first or perf_counter()
        return perf_counter() - first
