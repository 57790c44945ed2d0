"""Commands about contacts with a client, from body to events: who, where, when, and what they name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from commands import appointment, client, house, outreach, visit
from commands.ports import Change, Done, Ports, Request, Stream
from domain.access import Caller, Policy, Role, Sharing
from domain.appointment import AppointmentMade, AppointmentMoved
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.contact import Outcome
from domain.outreach import OutreachRecorded
from domain.refusals import (
    AppointmentInvalid,
    AppointmentIsCancelled,
    AppointmentUnknown,
    AssociateInvalid,
    AssociateUnknown,
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


def meet(world: Ports, who: UUID, by: Request | None = None, **body: Any) -> Done:
    said = {"starts": "2026-03-02T08:00", "ends": "2026-03-02T09:00", **body}
    return appointment.make(who, appointment.MakeAppointment.model_validate(said), world, by or request())


def move(world: Ports, who: UUID, it: UUID, by: Request | None = None, **body: Any) -> Done:
    said = {"starts": "2026-03-03T08:00", "ends": "2026-03-03T09:00", **body}
    return appointment.move(who, it, appointment.MoveAppointment.model_validate(said), world, by or request())


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


@pytest.mark.feature("BO-26")
def test_an_appointment_is_by_the_clocks_of_the_store_until_another_place_is_named(world: Ports, anne: UUID) -> None:
    done = meet(world, anne, out_of_hours=True)
    [made] = done.events
    assert isinstance(made, AppointmentMade)
    assert made.time == Held(NOON.replace(hour=7), NOON.replace(hour=8), "Europe/Paris")
    assert (made.associate_id, made.store_id, made.out_of_hours) == ("associate-7", "paris-1", True)

    [moved] = move(world, anne, done.subject_id, time_zone="Asia/Tokyo").events
    [again] = move(world, anne, done.subject_id, starts="2026-03-04T08:00", ends="2026-03-04T09:00").events
    assert isinstance(moved, AppointmentMoved)
    assert isinstance(again, AppointmentMoved)
    assert moved.time.starts_at == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert again.time == Held(datetime(2026, 3, 3, 23, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC), "Asia/Tokyo")


def test_a_time_that_the_clocks_skip_is_no_time(world: Ports, anne: UUID) -> None:
    it = meet(world, anne).subject_id
    night = {"starts": "2026-03-29T02:30", "ends": "2026-03-29T03:30"}
    turned = {"starts": "2026-03-29T01:30", "ends": "2026-03-29T02:30"}
    backwards = {"starts": "2026-03-29T05:00", "ends": "2026-03-29T04:00"}
    for body, field in ((night, "starts"), (turned, "ends"), (backwards, "ends")):
        with pytest.raises(AppointmentInvalid) as refused:
            meet(world, anne, None, **body)
        assert refused.value.field == field
        with pytest.raises(AppointmentInvalid) as refused:
            move(world, anne, it, None, **body)
        assert refused.value.field == field
    assert meet(world, anne, None, **night, time_zone="Asia/Tokyo").events


def test_an_appointment_is_with_somebody_who_works_here(world: Ports, anne: UUID) -> None:
    for id, left in (("ines", None), ("marc", "2026-03-01")):
        joins = {"id": id, "name": "Somebody", "role": "associate", "store_id": "paris-1", "since": "2020-01-01"}
        house.join_house(house.JoinHouse.model_validate(joins), world, request(HEAD))
        if left:
            house.leave(id, house.Leave.model_validate({"on": left}), world, request(HEAD))
    [made] = meet(world, anne, associate_id="ines").events
    assert isinstance(made, AppointmentMade)
    assert made.associate_id == "ines"
    for id, refusal in (("marc", AssociateInvalid), ("nobody", AssociateUnknown)):
        with pytest.raises(refusal) as refused:
            meet(world, anne, associate_id=id)
        assert refused.value.field == "associate_id"


def test_an_appointment_is_at_a_store_whose_clocks_are_known(world: Ports, anne: UUID) -> None:
    for by in (STRANGER, HEAD):
        with pytest.raises((StoreUnknown, AppointmentInvalid)) as refused:
            meet(world, anne, request(by))
        assert refused.value.field == "store_id"
    assert meet(world, anne, request(STRANGER), time_zone="Europe/Rome").events


@pytest.mark.feature("BO-26")
def test_that_she_came_is_said_on_the_day(world: Ports, anne: UUID) -> None:
    def say(it: UUID, *, kept: bool) -> Done:
        return appointment.say_attendance(anne, it, appointment.SayAttendance(kept=kept), world, request())

    it = meet(world, anne).subject_id
    assert say(it, kept=False).version == 2
    assert say(it, kept=True).version == 3
    tomorrow = meet(world, anne, starts="2026-03-03T00:00", ends="2026-03-03T01:00").subject_id
    for kept in (True, False):
        with pytest.raises(AppointmentInvalid) as refused:
            say(tomorrow, kept=kept)
        assert refused.value.field == "kept"
    assert appointment.cancel(anne, tomorrow, world, request()).version == 2
    with pytest.raises(AppointmentIsCancelled):
        move(world, anne, tomorrow)


def test_what_a_contact_names_there_is(world: Ports, anne: UUID) -> None:
    for do in (record, came, meet):
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


MAKE = (record, came, meet)
COMMANDS: list[tuple[Callable[[UUID, UUID, Ports, Request], Done], type[Refusal]]] = [
    (
        lambda who, it, world, by: outreach.correct_outcome(
            who, it, outreach.CorrectOutcome(outcome=Outcome.NO_ANSWER), world, by
        ),
        OutreachUnknown,
    ),
    (outreach.withdraw, OutreachUnknown),
    (visit.withdraw, VisitUnknown),
    (lambda who, it, world, by: move(world, who, it, by), AppointmentUnknown),
    (appointment.cancel, AppointmentUnknown),
    (
        lambda who, it, world, by: appointment.say_attendance(who, it, appointment.SayAttendance(kept=True), world, by),
        AppointmentUnknown,
    ),
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
    for id in (*(make(world, ben).subject_id for make in MAKE), NOBODY, anne):
        with pytest.raises(unknown):
            command(anne, id, world, request(expected_version=expected_version))


def test_a_client_whom_she_does_not_see_is_nobody(anne: UUID, world: Ports) -> None:
    theirs = [make(world, anne).subject_id for make in MAKE]
    own = replace(world, policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    by = request(STRANGER, expected_version=7)
    for make in MAKE:
        with pytest.raises(ClientUnknown):
            make(own, anne, request(Caller("somebody", Role.ASSOCIATE, "paris-1")))
    for command, _ in COMMANDS:
        for id in theirs:
            with pytest.raises(ClientUnknown):
                command(anne, id, own, by)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR, Role.POINT_OF_SALE])
def test_who_only_reads_records_nothing(world: Ports, anne: UUID, role: Role) -> None:
    theirs = [make(world, anne).subject_id for make in MAKE]
    reader = request(Caller("reader", role, "paris-1"))
    for make in MAKE:
        with pytest.raises(NotAllowed):
            make(world, anne, reader)
    for command, _ in COMMANDS:
        for id in theirs:
            with pytest.raises(NotAllowed):
                command(anne, id, world, reader)
