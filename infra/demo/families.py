"""The families of the example house: who of a household is who, when they were born, married and died, and whom else
the house knows through them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from domain import link, relation
from domain.client import addresses, life, registration, state
from domain.client.events import AddressAdded, DateAdded, PersonNoted
from domain.client.facts import AddressType, DateKind, Name
from domain.client.state import Client
from domain.days import CalendarDay
from domain.link import AnniversaryKind, EndReason, Link, LinkBegun
from domain.values import named_id
from infra.demo.house import Store
from infra.demo.people import Household, address, family_name, given_name
from infra.demo.places import HOMES
from infra.demo.shopping import LAST_DAY
from infra.demo.telling import Story, Telling

# What she is called, and what he is.
_WORDS: Final = {
    "spouse": ("wife", "husband"),
    "parent": ("mother", "father"),
    "child": ("daughter", "son"),
    "stepparent": ("stepmother", "stepfather"),
    "stepchild": ("stepdaughter", "stepson"),
    "parent-in-law": ("mother-in-law", "father-in-law"),
    "child-in-law": ("daughter-in-law", "son-in-law"),
    "grandparent": ("grandmother", "grandfather"),
    "grandchild": ("granddaughter", "grandson"),
    "sibling": ("sister", "brother"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a family. `noted`: the house knew her through the first one before she became a client herself."""

    id: UUID
    name: Name
    woman: bool
    born: date
    died: date | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A couple, their child, and another one or a parent of the first; as many of them as there are.

    `married_before`: the first one was divorced, and the child is of that marriage.
    """

    members: tuple[Member, ...]
    wedding: date
    has_grandparent: bool
    married_before: bool


# In the first three households: three generations, a widower, somebody who married again.
GENERATIONS, WIDOWER, REMARRIED = range(3)
AT_LEAST: Final = {GENERATIONS: 4, WIDOWER: 2, REMARRIED: 3}


def family(chance: Random, number: int, lives: Household, ids: Sequence[UUID]) -> Family:
    """Who is who in a household; `number` is its place in the house, `ids` are those of its people."""
    has_grandparent = (chance.random() < 0.5 or number == GENERATIONS) and number != REMARRIED
    married_before = chance.random() < 0.08 or number == REMARRIED
    first = _day(chance, 1950 + chance.randrange(28))
    wedding = _day(chance, first.year + (46 if married_before else 26))
    child = _day(chance, first.year + 28)
    if number == GENERATIONS:
        child = date(child.year - child.year % 4, 2, 29)
    born = (
        first,
        _day(chance, first.year + chance.randrange(-1, 3)),
        child,
        _day(chance, first.year - 26 if has_grandparent else child.year + 2),
    )
    widowed = chance.random() < 0.05 or number == WIDOWER
    died = _day(chance, 2025)
    known_before = chance.random() < 0.5
    members = [
        Member(id, person.name, person.woman, day) for id, person, day in zip(ids, lives.people, born, strict=False)
    ]
    if widowed and len(members) > 1:
        wife = 0 if members[0].woman else 1
        members[wife] = replace(members[wife], died=died)
    if known_before and len(members) > 2:
        members[2] = replace(members[2], noted=True)
    return Family(tuple(members), wedding, has_grandparent, married_before)


def links(chance: Random, known: Family, clients: int, lives: Household, store: Store) -> Iterator[Story]:
    """Who is what to whom, among the first so many, who are clients, and with those who are none."""
    members = known.members[:clients]
    if len(members) > 1:
        yield _marriage(members[0], members[1], known.wedding).story()
    parent, child = ("stepparent", "stepchild") if known.married_before else ("parent", "child")
    of_both = [(0, 2, "parent", "child"), (1, 2, parent, child)]
    if known.has_grandparent:
        of_both += [(3, 0, "parent", "child"), (3, 1, "parent-in-law", "child-in-law")]
        of_both += [(3, 2, "grandparent", "grandchild")]
    else:
        of_both += [(0, 3, "parent", "child"), (1, 3, parent, child), (2, 3, "sibling", "sibling")]
    for one, other, is_one, is_other in of_both:
        if max(one, other) < len(members):
            yield _linked(
                members[one], members[other], _called(members[one], is_one), _called(members[other], is_other)
            )
    yield from _no_clients(chance, known, lives, store)


def birthday(chance: Random, born: date) -> CalendarDay | None:
    """As much of it as she told: mostly all, now and then only the month, or nothing."""
    whole = CalendarDay(born.month, born.day, born.year)
    leap = (born.month, born.day) == (2, 29)
    return (
        whole
        if leap
        else chance.choices((whole, replace(whole, year=None), CalendarDay(born.month), None), (55, 20, 10, 15))[0]
    )


def noted(telling: Telling, store: Store, through: UUID, person: Member, day: CalendarDay | None) -> None:
    """Somebody becomes known through a client."""
    telling.then(registration.note(telling.now, PersonNoted(person.id, through, store.id, person.name)))
    if day:
        telling.then(life.add_date(telling.now, born_on(person.id, day)))


def born_on(id: UUID, day: CalendarDay) -> DateAdded:
    return DateAdded(id, named_id(id, DateKind.BIRTHDAY), DateKind.BIRTHDAY, None, day, yearly=True)


def _no_clients(chance: Random, known: Family, lives: Household, store: Store) -> Iterator[Story]:
    """A spouse of former times, a child of who lives alone, somebody's assistant."""
    first, culture = known.members[0], lives.culture
    taken = [each.name.given for each in lives.people]

    def somebody(what: str, woman: bool, family: str, year: int) -> tuple[Member, Story]:
        name = Name(family, given_name(chance, culture, woman, taken))
        person = Member(named_id(first.id, what), name, woman, _day(chance, year))
        telling = Telling(person.id, Client(), state.evolve)
        noted(telling, store, first.id, person, birthday(chance, person.born) if what != "assistant" else None)
        if what == "child":
            lives_at = address(chance, chance.choice(HOMES[store.id]))
            added = AddressAdded(person.id, named_id(person.id, what), AddressType.HOME, lives_at, None, None)
            telling.then(addresses.add_address(telling.now, added))
        return person, telling.story()

    if known.married_before:
        spouse, story = somebody("former spouse", not first.woman, family_name(chance, culture), first.born.year)
        yield story
        begun = _day(chance, first.born.year + 24)
        marriage = _marriage(first, spouse, begun)
        until = _day(chance, begun.year + 18)
        marriage.then(link.end(marriage.now, marriage.id, None, until, EndReason.DIVORCE, LAST_DAY))
        yield marriage.story()
    if len(known.members) < 3 and chance.random() < 0.4:
        child, story = somebody("child", chance.random() < 0.5, first.name.family, first.born.year + 29)
        yield story
        yield _linked(first, child, _called(first, "parent"), _called(child, "child"))
    if chance.random() < 0.08:
        assistant, story = somebody("assistant", chance.random() < 0.5, family_name(chance, culture), 1985)
        yield story
        yield _linked(first, assistant, "principal", "assistant", date(2020, 1, 1))


def _marriage(one: Member, other: Member, on: date) -> Telling:
    """What they have in common: the day, and how a card to both begins."""
    telling = _link(one, other, _called(one, "spouse"), _called(other, "spouse"), on)
    day = CalendarDay(on.month, on.day, on.year)
    telling.then(link.set_anniversary(telling.now, telling.id, AnniversaryKind.WEDDING, day))
    together = f"{one.name.given} & {other.name.given} {other.name.family}"
    telling.then(link.set_salutation(telling.now, telling.id, together))
    return telling


def _linked(one: Member, other: Member, is_one: str, is_other: str, since: date | None = None) -> Story:
    return _link(one, other, is_one, is_other, since or max(one.born, other.born)).story()


def _link(one: Member, other: Member, is_one: str, is_other: str, since: date) -> Telling:
    tie = relation.tie(relation.HOUSE, is_other, is_one)
    id = link.link_id(one.id, other.id, tie.kind.code)
    telling = Telling(id, Link(), link.evolve)
    begun = LinkBegun(id, 1, tie.kind.code, tie.kind.circle, one.id, tie.client_is, other.id, tie.other_is, since)
    telling.then(link.begin(telling.now, begun))
    return telling


def _called(person: Member, relation: str) -> str:
    her, his = _WORDS[relation]
    return her if person.woman else his


def _day(chance: Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(chance.randrange(365))
