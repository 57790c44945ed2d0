"""Commands of who brings a gift, or a piece with its number, to any till: take it back, exchange it, take it in.

The sale that it came from may be anybody's: that the caller would not see it, or whom it belongs to, is no matter. She
was shown the piece by what was brought, and is told no more.
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import sale, till
from commands.execute import Decision, execute
from commands.fields import Body, Moment, Quantity, Sentence, Word, example
from commands.line import SaleReference
from commands.needs import somebody
from commands.ports import Done, OpenReceipt, Ports, Request, Stream
from commands.sale import RecordSale
from domain.access import Right, require
from domain.client import state
from domain.refusals import SaleInvalid
from domain.sale import gift_receipt, recording
from domain.sale import state as sales
from domain.sale.events import Event, GiftMarked
from domain.sale.gift_code import GiftReceipt
from domain.sale.gift_receipt import BringingBack
from domain.sale.state import Sale

Token = Annotated[
    str, Field(strict=True, min_length=1, max_length=1000, description="As `POST /gift-receipts` answered it.")
]
Credited = Annotated[
    UUID | None, Field(description="Who has the credit. Default: who got the gift, else the client of the sale.")
]
Store = Annotated[Word | None, Field(description="Where it is brought. Default: the caller's own store.")]

# --------------------------------------------------------------------------------------------------------------- bodies


class BringBack(Body):
    """Pieces that come back. With a reference, sending it again changes nothing."""

    model_config = example(
        receipt="kCq3...", occurred_at="2026-07-03T11:00:00+02:00", store_id="rome-1", reason="has one already"
    )
    receipt: Token
    quantity: Quantity = 1
    reason: Sentence | None = None
    reference: SaleReference | None = None
    store_id: Store = None
    occurred_at: Moment
    credited_to_id: Credited = None


class ExchangeGift(RecordSale):
    """Pieces that come back, and the sale that is made in their place: of who got the gift, unless it names another."""

    model_config = example(
        receipt="kCq3...",
        reference={"source": "till", "number": "1044"},
        store_id="rome-1",
        occurred_at="2026-07-03T11:00:00+02:00",
        currency="EUR",
        lines=[{"sku": "B-18", "description": "Bracelet, gold, 17", "quantity": 1, "unit_price": "1200.00"}],
    )
    receipt: Token
    quantity: Quantity = 1
    reason: Sentence | None = None
    credited_to_id: Credited = None


class TakeIn(Body):
    """A piece that is taken in for a service, like sizing, engraving or a repair."""

    model_config = example(receipt="kCq3...", service="sizing", occurred_at="2026-07-03T11:00:00+02:00")
    receipt: Token
    service: Word
    store_id: Store = None
    occurred_at: Moment


# ------------------------------------------------------------------------------------------------------------- handlers


def bring_back(body: BringBack, opened: OpenReceipt, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    receipt = opened(body.receipt)
    back = BringingBack(
        recording.return_id(body.reference.value()) if body.reference else ports.new_id(),
        till.store(body.store_id, request.caller),
        till.not_ahead(body.occurred_at, ports),
        body.quantity,
        body.reason,
        body.credited_to_id,
    )
    return execute(ports, request, _returning(receipt, back))


def exchange(body: ExchangeGift, opened: OpenReceipt, ports: Ports, request: Request) -> Done:
    """The answer is about the new sale, which says nothing of the one that it came from."""
    require(request.caller, Right.RECORD_SALES)
    receipt = opened(body.receipt)
    event = sale.sold(body, ports, request.caller)
    if event.sale_id == receipt.sale_id:
        raise SaleInvalid("A sale is not exchanged for itself.", "reference")
    if event.client_id is None:
        client_id = _client(receipt, event.sale_id, body.credited_to_id, ports)
        buyer = None if event.bought_by_id == client_id else event.bought_by_id
        event = replace(event, client_id=client_id, bought_by_id=buyer)
    back = BringingBack(
        recording.return_id(event.reference),
        event.store_id,
        event.occurred_at,
        body.quantity,
        body.reason,
        body.credited_to_id,
    )
    returning = _returning(receipt, back, event.sale_id)
    return execute(ports, request, replace(sale.selling(body, event, ports, request.caller), also=[returning]))


def take_in(body: TakeIn, opened: OpenReceipt, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    receipt = opened(body.receipt)
    id = ports.new_id()
    store_id, at = till.store(body.store_id, request.caller), till.not_ahead(body.occurred_at, ports)

    def decide(now: Sale) -> list[Event]:
        return gift_receipt.service(now, receipt, id, body.service, store_id, at)

    return execute(ports, request, Decision(Stream(receipt.sale_id, receipt.sale_id), sales.after, decide, id))


def _returning(receipt: GiftReceipt, back: BringingBack, exchanged_for: UUID | None = None) -> Decision[Sale]:
    return Decision(
        Stream(receipt.sale_id, receipt.sale_id),
        sales.after,
        lambda now: gift_receipt.bring_back(now, receipt, back, exchanged_for),
        back.return_id,
        needs={back.credited_to_id: somebody("credited_to_id")} if back.credited_to_id else {},
    )


def _client(receipt: GiftReceipt, sale_id: UUID, credited_to_id: UUID | None, ports: Ports) -> UUID | None:
    """On whom the new sale stands: on who has the credit if she is a client, else on nobody. Sent again, on whom it
    stood then."""
    old, new = (sales.after(past.events) for past in ports.streams.read([receipt.sale_id, sale_id]))
    if new.recorded:
        return new.recorded.client_id
    mark = old.marks.get(receipt.mark_id) if receipt.mark_id else None
    got_it = credited_to_id or (mark.recipient_id if isinstance(mark, GiftMarked) else None)
    if got_it is None:
        return None
    [past] = ports.streams.read([got_it])
    return got_it if state.after(past.events).registered else None
