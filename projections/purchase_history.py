"""What did a client buy, and what came back, when and where?

The client stands on the sale's row, so that attaching her to a sale, or taking her off, changes one row; its lines have
a copy of whose it is, when and where, so that what somebody bought is found at one place. A return without the receipt
is a row of the kind `return`: its lines sold nothing and all came back, so that sums over lines need not ask for the
kind.

Goods that were taken moved at the sale; what was ordered or laid away moves step by step. `moved_quantity` and
`moved_net` of a line are what changed hands by now either way. The steps are in `purchase_orders.py`, what was known
before a correction in `purchase_was.py`.
"""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from domain.personal import unless_erased
from domain.sale.events import (
    AttributionRemoved,
    DeliveryAddressed,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    ReturnRecorded,
    SaleAttributed,
    SaleRecorded,
)
from domain.sale.facts import Handover, Line
from projections.projection import Projection, Rows

SALE: Final = "sale"
RETURN: Final = "return"

purchase_history: Final = Projection("purchase_history", 6)

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
    Column("bought_by_id", Uuid),  # who bought it for her
    Column("exchange_of", Uuid),
    Column("event_id", Uuid),  # of what recorded it
    Column("recorded_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(
    f"{sale.name}_client",
    *(sale.c.client_id, sale.c.occurred_at.desc(), sale.c.sale_id),
    postgresql_include=["kind", "store_id", "currency"],
)
# Who bought at a store of late, without looking at the rows.
Index(f"{sale.name}_store", sale.c.store_id, sale.c.occurred_at, sale.c.client_id)

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
    Column("sellers", JSONB),  # objects of `associate_id` and `parts`
    Column("handover", Text),
    Column("deposit", Numeric),
    Column("serial_number", Text),
    Column("attributes", JSONB),  # objects of `name` and `value`
    Column("unit_price", Numeric),
    Column("quantity", Integer),
    Column("net", Numeric),
    Column("arrived_quantity", Integer),
    Column("cancelled_quantity", Integer),
    Column("moved_quantity", Integer),
    Column("moved_net", Numeric),
    Column("returned_quantity", Integer),
    Column("returned_net", Numeric),
    copied=sale.c["client_id", "store_id", "occurred_at", "currency", "event_id"],
)
# All that a client bought, without looking at a row or at a sale.
Index(
    f"{line.name}_client",
    line.c.client_id,
    postgresql_include=[
        *("sale_id", "ordinal", "store_id", "occurred_at", "currency", "event_id", "category", "type", "net"),
        *("moves_goods", "handover", "moved_quantity", "returned_quantity"),
    ],
)
Index(f"{line.name}_serial", line.c.serial_number, postgresql_where=line.c.serial_number.is_not(None))
# Which lines an associate sold: few associates, very many lines.
Index(f"{line.name}_sellers", line.c.sellers, postgresql_using="gin", postgresql_ops={"sellers": "jsonb_path_ops"})

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
    Column("credited_to_id", Uuid),  # if not to the client of the sale
    Column("exchanged_for", Uuid),
    Column("recorded_at", DateTime(timezone=True)),
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
            recorded_at=rows.recorded.recorded_at,
        )


@purchase_history.on(LinesReturned)
def lines_returned(event: LinesReturned, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    # The pieces of a line may be of several marks, each a part of its own.
    parts = {back.ordinal: [each for each in event.lines if each.ordinal == back.ordinal] for back in event.lines}
    for ordinal, backs in parts.items():
        quantity, net = sum(back.quantity for back in backs), sum((back.net for back in backs), _NOTHING)
        rows.add(line, ordinal=ordinal, returned_quantity=quantity, returned_net=net)
        rows.put(
            came_back,
            return_id=event.return_id,
            ordinal=ordinal,
            store_id=event.store_id,
            occurred_at=event.occurred_at,
            quantity=quantity,
            net=net,
            reason=backs[0].reason,
            credited_to_id=event.credited_to_id,
            exchanged_for=event.exchanged_for,
            recorded_at=rows.recorded.recorded_at,
        )


@purchase_history.on(DeliveryAddressed)
def delivery_addressed(event: DeliveryAddressed, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    known = unless_erased(event.address)
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


@purchase_history.on(
    GiftMarked,
    KeptForHerself,
    MarkRemoved,
    GiftReleaseSet,
    ProposalDeclined,
    LineServiced,
    SaleAttributed,
    AttributionRemoved,
)
def told_elsewhere(event: object, rows: Rows) -> None:
    """What it says is of other questions; the sale has another version all the same."""
    rows.patch(sale, stream_version=rows.recorded.stream_version)


def described(said: Line) -> dict[str, Any]:
    """What a line says, as columns; a correction may say something else."""
    return {
        "sku": said.sku,
        "description": said.description,
        "brand": said.brand,
        "category": said.category,
        "type": said.type,
        "moves_goods": said.moves_goods,
        "sellers": [{"associate_id": seller.associate_id, "parts": seller.parts} for seller in said.sellers],
        "handover": said.handover.value,
        "deposit": said.deposit,
        "serial_number": said.serial_number,
        "attributes": [{"name": each.name, "value": each.value} for each in said.attributes],
        "unit_price": said.unit_price,
        "quantity": said.quantity,
        "net": said.net,
    }


def untouched(said: Line) -> dict[str, Any]:
    """A line of a sale of which nothing arrived, was cancelled or came back, as columns."""
    quantity, net = taken(said)
    return {
        **described(said),
        "arrived_quantity": 0,
        "cancelled_quantity": 0,
        "moved_quantity": quantity,
        "moved_net": net,
        "returned_quantity": 0,
        "returned_net": _NOTHING,
    }


def taken(said: Line) -> tuple[int, Decimal]:
    """How many pieces of a line changed hands at the sale, and their net."""
    return (said.quantity, said.net) if said.handover is Handover.TAKEN else (0, _NOTHING)


_NOTHING: Final = Decimal(0)


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
        bought_by_id=event.bought_by_id if isinstance(event, SaleRecorded) else None,
        exchange_of=event.exchange_of if isinstance(event, SaleRecorded) else None,
        event_id=rows.recorded.event_id,
        recorded_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )
    for each in event.lines:
        columns = untouched(each)
        if kind == RETURN:
            columns |= {"quantity": 0, "net": _NOTHING, "moved_quantity": 0, "moved_net": _NOTHING}
            columns |= {"returned_quantity": each.quantity, "returned_net": each.net}
        rows.put(line, columns, ordinal=each.ordinal)
