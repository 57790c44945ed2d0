"""What happened in the example house: who became a client, what was bought, and what came back.

Everything about one household follows from the seed and the household's number alone. So a larger house begins with the
clients of the smaller one, and a house that is loaded again brings nothing new.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from domain import sale
from domain.client import reach, registration, state
from domain.client.events import AddressAdded, ClientRegistered
from domain.client.facts import AddressType, ContactKind, Reference
from domain.client.state import Client
from domain.sale import Line, Returning, ReturnRecorded, Sale, SaleRecorded, SaleReference, Seller
from domain.values import named_id
from infra.demo.house import ARTICLES, STORES, Store
from infra.demo.people import Household, Person, household, misspelt
from infra.demo.shopping import LAST_DAY, Taste, basket, opening_hour, shopping_days

SOURCE: Final = "example-house"
_BRANDS: Final = sorted({article.brand for article in ARTICLES})
_BUSY_STORES: Final = [store.associates for store in STORES]
_REASONS: Final = ("wrong size", "unwanted gift", "another colour", "a flaw in the material", None)


@dataclass(frozen=True, slots=True)
class Story:
    """One stream from its beginning: a client, or a sale and what became of it."""

    id: UUID
    events: tuple[object, ...]


class _Telling:
    """Events as they are decided one after the other, from nothing."""

    def __init__(self, id: UUID, nothing: Any, evolve: Callable[[Any, Any], Any]) -> None:
        self.id = id
        self.now = nothing
        self._evolve = evolve
        self._events: list[object] = []

    def then(self, events: Sequence[object]) -> None:
        self._events.extend(events)
        for event in events:
            self.now = self._evolve(self.now, event)

    def story(self) -> Story:
        return Story(self.id, tuple(self._events))


def stories(seed: int, clients: int) -> Iterator[tuple[int, list[Story]]]:
    """The first so many clients of the house, a household at a time: how many clients it has, and its stories, people
    first."""
    number = 0
    while clients > 0:
        chance = _chance(f"{seed}-{number}")
        [store] = chance.choices(STORES, _BUSY_STORES)
        lives = household(chance, store)
        known = [_Client(f"{seed}-{number}-{at}", person, store) for at, person in enumerate(lives.people[:clients], 1)]
        told = [each.registered(lives) for each in known]
        for each in known:
            told.extend(each.shopping())
        told.extend(_walk_ins(chance, f"{seed}-{number}", store, known[0].id))
        yield len(known), told
        clients -= len(known)
        number += 1


class _Client:
    """One client of the house, with a chance of her own: her life does not depend on how many others there are."""

    def __init__(self, number: str, person: Person, store: Store) -> None:
        self._number = number
        self._chance = _chance(number)
        self._person = person
        self._store = store
        self._associate = store.associate(self._chance.randrange(store.associates) + 1)
        self._taste = Taste(person.woman, self._chance.choice(_BRANDS))
        self._reference = Reference(SOURCE, number)
        self.id = registration.client_id(self._reference)

    def registered(self, lives: Household) -> Story:
        id, name, telling = self.id, self._person.name, _Telling(self.id, Client(), state.evolve)
        heard = misspelt(self._chance, name) if self._chance.random() < 0.03 else name
        telling.then(registration.register(telling.now, ClientRegistered(id, self._store.id, heard, self._reference)))
        telling.then(registration.correct_name(telling.now, id, name))
        for kind, value in ((ContactKind.EMAIL, self._person.email), (ContactKind.PHONE, self._person.phone)):
            if value is not None:
                telling.then(reach.add_contact_point(telling.now, id, named_id(id, kind, value), kind, value))
        for type, address in ((AddressType.HOME, lives.home), (AddressType.SEASONAL, lives.second_home)):
            if address is not None:
                added = AddressAdded(id, named_id(id, type), type, address, None, None)
                telling.then(reach.add_address(telling.now, added))
        return telling.story()

    def shopping(self) -> Iterator[Story]:
        chance = self._chance
        days = shopping_days(chance, min(40, int(chance.paretovariate(0.95))))
        for at, day in enumerate(days, 1):
            store = self._store if chance.random() < 0.88 else chance.choice(STORES)
            lines = basket(chance, store, day, self._taste, self._served_by(store))
            reference = SaleReference(SOURCE, f"{self._number}/{at}")
            if chance.random() < 0.015:
                yield _brought_back(chance, reference, store, day, self.id, lines[0])
            else:
                yield _sold(chance, reference, store, day, self.id, lines).story()

    def _served_by(self, store: Store) -> tuple[Seller, ...]:
        chance = self._chance
        usual, other = self._associate, store.associate(chance.randrange(store.associates) + 1)
        if store is not self._store or chance.random() < 0.15:
            return (Seller(other),)
        return (Seller(usual), Seller(other)) if usual != other and chance.random() < 0.1 else (Seller(usual),)


def _walk_ins(chance: Random, number: str, store: Store, later: UUID) -> Iterator[Story]:
    """Sales to people who left no name. Some turn out to have been a client's."""
    for at, day in enumerate(shopping_days(chance, chance.choices((0, 1, 2, 3), (45, 30, 15, 10))[0]), 1):
        seller = Seller(store.associate(chance.randrange(store.associates) + 1))
        taste = Taste(chance.random() < 0.55, chance.choice(_BRANDS))
        lines = basket(chance, store, day, taste, (seller,))
        telling = _sold(chance, SaleReference(SOURCE, f"{number}/walk-in-{at}"), store, day, None, lines)
        if chance.random() < 0.05:
            telling.then(sale.attach_client(telling.now, telling.id, later))
        yield telling.story()


def _sold(
    chance: Random, reference: SaleReference, store: Store, day: date, client_id: UUID | None, lines: tuple[Line, ...]
) -> _Telling:
    """A sale; one in fifteen sees something come back, mostly to the store that sold it."""
    id, occurred_at = sale.sale_id(reference), opening_hour(chance, store, day)
    telling = _Telling(id, Sale(), sale.evolve)
    new = SaleRecorded(id, reference, store.id, occurred_at, store.currency, client_id, lines)
    telling.then(sale.record(telling.now, new))
    back_on = day + timedelta(chance.randrange(2, 26))
    if chance.random() < 0.065 and lines[0].moves_goods and back_on <= LAST_DAY:
        at = store if chance.random() < 0.8 else chance.choice(STORES)
        returning = (Returning(lines[0].ordinal, 1, None, chance.choice(_REASONS)),)
        return_id = sale.return_id(SaleReference(SOURCE, f"{reference.number}/return"))
        then = opening_hour(chance, at, back_on)
        telling.then(sale.return_lines(telling.now, return_id, at.id, then, returning))
    return telling


def _brought_back(
    chance: Random, reference: SaleReference, store: Store, day: date, client_id: UUID, line: Line
) -> Story:
    """Something comes back and nobody has the receipt."""
    id, occurred_at = sale.sale_id(reference), opening_hour(chance, store, day)
    telling = _Telling(id, Sale(), sale.evolve)
    new = ReturnRecorded(id, reference, store.id, occurred_at, store.currency, client_id, (line,))
    telling.then(sale.record(telling.now, new))
    return telling.story()


def _chance(number: str) -> Random:
    return Random(number)  # noqa: S311 - a story, not a secret
