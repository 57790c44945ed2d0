"""Putting the members of an organization on the list of a calendar event, all together.

The invitation of each decides, many clients at a time; then what came of it is recorded. Asked again with the same
`Idempotency-Key`, it goes on where it was left.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from commands.between import between
from commands.execute import Decision, execute
from commands.fields import example
from commands.invitation import Inviting
from commands.many import in_parts
from commands.ports import Done, Ports, Request, Stream
from domain import invitation_list, organization
from domain.access import Right, require, viewer
from domain.calendar_event import state as calendar_event
from domain.invitation import listing
from domain.invitation.state import Invitation
from domain.invitation_list import ListMade
from domain.left_alone import LeftAlone
from domain.membership import Tie
from domain.refusals import InvitationInvalid
from domain.values import named_id

# Of each client one event, and one append at most some 500.
CLIENTS_AT_A_TIME: Final = 400

# What somebody waits for at her desk.
MOST_CLIENTS: Final = 10_000

# --------------------------------------------------------------------------------------------------------------- bodies


class InviteOrganization(Inviting):
    """All who are members on one of the event's days and whom it reaches: of a region's or a store's event those who
    are of it. What was said of somebody by herself stays: who is on the list otherwise, or was taken off it."""

    model_config = example(organization_id="0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21", tie="interest", party="couple")
    organization_id: UUID
    tie: Annotated[
        Tie | None, Field(description="Only who belongs to it, or only who is interested in it. Default: both.")
    ] = None


# ------------------------------------------------------------------------------------------------------------ outcomes


@dataclass(frozen=True, slots=True)
class Listed(Done):
    """What came of it: how many are on the list through the organization, and how many were left alone, by why."""

    put_on: int = 0
    left_alone: tuple[LeftAlone, ...] = ()


# ------------------------------------------------------------------------------------------------------------- handlers


def invite_organization(calendar_event_id: UUID, body: InviteOrganization, ports: Ports, request: Request) -> Listed:
    require(request.caller, Right.KEEP_CALENDAR)
    key = request.receipt
    id = named_id(invitation_list.LISTS, str(key.stream_id)) if key else ports.new_id()
    made = _read(id, ports) or _carried_out(id, calendar_event_id, body, ports, request)
    done = execute(
        ports, request, Decision(Stream(id, id), invitation_list.after, partial(invitation_list.make, event=made), id)
    )
    told = _read(done.stream.id, ports)
    assert told is not None, "it has just been made"
    return Listed(
        done.subject_id,
        done.stream,
        done.version,
        done.position,
        done.events,
        done.repeated,
        told.put_on,
        told.left_alone,
    )


def _carried_out(
    id: UUID, calendar_event_id: UUID, body: InviteOrganization, ports: Ports, request: Request
) -> ListMade:
    """Lets each invitation decide. Who was put on the list by this before is on it."""
    held, asked = (past.events for past in ports.streams.read([calendar_event_id, body.organization_id]))
    calendar_event.require_held(calendar_event.after(held))
    organization.require_known(organization.after(asked))
    who, seats = viewer(request.caller, ports.policy, ports.clock()), body.for_how_many()
    everyone = ports.clients.invitable(who, calendar_event_id, body.organization_id, body.tie, MOST_CLIENTS + 1)
    if len(everyone) > MOST_CLIENTS:
        raise InvitationInvalid(f"These are more than {MOST_CLIENTS}: choose among them.", "organization_id")
    decisions = [_of_client(client_id, calendar_event_id, body) for client_id in everyone]
    outcome = in_parts(ports, request, decisions, CLIENTS_AT_A_TIME)
    return ListMade(id, calendar_event_id, body.organization_id, body.tie, body.party, seats, *outcome)


def _of_client(client_id: UUID, calendar_event_id: UUID, body: InviteOrganization) -> Decision[Invitation]:
    it = between(client_id, calendar_event_id)
    return it.decision(partial(listing.put_on_together, event=body.of(it, body.organization_id)))


def _read(id: UUID, ports: Ports) -> ListMade | None:
    return invitation_list.after(ports.streams.read([id])[0].events)
