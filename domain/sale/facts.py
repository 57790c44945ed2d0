"""What was sold, as values: lines, who sold them, what became of them, and to whom they are given."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.occasion import Source

MOST_GIVERS: Final = 10
"""How many people may give one gift together: the read side keeps as many places for them."""


@dataclass(frozen=True, slots=True)
class SaleReference:
    """The number of a sale at the system that recorded it, and which system that is."""

    source: str
    number: str


@dataclass(frozen=True, slots=True)
class Seller:
    """An associate who sold a line, with her parts of the credit: 1 and 1 is half each, 2 and 1 two thirds to one."""

    associate_id: str
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Attribute:
    """What else was said of a piece when it was sold: fabric, stone, size, whatever the house goes by."""

    name: str
    value: str


class Handover(StrEnum):
    """When the goods change hands: at the sale, when an order has arrived, or when all of a layaway is paid."""

    TAKEN = "taken"
    ORDERED = "ordered"
    LAID_AWAY = "laid_away"


@dataclass(frozen=True, slots=True)
class Line:
    """What was sold, described as it was when sold.

    `net` is the amount for the whole line, after discounts, without tax and shipping; by default `quantity` times
    `unit_price`. A line that moves no goods (postage, a payment, a fee) counts as money but never as a purchase. What
    is ordered or laid away counts as bought once it is handed over; `deposit` is what was paid on it before.
    """

    ordinal: int
    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    net: Decimal
    moves_goods: bool = True
    brand: str | None = None
    category: str | None = None
    type: str | None = None
    sellers: tuple[Seller, ...] = ()
    handover: Handover = Handover.TAKEN
    deposit: Decimal | None = None
    serial_number: str | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a sale says as far as it can be corrected. Without lines nothing was sold: it was recorded in error."""

    store_id: str
    occurred_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of a line."""

    ordinal: int
    quantity: int


@dataclass(frozen=True, slots=True)
class HandedOverLine:
    """Pieces of an ordered line that changed hands, and their share of the line's net."""

    ordinal: int
    quantity: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Part or all of a line coming back, with every dimension the line was counted under and the net refunded.

    `mark_id`: these pieces were the gift that this mark says. `net_before` is what was refunded of the line earlier, so
    that what each seller is debited adds up to the cent over all returns.
    """

    ordinal: int
    quantity: int
    net: Decimal
    sku: str
    moves_goods: bool
    brand: str | None
    category: str | None
    type: str | None
    sellers: tuple[Seller, ...]
    reason: str | None
    mark_id: UUID | None = None
    net_before: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody who gives, with her parts of the gift: 1 and 1 is half each."""

    client_id: UUID
    parts: int = 1


@dataclass(frozen=True, slots=True)
class GiftOccasion:
    """What a gift is for, as it was said then: whose kind of day, what it is called, and on which day it is."""

    source: Source
    name: str
    day: date
