"""Where the goods of a sale are sent: named by ids alone, that of a link and that of an address."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import till
from commands.execute import Decision, execute
from commands.fields import Body, example
from commands.ports import Done, Ports, Request, Stream
from domain import link
from domain.access import Right, require
from domain.client import state
from domain.sale import delivery
from domain.sale import state as sales
from domain.sale.delivery import Destination


class DeliverTo(Body):
    """An address the house knows: the buyer's own, or that of somebody linked to her."""

    model_config = example(
        link_id="1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90", address_id="d2a4c6e8-1b3d-4f5a-8c7e-9b0d1f2a3c4e"
    )
    address_id: UUID
    link_id: Annotated[UUID | None, Field(description="Whose address it is. Default: the buyer's own.")] = None


def send(sale_id: UUID, body: DeliverTo, ports: Ports, request: Request) -> Done:
    """Says where a sale is sent that is recorded already."""
    require(request.caller, Right.RECORD_SALES)
    [past] = ports.streams.read([sale_id])
    to = destination(body, sales.after(past.events).client_id, ports)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: delivery.send(now, to),
        sale_id,
        whose=till.whose,
    )
    return execute(ports, request, decision)


def destination(body: DeliverTo, buyer_id: UUID | None, ports: Ports, field: str = "") -> Destination:
    """What is known of a destination just before it is decided about: the streams of others are never locked."""
    known = link.Link()
    if body.link_id is not None:
        [past] = ports.streams.read([body.link_id])
        known = link.after(past.events)
    ids = sorted(link.people(known) | ({buyer_id} if buyer_id else set()))
    people = {id: state.after(past.events) for id, past in zip(ids, ports.streams.read(ids), strict=True)}
    return Destination(body.address_id, body.link_id, known, people, field)
