"""A sale: what was sold, by whom, to whom, and what came back.

A return that names its sale is an event of that sale. A return without the receipt refers to nothing, so it is a stream
of its own that begins with `ReturnRecorded`; its client can be attached and detached like a sale's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from domain.client.facts import PostalAddress
from domain.personal import Of, Personal
from domain.refusals import ReturnDiffers, ReturnExceedsSale, SaleDiffers, SaleInvalid, SaleUnknown
from domain.values import named_id, share

# ---------------------------------------------------------------------------------------------------------------- facts


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


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class SaleRecorded:
    sale_id: UUID
    reference: SaleReference
    store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReturnRecorded:
    """A return without the receipt. `net` of its lines is what was refunded, as a positive amount."""

    sale_id: UUID
    reference: SaleReference
    store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LinesReturned:
    """Lines came back with the receipt, at `store_id`, which need not be the store that sold them.

    `client_id` is the client the sale stands on at this moment.
    """

    sale_id: UUID
    return_id: UUID
    store_id: str
    sold_at_store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[ReturnedLine, ...]


@dataclass(frozen=True, slots=True)
class ClientAttached:
    """The sale stands on this client from now on, and no longer on `previous_client_id`."""

    sale_id: UUID
    client_id: UUID
    previous_client_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClientDetached:
    """The sale stands on nobody any more; it stood on `previous_client_id`."""

    sale_id: UUID
    previous_client_id: UUID


@dataclass(frozen=True, slots=True)
class DeliveryAddressed:
    """The goods are sent to this person: the buyer herself, or somebody linked to her by `link_id`.

    The address is a copy, so that it stays known where they went; it is the recipient's, and goes with her.
    """

    sale_id: UUID
    recipient_id: UUID
    link_id: UUID | None
    address_id: UUID
    address: Annotated[Personal[PostalAddress], Of("recipient_id")]


Event: TypeAlias = SaleRecorded | ReturnRecorded | LinesReturned | ClientAttached | ClientDetached | DeliveryAddressed

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Sale:
    recorded: SaleRecorded | ReturnRecorded | None = None
    client_id: UUID | None = None
    returns: dict[UUID, LinesReturned] = field(default_factory=dict)
    deliveries: tuple[DeliveryAddressed, ...] = ()


def evolve(was: Sale, event: Event) -> Sale:
    match event:
        case SaleRecorded(client_id=client_id) | ReturnRecorded(client_id=client_id):
            return replace(was, recorded=event, client_id=client_id)
        case LinesReturned(return_id=id):
            return replace(was, returns={**was.returns, id: event})
        case ClientAttached(client_id=client_id):
            return replace(was, client_id=client_id)
        case ClientDetached():
            return replace(was, client_id=None)
        case DeliveryAddressed():
            return replace(was, deliveries=(*was.deliveries, event))


def after(events: Iterable[object]) -> Sale:
    """The sale these events are about; what an id of another noun leads to is no sale."""
    now = Sale()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

SALES: Final = UUID("2a6d2f4e-9a25-5d0e-8f42-5d6fb2b7b1a9")
RETURNS: Final = UUID("f6c0a5f4-0d0b-5f0e-b6a1-3e4f4c1b7d52")


def sale_id(reference: SaleReference) -> UUID:
    """The id of a sale by its number at the system that recorded it."""
    return named_id(SALES, reference.source, reference.number)


def return_id(reference: SaleReference) -> UUID:
    """The id of a return by its number at the system that recorded it."""
    return named_id(RETURNS, reference.source, reference.number)


@dataclass(frozen=True, slots=True)
class Returning:
    """How much of which line is brought back, and how much is refunded for it: by default its share of the net."""

    ordinal: int
    quantity: int
    net: Decimal | None = None
    reason: str | None = None


def record(now: Sale, event: SaleRecorded | ReturnRecorded) -> list[Event]:
    """A sale, or a return without the receipt, recorded once; the same again is no news, another one is refused."""
    if now.recorded is not None:
        if now.recorded == event:
            return []
        raise SaleDiffers("A sale with this number is recorded already, with other content.", "reference")
    if not event.lines:
        raise SaleInvalid("A sale has at least one line.", "lines")
    if len({line.ordinal for line in event.lines}) < len(event.lines):
        raise SaleInvalid("Every line of a sale has an ordinal of its own.", "lines")
    for at, line in enumerate(event.lines):
        _check(line, f"lines.{at}")
    return [event]


def _check(line: Line, field: str) -> None:
    if line.ordinal < 1:
        raise SaleInvalid("Lines are counted from 1.", f"{field}.ordinal")
    if line.quantity < 1:
        raise SaleInvalid("A line has a quantity of at least 1.", f"{field}.quantity")
    if line.unit_price < 0:
        raise SaleInvalid("A price is not negative.", f"{field}.unit_price")
    if line.net < 0:
        raise SaleInvalid("An amount is not negative.", f"{field}.net")
    if any(seller.parts < 1 for seller in line.sellers):
        raise SaleInvalid("A seller has at least one part of the credit.", f"{field}.sellers")
    if len({seller.associate_id for seller in line.sellers}) < len(line.sellers):
        raise SaleInvalid("A line names each seller once.", f"{field}.sellers")


def return_lines(
    now: Sale, return_id: UUID, store_id: str, occurred_at: datetime, returning: tuple[Returning, ...]
) -> list[Event]:
    """Takes lines back, whole or in part; a line never comes back more often, or for more money, than it was sold."""
    sold = now.recorded
    if sold is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    if isinstance(sold, ReturnRecorded):
        raise SaleInvalid("This is a return; only a sale's lines can be returned.", "sale_id")
    if (known := now.returns.get(return_id)) is not None:
        if _same_return(known, store_id, occurred_at, returning):
            return []
        raise ReturnDiffers("A return with this id is recorded already, with other content.", "return_id")
    if not returning:
        raise SaleInvalid("A return has at least one line.", "lines")
    if len({line.ordinal for line in returning}) < len(returning):
        raise SaleInvalid("A return names each line once.", "lines")
    if occurred_at < sold.occurred_at:
        raise SaleInvalid("Nothing comes back before it was sold.", "occurred_at")
    lines = tuple(_returned(now, sold, line, f"lines.{at}") for at, line in enumerate(returning))
    return [
        LinesReturned(
            sold.sale_id, return_id, store_id, sold.store_id, occurred_at, sold.currency, now.client_id, lines
        )
    ]


def attach_client(now: Sale, id: UUID, client_id: UUID) -> list[Event]:
    if now.recorded is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return [] if now.client_id == client_id else [ClientAttached(id, client_id, now.client_id)]


def detach_client(now: Sale, id: UUID) -> list[Event]:
    if now.recorded is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return [] if now.client_id is None else [ClientDetached(id, now.client_id)]


def _returned(now: Sale, sold: SaleRecorded, returning: Returning, field: str) -> ReturnedLine:
    line = next((line for line in sold.lines if line.ordinal == returning.ordinal), None)
    if line is None:
        raise SaleInvalid(f"The sale has no line {returning.ordinal}.", f"{field}.ordinal")
    if returning.quantity < 1:
        raise SaleInvalid("A returned line has a quantity of at least 1.", f"{field}.quantity")
    earlier = [back for each in now.returns.values() for back in each.lines if back.ordinal == line.ordinal]
    quantity_before = sum(back.quantity for back in earlier)
    net_before = sum((back.net for back in earlier), Decimal(0))
    left = line.quantity - quantity_before
    if returning.quantity > left:
        raise ReturnExceedsSale(f"Line {line.ordinal} has {left} left to return.", f"{field}.quantity")
    net = returning.net
    if net is None:
        # The share up to and including this return less what was refunded, so that shares always add up to the line.
        due = share(line.net, quantity_before + returning.quantity, line.quantity, sold.currency)
        net = max(due - net_before, Decimal(0))
    if net < 0:
        raise SaleInvalid("A refund is not negative.", f"{field}.net")
    if net_before + net > line.net:
        raise ReturnExceedsSale(f"Line {line.ordinal} has {line.net - net_before} left to refund.", f"{field}.net")
    return ReturnedLine(
        line.ordinal,
        returning.quantity,
        net,
        line.sku,
        line.moves_goods,
        line.brand,
        line.category,
        line.type,
        line.sellers,
        returning.reason,
    )


def _same_return(known: LinesReturned, store_id: str, occurred_at: datetime, returning: tuple[Returning, ...]) -> bool:
    return (
        (known.store_id, known.occurred_at) == (store_id, occurred_at)
        and [(line.ordinal, line.quantity, line.reason) for line in known.lines]
        == [(line.ordinal, line.quantity, line.reason) for line in returning]
        and all(new.net in (None, old.net) for new, old in zip(returning, known.lines, strict=True))
    )
