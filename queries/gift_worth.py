"""What a client gave away: each gift with her part of what it cost, to the cent."""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from domain.values import portion
from projections.client_card import card
from projections.gifts import given_back, mark
from projections.purchase_history import line, sale
from queries.gift_columns import GAVE_UP, PIECES_BEFORE, giver
from queries.ports import Json
from queries.spending import MONTHS, UNTIL, since
from queries.sql import amount

_OTHER_GIVER: Final = giver.alias("other_giver")


def _sum(column: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    total = select(func.coalesce(func.sum(column), 0)).where(*where)
    return total.correlate(mark, giver).scalar_subquery()


_OF_MARK: Final = (_OTHER_GIVER.c.sale_id == mark.c.sale_id, _OTHER_GIVER.c.mark_id == mark.c.mark_id)
_GIVEN_UP: Final = _sum(
    given_back.c.quantity,
    given_back.c.sale_id == mark.c.sale_id,
    given_back.c.mark_id == mark.c.mark_id,
    *GAVE_UP,
)

GIFTS: Final[Select[Any]] = (
    select(
        sale.c.currency,
        *((sale.c.occurred_at >= since(months)).label(f"within_{months}") for months in MONTHS),
        amount(line.c.net).label("net"),
        line.c.quantity.label("pieces"),
        (mark.c.quantity - _GIVEN_UP).label("quantity"),
        PIECES_BEFORE.label("pieces_before"),
        giver.c.parts,
        _sum(_OTHER_GIVER.c.parts, *_OF_MARK, _OTHER_GIVER.c.place < giver.c.place).label("parts_before"),
        _sum(_OTHER_GIVER.c.parts, *_OF_MARK).label("parts_of_all"),
    )
    .select_from(
        giver.join(mark, (mark.c.sale_id == giver.c.sale_id) & (mark.c.mark_id == giver.c.mark_id))
        .join(line, (line.c.sale_id == mark.c.sale_id) & (line.c.ordinal == mark.c.ordinal))
        .join(sale, sale.c.sale_id == mark.c.sale_id)
    )
    .where(
        giver.c.giver_id == card.c.client_id,
        sale.c.occurred_at < UNTIL,
        line.c.moved_quantity > 0,
        mark.c.quantity > _GIVEN_UP,
    )
    .correlate(card)
)
"""The gifts of the client of the card, bought up to the day asked about, that changed hands and were not given up: each
with the periods that it is in, and what `worth` needs."""


def worth(gift: Json) -> Decimal:
    """Her part of what the pieces of this gift cost, before what came back of it."""
    net, currency = Decimal(gift["net"]), gift["currency"]
    pieces = portion(net, gift["pieces_before"], gift["quantity"], gift["pieces"], currency)
    return portion(pieces, gift["parts_before"], gift["parts"], gift["parts_of_all"], currency)
