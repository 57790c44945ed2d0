"""Commands about a sale: record it, take lines back, and say whose it is; and the same set-wise for feeds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import Field

from commands import attribution, till
from commands.delivery import DeliverTo, destination
from commands.execute import Decision, execute, execute_many
from commands.fields import Amount, Body, Currency, Moment, Sentence, Word, example
from commands.gift import GiftOfLine
from commands.line import LineOfSale, PiecesOfLine, SaleReference
from commands.ports import Done, Ports, Request, Stream
from domain.access import Caller, Right, require
from domain.client import registration, state
from domain.client.events import ClientRegistered
from domain.refusals import Refusal
from domain.sale import delivery, facts, recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line
from domain.sale.returning import Returning
from domain.sale.state import Sale

Feedable: TypeAlias = SaleRecorded | ReturnRecorded | ClientRegistered

# --------------------------------------------------------------------------------------------------------------- bodies


class _Recording(Body):
    reference: SaleReference
    store_id: Annotated[Word | None, Field(description="Where it happened. Default: the caller's own store.")] = None
    occurred_at: Moment
    currency: Currency
    client_id: UUID | None = None
    lines: Annotated[
        list[LineOfSale], Field(min_length=1, max_length=1000, description="Counted from 1 in this order.")
    ]


class LineSold(LineOfSale):
    gift: Annotated[
        GiftOfLine | None,
        Field(description="If it is one. The sale is recorded also if this cannot be marked: the answer says why."),
    ] = None


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
    lines: Annotated[  # type: ignore[assignment]  # of what is sold more can be said than of what comes back
        list[LineSold], Field(min_length=1, max_length=1000, description="Counted from 1 in this order.")
    ]
    bought_by_id: Annotated[
        UUID | None, Field(description="Who bought it for the client, like an assistant. Default: she herself.")
    ] = None
    deliver_to: Annotated[DeliverTo | None, Field(description="Where it is sent. Default: nowhere.")] = None
    calendar_event_id: Annotated[
        UUID | None,
        Field(description="The event that all of it comes from. Default: none was stated; it can be stated later."),
    ] = None


class RecordReturn(_Recording):
    """A return without the receipt; amounts are what is refunded, positive."""

    model_config = example(
        reference={"source": "till", "number": "R-2001"},
        store_id="paris-1",
        occurred_at="2026-03-04T11:00:00+01:00",
        currency="EUR",
        lines=[{"sku": "G-06", "description": "Champagne glass", "quantity": 2, "unit_price": "33.50"}],
    )


class LineReturned(PiecesOfLine):
    net: Annotated[
        Amount | None, Field(description="What is refunded for it. Default: its share of the line's net.")
    ] = None
    reason: Sentence | None = None
    mark_id: Annotated[
        UUID | None,
        Field(description="The gift that it is. Default: pieces that are none, as long as there are any."),
    ] = None

    def value(self) -> Returning:
        return Returning(self.ordinal, self.quantity, self.net, self.reason, self.mark_id)


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
    return execute(ports, request, selling(body, sold(body, ports, request.caller), ports, request.caller))


def record_return(body: RecordReturn, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    event = ReturnRecorded(*_recorded(body, ports, request.caller))
    return execute(ports, request, replace(_recording(event), needs=till.people(event.client_id)))


def return_lines(sale_id: UUID, body: ReturnLines, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    id = recording.return_id(body.reference.value()) if body.reference else ports.new_id()
    store_id = till.store(body.store_id, request.caller)
    occurred_at = till.not_ahead(body.occurred_at, ports)
    back = tuple(line.value() for line in body.lines)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: returning.return_lines(now, id, store_id, occurred_at, back),
        id,
        whose=till.whose,
    )
    return execute(ports, request, decision)


def attach_client(sale_id: UUID, body: AttachClient, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: standing.attach_client(now, sale_id, body.client_id),
        sale_id,
        needs=till.people(body.client_id),
        whose=till.whose,
    )
    return execute(ports, request, decision)


def detach_client(sale_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: standing.detach_client(now, sale_id),
        sale_id,
        whose=till.whose,
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


def sold(body: RecordSale, ports: Ports, caller: Caller) -> SaleRecorded:
    """The sale that a body says: bought by the client herself unless it names somebody else."""
    buyer = None if body.bought_by_id == body.client_id else body.bought_by_id
    return SaleRecorded(*_recorded(body, ports, caller), buyer)


def selling(body: RecordSale, event: SaleRecorded, ports: Ports, caller: Caller) -> Decision[Sale]:
    """The decision to record this sale, together with where the body says that it is sent and which event it comes
    from; what it says of gifts never stands in its way.

    Sent again by who does not see by now whose it is, it is no news as ever, but nothing is told of what is marked.
    """
    selling = replace(
        _recording(event),
        needs=till.people(body.client_id, event.bought_by_id),
        whose=till.whose,
        asides=[line.gift.along_with_sale(at, ports) for at, line in enumerate(body.lines, 1) if line.gift],
    )
    if body.deliver_to is not None:
        to = destination(body.deliver_to, event.client_id, ports, "deliver_to.")
        selling = replace(selling, decide=lambda now: delivery.record(now, event, to))
    if body.calendar_event_id is not None:
        selling = attribution.along_with(selling, body.calendar_event_id, caller)
    return selling


def _recorded(
    body: _Recording, ports: Ports, caller: Caller
) -> tuple[UUID, facts.SaleReference, str, datetime, str, UUID | None, tuple[Line, ...]]:
    reference = body.reference.value()
    return (
        recording.sale_id(reference),
        reference,
        till.store(body.store_id, caller),
        till.not_ahead(body.occurred_at, ports),
        body.currency,
        body.client_id,
        tuple(line.value(ordinal) for ordinal, line in enumerate(body.lines, 1)),
    )
