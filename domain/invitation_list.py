"""That the members of an organization were put on the list of a calendar event together, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from domain.invitation.events import Party
from domain.left_alone import LeftAlone
from domain.membership import Tie

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class ListMade:
    """Of those who belong to the organization, or are interested in it (`tie`: only the one, or the other), so many are
    on the list for so many seats, now or before, and so many were left alone."""

    list_id: UUID
    calendar_event_id: UUID
    organization_id: UUID
    tie: Tie | None
    party: Party
    seats: int
    put_on: int
    left_alone: tuple[LeftAlone, ...]


Event: TypeAlias = ListMade

# ---------------------------------------------------------------------------------------------------------------- state


def after(events: Iterable[object]) -> ListMade | None:
    """What these events say was made, if they are about a list."""
    made = None
    for event in events:
        if isinstance(event, ListMade):
            made = event
    return made


# ------------------------------------------------------------------------------------------------------------ decisions

LISTS: Final = UUID("b1c0f3d8-2e4a-5d76-8b19-7f60a4c5d2e3")


def make(now: ListMade | None, event: ListMade) -> list[Event]:
    """What came of it is said once."""
    return [] if now else [event]
