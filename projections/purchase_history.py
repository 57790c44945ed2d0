"""What did a client buy, and what came back, when and where?

The client stands on the sale's row only and is joined when asked, so that attaching her to a sale, or taking her off,
changes one row. A return without the receipt is a row of the kind `return`: its lines sold nothing and all came back,
so that sums over lines need not ask for the kind.
"""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from domain.personal import Erased
from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    DeliveryAddressed,
    LinesReturned,
    ReturnRecorded,
    SaleRecorded,
)
from projections.projection import Projection, Rows

SALE: Final = "sale"
RETURN: Final = "return"

purchase_history: Final = Projection("purchase_history", 2)

sale: Final = purchase_history.owned(
    "purchase_sale",
    "sale_id",
    Column("client_id", Uuid),
    Column("kind", Text),
    Column("source", Text),
    Column("number", Text),
    Column("store_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("currency", Text),
    Column("recorded_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{sale.name}_client", sale.c.client_id, sale.c.occurred_at.desc(), sale.c.sale_id)

line: Final = purchase_history.owned(
    "purchase_line",
    "sale_id",
    Column("ordinal", Integer, primary_key=True),
    Column("sku", Text),
    Column("description", Text),
    Column("brand", Text),
    Column("category", Text),
    Column("type", Text),
    Column("moves_goods", Boolean),
    Column("sellers", JSONB),  # as they are shown: objects of `associate_id` and `parts`
    Column("unit_price", Numeric),
    Column("quantity", Integer),
    Column("net", Numeric),
    Column("returned_quantity", Integer),
    Column("returned_net", Numeric),
)

came_back: Final = purchase_history.owned(
    "purchase_return",
    "sale_id",
    Column("return_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("store_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("quantity", Integer),
    Column("net", Numeric),
    Column("reason", Text),
)


# Where it was sent; of an erased address nothing is left but its id.
sent: Final = purchase_history.owned(
    "purchase_delivery",
    "sale_id",
    Column("recipient_id", Uuid),
    Column("link_id", Uuid),
    Column("address_id", Uuid),
    Column("lines", ARRAY(Text)),
    Column("city", Text),
    Column("region", Text),
    Column("postal_code", Text),
    Column("country", Text),
)


@purchase_history.on(SaleRecorded)
def sale_recorded(event: SaleRecorded, rows: Rows) -> None:
    _recorded(SALE, event, rows)


@purchase_history.on(ReturnRecorded)
def return_recorded(event: ReturnRecorded, rows: Rows) -> None:
    _recorded(RETURN, event, rows)
    for each in event.lines:
        rows.put(
            came_back,
            return_id=event.sale_id,
            ordinal=each.ordinal,
            store_id=event.store_id,
            occurred_at=event.occurred_at,
            quantity=each.quantity,
            net=each.net,
        )


@purchase_history.on(LinesReturned)
def lines_returned(event: LinesReturned, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    for back in event.lines:
        rows.add(line, ordinal=back.ordinal, returned_quantity=back.quantity, returned_net=back.net)
        rows.put(
            came_back,
            return_id=event.return_id,
            ordinal=back.ordinal,
            store_id=event.store_id,
            occurred_at=event.occurred_at,
            quantity=back.quantity,
            net=back.net,
            reason=back.reason,
        )


@purchase_history.on(ClientAttached)
def client_attached(event: ClientAttached, rows: Rows) -> None:
    rows.patch(sale, client_id=event.client_id, stream_version=rows.recorded.stream_version)


@purchase_history.on(ClientDetached)
def client_detached(event: ClientDetached, rows: Rows) -> None:
    rows.patch(sale, client_id=None, stream_version=rows.recorded.stream_version)


@purchase_history.on(DeliveryAddressed)
def delivery_addressed(event: DeliveryAddressed, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    known = None if isinstance(event.address, Erased) else event.address
    rows.put(
        sent,
        recipient_id=event.recipient_id,
        link_id=event.link_id,
        address_id=event.address_id,
        lines=list(known.lines) if known else None,
        city=known and known.city,
        region=known and known.region,
        postal_code=known and known.postal_code,
        country=known and known.country,
    )


def _recorded(kind: str, event: SaleRecorded | ReturnRecorded, rows: Rows) -> None:
    rows.put(
        sale,
        client_id=event.client_id,
        kind=kind,
        source=event.reference.source,
        number=event.reference.number,
        store_id=event.store_id,
        occurred_at=event.occurred_at,
        currency=event.currency,
        recorded_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )
    for each in event.lines:
        rows.put(
            line,
            ordinal=each.ordinal,
            sku=each.sku,
            description=each.description,
            brand=each.brand,
            category=each.category,
            type=each.type,
            moves_goods=each.moves_goods,
            sellers=[{"associate_id": seller.associate_id, "parts": seller.parts} for seller in each.sellers],
            unit_price=each.unit_price,
            **_moved(kind, each.quantity, each.net),
        )


def _moved(kind: str, quantity: int, net: Decimal) -> dict[str, Any]:
    nothing = Decimal(0)
    if kind == RETURN:
        return {"quantity": 0, "net": nothing, "returned_quantity": quantity, "returned_net": net}
    return {"quantity": quantity, "net": net, "returned_quantity": 0, "returned_net": nothing}
