"""The loop that keeps projections up to date: poll, decode once for all of them, one transaction for each that writes.

Where to read on is in the read models, beside the rows: after any trouble a projection loads where it stands and the
source goes back to the lowest; the others drop what they have by its position.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import structlog

from consumers.outcome import Outcome
from consumers.projector import Count, News, Projector, Still
from consumers.read_models import Overtaken, ReadModels, Unwritable
from consumers.source import Decode, Source, Unavailable
from projections.projection import Projection

log = structlog.get_logger()


class Runner:
    """Runs projections over the partitions that the source gives this process.

    `count` is told of every event's outcome per projection; `monotonic` is a clock in seconds that never goes back;
    `limit` is the size of a batch in events; more than `most_parked` keys with parked events pause a projection; on
    `threads` threads the database writes for one projection while another folds.
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
        self._threads = ThreadPoolExecutor(threads, "projector")

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
            running = [projector.progress for projector in self._projectors if projector.running]
            self._source.seek({p: min(progress[p].next_offset for progress in running) for p in partitions})

    def _project(self, running: Sequence[Projector], timeout: float) -> int:
        polled = self._source.poll(self._limit, timeout)
        lowest = {p: min(each.progress[p].position for each in running) for p in running[0].progress}
        # A partition that came with this very poll is not loaded yet; its records come again after the seek.
        records = [record for record in polled if record.partition in lowest]
        unknown = [record for record in records if record.position > lowest[record.partition]]
        news = News(lowest, unknown, self._decode(unknown) if unknown else [])
        for projector in running:
            self._count(projector.projection.name, Outcome.DUPLICATE, len(records) - len(news.told))
        if news.told:
            applied = self._threads.map(lambda projector: self._apply(projector, news), running)
            if still := [each for each in applied if each]:
                self._move(still)
            log.debug("projected", records=[record for record, _ in news.told])
        return len(polled)

    def _apply(self, projector: Projector, news: News) -> Still | None:
        try:
            return projector.apply(news)
        except Overtaken:
            projector.forget()
        except (Unavailable, Unwritable) as trouble:
            projector.back_off(self._monotonic(), trouble)
        return None

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
