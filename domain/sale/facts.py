"""What was sold, as values: lines, who sold them, and what came back of them."""

from dataclasses import dataclass
from decimal import Decimal


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
class Line:
    """What was sold, described as it was when sold.

    `net` is the amount for the whole line, after discounts, without tax and shipping; by default `quantity` times
    `unit_price`. A line that moves no goods (postage, a payment, a fee) counts as money but never as a purchase.
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


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Part or all of a line coming back, with every dimension the line was counted under and the net refunded."""

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
