"""What was sold from a calendar event on and nobody stated: what those bought who were invited or came, and pieces that
had been brought. It may have come from the event or not, so it is told apart and never added."""

from typing import Any, Final

from sqlalchemy import ColumnElement, DateTime, Integer, bindparam, cast, exists, func, or_, select, union

from projections.attribution import attributed
from projections.calendar import calendar_event, piece
from projections.purchase_history import line, sale
from queries.sell_through.people import GUESTS, PEOPLE
from queries.sell_through.stated import EVENT_ID
from queries.sql import amount

UNTIL: Final = calendar_event.c.last_day + bindparam("days_after", type_=Integer)
"""The last day on which something sold can have come from the event."""


def _begins(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.timezone(calendar_event.c.time_zone, cast(day, DateTime))


_WHOM: Final = union(
    select(PEOPLE.c.client_id).where(or_(PEOPLE.c.listed, PEOPLE.c.attended)), select(GUESTS.c.guest_id)
).subquery("whom")
_NOBODY_STATED: Final = ~exists().where(attributed.c.sale_id == line.c.sale_id, attributed.c.ordinal == line.c.ordinal)
_KEPT: Final = line.c.moved_quantity - line.c.returned_quantity
_UNSTATED: Final = (
    calendar_event.c.calendar_event_id == EVENT_ID,
    sale.c.occurred_at >= _begins(calendar_event.c.first_day),
    sale.c.occurred_at < _begins(UNTIL + 1),
    line.c.moves_goods,
    _KEPT > 0,
    _NOBODY_STATED,
)

OF_CLIENTS: Final = (
    select(
        sale.c.currency,
        func.count(sale.c.client_id.distinct()).label("clients"),
        func.sum(_KEPT).label("pieces"),
        amount(func.sum(line.c.moved_net - line.c.returned_net)).label("net"),
    )
    .select_from(
        calendar_event.join(sale, sale.c.client_id.in_(select(_WHOM.c.client_id))).join(
            line, line.c.sale_id == sale.c.sale_id
        )
    )
    .where(*_UNSTATED)
    .group_by(sale.c.currency)
    .order_by(sale.c.currency)
)
OF_PIECES: Final = (
    select(*line.c["sku", "serial_number"], *sale.c["occurred_at", "store_id"])
    .select_from(
        calendar_event.join(piece, piece.c.calendar_event_id == calendar_event.c.calendar_event_id)
        .join(line, (line.c.serial_number == piece.c.serial_number) & (line.c.sku == piece.c.sku))
        .join(sale, sale.c.sale_id == line.c.sale_id)
    )
    .where(*_UNSTATED)
    .order_by(sale.c.occurred_at, sale.c.sale_id, line.c.ordinal)
)
