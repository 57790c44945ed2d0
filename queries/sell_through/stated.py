"""What was brought to a calendar event, and the lines that are said to come from it: columns, and what the domain makes
of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Uuid, bindparam, select

from domain.sale.facts import Handover, Seller
from domain.sell_through import Brought, Stated
from projections.attribution import attributed
from projections.calendar import piece
from projections.purchase_history import line, sale
from queries.ports import Json
from queries.sql import amount

EVENT_ID: Final[ColumnElement[UUID]] = bindparam("calendar_event_id", type_=Uuid)

BROUGHT: Final = select(
    *piece.c["sku", "serial_number", "units"],
    amount(piece.c.unit_value).label("unit_value"),
    *piece.c["currency", "brand"],
).where(piece.c.calendar_event_id == EVENT_ID)

_OF_LINE: Final[FromClause] = attributed.join(sale, sale.c.sale_id == attributed.c.sale_id).join(
    line, (line.c.sale_id == attributed.c.sale_id) & (line.c.ordinal == attributed.c.ordinal)
)

STATED: Final[Select[Any]] = (
    select(
        *attributed.c["sale_id", "ordinal"],
        *sale.c["client_id", "store_id", "occurred_at", "currency"],
        *line.c["sku", "serial_number", "brand", "sellers", "handover", "quantity"],
        amount(line.c.net).label("net"),
        *line.c["cancelled_quantity", "moved_quantity"],
        amount(line.c.moved_net).label("moved_net"),
        line.c.returned_quantity,
        amount(line.c.returned_net).label("returned_net"),
    )
    .select_from(_OF_LINE)
    .where(attributed.c.calendar_event_id == EVENT_ID)
)
"""Every line that is said to come from the event, whoever sees its client: only goods that were sold ever are."""


def brought(row: Json) -> Brought:
    return Brought(
        row["sku"], row["serial_number"], row["units"], Decimal(row["unit_value"]), row["currency"], row["brand"]
    )


def stated(row: Json) -> Stated:
    return Stated(
        UUID(row["sale_id"]),
        row["ordinal"],
        row["store_id"],
        datetime.fromisoformat(row["occurred_at"]),
        row["currency"],
        row["sku"],
        row["serial_number"],
        row["brand"],
        tuple(Seller(each["associate_id"], each["parts"]) for each in row["sellers"]),
        Handover(row["handover"]),
        row["quantity"],
        Decimal(row["net"]),
        row["cancelled_quantity"],
        row["moved_quantity"],
        Decimal(row["moved_net"]),
        row["returned_quantity"],
        Decimal(row["returned_net"]),
    )
