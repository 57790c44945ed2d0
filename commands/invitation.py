"""Commands about who is invited to a calendar event: list, invite, and record what came of it and who came."""

from dataclasses import replace
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.between import Between, between, decided
from commands.contact import Tickler, passed
from commands.fields import Body, Moment, Prose, Quantity, Switch, example
from commands.needs import living_client, somebody
from commands.outreach import recording
from commands.ports import Done, Ports, Request
from domain.calendar_event import state as calendar_event
from domain.contact import Channel, Direction, Outcome, Purpose, usual_outcome
from domain.invitation import answering, events, listing, state, timing
from domain.invitation.events import Event, Party
from domain.invitation.listing import MOST_SEATS, usual_seats
from domain.invitation.state import Invitation
from domain.outreach import MOST_TICKLERS, OutreachRecorded
from domain.refusals import InvitationInvalid

# --------------------------------------------------------------------------------------------------------------- bodies

People = Annotated[Quantity, Field(le=MOST_SEATS)]
When = Annotated[Moment | None, Field(description="Default: now, or the end of an event that is over.")]


class Inviting(Body):
    """Who is meant, and for how many: the client, she and her partner, or all who live with her."""

    party: Party = Party.CLIENT
    seats: Annotated[
        People | None, Field(description="Default: 1, for a couple 2. For a household it has to be said.")
    ] = None

    def for_how_many(self) -> int:
        return usual_seats(self.party) if self.seats is None else self.seats

    def of(self, it: Between, through: UUID | None) -> events.PutOnList:
        return events.PutOnList(*it, self.party, self.for_how_many(), through)


class PutOnList(Inviting):
    """A client is to be invited. Said again, this is what holds."""

    model_config = example(client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11", party="couple")
    client_id: UUID


class SendInvitation(Body):
    """The invitation goes out to her: that is an outreach, which is recorded with it.

    Outcomes by which she is invited are `reached`, `sent` and `message-left`; any other is an outreach alone.
    """

    model_config = example(channel="letter", remark="With the card of the house")
    channel: Channel
    purpose: Purpose = Purpose.MARKETING
    outcome: Annotated[
        Outcome | None, Field(description="Default: `sent` for something written, `reached` for a call or a visit.")
    ] = None
    at: Annotated[Moment | None, Field(description="Default: now.")] = None
    contact_point_id: Annotated[UUID | None, Field(description="Which of hers was used.")] = None
    ticklers: Annotated[tuple[Tickler, ...], Field(max_length=MOST_TICKLERS, description="Those that it settles.")] = ()
    remark: Prose | None = None


class Answer(Body):
    """She comes, taking so many seats, or does not. The latest answer counts."""

    model_config = example(accepted=True, seats=2)
    accepted: Switch
    seats: Annotated[People | None, Field(description="Default: all that she is invited for.")] = None
    at: When = None


class Attend(Body):
    """She came, on the list or not."""

    model_config = example(people=2)
    people: Annotated[People, Field(description="Herself included.")] = 1
    at: When = None


class BringGuest(Body):
    """Somebody the house knows who comes with her: what the guest buys there counts under her."""

    model_config = example(guest_id="0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21")
    guest_id: UUID


# ------------------------------------------------------------------------------------------------------------- handlers


def put_on_list(calendar_event_id: UUID, body: PutOnList, ports: Ports, request: Request) -> Done:
    it = between(body.client_id, calendar_event_id)
    decide = partial(listing.put_on, event=body.of(it, through=None))
    return decided(it.decision(decide, calendar_event.require_held, living_client), ports, request)


def take_off_list(calendar_event_id: UUID, client_id: UUID, ports: Ports, request: Request) -> Done:
    it = between(client_id, calendar_event_id)
    return decided(it.decision(partial(listing.take_off, event=events.TakenOffList(*it))), ports, request)


def send(calendar_event_id: UUID, client_id: UUID, body: SendInvitation, ports: Ports, request: Request) -> Done:
    """Invites her, and records the outreach by which she is in the same append; answered is the id of the outreach."""
    it, id, who = between(client_id, calendar_event_id), ports.new_id(), request.caller
    at, outcome = passed(body.at, ports, InvitationInvalid), body.outcome or usual_outcome(body.channel)
    outreach = OutreachRecorded(
        client_id,
        id,
        who.acts_as,
        who.store_id,
        at,
        Direction.OUT,
        body.channel,
        body.purpose,
        outcome,
        body.contact_point_id,
        (),
        calendar_event_id,
        tuple(dict.fromkeys(each.value() for each in body.ticklers)),
        body.remark,
    )
    sent = events.InvitationSent(*it, id, body.channel, who.acts_as, at)
    decision = it.decision(
        lambda now: listing.send(now, sent, outcome),
        lambda held: timing.require_not_over(held, at),
        living_client,
        subject_id=id,
    )
    return decided(replace(decision, also=[recording(outreach)]), ports, request)


def answer(calendar_event_id: UUID, client_id: UUID, body: Answer, ports: Ports, request: Request) -> Done:
    it = between(client_id, calendar_event_id)
    at = it.when(body.at, ports)

    def decide(now: Invitation) -> list[Event]:
        usual = state.require_listed(now).seats if body.accepted else 0
        seats = usual if body.seats is None else body.seats
        return answering.answer(now, events.InvitationAnswered(*it, body.accepted, seats, at))

    return decided(it.decision(decide, calendar_event.require_held), ports, request)


def attend(calendar_event_id: UUID, client_id: UUID, body: Attend, ports: Ports, request: Request) -> Done:
    it = between(client_id, calendar_event_id)
    at = it.when(body.at, ports)
    decide = partial(answering.attend, event=events.Attended(*it, body.people, at))
    return decided(it.decision(decide, lambda held: timing.require_its_day(held, at)), ports, request)


def withdraw_attendance(calendar_event_id: UUID, client_id: UUID, ports: Ports, request: Request) -> Done:
    it = between(client_id, calendar_event_id)
    decide = partial(answering.withdraw_attendance, event=events.AttendanceWithdrawn(*it))
    return decided(it.decision(decide), ports, request)


def bring_guest(calendar_event_id: UUID, client_id: UUID, body: BringGuest, ports: Ports, request: Request) -> Done:
    it, guest_id = between(client_id, calendar_event_id), body.guest_id
    decide = partial(answering.bring_guest, event=events.GuestBrought(*it, guest_id))
    guest = (guest_id, somebody("guest_id"))
    decision = it.decision(decide, calendar_event.require_held, others=[guest], subject_id=guest_id)
    return decided(decision, ports, request)


def remove_guest(calendar_event_id: UUID, client_id: UUID, guest_id: UUID, ports: Ports, request: Request) -> Done:
    it = between(client_id, calendar_event_id)
    decide = partial(answering.remove_guest, event=events.GuestRemoved(*it, guest_id))
    return decided(it.decision(decide, subject_id=guest_id), ports, request)
