"""What a command passes on its way to a row, hop by hop, each alone: one thing at a time, and nothing else at work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from statistics import quantiles
from threading import Thread
from time import monotonic, perf_counter
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from bench.measure import tell
from bench.sales import sale
from commands.ports import Change, Stream
from consumers.runner import Runner
from consumers.source import Record
from domain.access import Caller, Role
from domain.catalog import CATALOG
from infra.broker.client import READER, servers
from infra.broker.position import Relayed
from infra.broker.publisher import Publisher
from infra.broker.records import outgoing
from infra.broker.topics import TopicAdmin, Topics
from infra.log.source import PARTITION, LogSource
from infra.log.streams import record
from infra.sql import read_models
from infra.sql.read_models import SqlReadModels
from infra.wiring import House, request
from projections.registry import PROJECTIONS

TIMES = 100
WARM_UP = 10
# Numbers of sales that nobody else records.
_NUMBERS = count(10_000_000)


@dataclass(frozen=True, slots=True)
class Hop:
    name: str
    seconds: Sequence[float]

    def percentile(self, percent: int) -> float:
        return quantiles(self.seconds, n=100)[percent - 1]


def hops(house: House, command: Callable[[], float], empty: str) -> list[Hop]:
    """Every hop from the command, first, to the one who is told of the row.

    `command` sends one and returns the seconds it took; `empty` is a database for read models.
    """
    _times("append commit (within the command)", lambda: _append(house)[0])
    found = [_times("command", command), _woken(house)]
    if house.settings.kafka is not None:
        found += _through_kafka(house, house.settings.kafka)
    return [*found, _projected(house, empty), _notified(house)]


def _times(name: str, once: Callable[[], float]) -> Hop:
    hop = Hop(name, [once() for _ in range(TIMES + WARM_UP)][WARM_UP:])
    tell(f"  {name}: p50 {hop.percentile(50) * 1e3:.2f} ms, p99 {hop.percentile(99) * 1e3:.2f} ms")
    return hop


def _append(house: House) -> tuple[float, Record]:
    """Appends a sale, and returns the seconds it took and its record."""
    new = sale(next(_NUMBERS))
    change = Change(Stream(new.sale_id, new.sale_id), 0, (new,))
    begun = perf_counter()
    ((position,),) = house.ports.streams.append([change], request(Caller("bench", Role.ASSOCIATE)))
    taken = perf_counter() - begun
    return taken, record(house.log.recorder.read_positions([position])[0])


def _woken(house: House) -> Hop:
    """From the commit of an append to its event in the hands of who reads the log."""
    with closing(LogSource(house.log, sorted(CATALOG.internal))) as source:
        source.seek({PARTITION: house.log.recorder.end() + 1})
        return _times("log read", lambda: _until_polled(lambda: source.poll(10, 5.0), lambda: _append(house)))


def _through_kafka(house: House, bootstrap: str) -> Iterator[Hop]:
    topics = Topics("hops", house.topics.partitions)
    with closing(TopicAdmin(bootstrap)) as admin:
        admin.create(topics)
    at = [Relayed(house.log.incarnation, 0, "", [0] * topics.partitions)]
    with (
        closing(Publisher(bootstrap, topics)) as publisher,
        closing(KafkaConsumer(bootstrap_servers=servers(bootstrap), group_id=None, **READER)) as consumer,
    ):
        publisher.open()

        def publish() -> float:
            _, new = _append(house)
            begun = perf_counter()
            at.append(publisher.publish([outgoing(new, house.log.incarnation)], at[-1]))
            return perf_counter() - begun

        yield _times("relay transaction", publish)
        every = [TopicPartition(topics.events, p) for p in range(topics.partitions)]
        consumer.assign(every)
        consumer.seek_to_end(*every)
        consumer.poll(timeout_ms=500)
        yield _times("poll", lambda: _until_polled(lambda: consumer.poll(timeout_ms=5000), publish))


def _until_polled(poll: Callable[[], Any], write: Callable[[], Any]) -> float:
    """Seconds from when something was written until who waited for it has it."""
    polled = []

    def wait() -> None:
        while not poll():
            pass
        polled.append(perf_counter())

    reader = Thread(target=wait)
    reader.start()
    write()
    written = perf_counter()
    reader.join()
    return max(0.0, polled[0] - written)


class _Given:
    """A source of one record at a time."""

    partitions = (0,)

    def __init__(self) -> None:
        self.records: list[Record] = []

    def seek(self, next_offsets: dict[int, int]) -> None:
        pass

    def poll(self, limit: int, timeout: float) -> list[Record]:
        records, self.records = self.records, []
        return records

    def close(self) -> None:
        pass


def _projected(house: House, url: str) -> Hop:
    """Decoding one event and the transactions of all projections."""
    read_models.migrate(url, PROJECTIONS)
    given = _Given()
    with closing(SqlReadModels(url)) as models:
        runner = Runner(given, house.codec, models, PROJECTIONS, count=lambda *_: None, monotonic=monotonic)

        def project() -> float:
            _, new = _append(house)
            given.records = [new]
            begun = perf_counter()
            assert runner.step() == 1
            return perf_counter() - begun

        return _times("projection", project)


def _notified(house: House) -> Hop:
    """From the commit of a transaction that notifies to who listens."""
    with (
        psycopg.connect(house.databases.read, autocommit=True) as listener,
        psycopg.connect(house.databases.read, autocommit=True) as teller,
    ):
        listener.execute("LISTEN bench")

        def notify() -> float:
            teller.execute("NOTIFY bench")
            told = perf_counter()
            list(listener.notifies(timeout=5.0, stop_after=1))
            return perf_counter() - told

        return _times("notify", notify)
