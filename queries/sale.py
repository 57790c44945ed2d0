"""What was one sale, and what came back of it?"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import SaleUnknown
from projections.client_card import card
from projections.purchase_history import came_back, line, sale, sent
from queries import visibility
from queries.client_card import Reference
from queries.ports import Json, Versioned, example
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


EXAMPLE_LINE: Final[Json] = {
    "ordinal": 1,
    "sku": "E-2",
    "description": "Earrings",
    "brand": "Aurélie",
    "category": "jewellery",
    "type": "earrings",
    "moves_goods": True,
    "sellers": [{"associate_id": "associate-1", "parts": 1}],
    "unit_price": "310.00",
    "quantity": 2,
    "net": "620.00",
    "returned_quantity": 1,
    "returned_net": "310.00",
    "kept_quantity": 1,
    "kept_net": "310.00",
    "returns": [
        {
            "return_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
            "store_id": "osaka",
            "occurred_at": "2026-03-09T10:00:00+00:00",
            "quantity": 1,
            "net": "310.00",
            "reason": "too heavy",
        }
    ],
}
EXAMPLE_SALE: Final[Json] = {
    "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
    "kind": "sale",
    "reference": {"source": "till-4", "number": "S-1001"},
    "store_id": "paris-1",
    "occurred_at": "2026-03-02T14:00:00+00:00",
    "currency": "EUR",
}


class Delivery(BaseModel):
    """Where the goods were sent. Of somebody linked to the buyer, the lines show only to who may see her file."""

    recipient_id: UUID
    link_id: Annotated[UUID | None, Field(description="How she is linked to the buyer; null: it is the buyer.")]
    address_id: UUID
    lines: list[str] | None
    postal_code: str | None
    city: str | None
    region: str | None
    country: Annotated[str | None, Field(description="Null if the address was erased.")]


class OfSale(BaseModel):
    """What is said of the whole sale wherever it is shown."""

    sale_id: UUID
    kind: Literal["sale", "return"]
    reference: Reference
    store_id: str
    occurred_at: datetime
    currency: str


class Sale(OfSale):
    """A sale, or a return without the receipt, with all its lines."""

    model_config = example(
        **EXAMPLE_SALE,
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        recorded_at="2026-03-02T14:00:01+00:00",
        version=2,
        delivery={
            "recipient_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
            "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
            "address_id": "d2a4c6e8-1b3d-4f5a-8c7e-9b0d1f2a3c4e",
            "lines": ["1 rue de la Paix"],
            "postal_code": "75002",
            "city": "Paris",
            "region": None,
            "country": "FR",
        },
        lines=[EXAMPLE_LINE],
    )
    client_id: UUID | None
    recorded_at: datetime
    version: Annotated[int, Field(description="The version of the sale, as in `ETag`.")]
    delivery: Delivery | None
    lines: list[Line]


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
LINE: Final = (
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
OF_SALE: Final = (
    *sale.c["sale_id", "kind"],
    combined(source=sale.c.source, number=sale.c.number).label("reference"),
    *sale.c["store_id", "occurred_at", "currency"],
)
_LINES: Final = select(*LINE).where(line.c.sale_id == sale.c.sale_id).order_by(line.c.ordinal).correlate(sale)
_SEES_RECIPIENT: Final = (
    select(card.c.client_id)
    .where(card.c.client_id == sent.c.recipient_id, card.c.is_client, visibility.client(card.c.client_id))
    .correlate(sent)
    .exists()
)
_DELIVERY: Final = (
    select(
        combined(
            recipient_id=sent.c.recipient_id,
            link_id=sent.c.link_id,
            address_id=sent.c.address_id,
            lines=case((_SEES_RECIPIENT, sent.c.lines)),
            postal_code=case((_SEES_RECIPIENT, sent.c.postal_code)),
            city=sent.c.city,
            region=sent.c.region,
            country=sent.c.country,
        )
    )
    .where(sent.c.sale_id == sale.c.sale_id)
    .correlate(sale)
    .scalar_subquery()
)
_ROW: Final = (
    select(
        *OF_SALE,
        *sale.c["client_id", "recorded_at"],
        sale.c.stream_version.label("version"),
        _DELIVERY.label("delivery"),
        listed(_LINES).label("lines"),
    )
    .where(sale.c.sale_id == bindparam("sale_id"), visibility.sale(sale.c.client_id))
    .subquery("sale")
)
_SALE: Final = select(_ROW.c.version, shown(_ROW).label("shown"))


async def one_sale(engine: AsyncEngine, caller: Viewer, sale_id: UUID) -> Versioned:
    """One sale; refuses with `SaleUnknown` if there is none, or none for this caller."""
    found = await read(engine, _SALE, {"sale_id": sale_id, **visibility.parameters(caller)})
    if not found:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return Versioned(found[0].version, found[0].shown)
