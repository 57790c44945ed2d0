"""What was said of the pieces of a sale: which are gifts, and which the client keeps?"""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import SaleUnknown
from projections.gifts import mark
from projections.purchase_history import sale
from queries import visibility
from queries.gift_columns import OCCASION, RETURNED, giver
from queries.gift_occasions import OfOccasion
from queries.ports import Json, example
from queries.sql import listed, read


class Giver(BaseModel):
    client_id: UUID
    parts: Annotated[int, Field(description="Her parts of the gift: 1 and 1 is half each.")]


class Mark(BaseModel):
    """Pieces of a line, and what was said of them."""

    mark_id: UUID
    kind: Annotated[Literal["gift", "own"], Field(description="Whether it is given, or kept by the client herself.")]
    ordinal: int
    quantity: int
    returned_quantity: int
    recipient_id: UUID | None
    occasion: OfOccasion | None
    givers: list[Giver]
    released_on: Annotated[date | None, Field(description="From when on her own file may show it, if on any day.")]
    discreet: bool
    receipt_code: Annotated[str | None, Field(description="For the gift receipt. Null if it was erased.")]
    marked_at: Annotated[datetime, Field(description="When this was said last.")]


class Marks(BaseModel):
    model_config = example(
        items=[
            {
                "mark_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
                "kind": "gift",
                "ordinal": 1,
                "quantity": 1,
                "returned_quantity": 0,
                "recipient_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                "occasion": {"source": "own", "name": "birthday", "day": "2026-06-14"},
                "givers": [{"client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11", "parts": 1}],
                "released_on": "2026-06-21",
                "discreet": False,
                "receipt_code": "7QK4-X2MN-0WTZ",
                "marked_at": "2026-05-20T14:05:00+00:00",
            }
        ]
    )
    items: list[Mark]


_GIVERS: Final = listed(
    select(giver.c.giver_id.label("client_id"), giver.c.parts)
    .where(giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)
    .order_by(giver.c.place)
    .correlate(mark)
)
_MARKS: Final = (
    select(
        *mark.c["mark_id", "kind", "ordinal", "quantity"],
        RETURNED.label("returned_quantity"),
        mark.c.recipient_id,
        OCCASION.label("occasion"),
        _GIVERS.label("givers"),
        *mark.c["released_on", "discreet", "receipt_code", "marked_at"],
    )
    .where(mark.c.sale_id == sale.c.sale_id)
    .order_by(mark.c.ordinal, mark.c.mark_id)
    .correlate(sale)
)
_OF_SALE: Final[Select[Any]] = select(listed(_MARKS).label("marks")).where(
    sale.c.sale_id == bindparam("sale_id"), visibility.sale(sale.c.client_id)
)


async def marks_of_sale(engine: AsyncEngine, caller: Viewer, sale_id: UUID) -> Json:
    """The marks of a sale, by line; refuses with `SaleUnknown` if there is none, or none for this caller."""
    found = await read(engine, _OF_SALE, {"sale_id": sale_id, **visibility.parameters(caller)})
    if not found:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return {"items": found[0].marks}
