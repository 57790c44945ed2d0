"""To which calendar events a client was invited, what she answered and was shown before, and to which she came."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select

from domain.contact import Channel
from projections.calendar import calendar_event
from projections.invitations import invitation, preview, sending
from queries.invitation import PieceShown
from queries.invited import SENDING, STANDING, STANDS, WENT, Standing
from queries.timeline.line import CLIENT_ID, Kind, Line, lines


class OfEvent(Line):
    calendar_event_id: UUID
    calendar_event: Annotated[str, Field(description="What it is called now.")]


class Invited(OfEvent):
    """An invitation went out to her, by the outreach of the same id; one that came back is none."""

    kind: Literal[Kind.INVITED]
    channel: Channel
    associate_id: str


class Previewed(OfEvent):
    """She was shown pieces before the event."""

    kind: Literal[Kind.PREVIEWED]
    associate_id: str
    pieces: list[PieceShown]
    remark: str | None


class Answered(OfEvent):
    """What she answered last."""

    kind: Literal[Kind.ANSWERED]
    accepted: bool
    seats: int


class Attended(OfEvent):
    """She came, on the list or not."""

    kind: Literal[Kind.ATTENDED]
    people: Annotated[int, Field(description="Herself included.")]
    on_list: bool


_EVENT: Final = (calendar_event.c.calendar_event_id, calendar_event.c.name.label("calendar_event"))


def _with_event(of: Any, table: Any) -> Any:
    return of.join(calendar_event, calendar_event.c.calendar_event_id == table.c.calendar_event_id)


SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(Kind.INVITED, sending.c.at, sending.c.outreach_id, *_EVENT, *sending.c["channel", "associate_id"])
    .select_from(_with_event(SENDING, sending))
    .where(sending.c.client_id == CLIENT_ID, WENT),
    lines(Kind.PREVIEWED, preview.c.at, preview.c.preview_id, *_EVENT, *preview.c["associate_id", "pieces", "remark"])
    .select_from(_with_event(preview, preview))
    .where(preview.c.client_id == CLIENT_ID),
    lines(
        Kind.ANSWERED,
        invitation.c.answered_at,
        invitation.c.invitation_id,
        *_EVENT,
        invitation.c.accepted,
        invitation.c.accepted_seats.label("seats"),
    )
    .select_from(_with_event(invitation, invitation))
    .where(invitation.c.client_id == CLIENT_ID, invitation.c.answered_at.is_not(None)),
    lines(
        Kind.ATTENDED,
        invitation.c.attended_at,
        invitation.c.invitation_id,
        *_EVENT,
        invitation.c.people,
        STANDS[Standing.LISTED].label("on_list"),
    )
    .select_from(STANDING)
    .where(invitation.c.client_id == CLIENT_ID, STANDS[Standing.ATTENDED]),
)
