"""What a person likes, belongs to and is marked with."""

from uuid import UUID

from domain.client.events import Event, TraitAdded, TraitRemoved
from domain.client.facts import TraitKind
from domain.client.state import Client, removed, require_known
from domain.refusals import TraitUnknown


def add_trait(now: Client, id: UUID, trait_id: UUID, kind: TraitKind, value: str) -> list[Event]:
    require_known(now)
    return [] if known_trait(now, kind, value) else [TraitAdded(id, trait_id, kind, value)]


def known_trait(now: Client, kind: TraitKind, value: str) -> UUID | None:
    """The id under which the person has this trait already, in capitals or not."""
    for id, known in now.traits.items():
        if known.kind is kind and isinstance(known.value, str) and known.value.casefold() == value.casefold():
            return id
    return None


def remove_trait(now: Client, id: UUID, trait_id: UUID) -> list[Event]:
    unknown = TraitUnknown("The client has no trait with this id.", "trait_id")
    return removed(now, now.traits, trait_id, TraitRemoved(id, trait_id), unknown)
