"""What happened in the example house: who became a client, what was bought, and what came back.

Everything about one household follows from the seed and the household's number alone. So a larger house begins with the
clients of the smaller one, and a house that is loaded again brings nothing new.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from domain.client import registration, state
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.client.state import Client
from domain.sale import recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, SaleReference, Seller
from domain.sale.returning import Returning
from domain.sale.state import Sale
from infra.demo import gifts
from infra.demo.circles import memberships, notes
from infra.demo.families import AT_LEAST, Family, birthday, family, links, noted
from infra.demo.house import ARTICLES, STORES, Store
from infra.demo.lives import life_of, reached
from infra.demo.people import Household, Person, household, misspelt
from infra.demo.service import at_work, service
from infra.demo.shopping import FIRST_DAY, LAST_DAY, Taste, basket, opening_hour, shopping_days
from infra.demo.shows import SHOW_DAYS, Guest, invited
from infra.demo.telling import SOURCE, Story, Telling, chance_of

_BRANDS: Final = sorted({article.brand for article in ARTICLES})
_BUSY_STORES: Final = [store.associates for store in STORES]
_REASONS: Final = ("wrong size", "unwanted gift", "another colour", "a flaw in the material", None)


def stories(seed: int, clients: int) -> Iterator[tuple[int, list[Story]]]:
    """The first so many clients of the house, a household at a time: how many clients it has, and its stories, people
    first. The first households have something to show, and are at the first store."""
    number = 0
    while clients > 0:
        key = f"{seed}-{number}"
        chance = chance_of(key)
        [store] = chance.choices(STORES, _BUSY_STORES)
        store = STORES[0] if number in AT_LEAST else store
        lives = household(chance, store, AT_LEAST.get(number, 1))
        references = [Reference(SOURCE, f"{key}-{at}") for at in range(1, len(lives.people) + 1)]
        relations = chance_of(f"{key}, the family")
        known = family(relations, number, lives, [registration.client_id(each) for each in references])
        people = [_Client(each, at, lives, known, store) for at, each in enumerate(references[:clients])]
        told = [each.registered() for each in people]
        told.extend(links(relations, known, len(people), lives, store))
        for each in people:
            circles = list(each.circles(sure=number in AT_LEAST))
            told.extend(circles)
            told.extend(each.show(circles))
            told.extend(each.shopping())
            told.extend(each.presents(sure=number in AT_LEAST))
        told.extend(_walk_ins(chance, key, store, people[0].id))
        yield len(people), told
        clients -= len(people)
        number += 1


class _Client:
    """One client of the house, with a chance of her own: her life does not depend on how many others there are."""

    def __init__(self, reference: Reference, at: int, lives: Household, known: Family, store: Store) -> None:
        self._chance = chance_of(reference.number)
        self._learnt = chance_of(f"{reference.number}, what is known")
        self._person: Person = lives.people[at]
        self._member = known.members[at]
        # Whom she gives presents: these are clients in every house in which she is one.
        self._earlier = known.members[:at]
        self._known, self._lives, self._store = known, lives, store
        self._associate = store.associate(self._chance.randrange(store.associates) + 1)
        self._taste = Taste(self._person.woman, self._chance.choice(_BRANDS))
        self._reference = reference
        self.id = self._member.id

    def registered(self) -> Story:
        id, name, telling = self.id, self._person.name, Telling(self.id, Client(), state.evolve)
        heard = misspelt(self._chance, name) if self._chance.random() < 0.03 else name
        if self._member.noted:
            born = self._member.born
            noted(telling, self._store, self._known.members[0].id, self._member, birthday(self._learnt, born))
        telling.then(registration.register(telling.now, ClientRegistered(id, self._store.id, heard, self._reference)))
        telling.then(registration.correct_name(telling.now, id, name))
        reached(telling, self._person, self._lives)
        life_of(telling, self._learnt, self._member, self._known, self._lives, self._store, self._taste)
        return telling.story()

    def circles(self, *, sure: bool) -> Iterator[Story]:
        """Who serves her, what she belongs to, and what is noted about her."""
        chance, id, store = self._learnt, self.id, self._store
        yield from service(chance, id, store, self._associate)
        yield from memberships(chance, id, store, self._taste, sure=sure)
        yield from notes(chance, id, store, self._associate, sure=sure)

    def show(self, circles: Iterable[Story]) -> Iterator[Story]:
        """What the trunk show was for her, unless she is dead."""
        day = SHOW_DAYS[0]
        if not self._member.died or day < self._member.died:
            guest = Guest(self.id, self._reference.number, self._store, at_work(self._associate, day, self.id))
            yield from invited(chance_of(f"{self._reference.number}, the trunk show"), guest, circles)

    def shopping(self) -> Iterator[Story]:
        chance = self._chance
        days = shopping_days(chance, min(40, int(chance.paretovariate(0.95))))
        for at, day in enumerate((day for day in days if not self._member.died or day < self._member.died), 1):
            store = self._store if chance.random() < 0.88 else chance.choice(STORES)
            lines = basket(chance, store, day, self._taste, self._served_by(store, day))
            reference = SaleReference(SOURCE, f"{self._reference.number}/{at}")
            if chance.random() < 0.015:
                yield _brought_back(chance, reference, store, day, self.id, lines[0])
            else:
                telling = _sold(chance, reference, store, day, self.id, lines)
                gifts.given(chance_of(f"{reference.number}, given"), telling, self._earlier, day)
                yield telling.story()

    def presents(self, *, sure: bool) -> Iterator[Story]:
        """Year after year something for who comes first in the family, three weeks before the birthday."""
        if not sure or not self._earlier:
            return
        first, store = self._earlier[0], self._store
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
            day = gifts.birthday(first, year) - timedelta(21)
            dead = [each.died for each in (first, self._member) if each.died and each.died <= day]
            if dead or not FIRST_DAY <= day <= LAST_DAY:
                continue
            chance = chance_of(f"{self._reference.number}, for {year}")
            taste = Taste(first.woman, self._taste.brand)
            lines = basket(chance, store, day, taste, self._served_by(store, day))
            reference = SaleReference(SOURCE, f"{self._reference.number}/for-{year}")
            telling = _recorded(chance, reference, store, day, self.id, lines[:1])
            gifts.give(telling, 1, gifts.reasons([first], day)[0])
            yield telling.story()

    def _served_by(self, store: Store, day: date) -> tuple[Seller, ...]:
        chance = self._chance
        usual, other = self._associate, store.associate(chance.randrange(store.associates) + 1)
        usual, other = at_work(usual, day, self.id), at_work(other, day, self.id)
        if store is not self._store or chance.random() < 0.15:
            return (Seller(other),)
        return (Seller(usual), Seller(other)) if usual != other and chance.random() < 0.1 else (Seller(usual),)


def _walk_ins(chance: Random, number: str, store: Store, later: UUID) -> Iterator[Story]:
    """Sales to people who left no name. Some turn out to have been a client's."""
    for at, day in enumerate(shopping_days(chance, chance.choices((0, 1, 2, 3), (45, 30, 15, 10))[0]), 1):
        seller = Seller(at_work(store.associate(chance.randrange(store.associates) + 1), day, later))
        taste = Taste(chance.random() < 0.55, chance.choice(_BRANDS))
        lines = basket(chance, store, day, taste, (seller,))
        telling = _sold(chance, SaleReference(SOURCE, f"{number}/walk-in-{at}"), store, day, None, lines)
        if chance.random() < 0.05:
            telling.then(standing.attach_client(telling.now, telling.id, later))
        yield telling.story()


def _sold(
    chance: Random, reference: SaleReference, store: Store, day: date, client_id: UUID | None, lines: tuple[Line, ...]
) -> Telling:
    """A sale; one in fifteen sees something come back, mostly to the store that sold it."""
    telling = _recorded(chance, reference, store, day, client_id, lines)
    back_on = day + timedelta(chance.randrange(2, 26))
    if chance.random() < 0.065 and lines[0].moves_goods and back_on <= LAST_DAY:
        at = store if chance.random() < 0.8 else chance.choice(STORES)
        back = (Returning(lines[0].ordinal, 1, None, chance.choice(_REASONS)),)
        return_id = recording.return_id(SaleReference(SOURCE, f"{reference.number}/return"))
        then = opening_hour(chance, at, back_on)
        telling.then(returning.return_lines(telling.now, return_id, at.id, then, back))
    return telling


def _recorded(
    chance: Random, reference: SaleReference, store: Store, day: date, client_id: UUID | None, lines: tuple[Line, ...]
) -> Telling:
    id, occurred_at = recording.sale_id(reference), opening_hour(chance, store, day)
    telling = Telling(id, Sale(), sales.evolve)
    new = SaleRecorded(id, reference, store.id, occurred_at, store.currency, client_id, lines)
    telling.then(recording.record(telling.now, new))
    return telling


def _brought_back(
    chance: Random, reference: SaleReference, store: Store, day: date, client_id: UUID, line: Line
) -> Story:
    """Something comes back and nobody has the receipt."""
    id, occurred_at = recording.sale_id(reference), opening_hour(chance, store, day)
    telling = Telling(id, Sale(), sales.evolve)
    new = ReturnRecorded(id, reference, store.id, occurred_at, store.currency, client_id, (line,))
    telling.then(recording.record(telling.now, new))
    return telling.story()
