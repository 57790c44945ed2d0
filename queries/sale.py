"""What was one sale, what became of its orders, and what came back of it?"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import SaleUnknown
from projections.client_card import card
from projections.purchase_history import line, sale, sent
from projections.purchase_was import sale_was
from queries import visibility
from queries.client_card import Reference
from queries.known import NOW, Facts
from queries.ports import Json, Versioned, example
from queries.sale_line import EXAMPLE_LINE, Line, line_columns, of_the_same, with_shares
from queries.sql import combined, listed, read, shown

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


class Correction(BaseModel):
    """What the sale said until it was corrected."""

    known_until: datetime
    store_id: str
    occurred_at: datetime
    reason: str


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
        bought_by_id=None,
        exchange_of=None,
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
        corrections=[
            {
                "known_until": "2026-03-04T09:00:00+00:00",
                "store_id": "lyon-1",
                "occurred_at": "2026-03-02T14:00:00+00:00",
                "reason": "rung up at the wrong till",
            }
        ],
        lines=[EXAMPLE_LINE],
    )
    client_id: UUID | None
    bought_by_id: Annotated[UUID | None, Field(description="Who bought it for the client, like an assistant.")]
    exchange_of: Annotated[
        UUID | None, Field(description="The same client's sale of which lines were given back for this one.")
    ]
    recorded_at: datetime
    version: Annotated[int, Field(description="The version of the sale, as in `ETag`.")]
    delivery: Delivery | None
    corrections: Annotated[list[Correction], Field(description="Of store and time, oldest first.")]
    lines: list[Line]


def sale_columns(of: Facts) -> tuple[ColumnElement[Any], ...]:
    """What is said of the whole sale wherever it is shown."""
    sale = of.sale
    return (
        *sale.c["sale_id", "kind"],
        combined(source=sale.c.source, number=sale.c.number).label("reference"),
        *sale.c["store_id", "occurred_at", "currency"],
    )


_LINES: Final = (
    select(*line_columns(NOW)).where(line.c.sale_id == sale.c.sale_id).order_by(line.c.ordinal).correlate(sale)
)
_SEES_RECIPIENT: Final = (
    select(card.c.client_id).where(card.c.client_id == sent.c.recipient_id, visibility.file()).correlate(sent).exists()
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
_CORRECTIONS: Final = (
    select(*sale_was.c["known_until", "store_id", "occurred_at", "reason"])
    .where(sale_was.c.sale_id == sale.c.sale_id)
    .order_by(sale_was.c.until_version)
    .correlate(sale)
)
_ROW: Final = (
    select(
        *sale_columns(NOW),
        *sale.c["client_id", "bought_by_id"],
        of_the_same(NOW, sale.c.exchange_of).label("exchange_of"),
        sale.c.recorded_at,
        sale.c.stream_version.label("version"),
        _DELIVERY.label("delivery"),
        listed(_CORRECTIONS).label("corrections"),
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
    whole = orjson.loads(found[0].shown)
    whole["lines"] = [with_shares(each, whole["currency"]) for each in whole["lines"]]
    return Versioned(found[0].version, orjson.dumps(whole).decode())
