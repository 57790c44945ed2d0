"""What did a client buy, what came back, and what was one sale?"""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import Select, and_, bindparam, case, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Caller
from domain.refusals import ClientUnknown, SaleUnknown
from projections.client_card import card
from projections.purchase_history import came_back, line, sale
from queries import visibility
from queries.client_card import Reference
from queries.page import Paging, bound
from queries.ports import Json, Versioned
from queries.sql import EMPTY, amount, combined, listed, read, shown

Amount = Annotated[Decimal, Field(json_schema_extra={"examples": ["1250.00"]})]


class Seller(BaseModel):
    associate_id: str
    parts: Annotated[int, Field(description="Her parts of the credit: 1 and 1 is half each.")]


class Return(BaseModel):
    """Part or all of a line that came back: what, when, where and why."""

    return_id: UUID
    store_id: str
    occurred_at: datetime
    quantity: int
    net: Amount
    reason: str | None


class Line(BaseModel):
    """One line as it was sold, and what is left of it. Of a return without the receipt nothing was sold, so that what
    is kept of it is below zero."""

    ordinal: int
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    moves_goods: Annotated[bool, Field(description="Whether it is goods, and not postage, a payment or a fee.")]
    sellers: list[Seller]
    unit_price: Amount
    quantity: int
    net: Amount
    returned_quantity: int
    returned_net: Amount
    kept_quantity: int
    kept_net: Amount
    returns: Annotated[list[Return], Field(description="What came back, oldest first.")]


class Purchase(Line):
    """A line of a client's sale, with the sale it belongs to."""

    sale_id: UUID
    kind: Literal["sale", "return"]
    reference: Reference
    store_id: str
    occurred_at: datetime
    currency: str


class Purchases(BaseModel):
    """Goods that a client bought or brought back, newest first."""

    items: list[Purchase]
    next_cursor: str | None


class Sale(BaseModel):
    """A sale, or a return without the receipt, with all its lines."""

    sale_id: UUID
    kind: Literal["sale", "return"]
    client_id: UUID | None
    reference: Reference
    store_id: str
    occurred_at: datetime
    recorded_at: datetime
    currency: str
    version: Annotated[int, Field(description="The version of the sale, as in `ETag`.")]
    lines: list[Line]


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
_RETURNS: Final = (
    select(
        *came_back.c["return_id", "store_id", "occurred_at", "quantity"],
        amount(came_back.c.net).label("net"),
        came_back.c.reason,
    )
    .where(came_back.c.sale_id == line.c.sale_id, came_back.c.ordinal == line.c.ordinal)
    .order_by(came_back.c.occurred_at, came_back.c.return_id)
    .correlate(line)
)
_LINE: Final = (
    *line.c["ordinal", "sku", "description", "brand", "category", "type", "moves_goods", "sellers"],
    amount(line.c.unit_price).label("unit_price"),
    line.c.quantity,
    amount(line.c.net).label("net"),
    line.c.returned_quantity,
    amount(line.c.returned_net).label("returned_net"),
    (line.c.quantity - line.c.returned_quantity).label("kept_quantity"),
    amount(line.c.net - line.c.returned_net).label("kept_net"),
    case((line.c.returned_quantity > 0, listed(_RETURNS)), else_=EMPTY).label("returns"),
)
_OF_SALE: Final = (
    *sale.c["sale_id", "kind"],
    combined(source=sale.c.source, number=sale.c.number).label("reference"),
    *sale.c["store_id", "occurred_at", "currency"],
)
_LINES: Final = select(*_LINE).where(line.c.sale_id == sale.c.sale_id).order_by(line.c.ordinal).correlate(sale)
_SALE: Final = (
    select(
        *_OF_SALE,
        *sale.c["client_id", "recorded_at"],
        sale.c.stream_version.label("version"),
        listed(_LINES).label("lines"),
    )
    .where(sale.c.sale_id == bindparam("sale_id"), visibility.sale(sale.c.client_id))
    .subquery("sale")
)
_SHOWN_SALE: Final = select(_SALE.c.version, shown(_SALE).label("shown"))


@cache
def _purchases(given: frozenset[str]) -> Select[Any]:
    """Her purchases, with the conditions that are given; of a client without any, one row that has no sale."""
    page = (
        select(*_OF_SALE, *_LINE)
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
        .where(card.c.client_id == bindparam("client_id"), visibility.client(card.c.client_id))
        .order_by(page.c.occurred_at.desc(), page.c.sale_id, page.c.ordinal)
    )


async def purchases(engine: AsyncEngine, caller: Caller, client_id: UUID, filters: Filters, paging: Paging) -> Json:
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


async def one_sale(engine: AsyncEngine, caller: Caller, sale_id: UUID) -> Versioned:
    """One sale; refuses with `SaleUnknown` if there is none, or none for this caller."""
    found = await read(engine, _SHOWN_SALE, {"sale_id": sale_id, **visibility.parameters(caller)})
    if not found:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return Versioned(found[0].version, found[0].shown)
