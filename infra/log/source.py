"""The log as projectors see it: one partition, offset and position the same."""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.sql import SQL, Identifier

from consumers.source import Record, Unavailable
from infra.log.application import Log
from infra.log.streams import record

PARTITION: Final = 0
# An append wakes a reader at once. Should that ever fail, it looks by itself this often.
FALLBACK_SECONDS: Final = 1.0


def records_at(log: Log, positions: Sequence[int]) -> list[Record]:
    """The events at these positions, in order, without those that are not there. Raises `Unavailable`."""
    try:
        return [record(row) for row in log.recorder.read_positions(positions)]
    except PersistenceError as error:
        raise Unavailable(f"the log: {type(error.__cause__ or error).__qualname__}") from error


class LogSource:
    """Implements `consumers.source.Source` for one thread; leaves out the stored names in `skip`."""

    def __init__(self, log: Log, skip: Sequence[str]) -> None:
        self._log = log
        self._skip = sorted(skip)
        self._next = 1
        self._listener: psycopg.Connection[Any] | None = None

    @property
    def partitions(self) -> Sequence[int]:
        return [PARTITION]

    def seek(self, next_offsets: dict[int, int]) -> None:
        """See `Source`."""
        self._next = next_offsets.get(PARTITION, self._next)

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """See `Source`."""
        deadline = monotonic() + timeout
        try:
            listener = self._listening()
            while not (found := self._read(limit)) and (left := deadline - monotonic()) > 0:
                for _ in listener.notifies(timeout=min(left, FALLBACK_SECONDS), stop_after=1):
                    pass
        except (PersistenceError, psycopg.Error) as error:
            self.close()
            raise Unavailable(f"the log: {type(error.__cause__ or error).__qualname__}") from error
        return found

    def begin(self, position: int) -> None:
        """See `infra.reading.Readable`."""
        self._next = position

    def offsets(self) -> dict[int, int]:
        """See `infra.reading.Readable`."""
        return {PARTITION: self._next}

    def ends(self) -> dict[int, int]:
        """See `infra.reading.Readable`: events that this source leaves out do not count."""
        try:
            return {PARTITION: self._log.recorder.end(self._skip) + 1}
        except PersistenceError as error:
            raise Unavailable(f"the log: {type(error.__cause__ or error).__qualname__}") from error

    def close(self) -> None:
        """Stops listening; the log itself stays open."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _read(self, limit: int) -> list[Record]:
        rows = self._log.recorder.read_batch(self._next - 1, limit, self._skip)
        if rows:
            self._next = rows[-1][0] + 1
        return [record(row) for row in rows]

    def _listening(self) -> psycopg.Connection[Any]:
        if self._listener is None:
            self._listener = psycopg.connect(self._log.url, autocommit=True)
            self._listener.execute(SQL("LISTEN {}").format(Identifier(self._log.recorder.channel_name)))
        return self._listener
