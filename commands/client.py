"""Commands about a client: register her, correct her name, and keep how she is reached.

What else there is to know of a person: `commands/person.py`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from commands.execute import Decision, execute, execute_many
from commands.fields import Body, Country, Day, Sentence, Switch, Word, email_address, example, phone_number
from commands.ports import Done, Ports, Request, Stream
from domain.access import Right, require
from domain.client import addresses, events, facts, registration, state
from domain.client.events import AddressAdded, ClientRegistered
from domain.client.facts import AddressType, ContactKind, ContactState
from domain.client.patch import ClientPatch, apply
from domain.client.state import Client
from domain.refusals import Refusal

# --------------------------------------------------------------------------------------------------------------- bodies


class Name(Body):
    """How a client is called. A client known by one word has it as family name."""

    family: Word
    given: Word | None = None
    title: Word | None = None

    def value(self) -> facts.Name:
        return facts.Name(self.family, self.given, self.title)


class ClientReference(Body):
    """The number of a client in another system, and which system that is."""

    source: Word
    number: Word


class RegisterClient(Body):
    """A client the house takes up. With a reference, registering her again changes nothing."""

    model_config = example(
        name={"family": "Leclerc", "given": "Anne", "title": "Mme"},
        reference={"source": "till", "number": "12346"},
        store_id="paris-1",
    )
    name: Name | None = None
    reference: ClientReference | None = None
    store_id: Annotated[Word | None, Field(description="The store that takes her up. Default: the caller's own.")] = (
        None
    )


class TakeUp(Body):
    """Somebody the house knew through a client becomes one herself, under the name she has."""

    model_config = example(store_id="paris-1")
    store_id: Annotated[Word | None, Field(description="The store that takes her up. Default: the caller's own.")] = (
        None
    )


class CorrectName(Name):
    """The client's name as it should be, whole: a part left out is gone."""

    model_config = example(family="Leclercq", given="Anne")


class AddContactPoint(Body):
    """An e-mail address or a phone number; it is kept in its normal form."""

    model_config = example(kind="phone", country="FR", value="01 42 68 53 00")
    kind: ContactKind
    country: Annotated[
        Country | None, Field(description="Where a phone number without its international prefix is dialled.")
    ] = None
    value: Sentence

    @field_validator("value")
    @classmethod
    def normalise(cls, value: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")  # missing if it was refused itself
        if kind is ContactKind.EMAIL:
            return email_address(value)
        if kind is ContactKind.PHONE:
            return phone_number(value, info.data.get("country"))
        return value


class SetContactState(Body):
    model_config = example(state="confirmed")
    state: ContactState


class SetSurprises(Body):
    """Whether others may read what arrives here, so that it must not speak of a surprise."""

    model_config = example(not_for_surprises=True)
    not_for_surprises: Switch


class Residency(Body):
    """When she lives at an address, whole: a date left out is unknown."""

    model_config = example(since="2021-05-01", until="2026-03-31")
    since: Annotated[Day | None, Field(description="First day at this address.")] = None
    until: Annotated[Day | None, Field(description="Last day at this address.")] = None


class AddAddress(Residency):
    """Where post arrives, of what type, and from when to when."""

    model_config = example(
        type="home",
        country="FR",
        lines=["24 rue du Faubourg Saint-Honoré"],
        city="Paris",
        postal_code="75008",
        since="2021-05-01",
    )
    type: AddressType = AddressType.HOME
    country: Country
    lines: Annotated[tuple[Word, ...], Field(max_length=6)] = ()
    city: Word | None = None
    region: Word | None = None
    postal_code: Word | None = None


# ------------------------------------------------------------------------------------------------------------- handlers


def register(body: RegisterClient, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    reference = facts.Reference(body.reference.source, body.reference.number) if body.reference else None
    id = registration.client_id(reference) if reference else ports.new_id()
    name = body.name.value() if body.name else None
    event = ClientRegistered(id, body.store_id or request.caller.store_id, name, reference)
    return execute(ports, request, about(id, lambda now: registration.register(now, event), id))


def take_up(client_id: UUID, body: TakeUp, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    store_id = body.store_id or request.caller.store_id
    decision = about(client_id, lambda now: registration.take_up(now, client_id, store_id), client_id)
    return execute(ports, request, decision)


def correct_name(client_id: UUID, body: CorrectName, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    name = body.value()
    return execute(
        ports, request, about(client_id, lambda now: registration.correct_name(now, client_id, name), client_id)
    )


def add_contact_point(client_id: UUID, body: AddContactPoint, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    decision = about(
        client_id,
        lambda now: addresses.add_contact_point(now, client_id, id, body.kind, body.value),
        id,
        lambda now: addresses.known_contact_point(now, body.kind, body.value),
    )
    return execute(ports, request, decision)


def remove_contact_point(client_id: UUID, contact_point_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = contact_point_id
    return execute(ports, request, about(client_id, lambda now: addresses.remove_contact_point(now, client_id, id), id))


def set_contact_state(
    client_id: UUID, contact_point_id: UUID, body: SetContactState, ports: Ports, request: Request
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, state = contact_point_id, body.state
    decision = about(client_id, lambda now: addresses.set_contact_state(now, client_id, id, state), id)
    return execute(ports, request, decision)


def set_surprises(client_id: UUID, contact_point_id: UUID, body: SetSurprises, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, kept_from = contact_point_id, body.not_for_surprises
    decision = about(
        client_id, lambda now: addresses.set_surprises(now, client_id, id, not_for_surprises=kept_from), id
    )
    return execute(ports, request, decision)


def add_address(client_id: UUID, body: AddAddress, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = ports.new_id()
    address = facts.PostalAddress(body.country, body.lines, body.city, body.region, body.postal_code)
    added = AddressAdded(client_id, id, body.type, address, body.since, body.until)
    decision = about(
        client_id, lambda now: addresses.add_address(now, added), id, lambda now: addresses.known_address(now, added)
    )
    return execute(ports, request, decision)


def remove_address(client_id: UUID, address_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = address_id
    return execute(ports, request, about(client_id, lambda now: addresses.remove_address(now, client_id, id), id))


def set_residency(client_id: UUID, address_id: UUID, body: Residency, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id = address_id
    decision = about(client_id, lambda now: addresses.set_residency(now, client_id, id, body.since, body.until), id)
    return execute(ports, request, decision)


def patch_many(patches: Sequence[ClientPatch], ports: Ports, request: Request) -> list[Done | Refusal]:
    """Takes up or changes the clients of a feed with one read and one append, in order; a patch without news is none.

    At most some 500 events and 500 kB at a time.
    """
    require(request.caller, Right.CHANGE_CLIENTS)
    decisions = [about(patch.client_id, partial(apply, patch=patch), patch.client_id) for patch in patches]
    return execute_many(ports, request, decisions)


def about(
    client_id: UUID,
    decide: Callable[[Client], list[events.Event]],
    subject_id: UUID,
    known: Callable[[Client], UUID | None] | None = None,
) -> Decision[Client]:
    """A decision about a person's own stream; `subject_id` is the id of what it makes or changes."""
    return Decision(Stream(client_id, client_id), state.after, decide, subject_id, known)
