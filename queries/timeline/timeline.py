"""What ever passed between this client and the house, newest first, each kind of thing one line?

One statement over the tables of the other questions: a SELECT for each kind, each sorted and cut by itself, and what is
left of all put in order. A kind is added by adding its SELECT to one of the lists, and its shape to `AnyLine`.
"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, Text, and_, any_, bindparam, or_, select, true, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sql import read, shown
from queries.timeline import circles, contact, invited, person, serving, shopping
from queries.timeline.line import Kind

AnyLine = (
    shopping.Sold
    | shopping.Ordered
    | shopping.GoodsHandedOver
    | shopping.Returned
    | circles.Noted
    | circles.LinkBegun
    | circles.LinkEnded
    | circles.MembershipBegun
    | circles.MembershipEnded
    | person.TakenUp
    | person.NameCorrected
    | person.NameAdded
    | person.ContactPointAdded
    | person.AddressAdded
    | person.DateLearned
    | person.TraitLearned
    | person.Death
    | serving.AffiliationBegun
    | serving.AffiliationEnded
    | serving.PrimaryNamed
    | serving.HandedOver
    | contact.Contacted
    | contact.Visited
    | contact.Expected
    | invited.Invited
    | invited.Previewed
    | invited.Answered
    | invited.Attended
)
SELECTS: Final = (
    *shopping.SELECTS,
    *circles.SELECTS,
    *person.SELECTS,
    *serving.SELECTS,
    *contact.SELECTS,
    *invited.SELECTS,
)


class Timeline(BaseModel):
    """Everything that passed between a client and the house and has come, as far as the caller may know of it.

    Newest first; of one moment by kind and id. What was taken back, as recorded by mistake, is on it no longer.
    """

    model_config = example(
        items=[
            {
                "at": "2026-03-02T14:00:00+00:00",
                "kind": "sale",
                "id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "store_id": "paris-1",
                "net": "620.00",
                "currency": "EUR",
                "pieces": 2,
                "what": ["Earrings"],
            },
            {
                "at": "2026-03-01T00:00:00+00:00",
                "kind": "affiliation-begun",
                "id": "7d3c2b1a-0f9e-4d8c-b7a6-95847362514f",
                "associate_id": "ines",
                "store_id": "paris-1",
                "scope": {"only": None, "but": []},
                "covers": None,
                "reassignment_id": None,
            },
        ],
        next_cursor=None,
    )
    items: list[Annotated[AnyLine, Field(discriminator="kind")]]
    next_cursor: str | None


class Filters(NamedTuple):
    """Which lines: of these kinds, from a time on, or before a time."""

    kinds: tuple[Kind, ...] = tuple(Kind)
    since: datetime | None = None
    before: datetime | None = None


_KINDS: Final = bindparam("kinds", type_=ARRAY(Text))


def _conditions(rows: Any) -> dict[str, ColumnElement[bool]]:
    """Newest first and, of one moment, by kind and id; the first part of `after_at` is what an index can use."""
    place = tuple_(rows.c.kind, rows.c.id) > tuple_(bindparam("after_kind"), bindparam("after_id"))
    return {
        "since": rows.c.at >= bindparam("since"),
        "before": rows.c.at < bindparam("before"),
        "after_at": and_(rows.c.at <= bindparam("after_at"), or_(rows.c.at < bindparam("after_at"), place)),
    }


@cache
def _timeline(given: frozenset[str]) -> Select[Any]:
    """A page of lines, with the conditions that are given; of a client without any, one row that has no line."""
    branches = []
    for lines in SELECTS:
        rows = lines.subquery()
        conditions = _conditions(rows)
        branches.append(
            select(*rows.c["at", "kind", "id"], shown(rows).label("shown"))
            # Of a kind not asked for nothing is read: this is decided before.
            .where(rows.c.kind == any_(_KINDS), *(conditions[name] for name in sorted(given)))
            .order_by(rows.c.at.desc(), rows.c.id)
            .limit(bindparam("fetch"))
        )
    every = union_all(*branches).subquery("every")
    page = (
        select(every).order_by(every.c.at.desc(), every.c.kind, every.c.id).limit(bindparam("fetch")).subquery("page")
    )
    return (
        select(*page.c)
        .select_from(card.outerjoin(page, true()))
        .where(visibility.HER_FILE)
        .order_by(page.c.at.desc(), page.c.kind, page.c.id)
    )


async def timeline(engine: AsyncEngine, caller: Viewer, client_id: UUID, filters: Filters, paging: Paging) -> Json:
    """A page of a client's timeline; refuses with `ClientUnknown` and `CursorInvalid`."""
    kinds = sorted(set(filters.kinds))
    values = {**visibility.parameters(caller), "client_id": client_id, "kinds": kinds}
    page = bound(paging, caller, "timeline", client_id, kinds, filters.since, filters.before)
    given: dict[str, Any] = {"since": filters.since, "before": filters.before}
    if place := page.after():
        at, kind, id = place
        given |= {"after_at": datetime.fromisoformat(at)}
        values |= {"after_kind": kind, "after_id": id}
    given = {name: value for name, value in given.items() if value is not None}
    found = await read(engine, _timeline(frozenset(given)), {**values, **given, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    told = [] if found[0].id is None else found
    return page.answer(told, lambda row: orjson.Fragment(row.shown), lambda row: [row.at, row.kind, row.id])
