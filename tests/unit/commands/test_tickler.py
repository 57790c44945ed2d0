"""Commands about ticklers and follow-ups: whom and what they name has to be there, and seen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from commands import client, follow_up, house, tickler, tickler_rule
from commands.ports import Done, Ports, Request
from domain.access import HOUSE_POLICY, Caller, Role, Sharing
from domain.follow_up import FollowUpWritten
from domain.refusals import (
    AssociateInvalid,
    AssociateUnknown,
    CalendarEventUnknown,
    ClientUnknown,
    FollowUpUnknown,
    NotAllowed,
    Refusal,
    TicklerInvalid,
    TicklerIsTaken,
    TicklerRuleUnknown,
    TicklerUnknown,
    VersionStale,
)
from domain.tickler import TicklerCompleted, TicklerHandedOver, TicklerSnoozed
from domain.tickler_cause import About, tickler_id
from domain.tickler_defaults import house_defaults
from domain.tickler_rule import RuleSet
from domain.tickler_rule_versions import stream_id
from tests.support.memory import ASSOCIATE, MemoryStreams, ports, request

ANNE, NOBODY = UUID(int=1), UUID(int=99)
OFFICE = Caller("head-office-1", Role.HEAD_OFFICE)
OTHER_STORE = Caller("associate-9", Role.ASSOCIATE, "rome-1")
CALL: Mapping[str, str] = {"rule_id": "birthday-call", "cause": "her birthday", "occurrence": "2026"}
ASK = {"due_on": "2026-03-09", "text": "Ask about the ring"}

Command = Callable[[UUID, UUID, Ports, Request], Done]


def about(**other: str) -> Any:
    return {"about": {**CALL, **other}}


def of(client_id: UUID, said: Mapping[str, str]) -> UUID:
    return tickler_id(client_id, About(**said))


COMMANDS: dict[str, Command] = {
    "complete": lambda who, it, world, asked: tickler.complete(
        who, it, tickler.CompleteTickler.model_validate(about()), world, asked
    ),
    "dismiss": lambda who, it, world, asked: tickler.dismiss(
        who, it, tickler.DismissTickler.model_validate(about()), world, asked
    ),
    "snooze": lambda who, it, world, asked: tickler.snooze(
        who, it, tickler.SnoozeTickler.model_validate({**about(), "until": "2026-03-09"}), world, asked
    ),
    "hand over": lambda who, it, world, asked: tickler.hand_over(
        who, it, tickler.HandOverTickler.model_validate({**about(), "to": "marc"}), world, asked
    ),
    "take": lambda who, it, world, asked: tickler.take(
        who, it, tickler.TakeTickler.model_validate(about()), world, asked
    ),
    "reopen": lambda who, it, world, asked: tickler.reopen(
        who, it, tickler.ReopenTickler.model_validate(about()), world, asked
    ),
}


def opened(world: Ports) -> Ports:
    """A house with one client, one rule, and Marc, who is about to leave."""
    body = client.RegisterClient.model_validate({"name": {"family": "Leclerc"}})
    assert client.register(body, world, request()).subject_id == ANNE
    rule = tickler_rule.SetRule.model_validate(
        {"cause": "own-date", "text": "Call", "days": 0, "expires": 7, "since": "2026-01-01"}
    )
    tickler_rule.set_rule("birthday-call", rule, world, request(OFFICE))
    marc = {"id": "marc", "name": "Marc", "role": "associate", "store_id": None, "since": "2019-05-02"}
    house.join_house(house.JoinHouse.model_validate(marc), world, request(OFFICE))
    house.leave("marc", house.Leave.model_validate({"on": "2026-03-02"}), world, request(OFFICE))
    return world


@pytest.fixture
def world() -> Ports:
    return opened(ports())


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_done_is_recorded_of_the_tickler_that_was_named(world: Ports, name: str) -> None:
    id = of(ANNE, CALL)
    if name == "reopen":
        COMMANDS["dismiss"](ANNE, id, world, request())
    done = COMMANDS[name](ANNE, id, world, request())
    [event] = done.events
    assert (done.subject_id, done.stream.key, event.about) == (id, ANNE, About(**CALL))  # type: ignore[attr-defined]
    assert COMMANDS[name](ANNE, id, world, request()).events == ()
    with pytest.raises(VersionStale):
        COMMANDS[name](ANNE, id, world, request(expected_version=9))


@pytest.mark.parametrize("name", COMMANDS)
def test_there_has_to_be_the_client_the_rule_and_the_tickler(name: str) -> None:
    command, world = COMMANDS[name], opened(ports())
    refused: list[tuple[UUID, UUID, type[Refusal], str]] = [
        (NOBODY, of(NOBODY, CALL), ClientUnknown, "client_id"),
        (ANNE, of(NOBODY, CALL), TicklerUnknown, "tickler_id"),
    ]
    for client_id, id, why, field in refused:
        with pytest.raises(why) as found:
            command(client_id, id, world, request())
        assert found.value.field == field
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SUBSCRIBER):
        with pytest.raises(NotAllowed):
            command(ANNE, of(ANNE, CALL), world, request(Caller("somebody", role)))

    unruled = ports()
    client.register(client.RegisterClient.model_validate({"name": {"family": "Leclerc"}}), unruled, request())
    house.join_house(
        house.JoinHouse.model_validate({"id": "marc", "name": "Marc", "role": "associate", "since": "2019-05-02"}),
        unruled,
        request(OFFICE),
    )
    with pytest.raises(TicklerRuleUnknown) as unknown:
        command(ANNE, of(ANNE, CALL), unruled, request())
    assert unknown.value.field == "about.rule_id"


@pytest.mark.parametrize("name", COMMANDS)
def test_of_a_hidden_client_there_are_no_ticklers(name: str) -> None:
    own = replace(HOUSE_POLICY, sharing={Role.ASSOCIATE: Sharing.STORE})
    world = opened(ports(policy=own))
    for client_id in (ANNE, NOBODY):
        with pytest.raises(ClientUnknown) as refused:
            COMMANDS[name](client_id, of(client_id, CALL), world, request(OTHER_STORE, expected_version=7))
        assert refused.value.field == "client_id"
    with pytest.raises(ClientUnknown):
        follow_up.write(ANNE, follow_up.WriteFollowUp.model_validate(ASK), world, request(OTHER_STORE))


def test_a_tickler_is_handed_over_to_who_works_for_the_house(world: Ports) -> None:
    def to(whom: str, at: Ports) -> Done:
        body = tickler.HandOverTickler.model_validate({**about(), "to": whom})
        return tickler.hand_over(ANNE, of(ANNE, CALL), body, at, request())

    with pytest.raises(AssociateUnknown) as refused:
        to("nobody", world)
    assert refused.value.field == "to"
    last_day = to("marc", world)
    assert last_day.events == (TicklerHandedOver(ANNE, of(ANNE, CALL), About(**CALL), "marc", None),)
    day_after = replace(opened(ports()), clock=lambda: datetime(2026, 3, 3, 0, 1, tzinfo=UTC))
    with pytest.raises(AssociateInvalid):
        to("marc", day_after)


def test_what_somebody_had_who_left_is_to_be_taken_again(world: Ports) -> None:
    COMMANDS["hand over"](ANNE, of(ANNE, CALL), world, request())
    with pytest.raises(TicklerIsTaken):
        COMMANDS["take"](ANNE, of(ANNE, CALL), world, request())
    day_after = replace(world, clock=lambda: datetime(2026, 3, 3, 0, 1, tzinfo=UTC))
    assert COMMANDS["take"](ANNE, of(ANNE, CALL), day_after, request()).version == 2


@pytest.mark.parametrize(("hour", "possible"), [(11, "2026-03-02"), (12, "2026-03-03"), (23, "2026-03-03")])
def test_it_is_put_off_to_a_day_that_is_to_come_wherever_the_associate_is(hour: int, possible: str) -> None:
    world = replace(opened(ports()), clock=lambda: datetime(2026, 3, 2, hour, 59, tzinfo=UTC))

    def until(day: str) -> Done:
        body = tickler.SnoozeTickler.model_validate({**about(), "until": day})
        return tickler.snooze(ANNE, of(ANNE, CALL), body, world, request())

    day = date.fromisoformat(possible)
    with pytest.raises(TicklerInvalid):
        until(day.replace(day=day.day - 1).isoformat())
    assert until(possible).events == (TicklerSnoozed(ANNE, of(ANNE, CALL), About(**CALL), ASSOCIATE.id, day),)


def test_an_assistant_acts_for_the_associate(world: Ports) -> None:
    assistant = Caller("assistant", Role.ASSOCIATE, "paris-1", on_behalf_of="ines")
    done = COMMANDS["complete"](ANNE, of(ANNE, CALL), world, request(assistant))
    [event] = done.events
    assert isinstance(event, TicklerCompleted)
    assert event.associate_id == "ines"


def test_a_follow_up_is_written_for_a_colleague_and_changed_by_who_has_it_by_then(world: Ports) -> None:
    def written(**other: str) -> Done:
        body = follow_up.WriteFollowUp.model_validate({**ASK, **other})
        return follow_up.write(ANNE, body, world, request())

    for other, why, field in (
        ({"owner": "nobody"}, AssociateUnknown, "owner"),
        ({"calendar_event_id": str(NOBODY)}, CalendarEventUnknown, "calendar_event_id"),
    ):
        with pytest.raises(why) as refused:
            written(**other)
        assert refused.value.field == field
    mine = written()
    [event] = mine.events
    assert isinstance(event, FollowUpWritten)
    assert (event.author, event.owner) == (ASSOCIATE.id, ASSOCIATE.id)
    id = written(owner="marc").subject_id

    said = {"rule_id": "follow-up", "cause": str(id), "occurrence": "once"}
    lea = Caller("lea", Role.ASSOCIATE, "paris-1")
    house.join_house(
        house.JoinHouse.model_validate({"id": "lea", "name": "Léa", "role": "associate", "since": "2019-05-02"}),
        world,
        request(OFFICE),
    )
    correction = follow_up.CorrectFollowUp.model_validate({"due_on": "2026-03-10", "text": "Ask again"})
    with pytest.raises(NotAllowed):
        follow_up.correct(ANNE, id, correction, world, request(lea))
    body = tickler.HandOverTickler.model_validate({"about": said, "to": "lea"})
    tickler.hand_over(ANNE, of(ANNE, said), body, world, request())
    assert follow_up.correct(ANNE, id, correction, world, request(lea)).version == 2
    assert follow_up.withdraw(ANNE, id, world, request(Caller("marc", Role.ASSOCIATE))).version == 3
    with pytest.raises(FollowUpUnknown):
        follow_up.withdraw(ANNE, NOBODY, world, request(expected_version=7))


@pytest.mark.parametrize("cause", ["what she said", str(NOBODY), str(ANNE)])
def test_nothing_is_done_with_a_follow_up_that_nobody_wrote(world: Ports, cause: str) -> None:
    said = {"rule_id": "follow-up", "cause": cause, "occurrence": "once"}
    body = tickler.CompleteTickler.model_validate({"about": said})
    with pytest.raises(FollowUpUnknown) as refused:
        tickler.complete(ANNE, of(ANNE, said), body, world, request())
    assert refused.value.field == "about.cause"


def test_the_defaults_are_adopted_in_one_append_and_never_over_what_the_house_says(world: Ports) -> None:
    streams = world.streams
    assert isinstance(streams, MemoryStreams)
    body = tickler_rule.AdoptDefaults.model_validate({"since": "2026-04-01"})
    before = len(streams.requests)
    adopted = tickler_rule.adopt_defaults(body, world, request(OFFICE))

    assert len(streams.requests) == before + 1
    assert {event.rule_id for event in adopted.events if isinstance(event, RuleSet)} == (
        house_defaults().keys() - {"birthday-call"}
    )
    assert set(adopted.rules) == house_defaults().keys()
    newest = streams.read([stream_id(rule_id) for rule_id in adopted.rules])
    assert adopted.position == max(position for history in newest for position in history.positions)
    assert tickler_rule.adopt_defaults(body, world, request(OFFICE)).events == ()
    with pytest.raises(NotAllowed):
        tickler_rule.adopt_defaults(body, world, request(Caller("manager-1", Role.MANAGER)))
