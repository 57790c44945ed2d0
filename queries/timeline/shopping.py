"""What a client bought and what she brought back."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, ColumnElement, Select, Text, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from projections.purchase_history import SALE, came_back, line, sale
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
    """She bought goods; what came back of them is a line of its own."""

    kind: Literal[Kind.SALE]


class Returned(Goods):
    """She brought goods back, with the receipt or without it."""

    kind: Literal[Kind.RETURN]
    sale_id: Annotated[UUID, Field(description="The sale, or the return without the receipt.")]


def _what(ordinal: ColumnElement[int]) -> ColumnElement[Any]:
    named: ColumnElement[Any] = func.array_agg(aggregate_order_by(line.c.description, ordinal), type_=ARRAY(Text))
    return named[1:NAMED].label("what")


_GOODS: Final = (
    select(
        func.sum(line.c.quantity).label("pieces"),
        amount(func.sum(line.c.net)).label("net"),
        _what(line.c.ordinal),
    )
    .where(line.c.sale_id == sale.c.sale_id, line.c.moves_goods)
    .having(func.count() > 0)
    .correlate(sale)
    .lateral("goods")
)
_BACK: Final = came_back.join(sale, sale.c.sale_id == came_back.c.sale_id).join(
    line, (line.c.sale_id == came_back.c.sale_id) & (line.c.ordinal == came_back.c.ordinal)
)

SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(
        Kind.SALE,
        sale.c.occurred_at,
        sale.c.sale_id,
        *sale.c["store_id", "currency"],
        *_GOODS.c["net", "pieces", "what"],
    )
    .select_from(sale.join(_GOODS, true()))
    .where(sale.c.client_id == CLIENT_ID, sale.c.kind == SALE),
    lines(
        Kind.RETURN,
        came_back.c.occurred_at,
        came_back.c.return_id,
        *came_back.c["store_id", "sale_id"],
        sale.c.currency,
        amount(func.sum(came_back.c.net)).label("net"),
        func.sum(came_back.c.quantity).label("pieces"),
        _what(came_back.c.ordinal),
    )
    .select_from(_BACK)
    .where(sale.c.client_id == CLIENT_ID, line.c.moves_goods)
    .group_by(*came_back.c["occurred_at", "return_id", "store_id", "sale_id"], sale.c.currency),
)
