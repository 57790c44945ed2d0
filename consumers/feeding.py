"""The loop that takes feeds in: poll, take what came of each feed, and try again what waits for something known by now.

Where a feed goes on is in the log, beside what was recorded: after any trouble it is read anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from threading import Event
from typing import Final, Protocol

import structlog

from commands.ports import Offset, OffsetTaken
from commands.trace import Trace
from consumers.feeds.parked import Parked
from consumers.point_of_sale import Intake, Message, Record
from consumers.source import Unavailable
from domain.refusals import TooBusy

FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 5.0
MOST_RETRIED: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came: which one of its feed it is, counted from 0, in which format it is, and the step of a trace
    that sent it, if one did."""

    feed: str
    number: int
    format: str
    body: bytes
    trace: Trace | None = None


class Messages(Protocol):
    """Where feeds are read from. Every method raises `Unavailable`."""

    def feeds(self) -> Sequence[str]:
        """The feeds there are now. A feed never gets a number twice: begun anew, it has another name."""
        ...

    def seek(self, numbers: Mapping[str, int]) -> None:
        """Go on in each of these feeds at this message, inclusive."""
        ...

    def poll(self, limit: int, timeout: float) -> list[Arrived]:
        """Up to `limit` messages of feeds that were sought, in order in each; none after `timeout` seconds without
        any."""
        ...

    def close(self) -> None: ...


class Feeding:
    """Takes feeds in, for one thread. `reached` says where each of these feeds goes on, of those that ever came;
    `record_as` records in the name of a point of sale, as what follows this step of a trace."""

    def __init__(
        self,
        messages: Messages,
        intakes: Mapping[str, Intake],
        parked: Parked,
        reached: Callable[[Sequence[str]], Mapping[str, int]],
        record_as: Callable[[Intake, Trace | None], Record],
        *,
        limit: int = 500,
    ) -> None:
        self._messages = messages
        self._intakes = intakes
        self._parked = parked
        self._reached = reached
        self._record_as = record_as
        self._limit = limit
        self._placed: frozenset[str] | None = None
        self._at: dict[str, int] = {}
        self._delay = FIRST_DELAY

    def run(self, stop: Event, timeout: float = 1.0, still: Callable[[], None] = lambda: None) -> None:
        """Runs until `stop` is set, which is noticed within `timeout` seconds, or until `still` raises that it is no
        longer this one's turn."""
        while not stop.is_set():
            still()
            try:
                self.step(timeout)
                self._delay = FIRST_DELAY
            except (Unavailable, TooBusy) as trouble:
                log.warning("feed begins again", trouble=str(trouble), seconds=self._delay)
                stop.wait(self._delay)
                self._delay = min(self._delay * 2, LONGEST_DELAY)

    def step(self, timeout: float = 0.0) -> int:
        """Takes what came in up to `timeout` seconds, and what waited for it; returns how many messages came."""
        try:
            self._place()
            arrived = self._messages.poll(self._limit, timeout)
            for feed, messages in groupby(arrived, lambda each: each.feed):
                self._take(feed, list(messages))
        except OffsetTaken:
            # Somebody else reads the same: what she took is not taken again.
            self._placed = None
            return 0
        except (Unavailable, TooBusy):
            self._placed = None
            raise
        self.retry()
        return len(arrived)

    def retry(self) -> int:
        """Takes again what waited for something that is known by now; returns how many pieces that were."""
        self._parked.expire()
        many = 0
        for intake in self._intakes.values():
            if due := self._parked.due(intake.format, MOST_RETRIED):
                intake.retry(due, self._record_as(intake, None))
                many += len(due)
        return many

    def _place(self) -> None:
        feeds = frozenset(self._messages.feeds())
        if feeds != self._placed:
            reached = self._reached(sorted(feeds))
            self._at = {feed: reached.get(feed, 0) for feed in sorted(feeds)}
            self._messages.seek(self._at)
            self._placed = feeds

    def _take(self, feed: str, arrived: Sequence[Arrived]) -> None:
        intake = self._intakes[arrived[0].format]
        # One append is of one request, and so of one trace.
        for trace, of_trace in groupby(arrived, lambda each: each.trace):
            messages = []
            for each in of_trace:
                offset = Offset(feed, each.number + 1, after=self._at[feed])
                messages.append(Message(each.body, offset))
                self._at[feed] = offset.next
            intake.take(messages, self._record_as(intake, trace))
