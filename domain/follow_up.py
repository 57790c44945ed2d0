"""A follow-up that an associate wrote, for herself or a colleague: a tickler of her own words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, NamedTuple, TypeAlias
from uuid import UUID

from domain.access import Caller
from domain.personal import Erased, Personal
from domain.refusals import FollowUpInvalid, FollowUpUnknown, NotAllowed
from domain.tickler_cause import OWN_WORDS, About

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class FollowUpWritten:
    """`owner` is whose it is, `author` who wrote it. After `expires_on` it is over by itself."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    follow_up_id: UUID
    author: str
    owner: str
    due_on: date
    expires_on: date | None
    calendar_event_id: UUID | None
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class FollowUpCorrected:
    """What it says from now on."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    follow_up_id: UUID
    due_on: date
    expires_on: date | None
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class FollowUpWithdrawn:
    client_id: UUID
    follow_up_id: UUID


Event: TypeAlias = FollowUpWritten | FollowUpCorrected | FollowUpWithdrawn

# ---------------------------------------------------------------------------------------------------------------- state


class Wording(NamedTuple):
    """What it says, and when."""

    due_on: date
    expires_on: date | None
    text: str | Erased


@dataclass(frozen=True, slots=True)
class FollowUp:
    written: FollowUpWritten | None = None
    wording: Wording | None = None
    withdrawn: bool = False


def evolve(was: FollowUp, event: Event) -> FollowUp:
    match event:
        case FollowUpWritten(due_on=due_on, expires_on=expires_on, text=text):
            return FollowUp(event, Wording(due_on, expires_on, text))
        case FollowUpCorrected(due_on=due_on, expires_on=expires_on, text=text):
            return replace(was, wording=Wording(due_on, expires_on, text))
        case FollowUpWithdrawn():
            return replace(was, withdrawn=True)


def after(events: Iterable[object]) -> FollowUp:
    """The follow-up these events are about; what an id of another noun leads to is none."""
    now = FollowUp()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def about(follow_up_id: UUID) -> About:
    """What its tickler is about."""
    return About(OWN_WORDS, str(follow_up_id), "once")


# ------------------------------------------------------------------------------------------------------------ decisions


def write(now: FollowUp, event: FollowUpWritten) -> list[Event]:
    _check(event.due_on, event.expires_on)
    if now.written is None:
        return [event]
    if now.written == event:
        return []
    raise FollowUpInvalid("There is a follow-up with this id already.", "follow_up_id")


def correct(now: FollowUp, client_id: UUID, caller: Caller, owner: str | None, said: Wording) -> list[Event]:
    """`owner` is to whom it was handed over, if it was."""
    written = _own(now, client_id, caller, owner)
    if now.withdrawn:
        raise FollowUpUnknown("This follow-up was withdrawn; write another one.", "follow_up_id")
    _check(said.due_on, said.expires_on)
    return [] if now.wording == said else [FollowUpCorrected(client_id, written.follow_up_id, *said)]


def withdraw(now: FollowUp, client_id: UUID, caller: Caller, owner: str | None) -> list[Event]:
    written = _own(now, client_id, caller, owner)
    return [] if now.withdrawn else [FollowUpWithdrawn(client_id, written.follow_up_id)]


def require_known(now: FollowUp, client_id: UUID, field: str) -> FollowUpWritten:
    """The first event; refuses with `FollowUpUnknown`, naming `field`, unless this is a follow-up of this client."""
    if now.written is None or now.written.client_id != client_id:
        raise FollowUpUnknown("There is no follow-up with this id.", field)
    return now.written


def _own(now: FollowUp, client_id: UUID, caller: Caller, owner: str | None) -> FollowUpWritten:
    written = require_known(now, client_id, "follow_up_id")
    if caller.serves_as.isdisjoint({written.author, written.owner, owner}):
        raise NotAllowed("A follow-up is changed by who wrote it, or whose it is.", "follow_up_id")
    return written


def _check(due_on: date, expires_on: date | None) -> None:
    if expires_on is not None and expires_on < due_on:
        raise FollowUpInvalid("Nothing is over before it is due.", "expires_on")
