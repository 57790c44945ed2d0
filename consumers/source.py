"""The seam between where events come from and what is done with them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from typing_extensions import override

from projections.projection import Recorded


class Unavailable(Exception):
    """Something needed is out of reach for now: a database, a broker. The runner waits and tries again.

    Names what went wrong by class and sqlstate only, never by a message, which could quote a value.
    """


class Record(NamedTuple):
    """An event as it is stored or sent: undecoded.

    `offset` is where to seek to read this record again: the position itself in the embedded shape, a Kafka offset else.
    Within a partition both `position` and `offset` grow. Printed, as by a log that nobody configured, it says where it
    stands and not what it holds.
    """

    partition: int
    offset: int
    position: int
    key: UUID
    stream_id: UUID
    stream_version: int
    name: str
    state: bytes

    @override
    def __repr__(self) -> str:
        told = (f"{name}={getattr(self, name)!r}" for name in self._fields if name != "state")
        return f"{type(self).__name__}({', '.join(told)})"


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
