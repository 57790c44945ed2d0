"""What people do with a tickler: complete it, dismiss it, put it off, hand it over, take it.

That there is one follows from rules and causes when it is asked for; only what is done with it is an event. Whose it is
by its rule, and that a contact has settled it, is found out then too: nothing here knows of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, NamedTuple, TypeAlias
from uuid import UUID

from domain.personal import Personal
from domain.refusals import TicklerHasEnded, TicklerInvalid, TicklerIsTaken, TicklerUnknown
from domain.tickler_cause import About, tickler_id

# ---------------------------------------------------------------------------------------------------------------- facts


class Ending(StrEnum):
    COMPLETED = "completed"
    DISMISSED = "dismissed"


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class TicklerCompleted:
    """It is done, without a contact behind it: that an outreach settles it stands on the outreach."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class TicklerDismissed:
    """It is not to be done."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    reason: Personal[str | None]


@dataclass(frozen=True, slots=True)
class TicklerSnoozed:
    """It is due on this day instead; the latest day counts."""

    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    until: date


@dataclass(frozen=True, slots=True)
class TicklerHandedOver:
    """It is this associate's from now on."""

    client_id: UUID
    tickler_id: UUID
    about: About
    to: str
    previous: str | None


@dataclass(frozen=True, slots=True)
class TicklerTaken:
    """It was nobody's but the store's, and is this associate's now."""

    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str


@dataclass(frozen=True, slots=True)
class TicklerReopened:
    """It is to be done after all."""

    client_id: UUID
    tickler_id: UUID
    about: About


Event: TypeAlias = (
    TicklerCompleted | TicklerDismissed | TicklerSnoozed | TicklerHandedOver | TicklerTaken | TicklerReopened
)

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Tickler:
    """What was done with it. `owner` is who has it by that; None: whoever has it by its rule."""

    touched: bool = False
    ended: Ending | None = None
    snoozed_until: date | None = None
    owner: str | None = None


def evolve(was: Tickler, event: Event) -> Tickler:
    was = replace(was, touched=True)
    match event:
        case TicklerCompleted():
            return replace(was, ended=Ending.COMPLETED)
        case TicklerDismissed():
            return replace(was, ended=Ending.DISMISSED)
        case TicklerSnoozed(until=until):
            return replace(was, snoozed_until=until)
        case TicklerHandedOver(to=owner) | TicklerTaken(associate_id=owner):
            return replace(was, owner=owner)
        case TicklerReopened():
            return replace(was, ended=None)


def after(events: Iterable[object]) -> Tickler:
    """The tickler these events are about; with what an id of another noun leads to nobody did anything."""
    now = Tickler()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions


class Which(NamedTuple):
    """A tickler of a client, by its id and by what it is about: the one is worked out from the other."""

    client_id: UUID
    tickler_id: UUID
    about: About


def complete(now: Tickler, which: Which, associate_id: str, remark: str | None) -> list[Event]:
    """Done, whoever does it: what a colleague has done already is no news."""
    if not _open(now, which, Ending.COMPLETED):
        return []
    return [TicklerCompleted(*which, associate_id, remark)]


def dismiss(now: Tickler, which: Which, associate_id: str, reason: str | None) -> list[Event]:
    """Not to be done, whoever says so: what a colleague has dismissed already is no news."""
    if not _open(now, which, Ending.DISMISSED):
        return []
    return [TicklerDismissed(*which, associate_id, reason)]


def snooze(now: Tickler, which: Which, associate_id: str, until: date, today: date) -> list[Event]:
    """Due on this day instead, which comes after today."""
    _require_open(now, which)
    if until <= today:
        raise TicklerInvalid("It is put off to a day after today.", "until")
    return [] if now.snoozed_until == until else [TicklerSnoozed(*which, associate_id, until)]


def hand_over(now: Tickler, which: Which, to: str) -> list[Event]:
    """To a colleague, whoever has it: who is ill does not hand over herself."""
    _require_open(now, which)
    return [] if now.owner == to else [TicklerHandedOver(*which, to, now.owner)]


def take(now: Tickler, which: Which, associate_id: str, gone: str | None = None) -> list[Event]:
    """Once: whoever comes second is told so. What somebody had who is `gone` from the house is to be taken again."""
    _require_open(now, which)
    if now.owner not in (None, associate_id, gone):
        raise TicklerIsTaken("A colleague has it already; she may hand it over.", "tickler_id")
    return [] if now.owner == associate_id else [TicklerTaken(*which, associate_id)]


def reopen(now: Tickler, which: Which) -> list[Event]:
    """To be done after all. What a contact settled is open again when that is withdrawn or corrected."""
    _require_named(which)
    if not now.touched:
        raise TicklerInvalid("Nobody has completed or dismissed it.", "tickler_id")
    return [] if now.ended is None else [TicklerReopened(*which)]


def _open(now: Tickler, which: Which, ending: Ending) -> bool:
    """Whether it is still to end like this; refuses what has ended otherwise."""
    if now.ended is not ending:
        _require_open(now, which)
        return True
    _require_named(which)
    return False


def _require_open(now: Tickler, which: Which) -> None:
    _require_named(which)
    if now.ended is not None:
        raise TicklerHasEnded(f"It was {now.ended}; reopen it first.", "tickler_id")


def _require_named(which: Which) -> None:
    """Whoever acts on a tickler says what it is about, which is nowhere else to be found."""
    if which.tickler_id != tickler_id(which.client_id, which.about):
        raise TicklerUnknown("This is no tickler of this client about that.", "tickler_id")
