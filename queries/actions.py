"""What did the associates of a store do for clients in some time, and what came of it?

Of clients whom the caller does not see nothing is counted: a report never tells that there are others.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Date, DateTime, Join, Select, Table, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.refusals import AssociateUnknown, DayInvalid, StoreUnknown
from projections.contacts import appointment, outreach, visit
from projections.house import store
from queries import visibility
from queries.appointment import STANDING
from queries.asked_days import require_covered
from queries.local_day import local_day
from queries.outreach import REACHED
from queries.ports import Json, example
from queries.sql import listed, read
from queries.workplace import KNOWN_ASSOCIATE, KNOWN_STORE, STORE, STORE_ID, WHO

USUAL: Final = timedelta(days=29)
FARTHEST: Final = timedelta(days=366)


class ContactsMade(BaseModel):
    """How many contacts of one kind had this outcome."""

    direction: Direction
    channel: Channel
    purpose: Purpose
    outcome: Outcome
    contacts: int


class Visits(BaseModel):
    """How many visits ended without a sale for this reason; null where none was said."""

    reason: str | None
    visits: int


class AppointmentsMade(BaseModel):
    """The appointments of these days, whenever they were made: each is open, kept, missed or cancelled."""

    made: int
    open: Annotated[int, Field(description="Nobody has said yet whether she came.")]
    kept: int
    missed: int
    cancelled: int
    out_of_hours: Annotated[int, Field(description="How many of all for which the store opens for her alone.")]


class Figures(BaseModel):
    outreach: list[ContactsMade]
    clients_contacted: Annotated[int, Field(description="Different clients to whom something went out.")]
    clients_reached: Annotated[int, Field(description="Different clients with whom somebody spoke, or who answered.")]
    visits: list[Visits]
    appointments: AppointmentsMade


class ActionsOfAssociate(Figures):
    associate_id: str


_FIGURES: Final[Json] = {
    "outreach": [
        {"direction": "out", "channel": "call", "purpose": "conversational", "outcome": "reached", "contacts": 12},
        {"direction": "out", "channel": "mail", "purpose": "marketing", "outcome": "sent", "contacts": 30},
    ],
    "clients_contacted": 35,
    "clients_reached": 11,
    "visits": [{"reason": "price", "visits": 2}],
    "appointments": {"made": 5, "open": 1, "kept": 3, "missed": 1, "cancelled": 0, "out_of_hours": 1},
}


class Actions(Figures):
    """What was done from a day to another, counted over the clients whom the caller sees; each at the days of the store
    where it was done. A client whom two associates called counts once in the whole."""

    model_config = example(
        **{"from": "2026-03-01", "to": "2026-03-31"}, **_FIGURES, associates=[{"associate_id": "ines", **_FIGURES}]
    )
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    associates: Annotated[list[ActionsOfAssociate], Field(description="Each who did something, by their ids.")]


_FIRST: Final = bindparam("first", type_=Date)
_LAST: Final = bindparam("last", type_=Date)
# No clock is further from UTC than this: what the indexes can use, before the days of each store are looked at.
_FURTHEST: Final = timedelta(hours=15)


def _of_days(at: ColumnElement[datetime], day: ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    return (
        at >= bindparam("earliest", type_=DateTime(timezone=True)),
        at < bindparam("latest", type_=DateTime(timezone=True)),
        day >= _FIRST,
        day <= _LAST,
    )


def _with_store(table: Table) -> Join:
    return table.outerjoin(store, store.c.store_id == table.c.store_id)


_OUTREACH: Final = (
    *_of_days(outreach.c.at, local_day(outreach.c.at, store.c.time_zone)),
    visibility.client(outreach.c.client_id),
)
_VISIT: Final = (*_of_days(visit.c.at, local_day(visit.c.at, store.c.time_zone)), visibility.client(visit.c.client_id))
_APPOINTMENT: Final = (
    *_of_days(appointment.c.starts_at, appointment.c.day),
    visibility.client(appointment.c.client_id),
)


@cache
def _actions(of: str) -> Select[Any]:
    """All figures, each by associate; no row where there is nobody like that for this caller."""
    by_store = of == "store"

    def theirs(table: Table) -> ColumnElement[bool]:
        return table.c.store_id == STORE_ID if by_store else table.c.associate_id == bindparam("associate_id")

    whose, known = (STORE, KNOWN_STORE) if by_store else (WHO, KNOWN_ASSOCIATE)
    kinds = outreach.c["associate_id", "direction", "channel", "purpose", "outcome"]
    contacts = (
        select(*kinds, func.count().label("contacts"))
        .select_from(_with_store(outreach))
        .where(theirs(outreach), *_OUTREACH)
        .group_by(*kinds)
    )
    client_id: ColumnElement[UUID] = outreach.c.client_id.distinct()
    clients = (
        select(
            outreach.c.associate_id,
            func.count(client_id).filter(outreach.c.direction == "out").label("contacted"),
            func.count(client_id).filter(REACHED).label("reached"),
        )
        .select_from(_with_store(outreach))
        .where(theirs(outreach), *_OUTREACH)
        .group_by(func.grouping_sets(tuple_(outreach.c.associate_id), tuple_()))
    )
    reasons = visit.c["associate_id", "reason"]
    visits = (
        select(*reasons, func.count().label("visits"))
        .select_from(_with_store(visit))
        .where(theirs(visit), *_VISIT)
        .group_by(*reasons)
    )
    standing = appointment.c.associate_id, STANDING.label("standing"), appointment.c.out_of_hours
    appointments = (
        select(*standing, func.count().label("appointments"))
        .where(theirs(appointment), *_APPOINTMENT)
        .group_by(*standing)
    )
    return (
        select(
            listed(contacts).label("outreach"),
            listed(clients).label("clients"),
            listed(visits).label("visits"),
            listed(appointments).label("appointments"),
        )
        .select_from(whose)
        .where(known)
    )


async def actions_at(engine: AsyncEngine, caller: Viewer, store_id: str, first: date | None, last: date | None) -> Json:
    """What was done at a store from a day to another; refuses with `StoreUnknown`, also for who may not see it, and
    with `DayInvalid`."""
    unknown = StoreUnknown("There is no store with this id.", "store_id")
    return await _report(engine, caller, "store", {"store_id": store_id}, first, last, unknown)


async def actions_of(
    engine: AsyncEngine, caller: Viewer, associate_id: str, first: date | None, last: date | None
) -> Json:
    """What an associate did from a day to another, wherever she did it; refuses with `AssociateUnknown`, also for who
    may not see her book, and with `DayInvalid`."""
    unknown = AssociateUnknown("There is no associate with this id.", "associate_id")
    whose = {"associate_id": associate_id, "key": stream_id(associate_id)}
    return await _report(engine, caller, "associate", whose, first, last, unknown)


async def _report(
    engine: AsyncEngine,
    caller: Viewer,
    of: str,
    whose: Json,
    first: date | None,
    last: date | None,
    unknown: StoreUnknown | AssociateUnknown,
) -> Json:
    last = last or (first + USUAL if first else caller.today)
    first = first or last - USUAL
    require_covered(first, "from")
    if not timedelta(0) <= last - first <= FARTHEST:
        raise DayInvalid("The last day comes after the first, and at most a year later.", "to")
    days = {
        "first": first,
        "last": last,
        "earliest": datetime.combine(first, time(), UTC) - _FURTHEST,
        "latest": datetime.combine(last, time(), UTC) + timedelta(days=1) + _FURTHEST,
    }
    found = await read(engine, _actions(of), {**visibility.parameters(caller), **whose, **days})
    if not found:
        raise unknown
    [row] = found
    ids = {each["associate_id"] for rows in row for each in rows if each["associate_id"]}
    figures = {id: _figures(row, id) for id in sorted(ids)}
    associates = [{"associate_id": id, **each} for id, each in figures.items()]
    return {"from": first, "to": last, **_figures(row, None), "associates": associates}


def _figures(row: Any, associate_id: str | None) -> Json:
    """The figures of one associate; of None those of all."""

    def of(rows: list[Json]) -> Iterable[Json]:
        return (each for each in rows if associate_id in (None, each["associate_id"]))

    contacts: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for each in of(row.outreach):
        contacts[each["direction"], each["channel"], each["purpose"], each["outcome"]] += each["contacts"]
    visits: defaultdict[str | None, int] = defaultdict(int)
    for each in of(row.visits):
        visits[each["reason"]] += each["visits"]
    appointments = dict.fromkeys(AppointmentsMade.model_fields, 0)
    for each in of(row.appointments):
        counted = ("made", each["standing"], *(["out_of_hours"] if each["out_of_hours"] else ()))
        for name in counted:
            appointments[name] += each["appointments"]
    clients = next((each for each in row.clients if each["associate_id"] == associate_id), None)
    return {
        "outreach": [
            dict(zip(ContactsMade.model_fields, (*kind, number), strict=True))
            for kind, number in sorted(contacts.items())
        ],
        "clients_contacted": clients["contacted"] if clients else 0,
        "clients_reached": clients["reached"] if clients else 0,
        "visits": [
            {"reason": reason, "visits": number}
            for reason, number in sorted(visits.items(), key=lambda each: (each[0] is None, each[0] or ""))
        ],
        "appointments": appointments,
    }
