"""The occasions of a person: her own days, the anniversaries of her links, and the feasts that are kept with her.

What is asked is always about a client and somebody linked to her. The dead have no occasions, nor has a link before it
begins and after it ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.days import CalendarDay, holds
from domain.feast_rules import Rule
from domain.feasts import HOUSE, Feast
from domain.relation import Circle


class Source(StrEnum):
    """Whose day it is: the person's own, the couple's, or everybody's."""

    OWN = "own"
    ANNIVERSARY = "anniversary"
    FEAST = "feast"


class Occasion(NamedTuple):
    """What there is reason to think of, and on which day.

    `years` is the birthday or anniversary it is, if its own year is known. Of `whole_month` only the month is known,
    and `day` is its first. `sighted`: it may be a day earlier or later. Without `gift` it is a day for greetings only.
    """

    day: date
    source: Source
    name: str
    years: int | None = None
    whole_month: bool = False
    sighted: bool = False
    gift: bool = True


@dataclass(frozen=True, slots=True)
class Remembered:
    """A day that is kept, every year or once, and what it is called."""

    name: str
    day: CalendarDay
    yearly: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Of a person, what her occasions follow from.

    `country` is that of the address she lives at. `keeps` is what she says of herself, the names of her dates and what
    she likes; `avoids` what she does not like. Both as she wrote them.
    """

    dates: tuple[Remembered, ...] = ()
    country: str | None = None
    keeps: frozenset[str] = field(default=frozenset())
    avoids: frozenset[str] = field(default=frozenset())
    has_died: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """Somebody linked to a client: what she is to the client, and from when to when."""

    person: Person
    relation: str
    circle: Circle
    since: date | None = None
    until: date | None = None
    anniversaries: tuple[Remembered, ...] = ()


def own(person: Person, first: date, last: date) -> list[Occasion]:
    """A person's own days from the first to the last, both inclusive, in order."""
    if person.has_died:
        return []
    return in_order(each for kept in person.dates for each in _of(kept, Source.OWN, first, last))


def with_linked(
    client: Person, linked: Linked, first: date, last: date, feasts: Sequence[Feast] = HOUSE
) -> list[Occasion]:
    """The occasions that somebody linked to the client gives her, from the first day to the last, in order."""
    if client.has_died or linked.person.has_died:
        return []
    found = [
        *own(linked.person, first, last),
        *(each for kept in linked.anniversaries for each in _of(kept, Source.ANNIVERSARY, first, last)),
        *_feast_days(client, linked, first, last, feasts),
    ]
    return in_order(each for each in found if holds(linked.since, linked.until, each.day))


def unknown_feasts(
    client: Person, linked: Linked, first: date, last: date, feasts: Sequence[Feast] = HOUSE
) -> frozenset[str]:
    """The feasts kept with this person of which nobody here knows the days, in some of the years from first to last."""
    if client.has_died or linked.person.has_died:
        return frozenset()
    years = range(first.year, last.year + 1)
    return frozenset(
        feast.code
        for feast in feasts
        if (rule := _rule(client, linked, feast)) and any(rule(year) is None for year in years)
    )


def in_order(occasions: Iterable[Occasion]) -> list[Occasion]:
    return sorted(occasions, key=lambda each: (each.day, each.source, each.name))


def next_of_each(occasions: Iterable[Occasion]) -> list[Occasion]:
    """The first of each, in order."""
    first: dict[tuple[Source, str], Occasion] = {}
    for each in in_order(occasions):
        first.setdefault((each.source, each.name), each)
    return list(first.values())


def _of(kept: Remembered, source: Source, first: date, last: date) -> Iterator[Occasion]:
    """When it comes round, never before it happened; of a month, the month if any day of it is asked for."""
    day = kept.day
    for year in range(first.year, last.year + 1):
        begins = day.in_year(year)
        ends = begins if day.day is not None else _end_of_month(begins)
        since = 0 if day.year is None else year - day.year
        if ends < first or begins > last or since < 0 or (since > 0 and not kept.yearly):
            continue
        yield Occasion(begins, source, kept.name, since or None, whole_month=day.day is None)


def _feast_days(client: Person, linked: Linked, first: date, last: date, feasts: Sequence[Feast]) -> Iterator[Occasion]:
    for feast in feasts:
        if rule := _rule(client, linked, feast):
            for year in range(first.year, last.year + 1):
                for day in rule(year) or ():
                    if first <= day <= last:
                        yield Occasion(day, Source.FEAST, feast.code, sighted=feast.sighted, gift=feast.gift)


def _rule(client: Person, linked: Linked, feast: Feast) -> Rule | None:
    """When the feast is kept with this person. Of whom no address is known, she is taken to live where the client
    does."""
    person = linked.person
    if linked.circle not in feast.circles and linked.relation not in feast.relations:
        return None
    names = {feast.code, *feast.said}
    if names & _folded(person.avoids):
        return None
    return feast.rule(person.country or client.country, said=bool(names & _folded(person.keeps)))


def _folded(words: Iterable[str]) -> set[str]:
    return {word.casefold() for word in words}


def _end_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
