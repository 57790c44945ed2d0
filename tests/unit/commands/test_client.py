"""Commands about a client, from body to events."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from commands import client
from commands.ports import Done, Ports
from domain.access import Caller, Role
from domain.client.events import AddressAdded, ClientRegistered, ContactPointAdded, NameCorrected
from domain.client.facts import ContactKind, Name, Reference
from domain.client.registration import client_id as id_of
from domain.refusals import ClientUnknown, NotAllowed
from tests.support.memory import ASSOCIATE, ports, request

ANNE = UUID(int=1)


def register(body: dict[str, Any], world: Ports, caller: Caller = ASSOCIATE) -> UUID:
    return client.register(client.RegisterClient.model_validate(body), world, request(caller)).subject_id


@pytest.fixture
def world() -> Ports:
    world = ports()
    assert register({"name": {"family": "Leclerc", "given": "Anne"}}, world) == ANNE
    return world


def events(world: Ports, id: UUID = ANNE) -> tuple[object, ...]:
    return world.streams.read([id])[0].events


def test_a_client_is_registered_at_the_callers_store(world: Ports) -> None:
    assert events(world) == (ClientRegistered(ANNE, "paris-1", Name("Leclerc", "Anne"), None),)


def test_a_client_with_a_number_elsewhere_is_registered_once(world: Ports) -> None:
    body = {"reference": {"source": "till", "number": "12345"}, "store_id": "rome-1"}
    reference = Reference("till", "12345")

    assert register(body, world) == register(body, world) == id_of(reference)
    assert events(world, id_of(reference)) == (ClientRegistered(id_of(reference), "rome-1", None, reference),)


def test_a_corrected_name_is_the_whole_name(world: Ports) -> None:
    client.correct_name(ANNE, client.CorrectName(family="Leclercq"), world, request())

    assert events(world)[1:] == (NameCorrected(ANNE, Name("Leclercq")),)


def test_a_contact_point_added_twice_answers_with_the_first_id(world: Ports) -> None:
    body = client.AddContactPoint(kind=ContactKind.PHONE, country="FR", value="01 42 68 53 00")
    first = client.add_contact_point(ANNE, body, world, request())
    again = client.add_contact_point(ANNE, body, world, request())

    assert first.subject_id == again.subject_id
    assert events(world)[1:] == (ContactPointAdded(ANNE, first.subject_id, ContactKind.PHONE, "+33142685300"),)
    removed = client.remove_contact_point(ANNE, first.subject_id, world, request())
    assert (removed.subject_id, removed.version) == (first.subject_id, 3)


def test_an_address_added_twice_answers_with_the_first_id(world: Ports) -> None:
    body = client.AddAddress.model_validate({"country": "FR", "lines": ["1 rue X"], "since": "2026-01-01"})
    first = client.add_address(ANNE, body, world, request())
    again = client.add_address(ANNE, body, world, request())

    assert first.subject_id == again.subject_id
    [added] = events(world)[1:]
    assert isinstance(added, AddressAdded)
    assert client.remove_address(ANNE, added.address_id, world, request()).version == 3


def test_nothing_can_be_said_of_a_client_nobody_registered(world: Ports) -> None:
    with pytest.raises(ClientUnknown):
        client.correct_name(UUID(int=99), client.CorrectName(family="Leclerc"), world, request())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_only_reads_changes_no_client(world: Ports, role: Role) -> None:
    caller = request(Caller("somebody", role))
    name, point = client.CorrectName(family="X"), client.AddContactPoint(kind=ContactKind.EMAIL, value="a@example.com")
    commands: list[Callable[[], Done]] = [
        lambda: client.register(client.RegisterClient(name=name), world, caller),
        lambda: client.correct_name(ANNE, name, world, caller),
        lambda: client.add_contact_point(ANNE, point, world, caller),
        lambda: client.remove_contact_point(ANNE, ANNE, world, caller),
        lambda: client.add_address(ANNE, client.AddAddress(country="FR"), world, caller),
        lambda: client.remove_address(ANNE, ANNE, world, caller),
    ]
    for command in commands:
        with pytest.raises(NotAllowed):
            command()
    assert len(events(world)) == 1


def test_an_unknown_field_is_an_error_and_not_lost() -> None:
    with pytest.raises(ValidationError) as refused:
        client.RegisterClient.model_validate({"name": {"familly": "Leclerc"}})
    assert {fault["loc"] for fault in refused.value.errors()} == {("name", "family"), ("name", "familly")}
