"""A visit to a store that ended without a sale: what was shown, and why not. It is no outreach."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.personal import Personal
from domain.refusals import VisitInvalid, VisitUnknown

# ---------------------------------------------------------------------------------------------------------------- facts

REASONS: Final = ("price", "size", "not-in-stock", "wants-to-think", "only-looking")
"""Why nothing was bought, as the house says it; any other word is a reason of the retailer's own."""

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class VisitRecorded:
    """`items` are the ids of what was shown."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    visit_id: UUID
    associate_id: str
    store_id: str
    at: datetime
    items: tuple[str, ...]
    reason: str | None
    calendar_event_id: UUID | None
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class VisitWithdrawn:
    """It never was: it was recorded by mistake."""

    client_id: UUID
    visit_id: UUID


Event: TypeAlias = VisitRecorded | VisitWithdrawn

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Visit:
    recorded: VisitRecorded | None = None
    withdrawn: bool = False


def evolve(was: Visit, event: Event) -> Visit:
    match event:
        case VisitRecorded():
            return Visit(event)
        case VisitWithdrawn():
            return replace(was, withdrawn=True)


def after(events: Iterable[object]) -> Visit:
    """The visit these events are about; what an id of another noun leads to is no visit."""
    now = Visit()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions


def record(now: Visit, event: VisitRecorded) -> list[Event]:
    if now.recorded is None:
        return [event]
    if now.recorded == event:
        return []
    raise VisitInvalid("There is a visit with this id already.", "visit_id")


def withdraw(now: Visit, client_id: UUID) -> list[Event]:
    """As when she bought something after all: the sale says that she was there."""
    recorded = require_known(now, client_id)
    return [] if now.withdrawn else [VisitWithdrawn(client_id, recorded.visit_id)]


def require_known(now: Visit, client_id: UUID) -> VisitRecorded:
    """The first event; refuses with `VisitUnknown` unless this is a visit of this client."""
    if now.recorded is None or now.recorded.client_id != client_id:
        raise VisitUnknown("There is no visit with this id.", "visit_id")
    return now.recorded
