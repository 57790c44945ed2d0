"""A gift is brought back by who got it: with the code of its gift receipt, or the piece itself by its serial number.

Whoever opens it at a till learns of the piece and of nothing else; what is done with it is done to the sale that it
came from. The gift stays given, and the money is hers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.personal import unless_erased
from domain.refusals import GiftReceiptUnknown, MarkInvalid, Refusal
from domain.sale.events import Event, GiftMarked, GiftReleaseSet, KeptForHerself, LineServiced
from domain.sale.gift_code import GiftReceipt
from domain.sale.returning import Returning, return_lines
from domain.sale.state import Sale, require_sale


@dataclass(frozen=True, slots=True)
class BringingBack:
    """How many of the pieces are brought back, where, when and why, and to whom the credit goes: by default to who got
    the gift."""

    return_id: UUID
    store_id: str
    occurred_at: datetime
    quantity: int
    reason: str | None = None
    credited_to_id: UUID | None = None


def bring_back(now: Sale, receipt: GiftReceipt, back: BringingBack, exchanged_for: UUID | None = None) -> list[Event]:
    """Takes pieces of a gift back. Who brings the code has the gift: from that day on it is no surprise."""
    mark = _opened(now, receipt)
    credited_to_id = back.credited_to_id
    if isinstance(mark, GiftMarked):
        credited_to_id = credited_to_id or mark.recipient_id
        if credited_to_id is None:
            raise MarkInvalid("It was not said for whom it is, so say who has the credit.", "credited_to_id")
    returning = Returning(receipt.ordinal, back.quantity, reason=back.reason, mark_id=mark.mark_id if mark else None)
    try:
        events = return_lines(
            now,
            back.return_id,
            back.store_id,
            back.occurred_at,
            (returning,),
            credited_to_id=credited_to_id,
            exchanged_for=exchanged_for,
        )
    except Refusal as refusal:
        field = refusal.field and refusal.field.removeprefix("lines.0.")
        raise type(refusal)(refusal.detail, field) from None
    return [*events, *(_released(receipt, mark, back.occurred_at.date()) if events else [])]


def service(now: Sale, receipt: GiftReceipt, service_id: UUID, what: str, store_id: str, at: datetime) -> list[Event]:
    """Takes a piece in for a service, like sizing. It stays whose it is."""
    mark = _opened(now, receipt)
    sold, content = require_sale(now)
    if at < content.occurred_at:
        raise MarkInvalid("Nothing is brought before it was sold.", "occurred_at")
    back = sum(line.quantity for line in now.came_back(receipt.ordinal) if mark is None or line.mark_id == mark.mark_id)
    if back >= (mark or now.lines[receipt.ordinal]).quantity:
        raise GiftReceiptUnknown("This came back.", "receipt")
    mark_id = mark.mark_id if mark else None
    serviced = LineServiced(sold.sale_id, service_id, receipt.ordinal, mark_id, what, store_id, at)
    return [serviced, *_released(receipt, mark, at.date())]


def _opened(now: Sale, receipt: GiftReceipt) -> GiftMarked | KeptForHerself | None:
    """The mark of what was opened. A piece with a serial number is the only one of its line."""
    if receipt.ordinal in now.lines:
        if receipt.mark_id is None:
            return next((mark for mark in now.marks.values() if mark.ordinal == receipt.ordinal), None)
        mark = now.marks.get(receipt.mark_id)
        if isinstance(mark, GiftMarked) and mark.ordinal == receipt.ordinal:
            return mark
    raise GiftReceiptUnknown("Nothing is known by this any more.", "receipt")


def _released(receipt: GiftReceipt, mark: GiftMarked | KeptForHerself | None, on: date) -> list[Event]:
    if receipt.mark_id is None or not isinstance(mark, GiftMarked) or mark.discreet:
        return []
    known = unless_erased(mark.released_on)
    if known is not None and known <= on:
        return []
    return [GiftReleaseSet(receipt.sale_id, mark.mark_id, mark.concerns_id, on, discreet=False)]
