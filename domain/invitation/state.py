"""What is between a client and a calendar event, as its events left it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.invitation.events import (
    AttendanceWithdrawn,
    Attended,
    Event,
    GuestBrought,
    GuestRemoved,
    InvitationAnswered,
    InvitationSent,
    PiecesPreviewed,
    PutOnList,
    TakenOffList,
)
from domain.refusals import InvitationUnknown


@dataclass(frozen=True, slots=True)
class Invitation:
    """`listed` is what holds as long as she is on the list; `taken_off` that she was once and is not. `withdrawn` is
    that she was said to have come, and did not. Among the `previews` are those that never were; `removed` are those who
    were her guests once and are not now.
    """

    listed: PutOnList | None = None
    taken_off: bool = False
    sent: frozenset[UUID] = frozenset()
    answer: InvitationAnswered | None = None
    attended: Attended | None = None
    withdrawn: bool = False
    previews: Mapping[UUID, PiecesPreviewed] = field(default_factory=dict)
    guests: frozenset[UUID] = frozenset()
    removed: frozenset[UUID] = frozenset()


def evolve(was: Invitation, event: Event) -> Invitation:
    match event:
        case PutOnList():
            return replace(was, listed=event, taken_off=False)
        case TakenOffList():
            return replace(was, listed=None, taken_off=True)
        case InvitationSent(outreach_id=outreach_id):
            return replace(was, sent=was.sent | {outreach_id})
        case InvitationAnswered():
            return replace(was, answer=event)
        case Attended():
            return replace(was, attended=event, withdrawn=False)
        case AttendanceWithdrawn():
            return replace(was, attended=None, withdrawn=True)
        case PiecesPreviewed(preview_id=id):
            return replace(was, previews={**was.previews, id: event})
        case GuestBrought(guest_id=id):
            return replace(was, guests=was.guests | {id}, removed=was.removed - {id})
        case GuestRemoved(guest_id=id):
            return replace(was, guests=was.guests - {id}, removed=was.removed | {id})


def after(events: Iterable[object]) -> Invitation:
    """The invitation these events are about; what an id of another noun leads to is none."""
    now = Invitation()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def require_listed(now: Invitation) -> PutOnList:
    """What she is invited for; refuses with `InvitationUnknown` unless she is on the list."""
    if now.listed is None:
        raise InvitationUnknown("She is not on the list of this event.", "client_id")
    return now.listed
