"""Records of made-up events, a source that hands them out, and the decoding that gives the events back."""

import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from consumers.source import Record
from projections.projection import Recorded

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Journal:
    """Events in the order they were stored, each under its key; the key decides the partition."""

    def __init__(self, partitions: int = 1) -> None:
        self.partitions = partitions
        self.records: list[Record] = []
        self._decoded: dict[int, Recorded | Exception] = {}
        self._versions: dict[UUID, int] = {}

    def happened(self, key: UUID, event: object, stream: UUID | None = None) -> Record:
        """Stores an event, of the stream whose id is its key unless told; an exception stands for what cannot be
        decoded."""
        position = len(self.records) * 3 + 1  # gaps are allowed
        stream = stream or key
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        name = f"{type(event).__name__.lower()}.v1"
        partition = key.int % self.partitions
        record = Record(partition, position, position, key, stream, version, name, b"")
        at = NOON + timedelta(seconds=position)
        recorded = Recorded(position, key, stream, version, name, event, UUID(int=position), at, "tester")
        self._decoded[position] = event if isinstance(event, Exception) else recorded
        self.records.append(record)
        return record

    def decode(self, records: Sequence[Record]) -> list[Recorded | Exception]:
        return [self._decoded[record.position] for record in records]

    def recorded(self) -> list[Recorded]:
        """Every event that can be decoded, in order."""
        return [event for event in self.decode(self.records) if isinstance(event, Recorded)]


class ListSource:
    """`consumers.source.Source` over records in memory, an offset being the record's position."""

    def __init__(self, records: Iterable[Record], partitions: int = 1) -> None:
        self.records = list(records)
        self.partitions: Sequence[int] = range(partitions)
        self.sought: list[dict[int, int]] = []
        self._next: dict[int, int] = {}
        self._grown = threading.Condition()

    def append(self, records: Iterable[Record]) -> None:
        with self._grown:
            self.records.extend(records)
            self._grown.notify_all()

    def seek(self, next_offsets: dict[int, int]) -> None:
        self.sought.append(next_offsets)
        self._next |= next_offsets

    def poll(self, limit: int, timeout: float) -> list[Record]:
        with self._grown:
            self._grown.wait_for(self._waiting_records, timeout)
            polled = self._waiting_records()[:limit]
        for record in polled:
            self._next[record.partition] = record.offset + 1
        return polled

    def offsets(self) -> dict[int, int]:
        """Where the next poll reads on: behind the last record of a partition, or at the next one there is."""
        return {p: self._next.get(p, 0) for p in self.partitions}

    def ends(self) -> dict[int, int]:
        """The offset after the last record of each partition."""
        return {p: max((r.offset + 1 for r in self.records if r.partition == p), default=0) for p in self.partitions}

    def close(self) -> None:
        pass

    def _waiting_records(self) -> list[Record]:
        return [
            record for record in self.records if record.offset >= self._next.get(record.partition, record.offset + 1)
        ]
