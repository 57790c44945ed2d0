"""Commands about a sale: record it, take lines back, and say whose it is; and the same set-wise for feeds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from pydantic import Field

from commands.delivery import DeliverTo, destination
from commands.execute import Decision, execute, execute_many
from commands.fields import Amount, Body, Currency, Moment, Ordinal, Parts, Quantity, Sentence, Switch, Word, example
from commands.ports import Done, Ports, Request, Stream
from domain.access import Caller, Right, require
from domain.client import registration, state
from domain.client.events import ClientRegistered
from domain.refusals import Refusal, SaleInvalid
from domain.sale import delivery, facts, recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, Seller
from domain.sale.returning import Returning
from domain.sale.state import Sale

# How far a till's clock may run ahead of ours.
_AHEAD: Final = timedelta(minutes=5)

Feedable: TypeAlias = SaleRecorded | ReturnRecorded | ClientRegistered

# --------------------------------------------------------------------------------------------------------------- bodies


class SaleReference(Body):
    """The number of a sale or return at the system that recorded it, and which system that is."""

    source: Word
    number: Word


class SellerOfLine(Body):
    """An associate who sold the line. Parts 1 and 1 are half the credit each, 2 and 1 two thirds and one third."""

    associate_id: Word
    parts: Parts = 1


class LineOfSale(Body):
    sku: Word
    description: Sentence
    quantity: Quantity
    unit_price: Annotated[Amount, Field(description="For one piece, before discounts, without tax.")]
    net: Annotated[
        Amount | None,
        Field(description="For the whole line, after discounts, without tax. Default: quantity times unit price."),
    ] = None
    moves_goods: Annotated[Switch, Field(description="False for postage, fees, payments.")] = True
    brand: Word | None = None
    category: Word | None = None
    type: Word | None = None
    sellers: Annotated[tuple[SellerOfLine, ...], Field(max_length=10)] = ()

    def value(self, ordinal: int) -> Line:
        return Line(
            ordinal,
            self.sku,
            self.description,
            self.quantity,
            self.unit_price,
            Decimal(self.quantity) * self.unit_price if self.net is None else self.net,
            self.moves_goods,
            self.brand,
            self.category,
            self.type,
            tuple(Seller(seller.associate_id, seller.parts) for seller in self.sellers),
        )


class _Recording(Body):
    reference: SaleReference
    store_id: Annotated[Word | None, Field(description="Where it happened. Default: the caller's own store.")] = None
    occurred_at: Moment
    currency: Currency
    client_id: UUID | None = None
    lines: Annotated[
        list[LineOfSale], Field(min_length=1, max_length=1000, description="Counted from 1 in this order.")
    ]


class RecordSale(_Recording):
    """A sale. Sent again with the same content it changes nothing; with other content it is refused."""

    model_config = example(
        reference={"source": "till", "number": "1001"},
        store_id="paris-1",
        occurred_at="2026-03-02T15:30:00+01:00",
        currency="EUR",
        lines=[
            {
                "sku": "R-17",
                "description": "Ring, white gold",
                "quantity": 1,
                "unit_price": "5200.00",
                "net": "5000.00",
                "brand": "Maison",
                "category": "jewelry",
                "type": "ring",
                "sellers": [{"associate_id": "ines", "parts": 2}, {"associate_id": "marc", "parts": 1}],
            },
            {"sku": "P-01", "description": "Delivery", "quantity": 1, "unit_price": "25.00", "moves_goods": False},
        ],
    )
    deliver_to: Annotated[DeliverTo | None, Field(description="Where it is sent. Default: nowhere.")] = None


class RecordReturn(_Recording):
    """A return without the receipt; amounts are what is refunded, positive."""

    model_config = example(
        reference={"source": "till", "number": "R-2001"},
        store_id="paris-1",
        occurred_at="2026-03-04T11:00:00+01:00",
        currency="EUR",
        lines=[{"sku": "G-06", "description": "Champagne glass", "quantity": 2, "unit_price": "33.50"}],
    )


class LineReturned(Body):
    ordinal: Annotated[Ordinal, Field(description="Which line of the sale, counted from 1.")]
    quantity: Quantity
    net: Annotated[
        Amount | None, Field(description="What is refunded for it. Default: its share of the line's net.")
    ] = None
    reason: Sentence | None = None


class ReturnLines(Body):
    """Lines of a sale that come back. With a reference, sending the return again changes nothing."""

    model_config = example(
        store_id="rome-1",
        occurred_at="2026-03-09T10:15:00+01:00",
        lines=[{"ordinal": 1, "quantity": 1, "reason": "too small"}],
    )
    reference: SaleReference | None = None
    store_id: Annotated[Word | None, Field(description="Where they come back. Default: the caller's own store.")] = None
    occurred_at: Moment
    lines: Annotated[list[LineReturned], Field(min_length=1, max_length=1000)]


class AttachClient(Body):
    """Whose sale this is."""

    model_config = example(client_id="0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21")
    client_id: UUID


# ------------------------------------------------------------------------------------------------------------- handlers


def record_sale(body: RecordSale, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    event = SaleRecorded(*_recorded(body, ports, request.caller))
    if body.deliver_to is None:
        return _record(event, ports, request)
    to = destination(body.deliver_to, body.client_id, ports, "deliver_to.")
    id = event.sale_id
    decision = Decision(Stream(id, id), sales.after, lambda now: delivery.record(now, event, to), id)
    return execute(ports, request, replace(decision, needs=_needs(event.client_id)))


def record_return(body: RecordReturn, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    return _record(ReturnRecorded(*_recorded(body, ports, request.caller)), ports, request)


def return_lines(sale_id: UUID, body: ReturnLines, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    id = recording.return_id(_reference(body.reference)) if body.reference else ports.new_id()
    store_id = _store(body.store_id, request.caller)
    occurred_at = _not_ahead(body.occurred_at, ports)
    back = tuple(Returning(line.ordinal, line.quantity, line.net, line.reason) for line in body.lines)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: returning.return_lines(now, id, store_id, occurred_at, back),
        id,
        whose=_whose,
    )
    return execute(ports, request, decision)


def attach_client(sale_id: UUID, body: AttachClient, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: standing.attach_client(now, sale_id, body.client_id),
        sale_id,
        needs=_needs(body.client_id),
        whose=_whose,
    )
    return execute(ports, request, decision)


def detach_client(sale_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(
        Stream(sale_id, sale_id), sales.after, lambda now: standing.detach_client(now, sale_id), sale_id, whose=_whose
    )
    return execute(ports, request, decision)


def record_many(events: Sequence[Feedable], ports: Ports, request: Request) -> list[Done | Refusal]:
    """Records what a feed brings with one read and one append: a sale known with the same content is no news.

    Outcomes stand in the order of the events. A feed registers the clients of its sales first, in the same call or an
    earlier one; nothing here looks for them. At most some 500 events and 500 kB at a time.
    """
    require(request.caller, Right.RECORD_SALES)
    if any(isinstance(event, ClientRegistered) for event in events):
        require(request.caller, Right.CHANGE_CLIENTS)
    return execute_many(ports, request, [_recording(event) for event in events])


def _recording(event: Feedable) -> Decision[Any]:
    if isinstance(event, ClientRegistered):
        id = event.client_id
        return Decision(Stream(id, id), state.after, lambda now: registration.register(now, event), id)
    id = event.sale_id
    return Decision(Stream(id, id), sales.after, lambda now: recording.record(now, event), id)


def _record(event: SaleRecorded | ReturnRecorded, ports: Ports, request: Request) -> Done:
    decision = replace(_recording(event), needs=_needs(event.client_id))
    return execute(ports, request, decision)


def _recorded(
    body: _Recording, ports: Ports, caller: Caller
) -> tuple[UUID, facts.SaleReference, str, datetime, str, UUID | None, tuple[Line, ...]]:
    reference = _reference(body.reference)
    return (
        recording.sale_id(reference),
        reference,
        _store(body.store_id, caller),
        _not_ahead(body.occurred_at, ports),
        body.currency,
        body.client_id,
        tuple(line.value(ordinal) for ordinal, line in enumerate(body.lines, 1)),
    )


def _reference(body: SaleReference) -> facts.SaleReference:
    return facts.SaleReference(body.source, body.number)


def _store(store_id: str | None, caller: Caller) -> str:
    if store := store_id or caller.store_id:
        return store
    raise SaleInvalid("You have no store of your own, so the store must be named.", "store_id")


def _not_ahead(occurred_at: datetime, ports: Ports) -> datetime:
    if occurred_at > ports.clock() + _AHEAD:
        raise SaleInvalid("This lies in the future.", "occurred_at")
    return occurred_at


def _whose(now: Sale) -> UUID | None:
    return now.client_id


def _needs(client_id: UUID | None) -> dict[UUID, Callable[[Sequence[object]], None]]:
    """A sale stands only on a client of the house."""
    return {client_id: lambda events: state.require_client(state.after(events))} if client_id else {}
