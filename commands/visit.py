"""Commands about a visit without a sale: record it, and withdraw it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands import contact
from commands.contact import CalendarEventId, Items, StoreId
from commands.execute import Decision, execute
from commands.fields import Body, Moment, Prose, Word, example
from commands.needs import known_client
from commands.ports import Done, Ports, Request, Stream
from domain import visit
from domain.access import Right, require
from domain.refusals import VisitInvalid
from domain.visit import REASONS, Visit, VisitRecorded

# --------------------------------------------------------------------------------------------------------------- bodies

Reason = Annotated[
    Word,
    StringConstraints(to_lower=True),
    Field(description=f"One of the house's ({', '.join(REASONS)}), or any word of your own.", examples=[*REASONS]),
]


class RecordVisit(Body):
    """The client was at the store and bought nothing: what she was shown, and why not."""

    model_config = example(items=["R-17"], reason="price", remark="Comes back with her husband.")
    at: Annotated[Moment | None, Field(description="Default: now.")] = None
    store_id: StoreId = None
    items: Items = ()
    reason: Reason | None = None
    calendar_event_id: CalendarEventId = None
    remark: Prose | None = None


# ------------------------------------------------------------------------------------------------------------- handlers


def record(client_id: UUID, body: RecordVisit, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    event = VisitRecorded(
        client_id,
        id,
        request.caller.acts_as,
        contact.where(body.store_id, request.caller, VisitInvalid),
        contact.passed(body.at, ports, VisitInvalid),
        body.items,
        body.reason,
        body.calendar_event_id,
        body.remark,
    )
    needs = contact.named(client_id, body.calendar_event_id, body.store_id)
    decision = Decision(Stream(id, client_id), visit.after, lambda now: visit.record(now, event), id, needs=needs)
    return execute(ports, request, decision)


def withdraw(client_id: UUID, visit_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)

    def decide(now: Visit) -> list[visit.Event]:
        contact.require_hers(request.caller, visit.require_known(now, client_id).associate_id)
        return visit.withdraw(now, client_id)

    decision = Decision(
        Stream(visit_id, client_id),
        visit.after,
        decide,
        visit_id,
        needs={client_id: known_client},
        guard=lambda now: visit.require_known(now, client_id),
    )
    return execute(ports, request, decision)
