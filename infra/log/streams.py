"""The log as the write side sees it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final
from uuid import UUID

from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError
from psycopg.errors import LockNotAvailable, UniqueViolation

from commands.ports import Change, Conflict, History, Request
from consumers.source import Record, Unavailable
from domain.refusals import TooBusy
from infra.failpoints import reached
from infra.log.application import Log
from infra.log.codec import Codec
from infra.log.document import stream_key
from infra.log.recorder import Row
from projections.projection import Recorded

# Every other append waits as long as one takes: callers keep theirs to 500 events and 500 kB.
LARGEST_APPEND: Final = 5_000_000


class LogStreams:
    """Implements `commands.ports.Streams`; one for all threads."""

    def __init__(self, log: Log, codec: Codec) -> None:
        self._recorder = log.recorder
        self._codec = codec

    def read(self, ids: Sequence[UUID]) -> list[History]:
        """See `Streams`. Raises `Undecodable` if an event cannot be read: nothing is decided on half a stream."""
        with _reachable():
            rows = self._recorder.read_streams(ids)
        streams: dict[UUID, list[Recorded]] = {}
        for decoded in self._codec.decode([record(row) for row in rows]):
            if isinstance(decoded, Exception):
                raise decoded
            streams.setdefault(decoded.stream_id, []).append(decoded)
        return [_history(streams.get(id, [])) for id in ids]

    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        """See `Streams`. Raises `TooBusy` if other appends take too long, and `ValueError` for a huge append.

        Where a feed is stands in the library's table of trackings.
        """
        stored = self._codec.encode(changes, request)
        if (size := sum(len(event.state) for event in stored)) > LARGEST_APPEND:
            raise ValueError(f"an append of {size} bytes would stop all others: at most {LARGEST_APPEND}")
        reached("append.begins")
        with _reachable():
            if request.offset is None:
                positions = iter(self._recorder.insert_events(stored))
            else:
                positions = iter(self._recorder.insert_fed(stored, request.offset))
        reached("append.committed")
        return [tuple(islice(positions, len(change.events))) for change in changes]


def record(row: Row) -> Record:
    """A stored row as a record of the one partition that the log is."""
    position, stream_id, version, name, state = row
    try:
        key = stream_key(state)
    except ValueError:
        key = stream_id  # decoding says what is wrong with it, in its turn
    return Record(0, position, position, key, stream_id, version, name, state)


def _history(recorded: Sequence[Recorded]) -> History:
    return History(tuple(each.event for each in recorded), tuple(each.position for each in recorded))


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise Conflict("somebody else appended first") from None
        raise
    except (InterfaceError, OperationalError) as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise TooBusy("Others are writing for longer than usual.") from None
        raise Unavailable(f"the log: {type(error.__cause__).__qualname__}") from error
