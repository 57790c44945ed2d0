"""Filling another generation of a projection's rows beside the one that serves: the same events, in larger batches.

It reads to a goal that it is given and never beyond, so that both generations can stand at the very same positions and
be compared there. Where it stands is kept with its rows, as a projector's is: whoever goes on later begins there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from consumers.outcome import Outcome
from consumers.projector import News, Projector, write
from consumers.read_models import Batch, DeadLetter, Overtaken, ReadModels
from consumers.source import Decode, Record, Source, Unavailable
from projections.projection import Projection, Recorded

# More in one transaction is no faster, and is what is done again when it is killed.
LIMIT: Final = 2_000
# So many parked keys are no accident.
MOST_PARKED: Final = 100
POLL_SECONDS: Final = 1.0
# What is below a goal has been applied by another: it can be read at once, unless the source is out of reach.
PATIENCE_SECONDS: Final = 30.0

Offsets = Mapping[int, int]
"""For each partition, the offset that is read next."""
Read = tuple[Sequence[Record], Sequence[Recorded | Exception]]
"""Records, and what each decodes to."""


class Stopped(Exception):
    """Whoever started it wants it to stop. What was filled is kept."""


class Cancelled(Exception):
    """Somebody else wants it to stop, or too much is parked. What was filled is kept."""


class Unprojectable(Exception):
    """An event that this release cannot project: nothing is built past it. Says where it stands, never what it says."""

    def __init__(self, letter: DeadLetter) -> None:
        at = letter.record
        why = " ".join(filter(None, [letter.reason.value, letter.error, letter.sqlstate]))
        super().__init__(f"{at.position}: {at.name}, version {at.stream_version} of {at.stream_id}: {why}")
        self.letter = letter


class Placed(Source, Protocol):
    """A source that knows where it is."""

    def offsets(self) -> Offsets:
        """Where the next poll reads on, by partition. Raises `Unavailable`."""
        ...


class Unread(NamedTuple):
    """Stands for an event that says nothing to a projection, or that an operator left out of it for ever."""


class Builder:
    """Fills the rows in `read_models`, for one thread.

    It reads nothing ahead while the database writes: that is hardly faster, and takes a second core from whoever asks
    what serves.

    Events with a stored name in `silent` say nothing to the projection and are not decoded. One that cannot be
    projected is parked with all later ones of its key if `park`, as a projector does, else it ends the work. `told`
    hears after each transaction where it stands; `stopped` is asked before the next.
    """

    def __init__(
        self,
        source: Placed,
        decode: Decode,
        read_models: ReadModels,
        projection: Projection,
        *,
        silent: frozenset[str] = frozenset(),
        park: bool = False,
        limit: int | None = None,
        told: Callable[[Offsets], None] = lambda at: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = source
        self._decode = decode
        self._read_models = read_models
        self._projection = projection
        self._projector = Projector(projection, read_models, _uncounted, MOST_PARKED)
        self._park = park
        self._silent = silent
        self._limit = limit or LIMIT
        self._told = told
        self._stopped = stopped

    def fill(self, goal: Offsets, left_out: frozenset[int] = frozenset(), patience: float = PATIENCE_SECONDS) -> None:
        """Applies whatever is below these offsets and is not applied yet, without the events at the positions
        `left_out`. Raises `Stopped`, `Cancelled`, `Unprojectable`, and `Unavailable` if for so many seconds nothing
        comes."""
        while not self._filled(partial(self._read, goal, left_out, patience), goal):
            pass

    def _filled(self, read: Callable[[], Read | None], goal: Offsets) -> bool:
        """False if somebody has moved what is known: to begin again from what is stored."""
        projector = self._projector
        projector.load(sorted(goal), 0.0)
        if not projector.running:
            raise Cancelled
        self._source.seek({p: progress.next_offset for p, progress in projector.progress.items()})
        try:
            while (batch := read()) is not None:
                if self._stopped():
                    raise Stopped
                positions = {p: progress.position for p, progress in projector.progress.items()}
                news = News(positions, *batch)
                if (still := projector.still(news)) is not None:
                    self._read_models.advance([(self._projection, still.batch)])
                    projector.moved(still)
                else:
                    write(projector.apply(news), self._commit)
                self._told({p: progress.next_offset for p, progress in projector.progress.items()})
        except Overtaken:
            return False
        return True

    def _commit(self, batch: Batch) -> None:
        if batch.letters and not self._park:
            raise Unprojectable(batch.letters[0])
        self._read_models.commit(self._projection, batch)

    def _read(self, goal: Offsets, left_out: frozenset[int], patience: float) -> Read | None:
        records = self._below(goal, monotonic() + patience)
        if not records:
            return None
        heard = [each for each in records if each.name not in self._silent and each.position not in left_out]
        events = {each.position: event for each, event in zip(heard, self._decode(heard), strict=True)}
        return records, [events.get(each.position) or _unread(each) for each in records]

    def _below(self, goal: Offsets, until: float) -> list[Record]:
        """Some records, in order per partition; none at the goal. What comes from beyond is sought again later."""
        while any(at < goal[p] for p, at in self._source.offsets().items() if p in goal):
            polled = self._source.poll(self._limit, POLL_SECONDS)
            if records := [each for each in polled if each.offset < goal.get(each.partition, 0)]:
                return records
            if monotonic() > until:
                raise Unavailable("nothing comes of what should be there")
        return []


def _unread(record: Record) -> Recorded:
    at = datetime.min.replace(tzinfo=UTC)
    return Recorded(
        record.position,
        record.key,
        record.stream_id,
        record.stream_version,
        record.name,
        Unread(),
        UUID(int=0),
        at,
        actor="",
    )


def _uncounted(projection: str, outcome: Outcome, events: int) -> None:
    pass
