"""Who becomes known to the house, and under which name."""

from typing import Final
from uuid import UUID

from domain.client.events import ClientRegistered, Event, NameCorrected, PersonNoted
from domain.client.facts import Name, Reference
from domain.client.state import Client, require_known
from domain.personal import Erased
from domain.refusals import ClientDiffers, ClientInvalid
from domain.values import named_id

CLIENTS: Final = UUID("7b1ca2a8-6f7d-5a3c-9f37-0f6f0a3c2c11")


def client_id(reference: Reference) -> UUID:
    """The id of a client who has a number at another system: the same for every feed that knows her by it."""
    return named_id(CLIENTS, reference.source, reference.number)


def register(now: Client, event: ClientRegistered) -> list[Event]:
    if event.name is None and event.reference is None:
        raise ClientInvalid("A client has a name, or a number in another system.", "name")
    if now.registered is None:
        return [event]
    if now.registered == event:
        return []
    raise ClientDiffers("A client with this number is registered already, with other data.", "reference")


def note(now: Client, event: PersonNoted) -> list[Event]:
    """A person who is no client becomes known through one."""
    if now.noted == event:
        return []
    if now.is_known:
        raise ClientDiffers("This person is known already, with other data.", "client_id")
    return [event]


def take_up(now: Client, id: UUID, store_id: str | None) -> list[Event]:
    """A person the house knew through a client becomes one herself, under the name she has."""
    require_known(now)
    if now.registered:
        return []
    if now.name is None or isinstance(now.name, Erased):
        raise ClientInvalid("Her name was erased: register her anew.", "client_id")
    return [ClientRegistered(id, store_id, now.name, None)]


def correct_name(now: Client, id: UUID, name: Name) -> list[Event]:
    require_known(now)
    return [] if now.name == name else [NameCorrected(id, name)]
