"""Commands about a follow-up of an associate's own: write it, for herself or a colleague, correct and withdraw it."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import contact
from commands.contact import CalendarEventId
from commands.execute import Decision, execute
from commands.fields import Body, Code, Day, Prose, example
from commands.needs import at_work, known_client
from commands.ports import Done, Ports, Request, Stream
from domain import associate, follow_up, tickler
from domain.access import Right, require
from domain.follow_up import FollowUp, FollowUpWritten, Wording
from domain.tickler_cause import tickler_id

# --------------------------------------------------------------------------------------------------------------- bodies


class FollowUpSaid(Body):
    """What is to be done, and when."""

    due_on: Day
    expires_on: Annotated[Day | None, Field(description="The last day; after it, it is over by itself.")] = None
    text: Prose

    def value(self) -> Wording:
        return Wording(self.due_on, self.expires_on, self.text)


class WriteFollowUp(FollowUpSaid):
    """It is listed, and acted on, like any other tickler."""

    model_config = example(due_on="2026-03-09", text="Ask about the ring")
    owner: Annotated[Code | None, Field(description="The colleague whose it is. Default: you.")] = None
    calendar_event_id: CalendarEventId = None


class CorrectFollowUp(FollowUpSaid):
    """What it says from now on."""

    model_config = example(due_on="2026-03-10", expires_on="2026-04-01", text="Ask about the brooch")


# ------------------------------------------------------------------------------------------------------------- handlers


def write(client_id: UUID, body: WriteFollowUp, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, author = ports.new_id(), request.caller.acts_as
    owner = body.owner or author
    due_on, expires_on, text = body.due_on, body.expires_on, body.text
    event = FollowUpWritten(client_id, id, author, owner, due_on, expires_on, body.calendar_event_id, text)
    needs = contact.named(client_id, body.calendar_event_id, None)
    if owner not in request.caller.serves_as:
        needs[associate.stream_id(owner)] = at_work("owner", ports.clock().date())
    decision = Decision(
        Stream(id, client_id), follow_up.after, lambda now: follow_up.write(now, event), id, needs=needs
    )
    return execute(ports, request, decision)


def correct(client_id: UUID, follow_up_id: UUID, body: CorrectFollowUp, ports: Ports, request: Request) -> Done:
    owner = _handed_over_to(client_id, follow_up_id, ports)
    return _changed(
        client_id,
        follow_up_id,
        lambda now: follow_up.correct(now, client_id, request.caller, owner, body.value()),
        ports,
        request,
    )


def withdraw(client_id: UUID, follow_up_id: UUID, ports: Ports, request: Request) -> Done:
    owner = _handed_over_to(client_id, follow_up_id, ports)
    return _changed(
        client_id,
        follow_up_id,
        lambda now: follow_up.withdraw(now, client_id, request.caller, owner),
        ports,
        request,
    )


def _changed(
    client_id: UUID,
    follow_up_id: UUID,
    decide: Callable[[FollowUp], list[follow_up.Event]],
    ports: Ports,
    request: Request,
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = Decision(
        Stream(follow_up_id, client_id),
        follow_up.after,
        decide,
        follow_up_id,
        needs={client_id: known_client},
        guard=lambda now: follow_up.require_known(now, client_id, "follow_up_id"),
    )
    return execute(ports, request, decision)


def _handed_over_to(client_id: UUID, follow_up_id: UUID, ports: Ports) -> str | None:
    """Whose its tickler is by now, if it was handed over."""
    [done] = ports.streams.read([tickler_id(client_id, follow_up.about(follow_up_id))])
    return tickler.after(done.events).owner
