"""What did a client buy, and what came back?"""

from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import Select, and_, bindparam, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.purchase_history import line, sale
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sale import EXAMPLE_LINE, EXAMPLE_SALE, LINE, OF_SALE, Line, OfSale
from queries.sql import read, shown


class Purchase(OfSale, Line):
    """A line of a client's sale, with the sale it belongs to."""


class Purchases(BaseModel):
    """Goods that a client bought or brought back, newest first."""

    model_config = example(items=[{**EXAMPLE_SALE, **EXAMPLE_LINE}], next_cursor=None)
    items: list[Purchase]
    next_cursor: str | None


class Filters(NamedTuple):
    """Which purchases: those of one store, brand, category, from a time on, or before a time."""

    store_id: str | None = None
    brand: str | None = None
    category: str | None = None
    since: datetime | None = None
    before: datetime | None = None


_CONDITIONS: Final = {
    "store_id": sale.c.store_id == bindparam("store_id"),
    "brand": line.c.brand == bindparam("brand"),
    "category": line.c.category == bindparam("category"),
    "since": sale.c.occurred_at >= bindparam("since"),
    "before": sale.c.occurred_at < bindparam("before"),
    # Newest first and, of one moment, in the order of the key; the first part is what the index can use.
    "after_at": and_(
        sale.c.occurred_at <= bindparam("after_at"),
        or_(
            sale.c.occurred_at < bindparam("after_at"),
            tuple_(sale.c.sale_id, line.c.ordinal) > tuple_(bindparam("after_sale"), bindparam("after_ordinal")),
        ),
    ),
}


@cache
def _purchases(given: frozenset[str]) -> Select[Any]:
    """Her purchases, with the conditions that are given; of a client without any, one row that has no sale."""
    page = (
        select(*OF_SALE, *LINE)
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(sale.c.client_id == bindparam("client_id"), line.c.moves_goods)
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(sale.c.occurred_at.desc(), sale.c.sale_id, line.c.ordinal)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c["occurred_at", "sale_id", "ordinal"], shown(page).label("shown"))
        .select_from(card.outerjoin(page, true()))
        .where(card.c.client_id == bindparam("client_id"), card.c.is_client, visibility.client(card.c.client_id))
        .order_by(page.c.occurred_at.desc(), page.c.sale_id, page.c.ordinal)
    )


async def purchases(engine: AsyncEngine, caller: Viewer, client_id: UUID, filters: Filters, paging: Paging) -> Json:
    """A page of a client's purchases, returns netted; refuses with `ClientUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller), "client_id": client_id}
    page = bound(paging, caller, "purchases", client_id, *filters)
    given = {name: value for name, value in filters._asdict().items() if value is not None}
    if place := page.after():
        at, sale_id, ordinal = place
        given |= {"after_at": datetime.fromisoformat(at), "after_sale": UUID(sale_id), "after_ordinal": ordinal}
    statement = _purchases(frozenset(given.keys() & _CONDITIONS.keys()))
    found = await read(engine, statement, {**values, **given, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    bought = [] if found[0].sale_id is None else found
    return page.answer(
        bought, lambda row: orjson.Fragment(row.shown), lambda row: [row.occurred_at, row.sale_id, row.ordinal]
    )
