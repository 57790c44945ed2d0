"""What did a client buy, and what came back, as it is known now or was known at a moment?"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from queries import counter, visibility
from queries.known import NOW, THEN, Facts
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sale import EXAMPLE_SALE, OfSale, sale_columns
from queries.sale_line import EXAMPLE_LINE, Line, line_columns, open_quantity, several, with_shares
from queries.sql import contains, read, shown


class Purchase(OfSale, Line):
    """A line of a client's sale, with the sale it belongs to."""


class Purchases(BaseModel):
    """Goods that a client bought or brought back, newest first. What is ordered or laid away is bought once the first
    piece of it changed hands."""

    model_config = example(items=[{**EXAMPLE_SALE, **EXAMPLE_LINE}], next_cursor=None)
    items: list[Purchase]
    next_cursor: str | None


class StateOfGoods(StrEnum):
    """What became of the goods: bought, or brought back without the receipt; some came back; some have still to be
    handed over; some never will be."""

    BOUGHT = "bought"
    RETURNED = "returned"
    OPEN = "open"
    CANCELLED = "cancelled"


class Filters(NamedTuple):
    """Which purchases, each as sold; of which sales, by store and time of the sale; and as known when.

    `attributes` are pairs of a name and a value, all of which a line has. Without `known_at`: as known now.
    """

    store_id: str | None = None
    brand: str | None = None
    category: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    type: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    seller: str | None = None
    state: StateOfGoods = StateOfGoods.BOUGHT
    known_at: datetime | None = None


def _states(of: Facts) -> dict[StateOfGoods, ColumnElement[bool]]:
    line = of.line
    return {
        StateOfGoods.BOUGHT: or_(line.c.moved_quantity > 0, line.c.returned_quantity > 0),
        StateOfGoods.RETURNED: line.c.returned_quantity > 0,
        StateOfGoods.OPEN: open_quantity(of) > 0,
        StateOfGoods.CANCELLED: line.c.cancelled_quantity > 0,
    }


def as_sold(line: Any) -> dict[str, ColumnElement[bool]]:
    """Conditions on what a line says of its goods, each by the name of the filter that it needs."""
    return {
        "brand": line.c.brand == bindparam("brand"),
        "category": line.c.category == bindparam("category"),
        "type": line.c.type == bindparam("type"),
        "attributes": contains(line.c.attributes, bindparam("attributes", type_=JSONB)),
    }


def _conditions(of: Facts) -> Mapping[str, ColumnElement[bool]]:
    sale, line = of.sale, of.line
    return {
        **as_sold(line),
        "store_id": sale.c.store_id == bindparam("store_id"),
        "seller": contains(line.c.sellers, bindparam("seller", type_=JSONB)),
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
def _purchases(
    given: frozenset[str], state: StateOfGoods = StateOfGoods.BOUGHT, view: counter.View | None = None
) -> Select[Any]:
    """Her purchases, with the conditions that are given; of a client without any, one row that has no sale."""
    of = THEN if "known_at" in given else NOW
    sale, line, conditions = of.sale, of.line, _conditions(of)
    page = (
        select(*sale_columns(of), *line_columns(of))
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(sale.c.client_id == bindparam("client_id"), line.c.moves_goods, _states(of)[state])
        .where(*(counter.shows_purchase(of) if view else ()))
        .where(*(conditions[name] for name in sorted(given - {"known_at"})))
        .order_by(sale.c.occurred_at.desc(), sale.c.sale_id, line.c.ordinal)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(
            *page.c["occurred_at", "sale_id", "ordinal", "currency"],
            several(page.c.sellers).label("several"),
            shown(page).label("shown"),
        )
        .select_from(card.outerjoin(page, true()))
        .where(visibility.HER_FILE)
        .order_by(page.c.occurred_at.desc(), page.c.sale_id, page.c.ordinal)
    )


async def purchases(
    engine: AsyncEngine,
    caller: Viewer,
    client_id: UUID,
    filters: Filters,
    paging: Paging,
    view: counter.View | None = None,
) -> Json:
    """A page of a client's purchases, returns netted; refuses with `ClientUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller), "client_id": client_id}
    page = bound(paging, caller, "purchases", client_id, *filters, view)
    given = bindings({name: value for name, value in filters._asdict().items() if name != "state"})
    if place := page.after():
        at, sale_id, ordinal = place
        given |= {"after_at": datetime.fromisoformat(at), "after_sale": UUID(sale_id), "after_ordinal": ordinal}
    statement = _purchases(frozenset(given) - {"after_sale", "after_ordinal"}, filters.state, view)
    found = await read(engine, statement, {**values, **given, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    bought = [] if found[0].sale_id is None else found
    told = counter.purchase_shown if view else _purchase
    return page.answer(bought, told, lambda row: [row.occurred_at, row.sale_id, row.ordinal])


def bindings(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of these filters, as the statement's parameters."""
    given = {name: value for name, value in filters.items() if value not in (None, ())}
    if "attributes" in given:
        given["attributes"] = [{"name": name, "value": value} for name, value in given["attributes"]]
    if "seller" in given:
        given["seller"] = [{"associate_id": given["seller"]}]
    return given


def _purchase(row: Any) -> Any:
    return with_shares(orjson.loads(row.shown), row.currency) if row.several else orjson.Fragment(row.shown)
