"""Who looks on while everything runs: a reader that follows the log, and an observer of how far behind all the rest is.

Both live through whatever happens to what they look at.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Final

import psycopg
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from pydantic import TypeAdapter
from typing_extensions import override

from domain.catalog import CATALOG
from infra.broker.position import Relayed
from infra.sql.read_models import status
from tests.faults.supervisor import Carnet
from tests.support.kafka import reader

TAIL_SECONDS: Final = 0.05
LOOK_SECONDS: Final = 0.25

_INTERNAL: Final = sorted(CATALOG.internal)
_NEWS: Final = "SELECT notification_id FROM carnet_events WHERE notification_id > %s ORDER BY notification_id"
_END: Final = "SELECT coalesce(max(notification_id), 0) FROM carnet_events WHERE topic <> ALL(%s)"
_BETWEEN: Final = """
    SELECT count(*) FROM carnet_events WHERE notification_id > %s AND notification_id <= %s AND topic <> ALL(%s)
"""
_relayed: Final = TypeAdapter(Relayed)


class Looking(Thread, ABC):
    """Connects, looks again and again, and connects anew after any trouble, until it is let go."""

    def __init__(self, seconds: float) -> None:
        super().__init__(daemon=True)
        self._every = seconds
        self._let_go = Event()

    @override
    def run(self) -> None:
        while not self._let_go.is_set():
            with suppress(psycopg.Error, KafkaError, ValueError):
                self.look(self._let_go, self._every)
            self._let_go.wait(self._every)

    @abstractmethod
    def look(self, let_go: Event, every: float) -> None:
        """Connects, and looks until it is let go or in trouble."""

    def end(self) -> None:
        self._let_go.set()
        self.join()


class Tail(Looking):
    """Reads what is above the last position it has seen, as every consumer of the log does.

    A position that becomes visible later than a higher one is never in `positions`.
    """

    def __init__(self, url: str) -> None:
        super().__init__(TAIL_SECONDS)
        self.positions: list[int] = []
        self._url = url

    @override
    def look(self, let_go: Event, every: float) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not let_go.wait(every):
                last = self.positions[-1] if self.positions else 0
                self.positions += [position for (position,) in connection.execute(_NEWS, (last,))]


class Observer(Looking):
    """Knows how far the log, the relay and the slowest projection are, and what the largest lag was."""

    def __init__(self, carnet: Carnet) -> None:
        super().__init__(LOOK_SECONDS)
        self.end_of_log = 0
        self.relayed: Relayed | None = None
        self.projected = 0
        self.positions: dict[str, dict[int, int]] = {}
        self.most_events = 0
        self.most_seconds = 0.0
        self._carnet = carnet
        self._seen: deque[tuple[int, float]] = deque()
        self._lock = Lock()

    @override
    def look(self, let_go: Event, every: float) -> None:
        carnet = self._carnet
        with (
            closing(reader(carnet.broker.bootstrap, carnet.topics.relay)) as consumer,
            psycopg.connect(carnet.log, autocommit=True) as log,
            psycopg.connect(carnet.read, autocommit=True) as read,
        ):
            while not let_go.is_set():
                self._look(consumer, log, read, every)

    def lag(self, now: float) -> float:
        """The age, in seconds, of the oldest end of the log that was seen and is not projected."""
        with self._lock:
            while self._seen and self._seen[0][0] <= self.projected:
                self._seen.popleft()
            return now - self._seen[0][1] if self._seen else 0.0

    def end_now(self) -> int:
        """Where the log ends, by its own word."""
        with psycopg.connect(self._carnet.log) as connection:
            return int((connection.execute(_END, (_INTERNAL,)).fetchone() or (0,))[0])

    def where(self) -> str:
        """How far everybody was when last looked at, partition by partition."""
        relayed = f"relay {self.relayed.position} {self.relayed.ends}" if self.relayed else "relay nowhere"
        return "; ".join(
            [relayed, *(f"{name} {[at for _, at in sorted(each.items())]}" for name, each in self.positions.items())]
        )

    def _look(self, consumer: Any, log: psycopg.Connection[Any], read: psycopg.Connection[Any], every: float) -> None:
        (end,) = log.execute(_END, (_INTERNAL,)).fetchone() or (0,)
        with self._lock:
            if end > self.end_of_log:
                self._seen.append((end, monotonic()))
        self.end_of_log = end
        for messages in consumer.poll(timeout_ms=int(every * 1000)).values():
            self.relayed = _relayed.validate_json(messages[-1].value)
        if self.relayed is not None:
            relayed = self.relayed
            self.positions = {each.projection: each.positions for each in status(read)}
            self.projected = min((relayed.reached(each) for each in self.positions.values()), default=0)
        (behind,) = log.execute(_BETWEEN, (self.projected, end, _INTERNAL)).fetchone() or (0,)
        self.most_events = max(self.most_events, behind)
        self.most_seconds = max(self.most_seconds, self.lag(monotonic()))


@contextmanager
def watched(carnet: Carnet) -> Iterator[tuple[Tail, Observer]]:
    tail, observer = Tail(carnet.log), Observer(carnet)
    tail.start()
    observer.start()
    try:
        yield tail, observer
    finally:
        tail.end()
        observer.end()
