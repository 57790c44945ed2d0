"""How a person is called beside her main name, and how a card to her begins."""

from dataclasses import replace
from uuid import UUID

from domain.client.events import Event, NameAdded, NameRemoved, SalutationSet
from domain.client.state import Client, removed, require_in_order, require_known
from domain.refusals import NameUnknown


def add_name(now: Client, added: NameAdded) -> list[Event]:
    require_known(now)
    require_in_order(added.since, added.until)
    return [] if known_name(now, added) else [added]


def known_name(now: Client, added: NameAdded) -> UUID | None:
    """The id under which the person has just this name already."""
    return next((id for id, known in now.names.items() if replace(known, name_id=added.name_id) == added), None)


def remove_name(now: Client, id: UUID, name_id: UUID) -> list[Event]:
    unknown = NameUnknown("The client has no further name with this id.", "name_id")
    return removed(now, now.names, name_id, NameRemoved(id, name_id), unknown)


def set_salutation(now: Client, id: UUID, salutation: str | None) -> list[Event]:
    require_known(now)
    return [] if now.salutation == salutation else [SalutationSet(id, salutation)]
