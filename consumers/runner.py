"""The loop that keeps projections up to date: poll, decode once for all of them, one transaction for each that writes.

While the database writes a batch, the next one is read, and what it asks for is worked out. Where to read on is in the
read models, beside the rows: after any trouble a projection loads where it stands and the source goes back to the
lowest; the others drop what they have by its position.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Final, NamedTuple

import structlog

from consumers.outcome import Outcome
from consumers.projector import Count, News, Projector, Still, Write
from consumers.read_models import Batch, Overtaken, ReadModels, Unwritable
from consumers.source import Decode, Source, Unavailable
from projections.projection import Projection

# A batch of less than a tenth of the limit is written sooner than it pays to read on meanwhile.
_WORTH: Final = 10
# So long the next one is waited for meanwhile: a larger batch takes longer to write.
_PATIENCE_SECONDS: Final = 0.01

log = structlog.get_logger()


class _Read(NamedTuple):
    """A batch: how many records came, how many of them no running projection needs, and the rest."""

    polled: int
    known: int
    news: News


class Runner:
    """Runs projections over the partitions that the source gives this process.

    `count` is told of every event's outcome per projection; `monotonic` is a clock in seconds that never goes back;
    `limit` is the size of a batch in events; more than `most_parked` keys with parked events pause a projection.
    `threads` wait for the database while this one works on; without any it waits itself, and reads nothing ahead.
    """

    def __init__(
        self,
        source: Source,
        decode: Decode,
        read_models: ReadModels,
        projections: Sequence[Projection],
        *,
        count: Count,
        monotonic: Callable[[], float],
        limit: int = 1000,
        most_parked: int = 100,
        threads: int = 2,
    ) -> None:
        self._source = source
        self._decode = decode
        self._read_models = read_models
        self._projectors = [Projector(each, read_models, count, most_parked) for each in projections]
        self._count = count
        self._monotonic = monotonic
        self._limit = limit
        self._partitions: tuple[int, ...] | None = None
        self._ahead: _Read | None = None
        self._threads = ThreadPoolExecutor(threads, "projector") if threads else None

    def run(self, stop: Event, timeout: float = 1.0) -> None:
        """Runs until `stop` is set, which is noticed within `timeout` seconds."""
        while not stop.is_set():
            self.step(timeout)
            stop.wait(min(self.rest(), timeout))

    def rest(self) -> float:
        """Seconds until there is anything to try: 0 unless every projection is paused or in trouble."""
        if any(projector.running for projector in self._projectors):
            return 0.0
        return max(0.0, min((projector.due for projector in self._projectors), default=0.0) - self._monotonic())

    def step(self, timeout: float = 0.0) -> int:
        """Projects one batch, waiting up to `timeout` seconds for it; returns how many records came."""
        self._load()
        running = [projector for projector in self._projectors if projector.running]
        if not running:
            return 0
        try:
            return self._project(running, timeout)
        except Unavailable as trouble:
            for projector in running:
                projector.back_off(self._monotonic(), trouble)
            return 0

    def _load(self) -> None:
        """Loads what is due, and all after the partitions changed; then reads on from the lowest."""
        partitions = tuple(self._source.partitions)
        if partitions != self._partitions:
            self._partitions = partitions
            for projector in self._projectors:
                projector.forget()
        loaded = False
        for projector in self._projectors:
            if not projector.running and projector.due <= self._monotonic():
                try:
                    projector.load(partitions, self._monotonic())
                except Unavailable as trouble:
                    projector.back_off(self._monotonic(), trouble)
                loaded = loaded or projector.running
        if loaded:
            self._ahead = None
            running = [projector.progress for projector in self._projectors if projector.running]
            self._source.seek({p: min(progress[p].next_offset for progress in running) for p in partitions})

    def _project(self, running: Sequence[Projector], timeout: float) -> int:
        lowest = {p: min(each.progress[p].position for each in running) for p in running[0].progress}
        polled, known, news = self._ahead or self._read(lowest, timeout)
        self._ahead = None
        for projector in running:
            self._count(projector.projection.name, Outcome.DUPLICATE, known)
        if news.told:
            still, begun = list[Still](), list[tuple[Projector, Write]]()
            for projector in running:
                if rest := projector.still(news):
                    still.append(rest)
                else:
                    begun.append((projector, Write(projector.apply(news), partial(self._begin, projector.projection))))
            try:
                if self._threads is not None and polled * _WORTH >= self._limit:
                    self._ahead = self._read_ahead(running, news.reached, min(timeout, _PATIENCE_SECONDS))
            finally:
                for projector, write in begun:
                    self._finish(projector, write)
                if still:
                    self._move(still)
            log.debug("projected", records=[record for record, _ in news.told])
        return polled

    def _read_ahead(self, running: Sequence[Projector], after: Mapping[int, int], timeout: float) -> _Read | None:
        ahead = self._read(after, timeout)
        for projector in running:
            projector.foresee(ahead.news)
        return ahead if ahead.polled else None

    def _read(self, after: Mapping[int, int], timeout: float) -> _Read:
        polled = self._source.poll(self._limit, timeout)
        # A partition that came with this very poll is not loaded yet; its records come again after the seek.
        records = [record for record in polled if record.partition in after]
        unknown = [record for record in records if record.position > after[record.partition]]
        news = News(after, unknown, self._decode(unknown) if unknown else [])
        return _Read(len(polled), len(records) - len(news.told), news)

    def _begin(self, projection: Projection, batch: Batch) -> Callable[[], None]:
        if self._threads is None:
            return partial(self._read_models.commit, projection, batch)
        return self._threads.submit(self._read_models.commit, projection, batch).result

    def _finish(self, projector: Projector, write: Write) -> None:
        try:
            write.finish()
        except Overtaken:
            projector.forget()
        except (Unavailable, Unwritable) as trouble:
            projector.back_off(self._monotonic(), trouble)

    def _move(self, still: Sequence[Still]) -> None:
        """Most events concern few projections: those that a batch says nothing to move on in one transaction."""
        try:
            self._read_models.advance([(each.projector.projection, each.batch) for each in still])
        except Overtaken:
            for each in still:
                each.projector.forget()
        except Unavailable as trouble:
            for each in still:
                each.projector.back_off(self._monotonic(), trouble)
        else:
            for each in still:
                each.projector.moved(each)
