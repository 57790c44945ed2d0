"""The topic of events as somebody reads it who shares it with nobody: every partition, in no group, from anywhere."""

from collections.abc import Mapping, Sequence
from typing import Final

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from consumers.source import Record, Unavailable
from infra.broker.client import READER, reachable, servers
from infra.broker.fetched import read_compiled
from infra.broker.records import incoming_all
from infra.broker.topics import Topics

_NEAR: Final = 500
_ANSWER_SECONDS: Final = 10.0


class KafkaReader:
    """Implements `infra.reading.Readable` for one thread. Committed records only."""

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self._every = [TopicPartition(topics.events, p) for p in range(topics.partitions)]
        with reachable():
            self._consumer = read_compiled(KafkaConsumer(bootstrap_servers=servers(bootstrap), group_id=None, **READER))
            self._consumer.assign(self._every)

    @property
    def partitions(self) -> Sequence[int]:
        return [at.partition for at in self._every]

    def begin(self, position: int) -> None:
        """See `Readable`. Positions grow within a partition, so the place is found by halving."""
        with reachable():
            low = self._consumer.beginning_offsets(self._every)
            high = self._consumer.end_offsets(self._every)
            while wide := [at for at in self._every if position > 1 and high[at] - low[at] > _NEAR]:
                middle = {at: (low[at] + high[at]) // 2 for at in wide}
                found = self._first_from(middle, high)
                for at in wide:
                    if at in found and found[at].position < position:
                        low[at] = found[at].offset + 1
                    else:
                        high[at] = middle[at]
            self._consumer.assign(self._every)
            self._seek(low)

    def first_from(self, offsets: Mapping[int, int]) -> list[Record]:
        """The first record at or after these offsets, of every partition that has one; from the beginning of those
        that are not named."""
        with reachable():
            start = {at: offsets.get(at.partition, 0) for at in self._every}
            return list(self._first_from(start, self._consumer.end_offsets(self._every)).values())

    def seek(self, next_offsets: dict[int, int]) -> None:
        """See `Source`."""
        with reachable():
            self._seek({at: next_offsets[at.partition] for at in self._every if at.partition in next_offsets})

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """See `Source`."""
        with reachable():
            polled = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=limit)
        return [record for messages in polled.values() for record in incoming_all(messages)]

    def offsets(self) -> Mapping[int, int]:
        """See `Readable`: also past records that were aborted, and past the ends of transactions."""
        with reachable():
            return {at.partition: self._position(at) for at in self._every}

    def ends(self) -> Mapping[int, int]:
        """See `Readable`."""
        with reachable():
            return {at.partition: end for at, end in self._consumer.end_offsets(self._every).items()}

    def close(self) -> None:
        self._consumer.close(autocommit=False)

    def _position(self, at: TopicPartition) -> int:
        position: int | None = self._consumer.position(at, timeout_ms=int(_ANSWER_SECONDS * 1000))
        if position is None:
            raise Unavailable("Kafka: it does not say where a partition begins")
        return position

    def _seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        for at, offset in offsets.items():
            self._consumer.seek(at, offset)

    def _first_from(
        self, start: Mapping[TopicPartition, int], end: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Record]:
        """The first record at or after an offset, of every partition that has one before its end."""
        self._consumer.assign(list(start))
        self._seek(start)
        found: dict[TopicPartition, Record] = {}
        while any(at not in found and self._position(at) < end[at] for at in start):
            for at, messages in self._consumer.poll(timeout_ms=500).items():
                for record in incoming_all(messages):
                    found.setdefault(at, record)
        return found
