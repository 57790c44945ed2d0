"""Looks at every hop of a house, at all of them at once, and waits for none that does not answer."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

from consumers.source import Unavailable
from infra.broker.cards import read_unpublished
from infra.broker.feed import KafkaMessages
from infra.broker.position import Relayed, read_relayed
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.log.leading import FEED_LOCK, PUBLISH_LOCK, RELAY_LOCK, led
from infra.log.source import PARTITION
from infra.oncall.hops import Fed, Found, Kind, Lag, Projecting, Unreached
from infra.sql.beside import Beside, positions
from infra.sql.read_models import ProjectionStatus
from infra.sql.read_models import status as projection_status
from infra.status import INTERNAL, behind, rebuilt
from infra.wiring import House
from projections.registry import PROJECTIONS

PATIENCE_SECONDS: Final = 5.0

_LEADERS: Final = {RELAY_LOCK: Kind.RELAY, PUBLISH_LOCK: Kind.PUBLISHER, FEED_LOCK: Kind.FEED}

T = TypeVar("T")


class Looking:
    """Looks again and again. What did not answer the last time is not asked anew while it still does not."""

    def __init__(self, house: House, patience: float = PATIENCE_SECONDS) -> None:
        self._house = house
        self._patience = patience
        self._asked: dict[str, _Asked[Any]] = {}

    def look(self) -> Found:
        """Takes twice `patience` seconds at most."""
        house, kafka, topics = self._house, self._house.settings.kafka, self._house.topics
        asked: dict[str, _Asked[Any]] = {
            "end": self._ask("end", lambda: house.log.recorder.end(INTERNAL)),
            "led": self._ask("led", lambda: _led(house)),
            "standing": self._ask("standing", lambda: _standing(house)),
            "fed": self._ask("fed", lambda: _fed(house)),
        }
        if kafka:
            asked |= {
                "topics": self._ask("topics", lambda: _checked(kafka, topics)),
                "relayed": self._ask("relayed", lambda: read_relayed(kafka, topics)),
                "unpublished": self._ask("unpublished", lambda: read_unpublished(kafka, topics)),
            }
        deadline = monotonic() + self._patience
        found: dict[str, Any] = {what: each.answer(deadline) for what, each in asked.items()}
        end, standing, relayed = found["end"], found["standing"], found.get("relayed")
        sent, published = _sent(relayed), _published(found.get("unpublished"), relayed)
        projected = {} if isinstance(standing, Unreached) else _projected(standing.known, relayed, embedded=not kafka)
        lags: Mapping[int, Lag] | Unreached = end if isinstance(end, Unreached) else {}
        wanted = {at for at in (sent, published, *projected.values()) if isinstance(at, int)}
        if isinstance(end, int) and wanted:
            lagging = self._ask("lags", lambda: {at: Lag(at, *behind(house.log, at, end)) for at in wanted})
            lags = lagging.answer(monotonic() + self._patience)
        return Found(
            house.clock(),
            end,
            found["led"],
            _lag(lags, sent) if kafka else None,
            found.get("topics"),
            standing if isinstance(standing, Unreached) else _projecting(standing, projected, lags),
            None if published is None else _lag(lags, published),
            found["fed"],
        )

    def _ask(self, what: str, question: Callable[[], T]) -> "_Asked[T]":
        if what not in self._asked or self._asked[what].over:
            self._asked[what] = _Asked(question)
        return self._asked[what]


class _Asked(Generic[T]):
    """A question that is asked in a thread of its own, which nobody waits for at the end."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._answer: T | Unreached = Unreached("no answer in time")
        self._thread = Thread(target=self._run, name="looking", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def answer(self, deadline: float) -> T | Unreached:
        self._thread.join(max(0.0, deadline - monotonic()))
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._question()
        except (Unavailable, Unfit) as trouble:
            self._answer = Unreached(str(trouble))
        except Exception as trouble:  # whatever it is: the point of asking
            self._answer = Unreached(type(trouble).__qualname__)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the read models say of projections, and of generations beside those that serve."""

    known: Mapping[tuple[str, int], ProjectionStatus]
    beside: Mapping[tuple[str, int, Beside], int]


def _led(house: House) -> frozenset[Kind]:
    with _connected(house.databases.log) as connection:
        return frozenset(_LEADERS[lock] for lock in led(connection, list(_LEADERS)))


def _standing(house: House) -> _Standing:
    with _connected(house.databases.read) as connection:
        known = {(each.projection, each.version): each for each in projection_status(connection)}
        return _Standing(known, positions(connection))


def _checked(kafka: str, topics: Topics) -> list[str]:
    with closing(TopicAdmin(kafka)) as admin:
        try:
            return admin.check(topics)
        except Unfit as unfit:
            return [str(unfit)]


def _fed(house: House) -> list[Fed]:
    """Of every format, and of those that were left out of the settings while something waited."""
    settings, topics = house.settings, house.topics
    parked = house.parked.waiting()
    formats = sorted({*settings.formats, *parked})
    waiting: dict[str, int] = {}
    if settings.kafka:
        of_topics = {topics.feed(format): format for format in formats}
        with closing(KafkaMessages(settings.kafka, of_topics)) as messages:
            ends = messages.ends()
        reached = house.log.recorder.tracked(list(ends))
        for feed, end in ends.items():
            format = of_topics[feed.split("/")[0]]
            waiting[format] = waiting.get(format, 0) + max(0, end - reached.get(feed, 0))
    return [Fed(format, waiting.get(format), *parked.get(format, (0, None))) for format in formats]


def reached(url: str) -> Unreached | None:
    """Why a database does not answer; None if it does."""
    try:
        _connected(url).close()
    except psycopg.Error as trouble:
        return Unreached(type(trouble).__qualname__)
    return None


def _connected(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo(url, connect_timeout=int(PATIENCE_SECONDS)))


def _sent(relayed: Relayed | Unreached | None) -> int | Unreached:
    return relayed if isinstance(relayed, Unreached) else relayed.position if relayed else 0


def _published(first: Sequence[int] | Unreached | None, relayed: Relayed | Unreached | None) -> int | Unreached | None:
    """The position before the first event that no card was published for, or of the last one that is on Kafka."""
    if first is None or isinstance(first, Unreached):
        return first
    return min(first) - 1 if first else _sent(relayed)


def _projected(
    known: Mapping[tuple[str, int], ProjectionStatus], relayed: Relayed | Unreached | None, *, embedded: bool
) -> dict[tuple[str, int], int]:
    """Where each projection stands in the log, as far as that can be said; one that never ran is at its beginning."""
    if isinstance(relayed, Unreached):
        return {}
    found = {}
    for projection in PROJECTIONS:
        at = (projection.name, projection.version)
        reached = known[at].positions if at in known else {}
        found[at] = reached.get(PARTITION, 0) if embedded else relayed.reached(reached) if relayed else 0
    return found


def _projecting(
    standing: _Standing, projected: Mapping[tuple[str, int], int], lags: Mapping[int, Lag] | Unreached
) -> list[Projecting]:
    found = []
    for projection in PROJECTIONS:
        at = name, version = projection.name, projection.version
        each = standing.known.get(at) or ProjectionStatus(name, version, {}, 0, False)
        lag = None if isinstance(lags, Unreached) or at not in projected else lags[projected[at]]
        built = rebuilt(standing.beside, name, version, sum(each.positions.values()))
        former = (name, version, Beside.FORMER) in standing.beside
        found.append(Projecting(name, version, lag, each.parked_keys, each.paused, built, former))
    return found


def _lag(lags: Mapping[int, Lag] | Unreached, position: int | Unreached) -> Lag | Unreached:
    if isinstance(position, Unreached):
        return position
    return lags if isinstance(lags, Unreached) else lags[position]
