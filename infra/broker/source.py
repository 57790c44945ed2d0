"""The topic of events as projectors see it. Several processes of one group share its partitions.

Kafka only says who reads which partition. Where to read on is in the read models and told by `seek`; what is committed
to Kafka is for its own tools to look at. So a partition that comes and goes between two polls does no harm: its records
come again, and are dropped by their position.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

import structlog
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.coordinator.assignors.cooperative_sticky import (  # type: ignore[import-untyped]
    CooperativeStickyAssignor,
)
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from consumers.source import Record, Unavailable
from infra.broker.client import READER, reachable, servers
from infra.broker.records import Foreign, incoming
from infra.broker.topics import Topics
from infra.failpoints import reached
from projections.projection import Projection

COMMIT_SECONDS: Final = 1.0
CLOSE_SECONDS: Final = 5.0

_CONSUMER: Final[dict[str, Any]] = {
    **READER,
    "partition_assignment_strategy": [CooperativeStickyAssignor],
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,
    # A database that is away for longer costs the partitions for a while, and no more.
    "max_poll_interval_ms": 300_000,
    "fetch_max_wait_ms": 500,
}

log = structlog.get_logger()


def group(topics: Topics, projections: Iterable[Projection]) -> str:
    """Who shares work: processes that run the very same projections. Each partition goes to one of them."""
    return "+".join([f"{topics.prefix}.project", *sorted(f"{each.name}.v{each.version}" for each in projections)])


class KafkaSource:
    """Implements `consumers.source.Source` for one thread, reading the topic of events from its first poll on.

    `member` is this process's own name in its group: coming back under it within ten seconds, it finds its partitions
    again and no other process is disturbed. Two processes must not bear the same.
    """

    def __init__(self, bootstrap: str, topics: Topics, group: str, member: str | None = None) -> None:
        self._topic = topics.events
        self._config = {
            **_CONSUMER,
            "bootstrap_servers": servers(bootstrap),
            "group_id": group,
            "group_instance_id": member,
        }
        self._consumer: KafkaConsumer | None = None
        self._partitions: list[int] = []
        self._committed = monotonic()

    @property
    def partitions(self) -> Sequence[int]:
        """Known from the last poll; none before the first."""
        return self._partitions

    def seek(self, next_offsets: dict[int, int]) -> None:
        """See `Source`. A partition that is another's by now is left to it."""
        if self._consumer is None:
            return
        with reachable():
            mine = self._consumer.assignment()
            for partition, offset in next_offsets.items():
                if (at := self._at(partition)) in mine:
                    self._consumer.seek(at, offset)

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """See `Source`."""
        try:
            with reachable():
                consumer = self._opened()
                self._commit(consumer)
                polled = consumer.poll(timeout_ms=int(timeout * 1000), max_records=limit)
                self._partitions = sorted(each.partition for each in consumer.assignment())
        except Unavailable:
            self.close()
            raise
        if polled:
            reached("project.polled")
        return list(_records(message for messages in polled.values() for message in messages))

    def end(self) -> dict[int, int]:
        """For each partition of this process, the offset after the last committed record."""
        with reachable():
            ends = self._opened().end_offsets([self._at(partition) for partition in self._partitions])
        return {at.partition: offset for at, offset in ends.items()}

    def close(self) -> None:
        """Stops reading; with a member's name the partitions are kept for ten seconds. A next poll would begin anew."""
        consumer, self._consumer, self._partitions = self._consumer, None, []
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))

    def _opened(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(**self._config)
            self._consumer.subscribe([self._topic])
        return self._consumer

    def _commit(self, consumer: KafkaConsumer) -> None:
        """What was given out before this poll has been dealt with, or will be sought again."""
        if monotonic() - self._committed >= COMMIT_SECONDS:
            self._committed = monotonic()
            consumer.commit_async()

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)


def _records(messages: Iterable[Any]) -> Iterator[Record]:
    for message in messages:
        try:
            yield incoming(message)
        except Foreign as foreign:
            log.warning("record left out", reason=str(foreign))
