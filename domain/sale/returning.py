"""What comes back with the receipt: whole lines, or parts of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.refusals import ReturnDiffers, ReturnExceedsSale, SaleInvalid, SaleUnknown
from domain.sale.events import Event, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import ReturnedLine
from domain.sale.state import Sale
from domain.values import share


@dataclass(frozen=True, slots=True)
class Returning:
    """How much of which line is brought back, and how much is refunded for it: by default its share of the net."""

    ordinal: int
    quantity: int
    net: Decimal | None = None
    reason: str | None = None


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
