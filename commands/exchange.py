"""The command that takes lines of a sale back and sells others in their place: both, or neither."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import sale, till
from commands.execute import Decision, execute
from commands.fields import example
from commands.ports import Done, Ports, Request, Stream
from commands.sale import LineReturned, RecordSale
from domain.access import Right, require
from domain.refusals import SaleInvalid
from domain.sale import recording, returning
from domain.sale import state as sales
from domain.sale.events import SaleRecorded


class ExchangeLines(RecordSale):
    """Lines of a sale that come back, and the sale that is made in their place, with its own number.

    The new sale is the client's on whom the old one stands, unless it names another.
    """

    model_config = example(
        reference={"source": "till", "number": "1044"},
        store_id="rome-1",
        occurred_at="2026-03-09T10:15:00+01:00",
        currency="EUR",
        returned=[{"ordinal": 1, "quantity": 1, "reason": "too small"}],
        lines=[{"sku": "R-18", "description": "Ring, white gold, 54", "quantity": 1, "unit_price": "5200.00"}],
    )
    returned: Annotated[list[LineReturned], Field(min_length=1, max_length=1000, description="What comes back.")]


def exchange_lines(sale_id: UUID, body: ExchangeLines, ports: Ports, request: Request) -> Done:
    """The answer is about the new sale's id and the old sale's version."""
    require(request.caller, Right.RECORD_SALES)
    event = _sold(sale_id, body, ports, request)
    back = tuple(line.value() for line in body.returned)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: returning.return_lines(
            now,
            recording.return_id(event.reference),
            event.store_id,
            event.occurred_at,
            back,
            exchanged_for=event.sale_id,
            field="returned",
        ),
        event.sale_id,
        also=[sale.selling(body, event, ports, request.caller)],
        whose=till.whose,
    )
    return execute(ports, request, decision)


def _sold(sale_id: UUID, body: ExchangeLines, ports: Ports, request: Request) -> SaleRecorded:
    event = replace(sale.sold(body, ports, request.caller), exchange_of=sale_id)
    if event.sale_id == sale_id:
        raise SaleInvalid("A sale is not exchanged for itself.", "reference")
    if event.client_id is not None:
        return event
    old, new = (sales.after(past.events) for past in ports.streams.read([sale_id, event.sale_id]))
    # Sent again, it is the client's whose it was then, whoever has the old sale by now.
    client_id = new.recorded.client_id if new.recorded else old.client_id
    buyer = None if event.bought_by_id == client_id else event.bought_by_id
    return replace(event, client_id=client_id, bought_by_id=buyer)
