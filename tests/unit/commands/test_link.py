"""Commands about links, from body to events."""

from typing import Any
from uuid import UUID

import pytest

from commands import client, delivery, link, sale
from commands.ports import Done, Ports
from domain.access import HOUSE_POLICY, Caller, Policy, Role, Sharing
from domain.client import events
from domain.days import CalendarDay
from domain.link import LinkBegun, LinkEnded
from domain.refusals import ClientUnknown, LinkUnknown, NotAllowed, Refusal
from tests.support.memory import ASSOCIATE, MemoryStreams, ports, request

STRANGER = Caller("associate-9", Role.ASSOCIATE, "rome-1")


@pytest.fixture
def streams() -> MemoryStreams:
    return MemoryStreams()


@pytest.fixture
def world(streams: MemoryStreams) -> Ports:
    return ports(streams)


def registered(given: str, world: Ports) -> UUID:
    body = client.RegisterClient.model_validate({"name": {"family": "Roux", "given": given}})
    return client.register(body, world, request()).subject_id


def begin(client_id: UUID, world: Ports, caller: Caller = ASSOCIATE, **body: Any) -> Done:
    return link.begin(client_id, link.AddRelative.model_validate(body), world, request(caller))


@pytest.mark.feature("CS-07")
def test_a_new_person_and_her_link_are_one_append(world: Ports, streams: MemoryStreams) -> None:
    anne = registered("Anne", world)
    born = {"month": 2, "day": 29, "year": 2004}
    done = begin(
        anne, world, relation="Daughter", reverse="mother", person={"name": {"family": "Roux"}, "birthday": born}
    )

    [begun] = streams.events(done.subject_id)
    assert isinstance(begun, LinkBegun)
    assert (begun.client_is, begun.other_is, begun.kind) == ("mother", "daughter", "parent-child")
    noted, birthday = streams.events(begun.other_id)
    assert isinstance(noted, events.PersonNoted)
    assert isinstance(birthday, events.DateAdded)
    assert (noted.through, birthday.day) == (anne, CalendarDay(2, 29, 2004))
    assert streams.streams[begun.other_id].key == begun.other_id
    assert len(streams.requests) == 2


def test_what_is_refused_leaves_nobody_behind(world: Ports, streams: MemoryStreams) -> None:
    with pytest.raises(ClientUnknown):
        begin(UUID(int=77), world, relation="wife", person={"name": {"family": "Roux"}})
    assert streams.streams == {}


def test_the_link_of_two_is_the_same_from_either_side(world: Ports) -> None:
    anne, paul = registered("Anne", world), registered("Paul", world)
    first = begin(anne, world, relation="husband", reverse="wife", other_id=str(paul))
    again = begin(paul, world, relation="wife", reverse="husband", other_id=str(anne))

    assert first.subject_id == again.subject_id
    assert again.events == ()


def test_without_a_last_day_it_ends_today(world: Ports, streams: MemoryStreams) -> None:
    anne, paul = registered("Anne", world), registered("Paul", world)
    done = begin(anne, world, relation="husband", other_id=str(paul))
    link.end(done.subject_id, link.EndLink(), world, request())

    ended = streams.events(done.subject_id)[-1]
    assert isinstance(ended, LinkEnded)
    assert ended.until == world.clock().date()


def test_who_sees_neither_of_the_two_finds_no_link(streams: MemoryStreams) -> None:
    """A stranger is refused in the words for a link that is not there; who sees one of the two may change it."""
    policy = Policy({**HOUSE_POLICY.sharing, Role.ASSOCIATE: Sharing.STORE}, 24)
    world = ports(streams, policy=policy)
    anne = registered("Anne", world)
    done = begin(anne, world, relation="friend", person={"name": {"family": "Roux"}})

    for id in (done.subject_id, UUID(int=99)):
        with pytest.raises(LinkUnknown) as refused:
            link.end(id, link.EndLink(), world, request(STRANGER))
        assert refused.value.detail == "There is no link with this id."
    link.end(done.subject_id, link.EndLink(), world, request())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_may_not_change_clients_links_nobody(world: Ports, role: Role) -> None:
    caller = Caller("somebody", role)
    body = link.AddRelative.model_validate({"relation": "wife", "other_id": str(UUID(int=2))})
    with pytest.raises(NotAllowed):
        link.begin(UUID(int=1), body, world, request(caller))
    with pytest.raises(NotAllowed):
        link.end(UUID(int=1), link.EndLink(), world, request(caller))
    with pytest.raises(NotAllowed):
        delivery.send(UUID(int=1), delivery.DeliverTo(address_id=UUID(int=2)), world, request(caller))


@pytest.mark.feature("CS-09")
def test_a_return_is_sent_to_nobody(world: Ports) -> None:
    anne = registered("Anne", world)
    body = {
        "reference": {"source": "till", "number": "1"},
        "occurred_at": "2026-03-01T12:00:00Z",
        "currency": "EUR",
        "client_id": str(anne),
        "lines": [{"sku": "R", "description": "Ring", "quantity": 1, "unit_price": "1.00"}],
    }
    back = sale.record_return(sale.RecordReturn.model_validate(body), world, request()).subject_id
    with pytest.raises(Refusal) as refused:
        delivery.send(back, delivery.DeliverTo(address_id=UUID(int=2)), world, request())
    assert refused.value.field == "sale_id"
