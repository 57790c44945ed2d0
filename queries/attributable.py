"""From which calendar events could what this client buys today come?

Her own, and those to which somebody takes her: the events that are still to be held or are over since not long.
"""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Date, Integer, Select, Uuid, bindparam, case, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.calendar import calendar_event
from projections.client_card import card
from projections.invitations import guest, invitation, preview
from queries import reach, visibility
from queries.asked_days import require_covered
from queries.calendar_event import EXAMPLE, OF_EVENT, PLACE, EventAsShown
from queries.client_card import Name, name_of
from queries.invited import STANDING, STANDS_HOW, Standing
from queries.ports import Json, example
from queries.sql import listed, read


class Host(BaseModel):
    """Whose guest she is: only whom the caller sees."""

    client_id: UUID
    name: Name | None


class AttributableEvent(EventAsShown):
    """An event that what she buys may come from, and how she stands to it."""

    days: Annotated[int, Field(description="Until its first day; 0: it is held; below 0: since its last day.")]
    reached: Annotated[bool, Field(description="Whether it reaches her by herself.")]
    standing: Annotated[list[Standing], Field(description="All that is so, if she was asked or came.")]
    guest_of: list[Host]


class AttributableEvents(BaseModel):
    """The events to choose from, the nearest first: those that reach her, to which she was invited or came, for which
    she was shown pieces, or whose guest she is. Not those that are cancelled; a sale can be stated for them as well."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        on="2026-11-20",
        **{"from": "2026-09-21"},
        items=[
            {
                **EXAMPLE,
                "days": -6,
                "reached": True,
                "standing": ["listed", "sent", "accepted", "attended"],
                "guest_of": [],
            }
        ],
    )
    client_id: UUID
    on: date
    since: Annotated[date, Field(alias="from", description="Events that were over before this day are not offered.")]
    items: list[AttributableEvent]


_CLIENT_ID: Final = bindparam("client_id", type_=Uuid)
_ON: Final = bindparam("on", type_=Date)
_SINCE: Final = bindparam("since", type_=Date)

_HER: Final = select(card.c.client_id).where(card.c.client_id == _CLIENT_ID)
_REACHED: Final = select(reach.reached(_HER, _SINCE, literal(date.max, Date)).subquery().c.calendar_event_id).cte(
    "reached"
)
_STANDS: Final = (
    select(invitation.c.calendar_event_id, STANDS_HOW.label("standing"))
    .select_from(STANDING)
    .where(invitation.c.client_id == _CLIENT_ID)
    .cte("stands")
)
_HOST: Final = card.alias("host")
_BROUGHT: Final = (
    select(
        guest.c.calendar_event_id,
        guest.c.client_id,
        name_of(_HOST),
        visibility.client(_HOST.c.client_id).label("seen"),
    )
    .join(_HOST, _HOST.c.client_id == guest.c.client_id)
    .where(guest.c.guest_id == _CLIENT_ID)
    .cte("brought")
)
_HERS: Final = union(
    select(_REACHED.c.calendar_event_id),
    select(_STANDS.c.calendar_event_id).where(func.cardinality(_STANDS.c.standing) > 0),
    select(preview.c.calendar_event_id).where(preview.c.client_id == _CLIENT_ID),
    select(_BROUGHT.c.calendar_event_id),
)
_ID: Final = calendar_event.c.calendar_event_id
_DAYS: Final = case(
    (calendar_event.c.first_day > _ON, calendar_event.c.first_day - _ON),
    (calendar_event.c.last_day < _ON, calendar_event.c.last_day - _ON),
    else_=literal(0, Integer),
)
_EVENTS: Final = (
    select(
        *OF_EVENT,
        _DAYS.label("days"),
        _ID.in_(select(_REACHED.c.calendar_event_id)).label("reached"),
        func.coalesce(func.to_json(_STANDS.c.standing), func.json_build_array()).label("standing"),
        listed(
            select(*_BROUGHT.c["client_id", "name"])
            .where(_BROUGHT.c.calendar_event_id == _ID, _BROUGHT.c.seen)
            .order_by(_BROUGHT.c.client_id)
            .correlate(calendar_event)
        ).label("guest_of"),
    )
    .select_from(calendar_event.outerjoin(_STANDS, _STANDS.c.calendar_event_id == _ID))
    .where(_ID.in_(_HERS), ~calendar_event.c.cancelled, calendar_event.c.last_day >= _SINCE)
    # Of two that are as near, that which is still to come.
    .order_by(func.abs(_DAYS), _DAYS.desc(), *PLACE)
    .limit(bindparam("most", type_=Integer))
)
_OFFERED: Final[Select[Any]] = select(card.c.client_id, listed(_EVENTS).label("events")).where(visibility.HER_FILE)


async def attributable_events(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None) -> Json:
    """The events that what a client buys on a day, by default today, may come from; refuses with `ClientUnknown`, and
    `DayInvalid`."""
    on, policy = on or caller.today, caller.policy.events
    require_covered(on, "on")
    since = policy.first_last_day(on)
    asked = {"client_id": client_id, "on": on, "since": since, "most": policy.offered}
    found = await read(engine, _OFFERED, {**visibility.parameters(caller), **reach.parameters(caller), **asked})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return {"client_id": client_id, "on": on, "from": since, "items": found[0].events}
