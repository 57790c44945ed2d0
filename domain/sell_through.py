"""What a calendar event sold, as far as somebody stated it: three figures that are never mixed.

*Assortment*: pieces that were brought. *Orders*: special orders taken from them as samples. *Other*: whatever else was
sold. All are net of what came back, and of what was cancelled. What is a piece that was brought:

- A line with the serial number of one is that very piece, sold at once or ordered, and counts once.
- Any other special order of something that was brought is an order: it takes no piece away.
- What else is sold of a kind that was brought is taken from its pieces without a number and, unless the line names one
  itself, from those with a number that no line names; in the order of the sales.
- What is sold beyond what was brought was not brought: it is another sale, so that no more is sold than there was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from domain.sale.facts import Handover, Seller
from domain.sale.shares import shares
from domain.values import share


class Rule(NamedTuple):
    """Why something counts for an event: a rule by its name, and which version of it."""

    name: str
    version: int


STATED: Final = Rule("stated", 1)
"""Who sold it said so, at the till or later. Nothing counts by any other rule."""


class Figure(StrEnum):
    ASSORTMENT = "assortment"
    ORDERS = "orders"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Brought:
    """Pieces of an assortment: so many of a kind, or the one with this serial number. `unit_value` is the retail value
    of one."""

    sku: str
    serial_number: str | None
    units: int
    unit_value: Decimal
    currency: str
    brand: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A line of goods that is said to come from an event, and what became of it: `moved` changed hands, `cancelled`
    never will, `returned` came back. `store_id` is where it was sold."""

    sale_id: UUID
    ordinal: int
    store_id: str
    occurred_at: datetime
    currency: str
    sku: str
    serial_number: str | None
    brand: str | None
    sellers: tuple[Seller, ...]
    handover: Handover
    quantity: int
    net: Decimal
    cancelled: int
    moved: int
    moved_net: Decimal
    returned: int
    returned_net: Decimal

    @property
    def kept(self) -> int:
        return self.moved - self.returned

    @property
    def sold(self) -> list[Decimal]:
        """Each seller's share of what changed hands and was kept: together `sold_net`."""
        return self._less(self.moved_net, self.returned_net)

    @property
    def sold_net(self) -> Decimal:
        return self.moved_net - self.returned_net

    @property
    def due_net(self) -> Decimal:
        """Of all that was handed over or still is to be."""
        return share(self.net, self.quantity - self.cancelled, self.quantity, self.currency)

    @property
    def open(self) -> list[Decimal]:
        """Each seller's share of what is ordered or laid away and still to be handed over: together `open_net`."""
        return self._less(self.due_net, self.moved_net)

    @property
    def open_net(self) -> Decimal:
        return self.due_net - self.moved_net

    @property
    def written(self) -> list[Decimal]:
        """Each seller's share of all of it: kept, or still to be handed over."""
        return self._less(self.due_net, self.returned_net)

    def _less(self, amount: Decimal, less: Decimal) -> list[Decimal]:
        of, gone = (shares(each, self.sellers, self.currency) for each in (amount, less))
        return [one - other for one, other in zip(of, gone, strict=True)]


class Value(NamedTuple):
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """What of a line counts in a figure: so many pieces, this net, and each seller's share of it, to the cent.

    `values` are what the pieces are worth, by currency; of the assortment alone.
    """

    line: Stated
    figure: Figure
    pieces: int
    net: Decimal
    shares: tuple[Decimal, ...]
    brand: str | None
    values: tuple[Value, ...] = ()


def credited(brought: Sequence[Brought], stated: Iterable[Stated]) -> list[Credit]:
    """What of these lines counts in which figure, in the order of the sales; of a line at most two.

    What of a kind was brought, and what was stated of it, has to be there whole.
    """
    lines = sorted(stated, key=lambda line: (line.occurred_at, line.sale_id, line.ordinal))
    counter = _Counter(brought)
    # The piece that a line names is its own, whoever else bought one of the kind before.
    named = [counter.take_named(line) for line in lines]
    return [credit for line, taken in zip(lines, named, strict=True) for credit in _credits(line, counter, taken)]


def brand_of(brought: Iterable[Brought]) -> dict[str, str | None]:
    """The designer of each kind that was brought: all of a kind are of one, also those of which it was not said."""
    found: dict[str, str | None] = {}
    for piece in sorted(brought, key=_by_number):
        known = found.get(piece.sku)
        found[piece.sku] = piece.brand if known is None else known
    return found


def _by_number(piece: Brought) -> str:
    return piece.serial_number or ""


class _Taken(NamedTuple):
    pieces: int = 0
    values: tuple[Value, ...] = ()

    def and_of(self, piece: Brought, some: int) -> "_Taken":
        if not some:
            return self
        worth = dict(self.values)
        worth[piece.currency] = worth.get(piece.currency, Decimal(0)) + some * piece.unit_value
        return _Taken(self.pieces + some, tuple(Value(*each) for each in sorted(worth.items())))


class _Counter:
    """How many of what was brought are still there."""

    def __init__(self, brought: Sequence[Brought]) -> None:
        self.brands = brand_of(brought)
        self._pieces = sorted(brought, key=_by_number)
        self._left = [piece.units for piece in self._pieces]

    def has_number(self, line: Stated) -> bool:
        return any(_is_named(piece, line) for piece in self._pieces)

    def take_named(self, line: Stated) -> _Taken:
        places = [place for place, piece in enumerate(self._pieces) if _is_named(piece, line)]
        return self._take(places, line.kept)

    def take_any(self, line: Stated) -> _Taken:
        places = [
            place
            for place, piece in enumerate(self._pieces)
            if piece.sku == line.sku and (piece.serial_number is None or line.serial_number is None)
        ]
        return self._take(places, line.kept)

    def _take(self, places: Iterable[int], wanted: int) -> _Taken:
        taken = _Taken()
        for place in places:
            some = max(min(self._left[place], wanted - taken.pieces), 0)
            self._left[place] -= some
            taken = taken.and_of(self._pieces[place], some)
        return taken


def _is_named(piece: Brought, line: Stated) -> bool:
    number = piece.serial_number
    return number is not None and (piece.sku, number) == (line.sku, line.serial_number)


def _credits(line: Stated, counter: _Counter, named: _Taken) -> list[Credit]:
    if line.sku not in counter.brands:
        return [_other(line, line.kept, line.sold)]
    brand = counter.brands[line.sku]
    if counter.has_number(line):
        taken = named
    elif line.handover is Handover.ORDERED:
        pieces, net = line.quantity - line.cancelled - line.returned, line.due_net - line.returned_net
        return [Credit(line, Figure.ORDERS, pieces, net, tuple(line.written), line.brand if brand is None else brand)]
    else:
        taken = counter.take_any(line)
    if taken.pieces == line.kept:
        sold = tuple(line.sold)
        return [Credit(line, Figure.ASSORTMENT, taken.pieces, line.sold_net, sold, brand, taken.values)]
    if not taken.pieces:
        return [_other(line, line.kept, line.sold)]
    net = share(line.sold_net, taken.pieces, line.kept, line.currency)
    of = shares(net, line.sellers, line.currency)
    rest = [whole - part for whole, part in zip(line.sold, of, strict=True)]
    return [
        Credit(line, Figure.ASSORTMENT, taken.pieces, net, tuple(of), brand, taken.values),
        _other(line, line.kept - taken.pieces, rest, line.sold_net - net),
    ]


def _other(line: Stated, pieces: int, of: Sequence[Decimal], net: Decimal | None = None) -> Credit:
    return Credit(line, Figure.OTHER, pieces, line.sold_net if net is None else net, tuple(of), line.brand)
