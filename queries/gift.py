"""How a gift is shown: in the file of who gave it, and in that of who got it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from queries.client_card import Name
from queries.gift_occasions import OfOccasion
from queries.ports import example
from queries.sale_line import Amount, Attribute


class GiftDirection(StrEnum):
    GIVEN = "given"
    RECEIVED = "received"


class Somebody(BaseModel):
    client_id: UUID
    name: Annotated[Name | None, Field(description="Null if she was erased.")]


class GivenBy(Somebody):
    parts: Annotated[int, Field(description="Her parts of the gift: 1 and 1 is half each.")]
    net: Annotated[Amount | None, Field(description="Her part of what it cost. Null of what was received.")]


class Bought(BaseModel):
    """Where a gift came from: for the file of who gave it alone."""

    sale_id: Annotated[UUID | None, Field(description="Null if the sale is that of a client whom you do not see.")]
    ordinal: int
    store_id: str
    occurred_at: datetime
    net: Annotated[Amount, Field(description="For these pieces, before what came back. All of a line add up to it.")]
    currency: str
    handed_over: Annotated[bool, Field(description="Whether goods of this line changed hands.")]
    released_on: Annotated[date | None, Field(description="From when on her own file may show it, if on any day.")]
    discreet: Annotated[bool, Field(description="Her own file never shows it.")]
    receipt_code: Annotated[str | None, Field(description="For the gift receipt. Null if it was erased.")]
    do_not_mention: Annotated[bool, Field(description="She returned or exchanged it.")]


class Service(BaseModel):
    service: str
    store_id: str
    occurred_at: datetime


class Gift(BaseModel):
    """One gift: given by the client, or received and known to her."""

    gift_id: Annotated[UUID, Field(description="The mark that says it.")]
    direction: GiftDirection
    day: Annotated[date, Field(description="Of the occasion; without one, when it was bought, or released.")]
    occasion: OfOccasion | None
    recipient: Annotated[Somebody | None, Field(description="Null if it was not said.")]
    givers: list[GivenBy]
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    serial_number: str | None
    attributes: list[Attribute]
    quantity: int
    returned_quantity: Annotated[int, Field(description="What came back and was not exchanged.")]
    exchanged_quantity: int
    services: Annotated[list[Service], Field(description="Of what she received: sizing, engraving and the like.")]
    bought: Annotated[Bought | None, Field(description="Null of what was received.")]


class Gifts(BaseModel):
    """Gifts of a client, and to her, the latest day first."""

    model_config = example(
        items=[
            {
                "gift_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
                "direction": "given",
                "day": "2026-06-14",
                "occasion": {"source": "own", "name": "birthday", "day": "2026-06-14"},
                "recipient": {
                    "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                    "name": {"family": "Dupont", "given": "Colette", "title": "Mme"},
                },
                "givers": [
                    {
                        "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                        "name": {"family": "Dupont", "given": "Jean", "title": "M."},
                        "parts": 1,
                        "net": "310.00",
                    }
                ],
                "sku": "E-2",
                "description": "Earrings",
                "brand": "Aurélie",
                "category": "jewelry",
                "type": "earrings",
                "serial_number": None,
                "attributes": [{"name": "stone", "value": "emerald"}],
                "quantity": 1,
                "returned_quantity": 0,
                "exchanged_quantity": 1,
                "services": [],
                "bought": {
                    "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                    "ordinal": 1,
                    "store_id": "paris-1",
                    "occurred_at": "2026-05-20T14:00:00+00:00",
                    "net": "310.00",
                    "currency": "EUR",
                    "handed_over": True,
                    "released_on": "2026-06-21",
                    "discreet": False,
                    "receipt_code": "7QK4-X2MN-0WTZ",
                    "do_not_mention": True,
                },
            }
        ],
        next_cursor=None,
    )
    items: list[Gift]
    next_cursor: str | None
