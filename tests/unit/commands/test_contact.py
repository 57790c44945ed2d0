"""Commands about contacts with a client, from body to events: who, where, when, and what they name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from commands import client, house, outreach, visit
from commands.ports import Change, Done, Ports, Request, Stream
from domain.access import Caller, Policy, Role, Sharing
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.outreach import Outcome, OutreachRecorded
from domain.refusals import (
    CalendarEventUnknown,
    ClientUnknown,
    ContactPointUnknown,
    NotAllowed,
    OutreachInvalid,
    OutreachUnknown,
    Refusal,
    StoreUnknown,
    VisitInvalid,
    VisitUnknown,
)
from domain.scope import Reach, Scope
from domain.tickler_cause import About
from domain.visit import VisitRecorded
from tests.support.memory import ASSOCIATE, NOON, ports, request

NOBODY, SHOW = UUID(int=99), UUID(int=0xCA1)
COLLEAGUE = Caller("marc", Role.ASSOCIATE, "paris-1")
HEAD = Caller("head", Role.HEAD_OFFICE)
STRANGER = Caller("somebody", Role.ASSOCIATE, "rome-1")
CALL: dict[str, Any] = {"channel": "call", "outcome": "reached"}
BIRTHDAY = {"rule_id": "birthday-call", "cause": "1", "occurrence": "2026"}


@pytest.fixture
def world() -> Ports:
    world = ports()
    held = Held(NOON, NOON.replace(hour=20), "Europe/Paris")
    scheduled = CalendarEventScheduled(SHOW, "Aurélie", "trunk-show", (), Scope(Reach.NATIONAL), held, None)
    world.streams.append([Change(Stream(SHOW, SHOW), 0, (scheduled,))], request())
    opened = {"id": "paris-1", "name": "Vendôme", "country": "FR", "city": "Paris", "time_zone": "Europe/Paris"}
    house.open_store(house.OpenStore.model_validate(opened), world, request(HEAD))
    return world


@pytest.fixture
def anne(world: Ports) -> UUID:
    return client.register(client.RegisterClient(name=client.Name(family="Leclerc")), world, request()).subject_id


def record(world: Ports, who: UUID, by: Request | None = None, **body: Any) -> Done:
    said = outreach.RecordOutreach.model_validate({**CALL, **body})
    return outreach.record(who, said, world, by or request())


def came(world: Ports, who: UUID, by: Request | None = None, **body: Any) -> Done:
    return visit.record(who, visit.RecordVisit.model_validate(body), world, by or request())


def reached_at(world: Ports, who: UUID, kind: str, value: str) -> UUID:
    body = client.AddContactPoint.model_validate({"kind": kind, "value": value})
    return client.add_contact_point(who, body, world, request()).subject_id


@pytest.mark.feature("CS-59")
def test_a_call_is_recorded_with_little_to_say(world: Ports, anne: UUID) -> None:
    done = record(world, anne, ticklers=[BIRTHDAY, BIRTHDAY])
    [event] = done.events
    assert isinstance(event, OutreachRecorded)
    assert (event.client_id, event.associate_id, event.store_id) == (anne, "associate-7", "paris-1")
    assert (event.at, event.direction, event.purpose) == (NOON, "out", "conversational")
    assert event.ticklers == (About("birthday-call", "1", "2026"),)
    assert done.stream == Stream(done.subject_id, anne)


@pytest.mark.feature("CS-59")
def test_an_assistant_records_what_was_done_for_whom_she_acts_for(world: Ports, anne: UUID) -> None:
    assistant = request(Caller("assistant", Role.ASSOCIATE, "paris-1", on_behalf_of="ines"))
    [called], [was_there] = record(world, anne, assistant).events, came(world, anne, assistant).events
    assert isinstance(called, OutreachRecorded)
    assert isinstance(was_there, VisitRecorded)
    assert called.associate_id == was_there.associate_id == "ines"


@pytest.mark.feature("CS-59")
def test_the_contact_point_is_one_of_hers_and_for_this_channel(world: Ports, anne: UUID) -> None:
    ben = client.register(client.RegisterClient(name=client.Name(family="Martin")), world, request()).subject_id
    phone, other = (reached_at(world, who, "phone", "+33612345678") for who in (anne, ben))
    email = reached_at(world, anne, "email", "anne@example.com")
    for channel, point in (("call", phone), ("text", phone), ("chat", phone), ("mail", email), ("chat", email)):
        assert record(world, anne, channel=channel, contact_point_id=str(point)).events
    refused: list[tuple[str, UUID, type[Refusal]]] = [
        ("call", other, ContactPointUnknown),
        ("call", NOBODY, ContactPointUnknown),
        ("call", email, OutreachInvalid),
        ("mail", phone, OutreachInvalid),
        ("letter", phone, OutreachInvalid),
        ("visit", phone, OutreachInvalid),
    ]
    for channel, point, refusal in refused:
        with pytest.raises(refusal) as found:
            record(world, anne, channel=channel, contact_point_id=str(point))
        assert found.value.field == "contact_point_id"


def test_what_a_contact_names_there_is(world: Ports, anne: UUID) -> None:
    for do in (record, came):
        assert do(world, anne, calendar_event_id=str(SHOW), store_id="paris-1").events
        for refusal, field, named in (
            (CalendarEventUnknown, "calendar_event_id", str(NOBODY)),
            (CalendarEventUnknown, "calendar_event_id", str(anne)),
            (StoreUnknown, "store_id", "atlantis"),
        ):
            with pytest.raises(refusal) as found:
                do(world, anne, None, **{field: named})
            assert found.value.field == field
        with pytest.raises(ClientUnknown):
            do(world, NOBODY)


def test_a_visit_was_somewhere(world: Ports, anne: UUID) -> None:
    with pytest.raises(VisitInvalid) as refused:
        came(world, anne, request(Caller("head", Role.HEAD_OFFICE)))
    assert refused.value.field == "store_id"


@pytest.mark.parametrize(("do", "refusal"), [(record, OutreachInvalid), (came, VisitInvalid)])
def test_what_is_recorded_has_been(world: Ports, anne: UUID, do: Callable[..., Done], refusal: type[Refusal]) -> None:
    assert do(world, anne, at="2026-03-02T12:05:00Z").events
    with pytest.raises(refusal) as found:
        do(world, anne, at="2026-03-02T12:05:01Z")
    assert found.value.field == "at"


@pytest.mark.feature("CS-59")
def test_whoever_opens_the_letter_that_came_back_says_so(world: Ports, anne: UUID) -> None:
    sent = record(world, anne, channel="letter", outcome="sent").subject_id
    bounced = outreach.CorrectOutcome(outcome=Outcome.BOUNCED)
    assert outreach.correct_outcome(anne, sent, bounced, world, request(COLLEAGUE)).version == 2
    assert outreach.correct_outcome(anne, sent, bounced, world, request(COLLEAGUE)).events == ()


def test_what_is_recorded_of_an_associate_she_takes_back_herself_or_her_manager(world: Ports, anne: UUID) -> None:
    manager = Caller("manager-1", Role.MANAGER, "paris-1")
    for make, withdraw in ((record, outreach.withdraw), (came, visit.withdraw)):
        for who in (ASSOCIATE, manager, Caller("assistant", Role.ASSOCIATE, on_behalf_of=ASSOCIATE.id)):
            id = make(world, anne).subject_id
            with pytest.raises(NotAllowed):
                withdraw(anne, id, world, request(COLLEAGUE))
            assert withdraw(anne, id, world, request(who)).version == 2
            assert withdraw(anne, id, world, request(who)).events == ()


COMMANDS: list[tuple[Callable[[UUID, UUID, Ports, Request], Done], type[Refusal]]] = [
    (
        lambda who, it, world, by: outreach.correct_outcome(
            who, it, outreach.CorrectOutcome(outcome=Outcome.NO_ANSWER), world, by
        ),
        OutreachUnknown,
    ),
    (outreach.withdraw, OutreachUnknown),
    (visit.withdraw, VisitUnknown),
]


@pytest.mark.parametrize(("command", "unknown"), COMMANDS)
@pytest.mark.parametrize("expected_version", [None, 7])
def test_of_another_clients_contact_there_is_none_whatever_the_version(
    world: Ports,
    anne: UUID,
    command: Callable[[UUID, UUID, Ports, Request], Done],
    unknown: type[Refusal],
    expected_version: int | None,
) -> None:
    ben = client.register(client.RegisterClient(name=client.Name(family="Martin")), world, request()).subject_id
    for id in (record(world, ben).subject_id, came(world, ben).subject_id, NOBODY, anne):
        with pytest.raises(unknown):
            command(anne, id, world, request(expected_version=expected_version))


def test_a_client_whom_she_does_not_see_is_nobody(anne: UUID, world: Ports) -> None:
    theirs = {make: make(world, anne).subject_id for make in (record, came)}
    own = replace(world, policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    by = request(STRANGER, expected_version=7)
    for make in (record, came):
        with pytest.raises(ClientUnknown):
            make(own, anne, request(STRANGER))
    for command, _ in COMMANDS:
        for id in theirs.values():
            with pytest.raises(ClientUnknown):
                command(anne, id, own, by)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR, Role.POINT_OF_SALE])
def test_who_only_reads_records_nothing(world: Ports, anne: UUID, role: Role) -> None:
    called, was_there = record(world, anne).subject_id, came(world, anne).subject_id
    reader = request(Caller("reader", role, "paris-1"))
    for make in (record, came):
        with pytest.raises(NotAllowed):
            make(world, anne, reader)
    for command, _ in COMMANDS:
        for id in (called, was_there):
            with pytest.raises(NotAllowed):
                command(anne, id, world, reader)
