"""Whom does the house expect: a client's appointments, and those at a store or with an associate?"""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, FromClause, Select, bindparam, case, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown, ClientUnknown, StoreUnknown
from projections.client_card import card
from projections.contacts import appointment
from queries import visibility
from queries.client_card import Name, name_of
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.sql import read
from queries.workplace import KNOWN_ASSOCIATE, KNOWN_STORE, STORE, STORE_ID, WHO

Standing = Literal["open", "cancelled", "kept", "missed"]


class Appointment(BaseModel):
    """An appointment. Whether she came is `open` until somebody says so, also when its day has passed."""

    appointment_id: UUID
    client_id: UUID
    name: Name | None
    associate_id: str
    store_id: str
    starts_at: datetime
    ends_at: datetime
    time_zone: Annotated[str, Field(description="Of the place where it is: its day is counted there.")]
    day: date
    out_of_hours: Annotated[bool, Field(description="Whether the store opens for her alone.")]
    standing: Standing
    calendar_event_id: UUID | None
    remark: str | None
    recorded_at: datetime
    version: Annotated[int, Field(description="The version of this appointment, to be sent as `If-Match`.")]


class Appointments(BaseModel):
    """Appointments with clients whom the caller sees, cancelled ones too, in the order of their beginning."""

    model_config = example(
        items=[
            {
                "appointment_id": "8d7c6b5a-4f3e-4d2c-9b1a-0f9e8d7c6b5a",
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                "associate_id": "ines",
                "store_id": "paris-1",
                "starts_at": "2026-03-09T07:00:00+00:00",
                "ends_at": "2026-03-09T08:00:00+00:00",
                "time_zone": "Europe/Paris",
                "day": "2026-03-09",
                "out_of_hours": True,
                "standing": "kept",
                "calendar_event_id": None,
                "remark": "To see the emeralds.",
                "recorded_at": "2026-03-02T14:41:00+00:00",
                "version": 2,
            }
        ],
        next_cursor=None,
    )
    items: list[Appointment]
    next_cursor: str | None


class Span(NamedTuple):
    """Which appointments: those that begin in this time."""

    since: datetime | None = None
    before: datetime | None = None


STANDING: Final = case(
    (appointment.c.cancelled, "cancelled"),
    (appointment.c.kept.is_(None), "open"),
    (appointment.c.kept, "kept"),
    else_="missed",
)

_PLACE: Final = appointment.c["starts_at", "client_id", "appointment_id"]
_APPOINTMENT: Final = (
    *appointment.c["appointment_id", "client_id"],
    name_of(),
    *appointment.c["associate_id", "store_id", "starts_at", "ends_at", "time_zone", "day", "out_of_hours"],
    STANDING.label("standing"),
    *appointment.c["calendar_event_id", "remark", "recorded_at"],
    appointment.c.stream_version.label("version"),
)
_CONDITIONS: Final[dict[str, ColumnElement[bool]]] = {
    "since": appointment.c.starts_at >= bindparam("since"),
    "before": appointment.c.starts_at < bindparam("before"),
    "after": tuple_(*_PLACE) > tuple_(*map(bindparam, ("after_at", "after_client", "after_id"))),
}
# Whose they are, where to look whether there is somebody like that for this caller, and that there is.
_HERS: Final = card.alias("hers")
_OF: Final[dict[str, tuple[ColumnElement[bool], FromClause, tuple[ColumnElement[bool], ...]]]] = {
    "client": (
        appointment.c.client_id == bindparam("client_id"),
        _HERS,
        (_HERS.c.client_id == bindparam("client_id"), visibility.file(_HERS)),
    ),
    "store": (appointment.c.store_id == STORE_ID, STORE, (KNOWN_STORE,)),
    "associate": (appointment.c.associate_id == bindparam("associate_id"), WHO, (KNOWN_ASSOCIATE,)),
}


@cache
def _appointments(of: str, given: frozenset[str]) -> Select[Any]:
    """A page of appointments; where there are none, one row that has none."""
    theirs, whose, known = _OF[of]
    page = (
        select(*_APPOINTMENT)
        .join_from(appointment, card, card.c.client_id == appointment.c.client_id)
        .where(theirs, visibility.file())
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(*_PLACE)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c)
        .select_from(whose.outerjoin(page, true()))
        .where(*known)
        .order_by(*page.c["starts_at", "client_id", "appointment_id"])
    )


async def appointments_of(engine: AsyncEngine, caller: Viewer, client_id: UUID, span: Span, paging: Paging) -> Json:
    """A page of a client's appointments; refuses with `ClientUnknown` and `CursorInvalid`."""
    unknown = ClientUnknown("There is no client with this id.", "client_id")
    return await _page(engine, caller, "client", {"client_id": client_id}, span, paging, unknown)


async def appointments_at(engine: AsyncEngine, caller: Viewer, store_id: str, span: Span, paging: Paging) -> Json:
    """A page of the appointments at a store; refuses with `StoreUnknown`, also for who may not see them, and with
    `CursorInvalid`."""
    unknown = StoreUnknown("There is no store with this id.", "store_id")
    return await _page(engine, caller, "store", {"store_id": store_id}, span, paging, unknown)


async def appointments_with(engine: AsyncEngine, caller: Viewer, associate_id: str, span: Span, paging: Paging) -> Json:
    """A page of the appointments with an associate; refuses with `AssociateUnknown`, also for who may not see her book,
    and with `CursorInvalid`."""
    unknown = AssociateUnknown("There is no associate with this id.", "associate_id")
    whose = {"associate_id": associate_id, "key": stream_id(associate_id)}
    return await _page(engine, caller, "associate", whose, span, paging, unknown)


async def _page(
    engine: AsyncEngine,
    caller: Viewer,
    of: str,
    whose: dict[str, Any],
    span: Span,
    paging: Paging,
    unknown: ClientUnknown | StoreUnknown | AssociateUnknown,
) -> Json:
    page = bound(paging, caller, "appointments", of, *whose.values(), *span)
    given: dict[str, Any] = {name: value for name, value in span._asdict().items() if value is not None}
    conditions = set(given)
    if place := page.after():
        conditions.add("after")
        at, client_id, id = place
        given |= {"after_at": datetime.fromisoformat(at), "after_client": UUID(client_id), "after_id": UUID(id)}
    values = {**visibility.parameters(caller), **whose, **given, "fetch": page.fetch}
    found = await read(engine, _appointments(of, frozenset(conditions)), values)
    if not found:
        raise unknown
    there = [] if found[0].appointment_id is None else found
    return page.answer(there, shown_as(Appointment), lambda row: [row.starts_at, row.client_id, row.appointment_id])
