"""The seam between where events come from and what is done with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from projections.projection import Recorded


class Unavailable(Exception):
    """Something needed is out of reach for now: a database, a broker. The runner waits and tries again.

    Names what went wrong by class and sqlstate only, never by a message, which could quote a value.
    """


@dataclass(slots=True)
class Record:
    """An event as it is stored or sent: undecoded.

    `offset` is where to seek to read this record again: the position itself in the embedded shape, a Kafka offset else.
    Within a partition both `position` and `offset` grow. Printed, as by a log that nobody configured, it says where it
    stands and not what it holds. Nobody changes it; to be frozen would make it twice as slow to make, and there is one
    of each event.
    """

    partition: int
    offset: int
    position: int
    key: UUID
    stream_id: UUID
    stream_version: int
    name: str
    state: bytes = field(repr=False)


class Source(Protocol):
    """Where a projector reads from: the log itself, or Kafka. `seek` and `poll` raise `Unavailable`."""

    @property
    def partitions(self) -> Sequence[int]:
        """The partitions this process may read now."""
        ...

    def seek(self, next_offsets: dict[int, int]) -> None:
        """Continue each partition at this offset, inclusive."""
        ...

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """Up to `limit` records in order per partition; empty after `timeout` seconds without any."""
        ...

    def close(self) -> None: ...


class Decode(Protocol):
    """Undecoded records to events, set-wise: keys of all persons in the batch are fetched together.

    A record that cannot be decoded comes back as the exception in its place, so that one bad record stops no other.
    Keys out of reach are no fault of a record: that raises `Unavailable`.
    """

    def __call__(self, records: Sequence[Record]) -> list[Recorded | Exception]: ...
