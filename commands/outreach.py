"""Commands about outreach: record a contact, say better what came of it, and withdraw it."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import contact
from commands.contact import CalendarEventId, Items, StoreId, Tickler
from commands.execute import Decision, execute
from commands.fields import Body, Moment, Prose, example
from commands.needs import Check, known_client
from commands.ports import Done, Ports, Request, Stream
from domain import outreach
from domain.access import Right, require
from domain.client import state as client
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.outreach import MOST_TICKLERS, Outreach, OutreachRecorded
from domain.refusals import ContactPointUnknown, OutreachInvalid

# --------------------------------------------------------------------------------------------------------------- bodies


class RecordOutreach(Body):
    """A contact with the client: how, what for, and what came of it.

    Spoken with, she was reached, or a message was left, or there was no answer, or the number was wrong. Something
    written was sent, or came back, or reached her: she answered. What came in reached somebody, or nobody was there.
    """

    model_config = example(
        channel="call",
        outcome="reached",
        contact_point_id="0b6f2c1e-8d43-4f3e-9c7a-5a1f0e6d2b90",
        items=["R-17"],
        ticklers=[
            {"rule_id": "birthday-call", "cause": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a", "occurrence": "2026"},
        ],
        remark="She will think about it.",
    )
    at: Annotated[Moment | None, Field(description="Default: now.")] = None
    direction: Direction = Direction.OUT
    channel: Channel
    purpose: Purpose = Purpose.CONVERSATIONAL
    outcome: Outcome
    contact_point_id: Annotated[UUID | None, Field(description="Which of hers was used.")] = None
    store_id: StoreId = None
    items: Items = ()
    calendar_event_id: CalendarEventId = None
    ticklers: Annotated[
        tuple[Tickler, ...],
        Field(
            max_length=MOST_TICKLERS,
            description="Those that it settles: only if she was reached, or something written did not come back.",
        ),
    ] = ()
    remark: Prose | None = None


class CorrectOutcome(Body):
    """What came of it, as it is known now, like a letter that came back."""

    model_config = example(outcome="bounced")
    outcome: Outcome


# ------------------------------------------------------------------------------------------------------------- handlers


def record(client_id: UUID, body: RecordOutreach, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    event = OutreachRecorded(
        client_id,
        id,
        request.caller.acts_as,
        body.store_id or request.caller.store_id,
        contact.passed(body.at, ports, OutreachInvalid),
        body.direction,
        body.channel,
        body.purpose,
        body.outcome,
        body.contact_point_id,
        body.items,
        body.calendar_event_id,
        tuple(dict.fromkeys(each.value() for each in body.ticklers)),
        body.remark,
    )
    return execute(ports, request, recording(event, body.store_id))


def recording(event: OutreachRecorded, store_id: str | None = None) -> Decision[Outreach]:
    """That this outreach is recorded; `store_id` is its store if somebody named one."""
    return Decision(
        Stream(event.outreach_id, event.client_id),
        outreach.after,
        lambda now: outreach.record(now, event),
        event.outreach_id,
        needs=contact.named(event.client_id, event.calendar_event_id, store_id, _reached_at(event)),
    )


def correct_outcome(client_id: UUID, outreach_id: UUID, body: CorrectOutcome, ports: Ports, request: Request) -> Done:
    """Whoever opens the letter that came back says so."""
    return _changed(
        client_id,
        outreach_id,
        lambda now: outreach.correct_outcome(now, client_id, body.outcome),
        ports,
        request,
    )


def withdraw(client_id: UUID, outreach_id: UUID, ports: Ports, request: Request) -> Done:
    def decide(now: Outreach) -> list[outreach.Event]:
        contact.require_hers(request.caller, outreach.require_known(now, client_id).associate_id)
        return outreach.withdraw(now, client_id)

    return _changed(client_id, outreach_id, decide, ports, request)


def _changed(
    client_id: UUID,
    outreach_id: UUID,
    decide: Callable[[Outreach], list[outreach.Event]],
    ports: Ports,
    request: Request,
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = Decision(
        Stream(outreach_id, client_id),
        outreach.after,
        decide,
        outreach_id,
        needs={client_id: known_client},
        guard=lambda now: outreach.require_known(now, client_id),
    )
    return execute(ports, request, decision)


def _reached_at(event: OutreachRecorded) -> Check:
    """She is a client of the house, and the contact point that was used is one of hers."""

    def check(events: Sequence[object]) -> None:
        now = client.after(events)
        client.require_client(now)
        if event.contact_point_id is None:
            return
        point = now.contact_points.get(event.contact_point_id)
        if point is None:
            raise ContactPointUnknown("The client has no contact point with this id.", "contact_point_id")
        outreach.require_goes_to(event.channel, point.kind)

    return check
