"""What is on this client's calendar: the events that reach her, and the days to think of her and hers?

One statement finds the events, and whom the days follow from; which days there are is the domain's to say
(`domain/occasion.py`). Nothing is stored to answer it.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.calendar import calendar_event, on_calendar
from projections.client_card import card
from projections.membership import term
from queries import reach, visibility
from queries.asked_days import span
from queries.calendar_event import EXAMPLE, OF_EVENT, PLACE, EventAsShown
from queries.family import DatedOccasion
from queries.household import COLUMNS, Household
from queries.ports import Json, example
from queries.sql import listed, overlaps, read


class EventOnCalendar(EventAsShown):
    """An event, and how it comes to reach the client."""

    through: Annotated[
        list[UUID],
        Field(description="Of which of its organizations she is a member on its days; none: she was added by hand."),
    ]


class EventDay(BaseModel):
    """An event that reaches her. Its days are those of the place where it is held."""

    kind: Literal["calendar-event"]
    day: Annotated[date, Field(description="The first of its days.")]
    calendar_event: EventOnCalendar


class OccasionDay(BaseModel):
    """A day on which there is reason to think of her, or of somebody linked to her."""

    kind: Literal["occasion"]
    day: date
    occasion: DatedOccasion


class ClientCalendar(BaseModel):
    """The events that reach a client and the occasions of her and hers, in day order."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        **{"from": "2026-11-01", "to": "2026-11-30"},
        items=[
            {
                "kind": "calendar-event",
                "day": "2026-11-14",
                "calendar_event": {**EXAMPLE, "through": ["0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21"]},
            },
            {
                "kind": "occasion",
                "day": "2026-11-21",
                "occasion": {
                    "day": "2026-11-21",
                    "source": "own",
                    "name": "birthday",
                    "years": 50,
                    "whole_month": False,
                    "sighted": False,
                    "gift": True,
                    "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                    "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
                    "person": {"family": "Dupont", "given": "Paul", "title": "M."},
                    "relation": "husband",
                },
            },
        ],
        unknown_feasts=[],
    )
    client_id: UUID
    since: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]
    items: list[Annotated[EventDay | OccasionDay, Field(discriminator="kind")]]
    unknown_feasts: Annotated[
        list[str], Field(description="Feasts kept with somebody whose days are not known for that time.")
    ]


_CLIENT_ID: Final = bindparam("client_id", type_=Uuid)
_HER: Final = select(card.c.client_id).where(card.c.client_id == _CLIENT_ID)
_REACHED: Final = reach.reached(_HER, bindparam("first", type_=Date), bindparam("last", type_=Date)).subquery("reached")
_THROUGH: Final = (
    select(func.json_agg(aggregate_order_by(on_calendar.c.organization_id.distinct(), on_calendar.c.organization_id)))
    .join(term, term.c.organization_id == on_calendar.c.organization_id)
    .where(
        on_calendar.c.calendar_event_id == calendar_event.c.calendar_event_id,
        term.c.client_id == _CLIENT_ID,
        overlaps(term.c.since, term.c.until, calendar_event.c.first_day, calendar_event.c.last_day),
    )
    .correlate(calendar_event)
    .scalar_subquery()
)
_EVENTS: Final = (
    select(*OF_EVENT, func.coalesce(_THROUGH, func.json_build_array()).label("through"))
    .join(_REACHED, _REACHED.c.calendar_event_id == calendar_event.c.calendar_event_id)
    .order_by(*PLACE)
)
_CALENDAR: Final[Select[Any]] = select(*COLUMNS, listed(_EVENTS).label("events")).where(visibility.HER_FILE)


async def client_calendar(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, first: date | None, last: date | None
) -> Json:
    """The calendar of a client from a day, by default today, to another, by default 90 days on.

    Refuses with `ClientUnknown`; with `DayInvalid` if the days are out of order, or more than three years apart.
    """
    first, last = span(caller, first, last)
    days = {"client_id": client_id, "first": first, "last": last}
    found = await read(engine, _CALENDAR, {**visibility.parameters(caller), **reach.parameters(caller), **days})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    occasions = Household(row.client_id, row.salutation, row.person, row.linked, first).occasions(first, last)
    items = [_event(each) for each in row.events] + [_occasion(each) for each in occasions["items"]]
    items.sort(key=lambda each: str(each["day"]))
    return {**occasions, "client_id": client_id, "items": items}


def _event(row: Json) -> Json:
    return {"kind": "calendar-event", "day": row["held"]["first_day"], "calendar_event": row}


def _occasion(occasion: Json) -> Json:
    return {"kind": "occasion", "day": occasion["day"], "occasion": occasion}
