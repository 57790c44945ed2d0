"""What was said to a client and by her, and what came of it?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.contact import OUTCOMES, Channel, Direction, Outcome, Purpose
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.contacts import outreach, settles
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sql import EMPTY, read, shown

_WRITTEN: Final = tuple(channel for channel, outcomes in OUTCOMES.items() if Outcome.SENT in outcomes)

REACHED: Final = outreach.c.outcome == Outcome.REACHED
"""Whether it was a conversation, whoever began it."""

SETTLES: Final = or_(REACHED, and_(outreach.c.outcome == Outcome.SENT, outreach.c.channel.in_(_WRITTEN)))
"""Whether it settles the ticklers that it names; the same as `settles` of the domain."""


class Outreach(BaseModel):
    """A contact with a client, and what is known by now of what came of it."""

    outreach_id: UUID
    associate_id: str
    store_id: str | None
    at: datetime
    direction: Direction
    channel: Channel
    purpose: Purpose
    outcome: Outcome
    contact_point_id: Annotated[UUID | None, Field(description="Which of hers was used, also if it is gone since.")]
    items: Annotated[list[str], Field(description="What was shown.")]
    calendar_event_id: UUID | None
    ticklers: Annotated[list[UUID], Field(description="The ids of the ticklers that it names.")]
    settles: Annotated[bool, Field(description="Whether what came of it settles those ticklers.")]
    remark: Annotated[str | None, Field(description="Null also if the client's data were erased.")]
    recorded_at: datetime
    version: Annotated[int, Field(description="The version of this outreach, to be sent as `If-Match`.")]


class Outreaches(BaseModel):
    """The contacts with a client that were not withdrawn, newest first."""

    model_config = example(
        items=[
            {
                "outreach_id": "3f2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "associate_id": "ines",
                "store_id": "paris-1",
                "at": "2026-03-02T14:30:00+00:00",
                "direction": "out",
                "channel": "call",
                "purpose": "conversational",
                "outcome": "reached",
                "contact_point_id": "0b6f2c1e-8d43-4f3e-9c7a-5a1f0e6d2b90",
                "items": ["R-17"],
                "calendar_event_id": None,
                "ticklers": ["9f3c1f0a-5e1d-4c77-a0b3-5f2a1c9d8e7b"],
                "settles": True,
                "remark": "She will think about it.",
                "recorded_at": "2026-03-02T14:41:00+00:00",
                "version": 1,
            }
        ],
        next_cursor=None,
    )
    items: list[Outreach]
    next_cursor: str | None


class Wanted(NamedTuple):
    """Which contacts: of one channel, purpose or direction."""

    channel: Channel | None = None
    purpose: Purpose | None = None
    direction: Direction | None = None


_ticklers: Final = (
    select(func.json_agg(aggregate_order_by(settles.c.tickler_id, settles.c.tickler_id)))
    .where(settles.c.client_id == outreach.c.client_id, settles.c.outreach_id == outreach.c.outreach_id)
    .correlate(outreach)
    .scalar_subquery()
)
_OUTREACH: Final = (
    *outreach.c["outreach_id", "associate_id", "store_id", "at", "direction", "channel", "purpose", "outcome"],
    *outreach.c["contact_point_id", "items", "calendar_event_id"],
    func.coalesce(_ticklers, EMPTY).label("ticklers"),
    SETTLES.label("settles"),
    *outreach.c["remark", "recorded_at"],
    outreach.c.stream_version.label("version"),
)
_CONDITIONS: Final[dict[str, ColumnElement[bool]]] = {
    **{name: outreach.c[name] == bindparam(name) for name in Wanted._fields},
    # Newest first and, of one moment, in the order of the key; the first part is what the index can use.
    "after_at": and_(
        outreach.c.at <= bindparam("after_at"),
        or_(outreach.c.at < bindparam("after_at"), outreach.c.outreach_id > bindparam("after_id")),
    ),
}


@cache
def _outreach(given: frozenset[str]) -> Select[Any]:
    """A page of the contacts with her; of a client without any, one row that has none."""
    page = (
        select(*_OUTREACH)
        .where(outreach.c.client_id == bindparam("client_id"))
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(outreach.c.at.desc(), outreach.c.outreach_id)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c["at", "outreach_id"], shown(page).label("shown"))
        .select_from(card.outerjoin(page, true()))
        .where(visibility.HER_FILE)
        .order_by(page.c.at.desc(), page.c.outreach_id)
    )


async def outreach_of(engine: AsyncEngine, caller: Viewer, client_id: UUID, wanted: Wanted, paging: Paging) -> Json:
    """A page of the contacts with a client; refuses with `ClientUnknown` and `CursorInvalid`."""
    values: dict[str, Any] = {**visibility.parameters(caller), "client_id": client_id}
    page = bound(paging, caller, "outreach", client_id, *wanted)
    given: dict[str, Any] = {name: value for name, value in wanted._asdict().items() if value is not None}
    conditions = set(given)
    if place := page.after():
        conditions.add("after_at")
        given |= {"after_at": datetime.fromisoformat(place[0]), "after_id": UUID(place[1])}
    found = await read(engine, _outreach(frozenset(conditions)), {**values, **given, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    there = [] if found[0].outreach_id is None else found
    return page.answer(there, lambda row: orjson.Fragment(row.shown), lambda row: [row.at, row.outreach_id])
