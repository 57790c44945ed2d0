"""Who is invited to a calendar event, who comes, and with whom? And, of a client, to what was she invited?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.contact import Channel, Outcome
from domain.invitation.events import Party
from domain.refusals import CalendarEventUnknown, ClientUnknown
from projections.calendar import calendar_event
from projections.client_card import card
from projections.contacts import outreach
from projections.invitations import guest, invitation, preview, sending
from queries import visibility
from queries.calendar_event import EXAMPLE as EXAMPLE_EVENT
from queries.calendar_event import OF_EVENT, EventAsShown
from queries.client_card import Name, name_of
from queries.invited import SENDING, STANDING, STANDS, STANDS_HOW, Standing
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.sql import combined, listed, read


class Sending(BaseModel):
    """An outreach by which she was invited."""

    outreach_id: UUID
    at: datetime
    channel: Channel
    outcome: Annotated[Outcome, Field(description="As it is known by now: a letter may have come back.")]
    associate_id: Annotated[str, Field(description="Who invited her.")]


class Answer(BaseModel):
    accepted: bool
    seats: int
    at: datetime


class Attendance(BaseModel):
    people: Annotated[int, Field(description="Herself included.")]
    at: datetime


class Guest(BaseModel):
    """Somebody who comes with her; only whom the caller sees."""

    client_id: Annotated[UUID, Field(description="Her own id, also if she is no client.")]
    name: Name | None


class PieceShown(BaseModel):
    sku: str
    serial_number: str | None
    interested: bool


class Preview(BaseModel):
    """What she was shown before the event."""

    preview_id: UUID
    at: datetime
    associate_id: str
    pieces: list[PieceShown]
    remark: str | None


class OfInvitation(BaseModel):
    """How a client stands to a calendar event."""

    standing: Annotated[list[Standing], Field(description="All that is so.")]
    party: Annotated[Party | None, Field(description="Who is meant; null if she is not on the list.")]
    seats: int | None
    through: Annotated[UUID | None, Field(description="The organization whose members were listed, if by that.")]
    listed_at: datetime | None
    sendings: Annotated[list[Sending], Field(description="The latest first.")]
    answer: Answer | None
    attendance: Attendance | None
    guests: list[Guest]
    previews: Annotated[list[Preview], Field(description="The latest first.")]
    version: Annotated[int, Field(description="For `If-Match`, of all that is between her and the event.")]


class InvitedClient(OfInvitation):
    """A client, and how she stands to the event."""

    client_id: UUID
    name: Name | None


class Invitation(OfInvitation):
    """A calendar event, and how the client stands to it."""

    calendar_event: EventAsShown


_EXAMPLE: Final[Json] = {
    "standing": ["listed", "sent", "accepted", "attended"],
    "party": "couple",
    "seats": 2,
    "through": "0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21",
    "listed_at": "2026-09-21T09:00:00+00:00",
    "sendings": [
        {
            "outreach_id": "2c3d4e5f-6a7b-4c8d-9e0f-1a2b3c4d5e6f",
            "at": "2026-10-01T09:00:00+00:00",
            "channel": "letter",
            "outcome": "sent",
            "associate_id": "ines",
        }
    ],
    "answer": {"accepted": True, "seats": 2, "at": "2026-10-05T16:20:00+00:00"},
    "attendance": {"people": 2, "at": "2026-11-14T17:40:00+00:00"},
    "guests": [
        {
            "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
            "name": {"family": "Dupont", "given": "Paul", "title": "M."},
        }
    ],
    "previews": [
        {
            "preview_id": "3d4e5f6a-7b8c-4d9e-8f0a-2b3c4d5e6f7a",
            "at": "2026-10-20T14:00:00+00:00",
            "associate_id": "ines",
            "pieces": [{"sku": "B-7", "serial_number": "S-0007", "interested": True}],
            "remark": "For her daughter",
        }
    ],
    "version": 6,
}


class Invitations(BaseModel):
    """Those clients on the list, or who came without being on it, whom the caller sees, by name."""

    model_config = example(
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                **_EXAMPLE,
            }
        ],
        next_cursor=None,
    )
    items: list[InvitedClient]
    next_cursor: str | None


class ClientInvitations(BaseModel):
    """The events on whose list a client is, or to which she came without, the latest first."""

    model_config = example(items=[{"calendar_event": EXAMPLE_EVENT, **_EXAMPLE}], next_cursor=None)
    items: list[Invitation]
    next_cursor: str | None


_GUEST: Final = card.alias("guest_card")


def _of(rows: Any) -> list[ColumnElement[Any]]:
    """What an `OfInvitation` is made of, for each of these rows of `_ROWS`."""
    hers = {
        table: (table.c.client_id == rows.c.client_id, table.c.calendar_event_id == rows.c.calendar_event_id)
        for table in (sending, guest, preview)
    }
    sendings = (
        select(sending.c.outreach_id, sending.c.at, sending.c.channel, outreach.c.outcome, sending.c.associate_id)
        .select_from(SENDING)
        .where(*hers[sending])
        .order_by(sending.c.at.desc(), sending.c.outreach_id)
    )
    guests = (
        select(_GUEST.c.client_id, name_of(_GUEST))
        .join_from(guest, _GUEST, _GUEST.c.client_id == guest.c.guest_id)
        .where(*hers[guest], visibility.client(_GUEST.c.client_id))
        .order_by(guest.c.guest_id)
    )
    previews = (
        select(*preview.c["preview_id", "at", "associate_id", "pieces", "remark"])
        .where(*hers[preview])
        .order_by(preview.c.at.desc(), preview.c.preview_id)
    )
    return [
        rows.c.standing,
        *rows.c["party", "seats", "through", "listed_at"],
        listed(sendings.correlate(rows)).label("sendings"),
        combined(accepted=rows.c.accepted, seats=rows.c.accepted_seats, at=rows.c.answered_at).label("answer"),
        combined(people=rows.c.people, at=rows.c.attended_at).label("attendance"),
        listed(guests.correlate(rows)).label("guests"),
        listed(previews.correlate(rows)).label("previews"),
        rows.c.stream_version.label("version"),
    ]


_STANDS: Final = or_(STANDS[Standing.LISTED], STANDS[Standing.ATTENDED])
_ROW: Final = (
    *invitation.c["client_id", "calendar_event_id", "accepted", "accepted_seats", "answered_at", "attended_at"],
    *invitation.c["people", "stream_version"],
    STANDS_HOW.label("standing"),
    *(case((STANDS[Standing.LISTED], column)).label(column.name) for column in invitation.c["party", "seats"]),
    *(case((STANDS[Standing.LISTED], column)).label(column.name) for column in invitation.c["through", "listed_at"]),
)
_NAMES: Final = (func.coalesce(card.c.family, ""), func.coalesce(card.c.given, ""), card.c.client_id)
_DAYS: Final = (calendar_event.c.starts_at, calendar_event.c.calendar_event_id)


@cache
def _of_event(standing: Standing | None, *, continued: bool) -> Select[Any]:
    """A page of those who are invited or came; of an event without any, one row that has no client."""
    page = (
        select(*_ROW, name_of(), _NAMES[0].label("family"), _NAMES[1].label("given"))
        .select_from(STANDING)
        .where(invitation.c.calendar_event_id == bindparam("calendar_event_id"))
        .where(visibility.file())
        .where(_STANDS if standing is None else STANDS[standing])
        .order_by(*_NAMES)
        .limit(bindparam("fetch"))
    )
    if continued:
        page = page.where(tuple_(*_NAMES) > tuple_(*map(bindparam, ("family", "given", "after_id"))))
    found = page.cte("page")
    return (
        select(*found.c["client_id", "name", "family", "given"], *_of(found))
        .select_from(calendar_event.outerjoin(found, true()))
        .where(calendar_event.c.calendar_event_id == bindparam("calendar_event_id"))
        .order_by(*found.c["family", "given", "client_id"])
    )


@cache
def _of_client(standing: Standing | None, *, continued: bool) -> Select[Any]:
    """A page of what a client is invited to or came to; of one who is to nothing, one row that has no event."""
    page = (
        select(*_ROW, combined(**{str(column.name): column for column in OF_EVENT}).label("calendar_event"), _DAYS[0])
        .select_from(STANDING)
        .where(invitation.c.client_id == bindparam("client_id"))
        .where(_STANDS if standing is None else STANDS[standing])
        .order_by(*(column.desc() for column in _DAYS))
        .limit(bindparam("fetch"))
    )
    if continued:
        page = page.where(tuple_(*_DAYS) < tuple_(*map(bindparam, ("after_at", "after_id"))))
    found = page.cte("page")
    return (
        select(*found.c["calendar_event_id", "calendar_event", "starts_at"], *_of(found))
        .select_from(card.outerjoin(found, true()))
        .where(visibility.HER_FILE)
        .order_by(*(column.desc() for column in found.c["starts_at", "calendar_event_id"]))
    )


async def invitations(
    engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID, standing: Standing | None, paging: Paging
) -> Json:
    """A page of those whom the caller sees and who stand so to an event, by default on the list or there; refuses with
    `CalendarEventUnknown` and `CursorInvalid`."""
    page = bound(paging, caller, "invitations", calendar_event_id, standing)
    values: dict[str, Any] = {**visibility.parameters(caller), "calendar_event_id": calendar_event_id}
    if place := page.after():
        values |= {"family": place[0], "given": place[1], "after_id": UUID(place[2])}
    found = await read(engine, _of_event(standing, continued=bool(place)), {**values, "fetch": page.fetch})
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
    there = [] if found[0].client_id is None else found
    return page.answer(there, shown_as(InvitedClient), lambda row: [row.family, row.given, row.client_id])


async def client_invitations(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, standing: Standing | None, paging: Paging
) -> Json:
    """A page of the events to which a client stands so, by default on the list or there; refuses with `ClientUnknown`
    and `CursorInvalid`."""
    page = bound(paging, caller, "client-invitations", client_id, standing)
    values: dict[str, Any] = {**visibility.parameters(caller), "client_id": client_id}
    if place := page.after():
        values |= {"after_at": datetime.fromisoformat(place[0]), "after_id": UUID(place[1])}
    found = await read(engine, _of_client(standing, continued=bool(place)), {**values, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    hers = [] if found[0].calendar_event_id is None else found
    return page.answer(hers, shown_as(Invitation), lambda row: [row.starts_at, row.calendar_event_id])
