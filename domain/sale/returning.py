"""What comes back with the receipt: whole lines, or parts of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.refusals import ReturnDiffers, ReturnExceedsSale, SaleInvalid
from domain.sale import pieces
from domain.sale.events import Event, LinesReturned
from domain.sale.facts import ReturnedLine
from domain.sale.state import Sale, require_sale
from domain.values import share


@dataclass(frozen=True, slots=True)
class Returning:
    """How much of which line is brought back, and how much is refunded for it: by default its share of the net.

    `mark_id`: it is the gift that this mark says.
    """

    ordinal: int
    quantity: int
    net: Decimal | None = None
    reason: str | None = None
    mark_id: UUID | None = None


def return_lines(
    now: Sale,
    return_id: UUID,
    store_id: str,
    occurred_at: datetime,
    returning: tuple[Returning, ...],
    *,
    credited_to_id: UUID | None = None,
    exchanged_for: UUID | None = None,
    field: str = "lines",
) -> list[Event]:
    """Takes lines back, whole or in part; a line never comes back more often, or for more money, than it was sold, and
    only what changed hands comes back.

    `field` is what the lines were called by who brought them.
    """
    sold, content = require_sale(now)
    if (known := now.returns.get(return_id)) is not None:
        if _same_return(known, store_id, occurred_at, returning, credited_to_id, exchanged_for):
            return []
        raise ReturnDiffers("A return with this id is recorded already, with other content.", "return_id")
    if not returning:
        raise SaleInvalid("A return has at least one line.", field)
    if len({line.ordinal for line in returning}) < len(returning):
        raise SaleInvalid("A return names each line once.", field)
    if occurred_at < content.occurred_at:
        raise SaleInvalid("Nothing comes back before it was sold.", "occurred_at")
    lines: list[ReturnedLine] = []
    for at, line in enumerate(returning):
        lines += _returned(now, sold.currency, occurred_at, line, f"{field}.{at}")
    return [
        LinesReturned(
            sold.sale_id,
            return_id,
            store_id,
            content.store_id,
            occurred_at,
            sold.currency,
            now.client_id,
            tuple(lines),
            credited_to_id,
            exchanged_for,
        )
    ]


def _returned(now: Sale, currency: str, at: datetime, returning: Returning, field: str) -> Iterator[ReturnedLine]:
    """The pieces that are taken, those of each mark apart."""
    line = now.lines.get(returning.ordinal)
    if line is None:
        raise SaleInvalid(f"The sale has no line {returning.ordinal}.", f"{field}.ordinal")
    if returning.quantity < 1:
        raise SaleInvalid("A returned line has a quantity of at least 1.", f"{field}.quantity")
    moved, earlier = now.moved(line.ordinal, at), now.came_back(line.ordinal)
    quantity_before = sum(back.quantity for back in earlier)
    net_before = sum((back.net for back in earlier), Decimal(0))
    left = max(moved.quantity - quantity_before, 0)
    if returning.quantity > left:
        raise ReturnExceedsSale(f"Line {line.ordinal} has {left} left to return.", f"{field}.quantity")
    net = returning.net
    if net is None:
        # The share up to and including this return less what was refunded, so that shares always add up to the line.
        due = share(line.net, quantity_before + returning.quantity, line.quantity, currency)
        net = max(due - net_before, Decimal(0))
    if net < 0:
        raise SaleInvalid("A refund is not negative.", f"{field}.net")
    if net_before + net > moved.net:
        raise ReturnExceedsSale(f"Line {line.ordinal} has {moved.net - net_before} left to refund.", f"{field}.net")
    taken, refunded = 0, Decimal(0)
    for mark_id, of_mark in pieces.taken(now, line.ordinal, returning.quantity, returning.mark_id, f"{field}."):
        taken += of_mark.quantity
        part = share(net, taken, returning.quantity, currency) - refunded
        yield ReturnedLine(
            line.ordinal,
            of_mark.quantity,
            part,
            line.sku,
            line.moves_goods,
            line.brand,
            line.category,
            line.type,
            line.sellers,
            returning.reason,
            mark_id,
            net_before + refunded,
        )
        refunded += part


def _same_return(
    known: LinesReturned,
    store_id: str,
    occurred_at: datetime,
    returning: tuple[Returning, ...],
    credited_to_id: UUID | None,
    exchanged_for: UUID | None,
) -> bool:
    lines = {line.ordinal: [each for each in known.lines if each.ordinal == line.ordinal] for line in known.lines}
    return (
        (known.store_id, known.occurred_at) == (store_id, occurred_at)
        and (known.credited_to_id, known.exchanged_for) == (credited_to_id, exchanged_for)
        and list(lines) == [line.ordinal for line in returning]
        and all(_same_line(lines[line.ordinal], line) for line in returning)
    )


def _same_line(known: list[ReturnedLine], returning: Returning) -> bool:
    """Which marks the pieces were of may have been found out: then asking again does not say it either."""
    return (
        sum(part.quantity for part in known) == returning.quantity
        and all(part.reason == returning.reason for part in known)
        and returning.net in (None, sum(part.net for part in known))
        and all(returning.mark_id in (None, part.mark_id) for part in known)
    )
