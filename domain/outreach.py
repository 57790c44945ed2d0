"""A contact with a client, out or in, on any channel: what it was for, what came of it, and what it settled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.client.facts import ContactKind
from domain.contact import CAME_IN, OUTCOMES, Channel, Direction, Outcome, Purpose
from domain.personal import Personal
from domain.refusals import OutreachInvalid, OutreachUnknown
from domain.tickler_cause import About

# ---------------------------------------------------------------------------------------------------------------- facts


_GOES_TO: Final = {
    ContactKind.PHONE: frozenset({Channel.CALL, Channel.TEXT, Channel.CHAT}),
    ContactKind.EMAIL: frozenset({Channel.MAIL, Channel.CHAT}),
}


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class OutreachRecorded:
    """`items` are the ids of what was shown. `ticklers` are those that it settles, if it settles any."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    outreach_id: UUID
    associate_id: str
    store_id: str | None
    at: datetime
    direction: Direction
    channel: Channel
    purpose: Purpose
    outcome: Outcome
    contact_point_id: UUID | None
    items: tuple[str, ...]
    calendar_event_id: UUID | None
    ticklers: tuple[About, ...]
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class OutcomeCorrected:
    """What came of it is known better now, like a letter that came back."""

    client_id: UUID
    outreach_id: UUID
    outcome: Outcome
    previous: Outcome


@dataclass(frozen=True, slots=True)
class OutreachWithdrawn:
    """It never was: it was recorded by mistake."""

    client_id: UUID
    outreach_id: UUID


Event: TypeAlias = OutreachRecorded | OutcomeCorrected | OutreachWithdrawn

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Outreach:
    """`outcome` is what is known by now."""

    recorded: OutreachRecorded | None = None
    outcome: Outcome | None = None
    withdrawn: bool = False


def evolve(was: Outreach, event: Event) -> Outreach:
    match event:
        case OutreachRecorded(outcome=outcome):
            return Outreach(event, outcome)
        case OutcomeCorrected(outcome=outcome):
            return replace(was, outcome=outcome)
        case OutreachWithdrawn():
            return replace(was, withdrawn=True)


def after(events: Iterable[object]) -> Outreach:
    """The outreach these events are about; what an id of another noun leads to is no outreach."""
    now = Outreach()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

MOST_TICKLERS: Final = 50


def record(now: Outreach, event: OutreachRecorded) -> list[Event]:
    """The ticklers may be named whatever came of it: an outcome that is corrected later settles them, or does not."""
    if now.recorded is not None:
        if now.recorded == event:
            return []
        raise OutreachInvalid("There is an outreach with this id already.", "outreach_id")
    _check(event, event.outcome)
    if len(event.ticklers) > MOST_TICKLERS:
        raise OutreachInvalid(f"One contact settles {MOST_TICKLERS} ticklers at most.", "ticklers")
    if len(set(event.ticklers)) < len(event.ticklers):
        raise OutreachInvalid("A tickler is named once.", "ticklers")
    return [event]


def correct_outcome(now: Outreach, client_id: UUID, outcome: Outcome) -> list[Event]:
    """What came of it is known better now."""
    recorded = require_known(now, client_id)
    if now.withdrawn or now.outcome is None:
        raise OutreachUnknown("This outreach was withdrawn.", "outreach_id")
    if now.outcome is outcome:
        return []
    _check(recorded, outcome)
    return [OutcomeCorrected(client_id, recorded.outreach_id, outcome, now.outcome)]


def withdraw(now: Outreach, client_id: UUID) -> list[Event]:
    recorded = require_known(now, client_id)
    return [] if now.withdrawn else [OutreachWithdrawn(client_id, recorded.outreach_id)]


def require_known(now: Outreach, client_id: UUID) -> OutreachRecorded:
    """The first event; refuses with `OutreachUnknown` unless this is an outreach to this client, or from her."""
    if now.recorded is None or now.recorded.client_id != client_id:
        raise OutreachUnknown("There is no outreach with this id.", "outreach_id")
    return now.recorded


def require_goes_to(channel: Channel, kind: ContactKind) -> None:
    """Refuses with `OutreachInvalid` a contact point that is not for this channel: a letter goes to an address."""
    if channel not in _GOES_TO[kind]:
        raise OutreachInvalid(f"No {channel} uses a contact point of the kind {kind}.", "contact_point_id")


def _check(event: OutreachRecorded, outcome: Outcome) -> None:
    possible = OUTCOMES[event.channel]
    if event.direction is Direction.IN:
        possible &= CAME_IN
    if outcome not in possible:
        words = ", ".join(each for each in Outcome if each in possible)
        raise OutreachInvalid(f"Of a {event.channel} that is {event.direction} comes: {words}.", "outcome")
