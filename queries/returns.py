"""What did a client bring back, when, where and why?"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import Select, and_, bindparam, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.purchase_history import came_back, line, sale
from queries import visibility
from queries.known import NOW
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sale_line import EXAMPLE_LINE, Return, return_columns
from queries.sql import read, shown


class ReturnedLine(Return):
    """Pieces of a line that came back, and the line as it was sold."""

    sale_id: UUID
    ordinal: int
    currency: str
    sold_at: datetime
    sold_at_store_id: str
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None


class Returns(BaseModel):
    """Goods of a client's sales that came back, newest first; those without the receipt among them."""

    model_config = example(
        items=[
            {
                **EXAMPLE_LINE["returns"][0],
                "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "ordinal": 1,
                "currency": "EUR",
                "sold_at": "2026-03-02T14:00:00+00:00",
                "sold_at_store_id": "paris-1",
                **{name: EXAMPLE_LINE[name] for name in ("sku", "description", "brand", "category", "type")},
            }
        ],
        next_cursor=None,
    )
    items: list[ReturnedLine]
    next_cursor: str | None


class Wanted(NamedTuple):
    """Which returns: at this store, for this reason, from a time on, or before a time."""

    store_id: str | None = None
    reason: str | None = None
    since: datetime | None = None
    before: datetime | None = None


_CONDITIONS = {
    "store_id": came_back.c.store_id == bindparam("store_id"),
    "reason": came_back.c.reason == bindparam("reason"),
    "since": came_back.c.occurred_at >= bindparam("since"),
    "before": came_back.c.occurred_at < bindparam("before"),
    "after_at": or_(
        came_back.c.occurred_at < bindparam("after_at"),
        and_(
            came_back.c.occurred_at == bindparam("after_at"),
            tuple_(came_back.c.return_id, came_back.c.ordinal)
            > tuple_(bindparam("after_return"), bindparam("after_ordinal")),
        ),
    ),
}


@cache
def _returns(given: frozenset[str]) -> Select[Any]:
    page = (
        select(
            *return_columns(NOW),
            *came_back.c["sale_id", "ordinal"],
            sale.c.currency,
            sale.c.occurred_at.label("sold_at"),
            sale.c.store_id.label("sold_at_store_id"),
            *line.c["sku", "description", "brand", "category", "type"],
        )
        .select_from(
            sale.join(came_back, came_back.c.sale_id == sale.c.sale_id).join(
                line, and_(line.c.sale_id == came_back.c.sale_id, line.c.ordinal == came_back.c.ordinal)
            )
        )
        .where(sale.c.client_id == bindparam("client_id"), line.c.moves_goods)
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(came_back.c.occurred_at.desc(), came_back.c.return_id, came_back.c.ordinal)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c["occurred_at", "return_id", "ordinal"], shown(page).label("shown"))
        .select_from(card.outerjoin(page, true()))
        .where(visibility.HER_FILE)
        .order_by(page.c.occurred_at.desc(), page.c.return_id, page.c.ordinal)
    )


async def returns(engine: AsyncEngine, caller: Viewer, client_id: UUID, wanted: Wanted, paging: Paging) -> Json:
    """A page of what a client brought back; refuses with `ClientUnknown` and `CursorInvalid`."""
    page = bound(paging, caller, "returns", client_id, *wanted)
    given: dict[str, Any] = {name: value for name, value in wanted._asdict().items() if value is not None}
    if place := page.after():
        at, return_id, ordinal = place
        given |= {"after_at": datetime.fromisoformat(at), "after_return": UUID(return_id), "after_ordinal": ordinal}
    statement = _returns(frozenset(given.keys() & _CONDITIONS.keys()))
    values = {**visibility.parameters(caller), "client_id": client_id, **given, "fetch": page.fetch}
    found = await read(engine, statement, values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    back = [] if found[0].return_id is None else found
    return page.answer(
        back, lambda row: orjson.Fragment(row.shown), lambda row: [row.occurred_at, row.return_id, row.ordinal]
    )
