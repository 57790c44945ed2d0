"""What becomes of lines that were ordered or laid away: they arrive, change hands, or never will.

Each is recorded under an id of its own, once.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.refusals import OrderDiffers, OrderExceeded, SaleInvalid
from domain.sale.events import Event, LinesArrived, LinesCancelled, LinesHandedOver
from domain.sale.facts import HandedOverLine, Handover, Line, Pieces, SaleReference
from domain.sale.state import Sale, require_sale
from domain.values import named_id, share

STEPS: Final = UUID("6d0a1d5e-6c5c-5b0f-9a53-0f2b7d3c8e14")


class Step(StrEnum):
    ARRIVAL = "arrival"
    HANDOVER = "handover"
    CANCELLATION = "cancellation"


def step_id(step: Step, reference: SaleReference) -> UUID:
    """The id of a step by its number at the system that recorded it; those of different steps never meet."""
    return named_id(STEPS, step, reference.source, reference.number)


def arrive(now: Sale, id: UUID, store_id: str, at: datetime, pieces: tuple[Pieces, ...]) -> list[Event]:
    """Pieces that were ordered have reached a store: at most as many as may still be handed over."""
    sold, _ = require_sale(now)
    event = LinesArrived(sold.sale_id, id, store_id, at, pieces)
    if _is_known(now.arrivals, id, event):
        return []
    for field, line, each in _waiting(now, at, pieces):
        if line.handover is not Handover.ORDERED:
            raise SaleInvalid("What is laid away is in the store already.", f"{field}.ordinal")
        seen = max(now.arrived(line.ordinal), now.moved(line.ordinal).quantity)
        _limit(each, line.quantity - now.cancelled(line.ordinal) - seen, "to arrive", field)
    return [event]


def hand_over(now: Sale, id: UUID, store_id: str, at: datetime, pieces: tuple[Pieces, ...]) -> list[Event]:
    """Pieces change hands, each with its share of the line's net; all of a line are worth all of it.

    That they had arrived need not have been recorded.
    """
    sold, _ = require_sale(now)
    known = next((each for each in now.handed_over if each.handover_id == id), None)
    if known is not None:
        handed = tuple(Pieces(each.ordinal, each.quantity) for each in known.lines)
        if (known.store_id, known.occurred_at, handed) == (store_id, at, pieces):
            return []
        raise _differs()
    lines: list[HandedOverLine] = []
    for field, line, each in _waiting(now, at, pieces):
        before = now.moved(line.ordinal)
        _limit(each, line.quantity - now.cancelled(line.ordinal) - before.quantity, "to hand over", field)
        due = share(line.net, before.quantity + each.quantity, line.quantity, sold.currency)
        lines.append(HandedOverLine(line.ordinal, each.quantity, due - before.net))
    return [LinesHandedOver(sold.sale_id, id, store_id, at, now.client_id, tuple(lines))]


def cancel(
    now: Sale, id: UUID, store_id: str, at: datetime, pieces: tuple[Pieces, ...], reason: str | None
) -> list[Event]:
    """Pieces that were not handed over never will be, whether they had arrived or not."""
    sold, _ = require_sale(now)
    event = LinesCancelled(sold.sale_id, id, store_id, at, pieces, reason)
    if _is_known(now.cancellations, id, event):
        return []
    for field, line, each in _waiting(now, at, pieces):
        handed = now.moved(line.ordinal).quantity
        _limit(each, line.quantity - now.cancelled(line.ordinal) - handed, "to cancel", field)
    return [event]


def _is_known(known: Mapping[UUID, Event], id: UUID, event: Event) -> bool:
    if id not in known:
        return False
    if known[id] != event:
        raise _differs()
    return True


def _differs() -> OrderDiffers:
    return OrderDiffers("This was recorded under the same number before, with other content.", "reference")


def _waiting(now: Sale, at: datetime, pieces: tuple[Pieces, ...]) -> list[tuple[str, Line, Pieces]]:
    """The lines that these are pieces of, with the field of each; refuses any that could not wait for anything."""
    _, content = require_sale(now)
    if not pieces:
        raise SaleInvalid("At least one line is named.", "lines")
    if len({each.ordinal for each in pieces}) < len(pieces):
        raise SaleInvalid("Each line is named once.", "lines")
    if at < content.occurred_at:
        raise SaleInvalid("Nothing becomes of an order before it was taken.", "occurred_at")
    return [(f"lines.{place}", _line(now, each, f"lines.{place}"), each) for place, each in enumerate(pieces)]


def _line(now: Sale, pieces: Pieces, field: str) -> Line:
    line = now.lines.get(pieces.ordinal)
    if line is None:
        raise SaleInvalid(f"The sale has no line {pieces.ordinal}.", f"{field}.ordinal")
    if line.handover is Handover.TAKEN:
        raise SaleInvalid(f"Line {line.ordinal} changed hands when it was sold.", f"{field}.ordinal")
    if pieces.quantity < 1:
        raise SaleInvalid("Of a line at least one piece is meant.", f"{field}.quantity")
    return line


def _limit(pieces: Pieces, left: int, what: str, field: str) -> None:
    if pieces.quantity > left:
        raise OrderExceeded(f"Line {pieces.ordinal} has {max(left, 0)} left {what}.", f"{field}.quantity")
