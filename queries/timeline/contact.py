"""When a client was spoken with or written to, was expected at a store, or came and bought nothing."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select

from domain.contact import Channel, Direction, Outcome, Purpose
from projections.contacts import appointment, outreach, visit
from queries.appointment import STANDING, Standing
from queries.timeline.line import CLIENT_ID, Kind, Line, come, lines


class OfContact(Line):
    associate_id: str
    store_id: str | None
    calendar_event_id: UUID | None
    remark: Annotated[str | None, Field(description="What the associate wrote of it.")]


class Contacted(OfContact):
    """The house was in contact with her, or she with the house."""

    kind: Literal[Kind.OUTREACH]
    direction: Direction
    channel: Channel
    purpose: Purpose
    outcome: Outcome
    items: list[str]


class Visited(OfContact):
    """She was at a store and bought nothing."""

    kind: Literal[Kind.VISIT]
    items: list[str]
    reason: str | None


class Expected(OfContact):
    """An appointment whose day has come, at its beginning; whether she came is `open` until somebody says so."""

    kind: Literal[Kind.APPOINTMENT]
    ends_at: datetime
    out_of_hours: bool
    standing: Standing


def _contact(of: Any) -> Any:
    return of.c["associate_id", "store_id", "calendar_event_id", "remark"]


SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(
        Kind.OUTREACH,
        outreach.c.at,
        outreach.c.outreach_id,
        *_contact(outreach),
        *outreach.c["direction", "channel", "purpose", "outcome", "items"],
    ).where(outreach.c.client_id == CLIENT_ID),
    lines(Kind.VISIT, visit.c.at, visit.c.visit_id, *_contact(visit), *visit.c["items", "reason"]).where(
        visit.c.client_id == CLIENT_ID
    ),
    lines(
        Kind.APPOINTMENT,
        appointment.c.starts_at,
        appointment.c.appointment_id,
        *_contact(appointment),
        *appointment.c["ends_at", "out_of_hours"],
        STANDING.label("standing"),
    ).where(appointment.c.client_id == CLIENT_ID, come(appointment.c.day)),
)
