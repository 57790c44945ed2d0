"""What happened between a client and a calendar event: on the list or not, invited, answered, came, and with whom.

All of it is one stream, of the client and the event: whoever came without an invitation has one too.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.contact import Channel, Outcome
from domain.personal import Personal
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- facts


class Party(StrEnum):
    """Who is meant by an invitation: the client, she and her partner, or all who live with her."""

    CLIENT = "client"
    COUPLE = "couple"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece that was shown to a client before the event; `interested`: she would like to have it."""

    sku: str
    serial_number: str | None
    interested: bool


WENT_OUT: Final = frozenset({Outcome.REACHED, Outcome.SENT, Outcome.MESSAGE_LEFT})
"""What comes of a contact by which she is invited; of any other she knows nothing."""

INVITATIONS: Final = UUID("51c8a2f4-77b0-5e0c-9d3e-0b6f2a9c4e18")


def invitation_id(calendar_event_id: UUID, client_id: UUID) -> UUID:
    return named_id(INVITATIONS, str(calendar_event_id), str(client_id))


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class PutOnList:
    """She is to be invited, for so many seats; `through` the organization from which the list was made, if from one.
    Said again it is what holds from then on."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    party: Party
    seats: int
    through: UUID | None


@dataclass(frozen=True, slots=True)
class TakenOffList:
    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """The invitation went out to her: that is the outreach with this id, recorded together with it."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    outreach_id: UUID
    channel: Channel
    associate_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitationAnswered:
    """She comes, taking so many seats, or does not. The latest answer counts."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    accepted: bool
    seats: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Attended:
    """She came, with so many people herself included, on the list or not."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    people: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AttendanceWithdrawn:
    """She did not come: it was recorded by mistake."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID


@dataclass(frozen=True, slots=True)
class PiecesPreviewed:
    """Pieces were shown to her before the event, and what she thought of them. The same `preview_id` again puts right
    what was said before; without pieces it never was."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    preview_id: UUID
    associate_id: str
    at: datetime
    pieces: tuple[Shown, ...]
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class GuestBrought:
    """This person came, or is to come, as her guest: what the guest buys there counts under her."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    guest_id: UUID


@dataclass(frozen=True, slots=True)
class GuestRemoved:
    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID
    guest_id: UUID


Event: TypeAlias = (
    PutOnList
    | TakenOffList
    | InvitationSent
    | InvitationAnswered
    | Attended
    | AttendanceWithdrawn
    | PiecesPreviewed
    | GuestBrought
    | GuestRemoved
)
