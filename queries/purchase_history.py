"""What did a client buy, what came back, and what was one sale?"""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import Select, Text, and_, bindparam, case, cast, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Caller
from domain.refusals import ClientUnknown, SaleUnknown
from projections.client_card import card
from projections.purchase_history import came_back, line, sale
from queries import visibility
from queries.client_card import Reference
from queries.page import Paging, bound
from queries.ports import Json
from queries.sql import listed, read

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
        *came_back.c["return_id", "store_id", "occurred_at", "quantity", "reason"],
        cast(came_back.c.net, Text).label("net"),
    )
    .where(came_back.c.sale_id == line.c.sale_id, came_back.c.ordinal == line.c.ordinal)
    .order_by(came_back.c.occurred_at, came_back.c.return_id)
    .correlate(line)
)
_LINE: Final = (
    *(column for column in line.c if column.name != "sale_id"),
    (line.c.quantity - line.c.returned_quantity).label("kept_quantity"),
    (line.c.net - line.c.returned_net).label("kept_net"),
    case((line.c.returned_quantity > 0, listed(_RETURNS)), else_=literal_column("'[]'")).label("returns"),
)
_SALE: Final = (
    select(*sale.c, *_LINE)
    .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
    .where(sale.c.sale_id == bindparam("sale_id"), visibility.sale(sale.c.client_id))
    .order_by(line.c.ordinal)
)


@cache
def _purchases(given: frozenset[str]) -> Select[Any]:
    """Her purchases, with the conditions that are given; of a client without any, one row that has no sale."""
    page = (
        select(*sale.c, *_LINE)
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(sale.c.client_id == bindparam("client_id"), line.c.moves_goods)
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(sale.c.occurred_at.desc(), sale.c.sale_id, line.c.ordinal)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(page)
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
    return page.answer(bought, _purchase, lambda row: [row.occurred_at, row.sale_id, row.ordinal])


async def one_sale(engine: AsyncEngine, caller: Caller, sale_id: UUID) -> Json:
    """One sale; refuses with `SaleUnknown` if there is none, or none for this caller."""
    found = await read(engine, _SALE, {**visibility.parameters(caller), "sale_id": sale_id})
    if not found:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    row = found[0]
    return {
        **_of_sale(row),
        "client_id": row.client_id,
        "recorded_at": row.recorded_at,
        "version": row.stream_version,
        "lines": [_line(row) for row in found],
    }


def _purchase(row: Any) -> Json:
    return {**_of_sale(row), **_line(row)}


def _of_sale(row: Any) -> Json:
    return {
        "sale_id": row.sale_id,
        "kind": row.kind,
        "reference": {"source": row.source, "number": row.number},
        "store_id": row.store_id,
        "occurred_at": row.occurred_at,
        "currency": row.currency,
    }


def _line(row: Any) -> Json:
    sellers = zip(row.sellers, row.seller_parts, strict=True)
    return {
        "ordinal": row.ordinal,
        "sku": row.sku,
        "description": row.description,
        "brand": row.brand,
        "category": row.category,
        "type": row.type,
        "moves_goods": row.moves_goods,
        "sellers": [{"associate_id": associate_id, "parts": parts} for associate_id, parts in sellers],
        "unit_price": row.unit_price,
        "quantity": row.quantity,
        "net": row.net,
        "returned_quantity": row.returned_quantity,
        "returned_net": row.returned_net,
        "kept_quantity": row.kept_quantity,
        "kept_net": row.kept_net,
        "returns": orjson.Fragment(row.returns),
    }
