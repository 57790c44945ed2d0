"""Commands about invitations: by hand, from an organization, sent with an outreach, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commands import client, invitation, invitation_list, membership, person, preview
from commands.ports import Change, Done, Ports, Receipt, Request, Stream
from domain.access import Caller, Policy, Role
from domain.calendar_event.events import CalendarEventCancelled, CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.contact import Channel, Outcome, Purpose
from domain.invitation import state
from domain.invitation.events import InvitationSent, Party, invitation_id
from domain.left_alone import LeftAlone
from domain.organization import OrganizationFounded
from domain.outreach import OutreachRecorded
from domain.receipt import receipt_id
from domain.refusals import (
    CalendarEventIsCancelled,
    CalendarEventUnknown,
    ClientHasDied,
    ClientUnknown,
    ContactPointUnknown,
    InvitationInvalid,
    InvitationUnknown,
    KeyReused,
    NotAllowed,
    OrganizationUnknown,
    OutreachInvalid,
    Refusal,
)
from domain.scope import Reach, Scope
from tests.support.memory import NOON, Fragile, Stops, ports, request

MANAGER = Caller("boss", Role.MANAGER, "paris-1")
SHOW, CLUB, NOWHERE, NOBODY = UUID(int=0x5404), UUID(int=0xC1B), UUID(int=0xDEAD), UUID(int=0xDEAF)
HELD = Held(NOON + timedelta(days=10), NOON + timedelta(days=10, hours=4), "Europe/Paris")


class World:
    """A house with a show that is yet to come, on the calendar of a club, and so many members of the club."""

    def __init__(self, members: int = 0) -> None:
        self.streams = Fragile()
        self.ports = ports(self.streams)
        self.happened(SHOW, CalendarEventScheduled(SHOW, "Show", "gala", (CLUB,), Scope(Reach.NATIONAL), HELD, None))
        self.happened(CLUB, OrganizationFounded(CLUB, "Club", "club", None, Scope(Reach.NATIONAL), None))
        self.members = [self.client() for _ in range(members)]
        for each in self.members:
            tie = {"organization_id": str(CLUB), "tie": "belonging"}
            membership.begin(each, membership.BeginMembership.model_validate(tie), self.ports, request())
        self.streams.sizes.clear()

    def happened(self, stream: UUID, event: object) -> None:
        after = self.ports.streams.read([stream])[0].version
        self.ports.streams.append([Change(Stream(stream, stream), after, (event,))], request())

    def client(self) -> UUID:
        body = client.RegisterClient.model_validate({"name": {"family": "L"}})
        return client.register(body, self.ports, request()).subject_id

    def at(self, now: datetime) -> Ports:
        return replace(self.ports, clock=lambda: now)

    def between(self, client_id: UUID) -> state.Invitation:
        return state.after(self.streams.events(invitation_id(SHOW, client_id)))

    def puts_on_list(self, client_id: UUID, **said: Any) -> Done:
        body = invitation.PutOnList.model_validate({"client_id": str(client_id), **said})
        return invitation.put_on_list(SHOW, body, self.ports, request())

    def invites(self, asked: Request, **said: Any) -> invitation_list.Listed:
        body = invitation_list.InviteOrganization.model_validate({"organization_id": str(CLUB), **said})
        return invitation_list.invite_organization(SHOW, body, self.ports, asked)


def by_manager(fingerprint: str | None = None) -> Request:
    return request(MANAGER, receipt=None if fingerprint is None else Receipt(receipt_id("boss", "key"), fingerprint))


def sending(**said: Any) -> invitation.SendInvitation:
    return invitation.SendInvitation.model_validate({"channel": "letter", **said})


def refused(refusal: type[Refusal], field: str | None, command: Callable[[], object]) -> None:
    with pytest.raises(refusal) as why:
        command()
    assert why.value.field == field


@pytest.mark.feature("BO-03")
def test_a_client_is_listed_for_as_many_as_her_party_unless_it_is_said() -> None:
    world = World(1)
    [anne] = world.members

    parties: list[tuple[dict[str, Any], int]] = [
        ({}, 1),
        ({"party": "couple"}, 2),
        ({"party": "household", "seats": 4}, 4),
    ]
    for said, seats in parties:
        done = world.puts_on_list(anne, **said)
        listed = world.between(anne).listed
        assert (done.subject_id, listed and listed.seats) == (anne, seats)
    refused(InvitationInvalid, "seats", lambda: world.puts_on_list(anne, party="household"))


@pytest.mark.feature("WK-15", "CS-59")
def test_an_invitation_and_the_outreach_by_which_it_goes_out_are_one_append() -> None:
    world = World(1)
    [anne] = world.members
    world.puts_on_list(anne)
    world.streams.sizes.clear()
    tickler = {"rule_id": "event", "cause": str(SHOW), "occurrence": "once"}
    done = invitation.send(SHOW, anne, sending(ticklers=[tickler], remark="By hand"), world.ports, request())

    [outreach] = world.streams.events(done.subject_id)
    assert isinstance(outreach, OutreachRecorded)
    assert world.streams.streams[done.subject_id].key == anne
    assert (outreach.channel, outreach.purpose, outreach.outcome) == (Channel.LETTER, Purpose.MARKETING, Outcome.SENT)
    assert (outreach.calendar_event_id, outreach.at, len(outreach.ticklers)) == (SHOW, NOON, 1)
    sent = world.streams.events(invitation_id(SHOW, anne))[-1]
    assert sent == InvitationSent(
        anne, invitation_id(SHOW, anne), SHOW, done.subject_id, Channel.LETTER, "associate-7", NOON
    )
    assert world.streams.sizes == [2]
    called = invitation.send(SHOW, anne, sending(channel="call"), world.ports, request())
    [by_phone] = world.streams.events(called.subject_id)
    assert isinstance(by_phone, OutreachRecorded)
    assert by_phone.outcome is Outcome.REACHED


def test_what_is_not_sent_leaves_no_outreach_behind() -> None:
    world = World(1)
    [anne] = world.members
    over = HELD.ends_at + timedelta(hours=1)

    def send(now: datetime = NOON, **said: Any) -> Callable[[], object]:
        return lambda: invitation.send(SHOW, anne, sending(**said), world.at(now), request())

    refused(InvitationUnknown, "client_id", send())
    world.puts_on_list(anne)
    known = set(world.streams.streams)
    refused(InvitationInvalid, "outcome", send(outcome="bounced"))
    refused(OutreachInvalid, "outcome", send(channel="call", outcome="sent"))
    refused(ContactPointUnknown, "contact_point_id", send(contact_point_id=str(NOWHERE)))
    refused(InvitationInvalid, "at", send(at="2026-03-03T12:00:00Z"))
    refused(InvitationInvalid, "at", send(over))
    assert set(world.streams.streams) == known
    send(over, at="2026-03-02T12:00:00Z")()


@pytest.mark.feature("WK-15")
def test_the_dead_are_not_invited_but_what_was_is_still_put_right() -> None:
    world = World(1)
    [anne] = world.members
    world.puts_on_list(anne)
    person.record_death(anne, person.RecordDeath(), world.ports, request())

    refused(ClientHasDied, "client_id", lambda: world.puts_on_list(anne, seats=2))
    refused(ClientHasDied, "client_id", lambda: invitation.send(SHOW, anne, sending(), world.ports, request()))
    assert invitation.take_off_list(SHOW, anne, world.ports, request()).events
    assert world.invites(by_manager()).put_on == 0


def test_nobody_is_invited_to_what_is_cancelled_or_unknown() -> None:
    world = World(1)
    [anne] = world.members
    world.puts_on_list(anne)
    put = invitation.PutOnList(client_id=anne)
    refused(
        CalendarEventUnknown,
        "calendar_event_id",
        lambda: invitation.put_on_list(NOWHERE, put, world.ports, request()),
    )
    world.happened(SHOW, CalendarEventCancelled(SHOW, None))

    for command in (
        lambda: world.puts_on_list(anne),
        lambda: world.invites(by_manager()),
        lambda: invitation.send(SHOW, anne, sending(), world.ports, request()),
        lambda: invitation.answer(SHOW, anne, invitation.Answer(accepted=True), world.ports, request()),
        lambda: invitation.attend(SHOW, anne, invitation.Attend(), world.ports, request()),
    ):
        refused(CalendarEventIsCancelled, "calendar_event_id", command)
    assert invitation.take_off_list(SHOW, anne, world.ports, request()).events


@pytest.mark.feature("BO-03")
def test_who_accepts_takes_her_seats_and_comes_on_a_day_of_the_event() -> None:
    world = World(1)
    [anne] = world.members
    world.puts_on_list(anne, party="couple")
    invitation.answer(SHOW, anne, invitation.Answer(accepted=True), world.ports, request())
    answer = world.between(anne).answer
    assert answer
    assert (answer.seats, answer.at) == (2, NOON)
    refused(
        InvitationInvalid,
        "at",
        lambda: invitation.attend(SHOW, anne, invitation.Attend(), world.ports, request()),
    )
    later = world.at(HELD.ends_at + timedelta(days=3))
    invitation.attend(SHOW, anne, invitation.Attend(people=2), later, request())
    came = world.between(anne).attended
    assert came
    assert (came.people, came.at) == (2, HELD.ends_at), "recorded later, and nobody said when"


@pytest.mark.feature("BO-04", "BO-05")
def test_pieces_are_previewed_before_the_event_and_put_right_at_any_time() -> None:
    world = World(1)
    [anne] = world.members
    pieces = [{"sku": "B-7", "serial_number": "S-7", "interested": True}]
    body = preview.Preview.model_validate({"pieces": pieces})
    id = preview.record(SHOW, anne, body, world.ports, request()).subject_id
    over = world.at(HELD.ends_at)

    refused(InvitationInvalid, "at", lambda: preview.record(SHOW, anne, body, over, request()))
    nothing = preview.CorrectPreview(pieces=())
    assert preview.correct(SHOW, anne, id, nothing, over, request()).events
    assert preview.correct(SHOW, anne, id, nothing, over, request()).events == ()
    refused(InvitationUnknown, "preview_id", lambda: preview.correct(SHOW, anne, NOWHERE, nothing, over, request()))


def test_a_guest_is_somebody_the_house_knows_and_not_the_host() -> None:
    world = World(2)
    anne, ben = world.members
    world.puts_on_list(anne)

    def bring(guest_id: UUID) -> Done:
        return invitation.bring_guest(SHOW, anne, invitation.BringGuest(guest_id=guest_id), world.ports, request())

    assert bring(ben).subject_id == ben
    refused(InvitationInvalid, "guest_id", lambda: bring(anne))
    refused(ClientUnknown, "guest_id", lambda: bring(NOWHERE))
    refused(ClientUnknown, "guest_id", lambda: bring(SHOW))
    refused(ClientUnknown, "client_id", lambda: world.puts_on_list(SHOW))


@pytest.mark.feature("BO-03", "WK-15")
def test_a_list_from_an_organization_is_made_in_large_appends_and_says_whom_it_left_alone() -> None:
    world = World(1000)
    by_hand, taken_off, *others = world.members
    world.puts_on_list(by_hand, party="couple")
    world.puts_on_list(taken_off)
    invitation.take_off_list(SHOW, taken_off, world.ports, request())
    world.streams.sizes.clear()
    done = world.invites(by_manager())

    assert (done.put_on, done.left_alone) == (
        998,
        (LeftAlone("invitation.on_list", 1), LeftAlone("invitation.taken_off", 1)),
    )
    assert (max(world.streams.sizes), len(world.streams.sizes)) == (400, 3 + 1)
    listed = [world.between(each).listed for each in others]
    assert {(each.party, each.seats, each.through) for each in listed if each} == {(Party.CLIENT, 1, CLUB)}
    kept = world.between(by_hand).listed
    assert kept
    assert kept.party is Party.COUPLE
    assert world.between(taken_off).listed is None


@pytest.mark.parametrize("appends", range(4))
def test_stopped_on_the_way_it_goes_on_where_it_was(appends: int) -> None:
    world = World(900)
    world.streams.left = appends
    with pytest.raises(Stops):
        world.invites(by_manager("f"))
    world.streams.left = None
    done, again = world.invites(by_manager("f")), world.invites(by_manager("f"))

    assert [(each.put_on, each.left_alone, each.repeated) for each in (done, again)] == [
        (900, (), False),
        (900, (), True),
    ]
    with pytest.raises(KeyReused):
        world.invites(by_manager("g"), seats=2)
    assert all(len(world.streams.events(invitation_id(SHOW, each))) == 1 for each in world.members)


def test_only_who_keeps_the_calendar_invites_an_organization() -> None:
    world = World()
    refused(NotAllowed, None, lambda: world.invites(request()))
    refused(OrganizationUnknown, "organization_id", lambda: world.invites(by_manager(), organization_id=str(NOWHERE)))
    refused(InvitationInvalid, "seats", lambda: world.invites(by_manager(), party="household"))


def test_too_many_at_once_are_refused_before_anybody_is_invited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation_list, "MOST_CLIENTS", 2)
    world = World(3)
    refused(InvitationInvalid, "organization_id", lambda: world.invites(by_manager()))
    assert world.streams.sizes == []


@pytest.mark.feature("CS-06")
@pytest.mark.parametrize("where", [SHOW, NOWHERE])
def test_of_a_client_and_a_guest_who_are_not_seen_nothing_is_learnt(where: UUID) -> None:
    world = World(2)
    anne, ben = world.members
    own = replace(world.ports, policy=Policy({}, home_store_months=24))
    asked = request(Caller("stranger", Role.ASSOCIATE, "paris-1"))

    def put(who: UUID) -> Callable[[], object]:
        return lambda: invitation.put_on_list(where, invitation.PutOnList(client_id=who), own, asked)

    def bring(host: UUID, guest: UUID) -> Callable[[], object]:
        return lambda: invitation.bring_guest(where, host, invitation.BringGuest(guest_id=guest), own, asked)

    assert told(put(anne)) == told(put(NOBODY))
    assert len({told(bring(host, guest)) for host in (anne, NOBODY) for guest in (ben, NOBODY, SHOW)}) == 1


def told(command: Callable[[], object]) -> tuple[str, str, str | None]:
    with pytest.raises(Refusal) as why:
        command()
    return why.value.code, why.value.detail, why.value.field
