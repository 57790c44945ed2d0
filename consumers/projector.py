"""One projection as one process runs it: what is news, what it asks for, one transaction, and what is parked.

An event that cannot be projected is parked with every later event of its key, so that no row is built on a gap; the
others flow on. A handler's error shows at once; a value that the database refuses is found by halving the batch.
A projector says what is to be written, by `Write`, and leaves to others when: meanwhile they can do something else.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

import structlog

from consumers.fold import TableWrites, fold
from consumers.outcome import Outcome
from consumers.read_models import Batch, DeadLetter, Progress, ReadModels, Reason, Unwritable
from consumers.source import Record
from projections.projection import Projection, Recorded, RowChange

Count = Callable[[str, Outcome, int], None]
Staged = tuple[Record, list[RowChange] | DeadLetter]

FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 5.0
PAUSE_CHECK: Final = 1.0

log = structlog.get_logger()


class Failure(NamedTuple):
    """Why an event cannot be projected."""

    reason: Reason
    error: str
    sqlstate: str | None = None


def asked(projection: Projection, event: Recorded | Exception) -> list[RowChange] | Failure:
    """What one event asks for; an exception stands for an event that could not be decoded."""
    if isinstance(event, Exception):
        return Failure(Reason.DECODE, type(event).__name__)
    try:
        return projection.changes(event)
    except Exception as error:  # whatever a handler raises concerns this event only
        return Failure(Reason.HANDLER, type(error).__name__)


def folded(projection: Projection, changes: Iterable[RowChange]) -> list[TableWrites]:
    """What these changes write. Raises `Unwritable`."""
    try:
        return fold(projection.tables, changes)
    except (TypeError, ValueError, ArithmeticError) as error:
        # A delta on a value that is no number: the database would refuse that value.
        raise Unwritable(type(error).__name__) from None


class Share(NamedTuple):
    """What news writes of one projection, and how many of its events ask for anything."""

    writes: list[TableWrites]
    applied: int


class News:
    """What came behind the positions `after` of its partitions, in order and each of it once: records, and what they
    say. What every projection would ask of it is worked out for all."""

    def __init__(
        self, after: Mapping[int, int], records: Iterable[Record], decoded: Iterable[Recorded | Exception]
    ) -> None:
        self.after = after
        self.told: list[tuple[Record, Recorded | Exception]] = []
        highest = dict(after)
        for record, event in zip(records, decoded, strict=True):
            if record.position > highest[record.partition]:
                highest[record.partition] = record.position
                self.told.append((record, event))
        self.kinds = {Exception if isinstance(event, Exception) else type(event.event) for _, event in self.told}
        self.keys = {record.key for record, _ in self.told}
        self.last = {record.partition: record for record, _ in self.told}
        self._shares: dict[Projection, Share | None] = {}

    @property
    def reached(self) -> dict[int, int]:
        """The position in each partition behind which the next news begins."""
        return {**self.after, **{partition: record.position for partition, record in self.last.items()}}

    def share(self, projection: Projection) -> Share | None:
        """None if an event fails, or it cannot be written. Worked out when it is first asked for: nothing that anybody
        has stored goes into it."""
        if projection not in self._shares:
            self._shares[projection] = _share(projection, [event for _, event in self.told])
        return self._shares[projection]


def _share(projection: Projection, events: Iterable[Recorded | Exception]) -> Share | None:
    applied = 0

    # What an event asks for is folded and forgotten before the next is asked: a whole batch of answers would no longer
    # be in the processor's cache.
    def changes() -> Iterator[RowChange]:
        nonlocal applied
        for event in events:
            answer = asked(projection, event)
            if isinstance(answer, Failure):
                raise _Failed
            if answer:
                applied += 1
                yield from answer

    try:
        return Share(folded(projection, changes()), applied)
    except (_Failed, Unwritable):
        return None


class _Failed(Exception):
    """An event cannot be projected."""


class Still(NamedTuple):
    """A batch of so many events of which a projection writes nothing but how far it is."""

    projector: "Projector"
    batch: Batch
    events: int


Batches = Generator[Batch, None, None]
"""What is to be written, one transaction each. It goes on when the last is written, or is thrown an `Unwritable`."""


class Write:
    """One projection's share of a batch: its first transaction is begun when this is made.

    `begin` is told of each and returns what waits for its end, which raises what `ReadModels.commit` does.
    """

    def __init__(self, batches: Batches, begin: Callable[[Batch], Callable[[], None]]) -> None:
        self._batches = batches
        self._begin = begin
        self._begun = self._next(next(batches, None))

    def finish(self) -> None:
        """Waits until all is written. Raises `Overtaken` or `Unavailable` when the rest, or all of it, is not, and
        `Unwritable` if not even a dead letter can be."""
        while (wait := self._begun) is not None:
            try:
                wait()
            except Unwritable as refused:
                batch: Batch | None = self._batches.throw(refused)
            else:
                batch = next(self._batches, None)
            self._begun = self._next(batch)

    def _next(self, batch: Batch | None) -> Callable[[], None] | None:
        return None if batch is None else self._begin(batch)


def write(batches: Batches, commit: Callable[[Batch], None]) -> None:
    """Writes one transaction after the other and waits for each. Raises as `Write.finish` does."""
    Write(batches, lambda batch: partial(commit, batch)).finish()


class Projector:
    """`running` between a successful load and the next trouble; else it is tried again when `due`, in seconds of the
    runner's clock."""

    def __init__(self, projection: Projection, read_models: ReadModels, count: Count, most_parked: int) -> None:
        self.projection = projection
        self.running = False
        self.due = 0.0
        self.progress: dict[int, Progress] = {}
        self._parked: set[UUID] = set()
        self._heeded = {*projection.handlers, Exception}
        self._read_models = read_models
        self._count = count
        self._most_parked = most_parked
        self._delay = FIRST_DELAY

    def load(self, partitions: Sequence[int], now: float) -> None:
        """Learns where the projection stands; if it is paused, it is looked at again a little later."""
        standing = self._read_models.load(self.projection, partitions)
        self.progress = standing.progress
        self._parked = set(standing.parked)
        self.running = not standing.paused
        self.due = now + PAUSE_CHECK if standing.paused else now

    def forget(self, due: float = 0.0) -> None:
        """What is known no longer holds: load again at `due`."""
        self.running = False
        self.due = due

    def back_off(self, now: float, trouble: Exception) -> None:
        """Tries again after a while, twice as long each time until a batch succeeds."""
        log.warning("projection waits", projection=self.projection.name, trouble=str(trouble), seconds=self._delay)
        self.forget(now + self._delay)
        self._delay = min(self._delay * 2, LONGEST_DELAY)

    def still(self, news: News) -> Still | None:
        """If there is nothing to write but how far it is: that is left to the caller, who moves all such projections
        at once."""
        if not self._stands_still(news):
            return None
        known, reached = self._moves(news.last)
        return Still(self, Batch(known, reached, (), ()), len(news.told))

    def foresee(self, news: News) -> None:
        """Works out what it can of these before those that come before them are written."""
        ahead = any(self.progress[partition].position > news.after[partition] for partition in news.last)
        if not ahead and not news.kinds.isdisjoint(self._heeded) and news.keys.isdisjoint(self._parked):
            news.share(self.projection)

    def apply(self, news: News) -> Batches:
        """Projects what is above the highest position of its partition, in as few transactions as possible."""
        of_all = self._all_of_it(news) and news.keys.isdisjoint(self._parked)
        if of_all and (share := news.share(self.projection)) is not None:
            try:
                yield from self._transaction(news.last, len(news.told), share.applied, share.writes)
            except Unwritable as refused:
                yield from self._halves(self._staged(news), refused)
        else:
            staged = self._staged(news)
            self._count(self.projection.name, Outcome.DUPLICATE, len(news.told) - len(staged))
            if staged:
                yield from self._write(staged)
        self._delay = FIRST_DELAY

    def moved(self, still: Still) -> None:
        """What `still` left to the caller is written."""
        self.progress.update(still.batch.reached)
        self._count(self.projection.name, Outcome.IGNORED, still.events)
        self._delay = FIRST_DELAY

    def _stands_still(self, news: News) -> bool:
        """All of it is news here, and none of it says anything to this projection or to what it has parked."""
        return news.kinds.isdisjoint(self._heeded) and news.keys.isdisjoint(self._parked) and self._all_of_it(news)

    def _all_of_it(self, news: News) -> bool:
        """Whether none of it is known here."""
        return all(self.progress[partition].position == news.after[partition] for partition in news.last)

    def _staged(self, news: News) -> list[Staged]:
        """What each event asks for that is news here."""
        staged: list[Staged] = []
        for record, event in news.told:
            if record.position > self.progress[record.partition].position:
                answer = asked(self.projection, event)
                staged.append((record, DeadLetter(record, *answer) if isinstance(answer, Failure) else answer))
        return staged

    def _write(self, staged: list[Staged]) -> Batches:
        try:
            yield from self._commit(staged)
        except Unwritable as refused:
            yield from self._halves(staged, refused)

    def _halves(self, staged: list[Staged], refused: Unwritable) -> Batches:
        """What the database refused is found between those before and those after it, and parked."""
        if len(staged) > 1:
            middle = len(staged) // 2
            yield from self._write(staged[:middle])
            yield from self._write(staged[middle:])
        else:
            record, _ = staged[0]
            yield from self._commit([(record, DeadLetter(record, Reason.DATABASE, refused.error, refused.sqlstate))])

    def _commit(self, staged: list[Staged]) -> Batches:
        """One transaction, without what is parked or has to be."""
        changes: list[RowChange] = []
        letters: list[DeadLetter] = []
        parked: set[UUID] = set()
        applied = 0
        for record, answer in staged:
            if record.key in self._parked or record.key in parked:
                letters.append(DeadLetter(record, Reason.BLOCKED))
            elif isinstance(answer, DeadLetter):
                letters.append(answer)
                parked.add(record.key)
            elif answer:
                changes.extend(answer)
                applied += 1
        last = {record.partition: record for record, _ in staged}
        yield from self._transaction(last, len(staged), applied, folded(self.projection, changes), letters)

    def _transaction(
        self,
        last: Mapping[int, Record],
        events: int,
        applied: int,
        writes: Sequence[TableWrites],
        letters: Sequence[DeadLetter] = (),
    ) -> Batches:
        """One transaction, of so many events. Which of them are parked is known to this process once it is stored."""
        known, reached = self._moves(last)
        yield Batch(known, reached, writes, letters)
        self.progress.update(reached)
        self._count(self.projection.name, Outcome.APPLIED, applied)
        self._count(self.projection.name, Outcome.PARKED, len(letters))
        self._count(self.projection.name, Outcome.IGNORED, events - applied - len(letters))
        parked = [letter for letter in letters if letter.reason is not Reason.BLOCKED]
        self._parked.update(letter.record.key for letter in parked)
        for letter in parked:
            self._tell(letter)
        if parked and len(self._parked) > self._most_parked:
            # Whatever is written next fails as overtaken; loading then says that it is paused.
            self._read_models.pause(self.projection)
            log.error("projection paused", projection=self.projection.name, parked=len(self._parked))

    def _moves(self, last: Mapping[int, Record]) -> tuple[dict[int, Progress], dict[int, Progress]]:
        """Where each partition stands, and where it is after these."""
        reached = {
            partition: Progress(record.position, record.offset + 1, self.progress[partition].generation)
            for partition, record in last.items()
        }
        return {partition: self.progress[partition] for partition in reached}, reached

    def _tell(self, letter: DeadLetter) -> None:
        log.warning(
            "event parked",
            projection=self.projection.name,
            record=letter.record,
            reason=letter.reason.value,
            error=letter.error,
            sqlstate=letter.sqlstate,
        )
