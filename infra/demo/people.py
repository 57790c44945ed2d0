"""People who do not exist: households that share a name and an address, and ways to reach them that reach nobody."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from domain.client.facts import Name, PostalAddress
from infra.demo.cultures import AROUND, CULTURES, Culture
from infra.demo.house import Store
from infra.demo.places import ABROAD, HOMES, PHONES, SECOND_HOMES, Place

_DOMAINS = ("example.com", "example.org", "example.net")
# Letters that do not come apart into a plain one and an accent.
_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "đ": "d", "'": ""})


@dataclass(frozen=True, slots=True)
class Person:
    name: Name
    woman: bool
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Household:
    """The first two are a couple."""

    culture: Culture
    people: tuple[Person, ...]
    home: PostalAddress | None
    second_home: PostalAddress | None


def household(chance: Random, store: Store, at_least: int = 1) -> Household:
    """One to four people near a store."""
    around = AROUND[store.id]
    culture = CULTURES[around[0] if chance.random() < 0.5 else chance.choice(around[1:])]
    family = family_name(chance, culture)
    place = chance.choice(HOMES[store.id])
    people: list[Person] = []
    for number in range(max(at_least, chance.choices((1, 2, 3, 4), (50, 30, 12, 8))[0])):
        woman = chance.random() < 0.58 if number != 1 else not people[0].woman
        married_in = number == 1 and (culture.keeps or chance.random() < 0.12)
        called = family_name(chance, culture) if married_in else family
        taken = [each.name.given for each in people]
        people.append(_person(chance, culture, called, woman, taken, place.country))
    home = address(chance, place) if chance.random() < 0.85 else None
    second = address(chance, chance.choice(SECOND_HOMES)) if chance.random() < 0.12 else None
    return Household(culture, tuple(people), home, second)


def given_name(chance: Random, culture: Culture, woman: bool, taken: Collection[str | None]) -> str:
    """A name that nobody else in the family has."""
    names = culture.women if woman else culture.men
    at = names.index(chance.choice(names))
    return next(name for name in (*names[at:], *names) if name not in taken)


def misspelt(chance: Random, name: Name) -> Name:
    """The name as somebody may have heard it: two letters of the family name changed places."""
    at = chance.randrange(1, max(2, len(name.family) - 1))
    family = name.family[:at] + name.family[at : at + 2][::-1] + name.family[at + 2 :]
    return Name(family, name.given, name.title)


def family_name(chance: Random, culture: Culture) -> str:
    stem = chance.choice(culture.stems)
    double = f"-{chance.choice(culture.stems)}{chance.choice(culture.endings)}" if chance.random() < 0.04 else ""
    return f"{stem}{chance.choice(culture.endings)}{double}"


def _person(
    chance: Random, culture: Culture, family: str, woman: bool, taken: Collection[str | None], country: str
) -> Person:
    given = given_name(chance, culture, woman, taken)
    title = culture.titles[0 if woman else 1] if chance.random() < 0.6 else None
    email = phone = None
    if chance.random() < 0.8:
        number = chance.randrange(2, 90) if chance.random() < 0.5 else ""
        email = f"{_plain(given)}.{_plain(family)}{number}@{chance.choice(_DOMAINS)}"
    if chance.random() < 0.75:
        kept_by = country if country in PHONES else chance.choice(ABROAD)
        phone = _digits(chance, chance.choice(PHONES[kept_by]))
    return Person(Name(family, given, title), woman, email, phone)


def address(chance: Random, place: Place) -> PostalAddress:
    line = place.line.format(number=chance.randrange(1, 140), street=chance.choice(place.streets))
    postal = _digits(chance, place.postal) if place.postal else None
    return PostalAddress(place.country, (line,), place.city, place.region, postal)


def _digits(chance: Random, pattern: str) -> str:
    return "".join(str(chance.randrange(10)) if character == "#" else character for character in pattern)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(character for character in apart if character.isascii()).lower().replace(" ", "")
