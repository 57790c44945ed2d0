"""Everything between a command and whoever reads of it, hop by hop, each judged: for `carnet status` and the page.

What was found is a value; what it means is decided here, without looking at anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from infra.oncall.limits import BEHIND_EVENTS, BEHIND_SECONDS, FEED_MESSAGES


class State(StrEnum):
    """How a hop is, worst first."""

    UNREACHABLE = "unreachable"
    UNFIT = "unfit"
    STOPPED = "stopped"
    PAUSED = "paused"
    PARKED = "parked"
    BEHIND = "behind"
    UNKNOWN = "unknown"
    OK = "ok"


class Kind(StrEnum):
    LOG = "log"
    RELAY = "relay"
    TOPICS = "topics"
    PROJECTION = "projection"
    PUBLISHER = "publisher"
    FEED = "feed"


class Lag(NamedTuple):
    """Where a hop stands in the log, how many positions it is behind, and the age in seconds of what it has to do
    next."""

    position: int
    behind: int
    behind_seconds: float


@dataclass(frozen=True, slots=True)
class Unreached:
    """Why nothing is known of a hop, by the class of what went wrong: never its text, which could quote a value."""

    reason: str


@dataclass(frozen=True, slots=True)
class Projecting:
    """One projection. `lag` is None if it cannot be said against what; `rebuilt` is from 0 to 1, None if no other
    generation is built; `former`: the generation that served before is kept."""

    name: str
    version: int
    lag: Lag | None
    parked_keys: int
    paused: bool
    rebuilt: float | None = None
    former: bool = False


@dataclass(frozen=True, slots=True)
class Fed:
    """What points of sale tell in one format: messages that nobody has taken in, and pieces that wait for something,
    the oldest `since`. `messages` is None without Kafka, where nobody waits."""

    format: str
    messages: int | None
    parked: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to know at one moment. None: there is no such hop in this house.

    `led` are the roles (`relay`, `publisher`, `feed`) that a process fills now.
    """

    at: datetime
    end: int | Unreached
    led: frozenset[Kind] | Unreached
    relay: Lag | Unreached | None
    topics: Sequence[str] | Unreached | None
    projections: Sequence[Projecting] | Unreached
    publisher: Lag | Unreached | None
    feeds: Sequence[Fed] | Unreached


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop as it is shown: its state, what that means in words, and the commands to type next."""

    kind: Kind
    name: str
    state: State
    says: str
    todo: tuple[str, ...] = ()
    position: int | None = None
    behind: int | None = None
    behind_seconds: float | None = None
    parked: int | None = None
    paused: bool | None = None
    rebuilt: float | None = None
    former: bool | None = None


_WORST: Final = list(State)


def hops(found: Found) -> list[Hop]:
    """Every hop of the house, in the order in which events take them."""
    return [
        _log(found),
        *_relay(found),
        *_topics(found),
        *_projections(found.projections),
        *_publisher(found),
        *_feeds(found),
    ]


def unopened(log: Unreached | None, keys: Unreached | None, read: Unreached | None) -> list[Hop]:
    """Of a house that cannot be opened: which of its databases do not answer."""
    found = []
    for kind, name, setting, each in (
        (Kind.LOG, "log", "DATABASE", log),
        (Kind.LOG, "keys", "KEYS", keys),
        (Kind.PROJECTION, "read models", "READ", read),
    ):
        if each is None:
            found.append(Hop(kind, name, State.UNKNOWN, "Its database answers; more cannot be said for now."))
        else:
            says = f"Its database does not answer: {each.reason}."
            found.append(Hop(kind, name, State.UNREACHABLE, says, (_is_ready(setting),)))
    return found


def wrong(hops: Sequence[Hop]) -> list[Hop]:
    """Those that want somebody to look, worst first. What is not known is so because of another, which is one."""
    concerned = [hop for hop in hops if hop.state not in (State.OK, State.UNKNOWN)]
    return sorted(concerned, key=lambda hop: _WORST.index(hop.state))


def _log(found: Found) -> Hop:
    if isinstance(found.end, Unreached):
        says = f"Nothing can be recorded, and nobody is answered: {found.end.reason}."
        return Hop(Kind.LOG, "log", State.UNREACHABLE, says, (_is_ready("DATABASE"),))
    return Hop(Kind.LOG, "log", State.OK, "Commands are recorded.", position=found.end)


def _relay(found: Found) -> list[Hop]:
    if found.relay is None:
        return []
    if isinstance(found.relay, Unreached):
        says = f"How far it is cannot be read: {found.relay.reason}."
        return [Hop(Kind.RELAY, "relay", State.UNREACHABLE, says, ("carnet topics --no-create",))]
    lag = found.relay
    if not _leads(found, Kind.RELAY):
        says = "No process sends events to Kafka, and read models learn nothing new."
        return [Hop(Kind.RELAY, "relay", State.STOPPED, says, ("carnet relay",), *lag)]
    if _late(lag):
        says = f"Events reach Kafka late, {_told(lag)}: what the relay logs names the trouble."
        return [Hop(Kind.RELAY, "relay", State.BEHIND, says, (), *lag)]
    return [Hop(Kind.RELAY, "relay", State.OK, "Events go to Kafka.", (), *lag)]


def _topics(found: Found) -> list[Hop]:
    if found.topics is None:
        return []
    if isinstance(found.topics, Unreached):
        says = f"Commands go on; read models stay as they are until Kafka answers: {found.topics.reason}."
        return [Hop(Kind.TOPICS, "topics", State.UNREACHABLE, says, ("carnet topics --no-create",))]
    if found.topics:
        says = f"Set up in another way than this release wants: {'; '.join(found.topics)}."
        return [Hop(Kind.TOPICS, "topics", State.UNFIT, says, ("carnet topics --no-create",))]
    return [Hop(Kind.TOPICS, "topics", State.OK, "They are as they should be.")]


def _projections(found: Sequence[Projecting] | Unreached) -> list[Hop]:
    if isinstance(found, Unreached):
        says = f"No query is answered until the read models do: {found.reason}."
        return [Hop(Kind.PROJECTION, "read models", State.UNREACHABLE, says, (_is_ready("READ"),))]
    return [_projection(each) for each in found]


def _projection(each: Projecting) -> Hop:
    state, says = State.OK, "Its rows are up to date."
    todo: tuple[str, ...] = ()
    if each.paused:
        state, says = State.PAUSED, f"It stands still: {_many(each.parked_keys, 'key')} parked, too many to go on."
        todo = (f"carnet dlq list {each.name}", f"carnet dlq retry {each.name} --all", f"carnet dlq resume {each.name}")
    elif each.parked_keys:
        state, says = State.PARKED, f"{_many(each.parked_keys, 'key')} parked: its rows are old, all others go on."
        todo = (f"carnet dlq list {each.name}", f"carnet dlq retry {each.name} --all")
    elif each.lag is None:
        state, says = State.UNKNOWN, "How far it is cannot be said: see what is unreachable."
    elif _late(each.lag):
        state, says, todo = State.BEHIND, f"Its rows are old, {_told(each.lag)}.", ("carnet project",)
    hop = Hop(Kind.PROJECTION, f"{each.name} v{each.version}", state, says, todo, *(each.lag or ()))
    return replace(hop, parked=each.parked_keys, paused=each.paused, rebuilt=each.rebuilt, former=each.former)


def _publisher(found: Found) -> list[Hop]:
    if found.publisher is None:
        return []
    if isinstance(found.publisher, Unreached):
        says = f"How far it is cannot be read: {found.publisher.reason}."
        return [Hop(Kind.PUBLISHER, "publisher", State.UNREACHABLE, says, ("carnet topics --no-create",))]
    lag = found.publisher
    if not _leads(found, Kind.PUBLISHER):
        says = "No process publishes clients' cards, and subscribers keep old ones."
        return [Hop(Kind.PUBLISHER, "publisher", State.STOPPED, says, ("carnet publish",), *lag)]
    if _late(lag):
        says = f"Subscribers keep old cards, {_told(lag)}: what the publisher logs names the trouble."
        return [Hop(Kind.PUBLISHER, "publisher", State.BEHIND, says, (), *lag)]
    return [Hop(Kind.PUBLISHER, "publisher", State.OK, "Cards are published.", (), *lag)]


def _feeds(found: Found) -> list[Hop]:
    if isinstance(found.feeds, Unreached):
        says = f"What points of sale tell cannot be looked at: {found.feeds.reason}."
        return [Hop(Kind.FEED, "feeds", State.UNREACHABLE, says)]
    return [_feed(each, found) for each in found.feeds]


def _feed(each: Fed, found: Found) -> Hop:
    name = f"feed {each.format}"
    behind = each.messages
    if each.messages and not _leads(found, Kind.FEED):
        says = f"No process takes in what points of sale tell: {_many(each.messages, 'message')} waiting."
        return Hop(Kind.FEED, name, State.STOPPED, says, ("carnet feed",), behind=behind, parked=each.parked)
    if each.messages and each.messages > FEED_MESSAGES:
        says = f"{_many(each.messages, 'message')} waiting: what the feed logs names the trouble."
        return Hop(Kind.FEED, name, State.BEHIND, says, (), behind=behind, parked=each.parked)
    if each.parked:
        age = f", the oldest for {_many(days, 'day')}" if each.since and (days := (found.at - each.since).days) else ""
        says = f"{_many(each.parked, 'piece')} parked{age}: the house does not know what they name, or refuses them."
        todo = (f"carnet feed parked --format {each.format}", f"carnet feed retry --format {each.format}")
        return Hop(Kind.FEED, name, State.PARKED, says, todo, behind=behind, parked=each.parked)
    return Hop(Kind.FEED, name, State.OK, "What points of sale tell is taken in.", behind=behind, parked=0)


def _is_ready(setting: str) -> str:
    """Keys and read models are beside the log, unless they are said to be elsewhere."""
    where = "$CARNET_DATABASE_URL" if setting == "DATABASE" else f"${{CARNET_{setting}_URL:-$CARNET_DATABASE_URL}}"
    return f'pg_isready -d "{where}"'


def _leads(found: Found, kind: Kind) -> bool:
    return isinstance(found.led, Unreached) or kind in found.led


def _late(lag: Lag) -> bool:
    return lag.behind_seconds > BEHIND_SECONDS or lag.behind > BEHIND_EVENTS


def _told(lag: Lag) -> str:
    return f"{_many(lag.behind, 'event')} and {lag.behind_seconds:.0f} s behind"


def _many(number: int, one: str, more: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
