"""What commands about a client and a calendar event share: their stream, and what has to be true of both."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from commands.contact import passed
from commands.execute import Decision, execute
from commands.needs import Check, known_client, together
from commands.ports import Done, Ports, Request, Stream
from domain.access import Right, require
from domain.calendar_event import state as calendar_event
from domain.calendar_event.state import CalendarEvent
from domain.invitation import state
from domain.invitation.events import Event, invitation_id
from domain.invitation.state import Invitation
from domain.invitation.timing import while_held
from domain.refusals import InvitationInvalid

Decide = Callable[[Invitation], list[Event]]
OfEvent = Callable[[CalendarEvent], None]


class Between(NamedTuple):
    """How each event between a client and a calendar event begins."""

    client_id: UUID
    invitation_id: UUID
    calendar_event_id: UUID

    def decision(
        self,
        decide: Decide,
        of_event: OfEvent = calendar_event.require_known,
        of_client: Check = known_client,
        others: Sequence[tuple[UUID, Check]] = (),
        subject_id: UUID | None = None,
    ) -> Decision[Invitation]:
        """A decision about them, as long as the calendar event, the client and the others are like this; about her
        invitation, addressed by her, unless `subject_id` says otherwise."""

        def check(events: Sequence[object]) -> None:
            of_event(calendar_event.after(events))

        return Decision(
            Stream(self.invitation_id, self.client_id),
            state.after,
            decide,
            subject_id or self.client_id,
            needs=together(*others, (self.client_id, of_client), (self.calendar_event_id, check)),
        )

    def when(self, at: datetime | None, ports: Ports) -> datetime:
        """When it was: as it was said, else now, or at the end of an event that is over."""
        if at is None:
            [held] = ports.streams.read([self.calendar_event_id])
            return while_held(calendar_event.after(held.events), ports.clock())
        return passed(at, ports, InvitationInvalid)


def between(client_id: UUID, calendar_event_id: UUID) -> Between:
    return Between(client_id, invitation_id(calendar_event_id, client_id), calendar_event_id)


def decided(decision: Decision[Invitation], ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    return execute(ports, request, decision)
