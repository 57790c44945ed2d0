"""What a client bought or ordered, when she got it, and what she brought back."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, ColumnElement, Select, Text, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.sale.facts import Handover
from projections.purchase_history import SALE, came_back, line, sale
from projections.purchase_orders import HANDED_OVER, step
from queries.sale_line import Amount
from queries.sql import amount
from queries.timeline.line import CLIENT_ID, Kind, Line, lines

NAMED: Final = 5
"""How many goods a line names; all of them are on the sale."""


class Goods(Line):
    store_id: str
    net: Annotated[Amount, Field(description="Of the goods, without postage and the like.")]
    currency: str
    pieces: int
    what: Annotated[list[str], Field(description=f"The first {NAMED} of the goods.")]


class Sold(Goods):
    """She bought goods and took them with her; what came back of them is a line of its own."""

    kind: Literal[Kind.SALE]


class Ordered(Goods):
    """She ordered goods, or had them laid away."""

    kind: Literal[Kind.ORDER]


class GoodsHandedOver(Goods):
    """She got what she had ordered or had laid away."""

    kind: Literal[Kind.GOODS_HANDED_OVER]
    sale_id: Annotated[UUID, Field(description="The sale with which it was ordered.")]


class Returned(Goods):
    """She brought goods back, with the receipt or without it."""

    kind: Literal[Kind.RETURN]
    sale_id: Annotated[UUID, Field(description="The sale, or the return without the receipt.")]


def _what(ordinal: ColumnElement[int]) -> ColumnElement[Any]:
    named: ColumnElement[Any] = func.array_agg(aggregate_order_by(line.c.description, ordinal), type_=ARRAY(Text))
    return named[1:NAMED].label("what")


def _sold(kind: Kind, *which: ColumnElement[bool]) -> Select[Any]:
    """The goods of each of her sales which are like this."""
    goods = (
        select(
            func.sum(line.c.quantity).label("pieces"),
            amount(func.sum(line.c.net)).label("net"),
            _what(line.c.ordinal),
        )
        .where(line.c.sale_id == sale.c.sale_id, line.c.moves_goods, *which)
        .having(func.count() > 0)
        .correlate(sale)
        .lateral("goods")
    )
    return (
        lines(
            kind,
            sale.c.occurred_at,
            sale.c.sale_id,
            *sale.c["store_id", "currency"],
            *goods.c["net", "pieces", "what"],
        )
        .select_from(sale.join(goods, true()))
        .where(sale.c.client_id == CLIENT_ID, sale.c.kind == SALE)
    )


def _later(kind: Kind, of: Any, id: ColumnElement[UUID], *which: ColumnElement[bool]) -> Select[Any]:
    """The goods that changed hands after one of her sales, each time a line."""
    goods = of.join(sale, sale.c.sale_id == of.c.sale_id).join(
        line, (line.c.sale_id == of.c.sale_id) & (line.c.ordinal == of.c.ordinal)
    )
    return (
        lines(
            kind,
            of.c.occurred_at,
            id,
            *of.c["store_id", "sale_id"],
            sale.c.currency,
            amount(func.sum(of.c.net)).label("net"),
            func.sum(of.c.quantity).label("pieces"),
            _what(of.c.ordinal),
        )
        .select_from(goods)
        .where(sale.c.client_id == CLIENT_ID, line.c.moves_goods, *which)
        .group_by(id, *of.c["occurred_at", "store_id", "sale_id"], sale.c.currency)
    )


_TAKEN: Final = line.c.handover == Handover.TAKEN.value

SELECTS: Final[tuple[Select[Any], ...]] = (
    _sold(Kind.SALE, _TAKEN),
    _sold(Kind.ORDER, ~_TAKEN),
    _later(Kind.GOODS_HANDED_OVER, step, step.c.step_id, step.c.kind == HANDED_OVER),
    _later(Kind.RETURN, came_back, came_back.c.return_id),
)
