"""Duplicates on PostgreSQL: what a look at everybody finds, the indexes find too, and nobody hears of whom she does not
see."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.access import Policy, Role, Sharing
from domain.affiliation import AffiliationBegun, Scope
from domain.client.events import (
    AddressAdded,
    ClientRegistered,
    ContactPointAdded,
    DateAdded,
    DeathRecorded,
    Event,
    NameAdded,
    PersonNoted,
)
from domain.client.facts import AddressType, ContactKind, DateKind, Name, NameKind, PostalAddress
from domain.days import CalendarDay
from domain.refusals import AssociateUnknown
from projections.client_card import address, card, contact_point
from projections.client_facts import date as known_date
from queries import duplicates, visibility
from queries.candidates import candidates, comparable
from queries.duplicates import EVERYBODY, Pairs, strongest
from queries.entered import Entered
from queries.ports import Json
from queries.resemblance import alike, points
from tests.support.asking import ASSOCIATE, Book, shaped, viewer
from tests.support.postgres import Databases
from tests.support.records import Journal

Database = Callable[[], str]

GIVEN = ["Marie", "Mary", "Marie-Claire", "Anne", "Zoë", "Łukasz", "花子"]
FAMILY = ["Dupont", "Dupond", "O'Brien", "Groß", "Marie", "Montgolfière", "山田"]
MAIL = ["marie@example.com", "Marie@example.org", "zoe.gross@example.com", "zoe.gros@example.com"]
PHONES = ["+33612345678", "+41227000000", "+81312345678"]
DAYS = [
    CalendarDay(3, 14, 1950),
    CalendarDay(3, 15, 1950),
    CalendarDay(3, 14),
    CalendarDay(3),
    CalendarDay(4, 15, 1981),
    CalendarDay(3, 14, 1951),
]
PLACES = [
    PostalAddress("FR", ("24 rue du Faubourg Saint-Honoré",), "Paris", None, "75008"),
    PostalAddress("FR", ("24, Rue du Fbg St Honore",), "Paris", None, "75 008"),
    PostalAddress("FR", ("rue du Bac 3",), "Paris"),
    PostalAddress("FR", ("3 rue du Bac",), "Lyon"),
    PostalAddress("JP", (), "東京", None, "100-0001"),
]


class Entry:
    """A client as she is entered in a form, and the events by which she was."""

    def __init__(self, chance: Random, number: int) -> None:
        self.id = UUID(int=number)
        self.names = [_name(chance) for _ in range(chance.choice([1, 1, 1, 2]))]
        self.reading = chance.choice([None, None, "Gros Zoe"]) if len(self.names) == 2 else None
        self.day = chance.choice([None, *DAYS])
        self.mail = chance.sample(MAIL, chance.choice([0, 0, 1, 2]))
        self.phones = chance.sample(PHONES, chance.choice([0, 0, 0, 1, 2]))
        self.places = chance.sample(PLACES, chance.choice([0, 0, 1, 2]))

    def events(self) -> Iterator[Event]:
        id, facts = self.id, iter(range(self.id.int * 100, self.id.int * 100 + 100))
        yield ClientRegistered(id, "paris-1", self.names[0], None)
        for other in self.names[1:]:
            yield NameAdded(id, UUID(int=next(facts)), NameKind.FORMER, other, self.reading, None, None, None)
        if self.day:
            yield DateAdded(id, UUID(int=next(facts)), DateKind.BIRTHDAY, None, self.day, True)
        for value in self.mail:
            yield ContactPointAdded(id, UUID(int=next(facts)), ContactKind.EMAIL, value)
        for value in self.phones:
            yield ContactPointAdded(id, UUID(int=next(facts)), ContactKind.PHONE, value)
        for where in self.places:
            yield AddressAdded(id, UUID(int=next(facts)), AddressType.HOME, where, None, None)

    def entered(self) -> dict[str, Any]:
        names = [{"family": each.family, "given": each.given} for each in self.names]
        if self.reading:
            names.append(dict(zip(("family", "given"), self.reading.split(), strict=True)))
        return {
            "names": names,
            "birthday": self.day and {"month": self.day.month, "day": self.day.day, "year": self.day.year},
            "emails": self.mail,
            "phones": [{"value": each} for each in self.phones],
            "addresses": [
                {"lines": list(each.lines), "postal_code": each.postal_code, "city": each.city} for each in self.places
            ],
        }


def _name(chance: Random) -> Name:
    return Name(chance.choice(FAMILY), chance.choice([None, *GIVEN, *GIVEN]))


def clients(seed: int, many: int = 70) -> list[Entry]:
    return [Entry(Random(f"{seed} {number}"), number) for number in range(1, many + 1)]


def journal_of(entries: list[Entry]) -> Journal:
    journal = Journal()
    for each in entries:
        for event in each.events():
            journal.happened(each.id, event)
    return journal


@pytest.fixture(scope="module", params=range(3))
def everybody(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[list[Entry], Book]]:
    entries = clients(request.param)
    with databases.fresh() as url, Book(url, journal_of(entries)) as book:
        yield entries, book


def pairs_of(book: Book, **asked: Any) -> Pairs:
    items, found = strongest(book.rows(EVERYBODY, {}), **asked)
    return shaped(Pairs, {"items": items, "complete": found == len(items)})


@pytest.mark.feature("X-41")
def test_every_pair_over_the_house_is_hinted_at_when_one_of_them_is_entered(
    everybody: tuple[list[Entry], Book],
) -> None:
    entries, book = everybody
    by_id = {each.id: each for each in entries}
    pairs = pairs_of(book).items
    hinted = {
        each.id: {hint.client_id: hint for hint in book.hints(**each.entered(), limit=200).items} for each in entries
    }

    for pair in pairs:
        one, other = (each.client_id for each in pair.clients)
        for entered, known in ((one, other), (other, one)):
            hint = hinted[entered].get(known)
            assert hint, (by_id[entered].entered(), by_id[known].entered(), pair)
            assert (hint.points, hint.resemblance, hint.reasons) == (pair.points, pair.resemblance, pair.reasons)
    assert len(pairs) > 50


@pytest.mark.feature("X-41")
def test_who_is_compared_with_whom_does_not_change_what_is_found(everybody: tuple[list[Entry], Book]) -> None:
    _, book = everybody
    rows = list(book.rows(EVERYBODY, {}))
    found = strongest(rows)
    for seed in range(3):
        Random(seed).shuffle(rows)
        assert strongest(rows) == found
    people = [each.person for each in comparable(rows)]
    for one, other in combinations(people, 2):
        assert alike(one, other) == alike(other, one), (one, other)


def test_the_strongest_pairs_come_first_and_all_are_counted(everybody: tuple[list[Entry], Book]) -> None:
    _, book = everybody
    every = pairs_of(book)
    some, found = strongest(book.rows(EVERYBODY, {}), 5)

    assert [each.points for each in every.items] == sorted((each.points for each in every.items), reverse=True)
    assert some == strongest(book.rows(EVERYBODY, {}))[0][:5]
    assert found == len(every.items) > 5


def test_every_fact_that_is_compared_is_read(everybody: tuple[list[Entry], Book]) -> None:
    """Who is entered just as she is known is as much alike herself as can be."""
    entries, book = everybody
    for each in entries:
        [hers] = [known for known in comparable(book.rows(EVERYBODY, {})) if known.person.id == each.id]
        entered = Entered(**each.entered()).person()
        assert alike(entered, hers.person) == alike(hers.person, hers.person)
        assert points(alike(entered, entered)) == points(alike(hers.person, hers.person))


def test_only_clients_are_hinted_at_and_the_dead_are(database: Database) -> None:
    alive, dead, noted = (UUID(int=number) for number in (1, 2, 3))
    journal = Journal()
    for id in (alive, dead):
        journal.happened(id, ClientRegistered(id, "paris-1", Name("Dupont", "Marie"), None))
    journal.happened(dead, DeathRecorded(dead, None))
    journal.happened(noted, PersonNoted(noted, alive, "paris-1", Name("Dupont", "Marie")))
    with Book(database(), journal) as book:
        hints = book.hints(names=[{"family": "Dupont", "given": "Marie"}])
        assert [(each.client_id, each.died) for each in hints.items] == [(alive, False), (dead, True)]
        [pair] = pairs_of(book).items
        assert [each.died for each in pair.clients] == [False, True]


def test_nobody_is_hinted_at_whom_the_caller_does_not_see(database: Database) -> None:
    here, there = UUID(int=1), UUID(int=2)
    journal = Journal()
    for id, store in ((here, "paris-1"), (there, "rome-1")):
        journal.happened(id, ClientRegistered(id, store, Name("Dupont", "Marie"), None))
    of_paris = viewer("paul", Role.ASSOCIATE, "paris-1", policy=Policy({Role.ASSOCIATE: Sharing.STORE}, 24))
    with Book(database(), journal) as book:
        entered: Json = {"names": [{"family": "Dupont", "given": "Marie"}]}
        assert {each.client_id for each in book.hints(**entered).items} == {here, there}
        assert [each.client_id for each in book.hints(of_paris, **entered).items] == [here]


def test_hints_say_whether_there_may_be_more(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    for number in range(1, 6):
        journal.happened(UUID(int=number), ClientRegistered(UUID(int=number), None, Name("Dupont", "Marie"), None))
    with Book(database(), journal) as book:
        entered: Json = {"names": [{"family": "Dupont", "given": "Marie"}]}
        assert (len(book.hints(**entered).items), book.hints(**entered).complete) == (5, True)
        assert not book.hints(**entered, limit=4).complete
        monkeypatch.setattr(duplicates, "CANDIDATES", 5)
        assert not book.hints(**entered).complete
        assert book.hints(names=[{"family": "Roux", "given": "Ida"}]).complete


@pytest.mark.feature("X-41")
def test_the_pairs_of_a_book_are_those_of_its_clients_today(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal()
    for number in range(1, 5):
        id = UUID(int=number)
        journal.happened(id, ClientRegistered(id, "paris-1", Name("Dupont", "Marie"), None))
        if number > 1:
            until = date(2026, 1, 1) if number == 4 else None
            begun = AffiliationBegun(id, UUID(int=number + 50), ASSOCIATE.id, "paris-1", Scope(), None, until)
            journal.happened(id, begun, UUID(int=number + 60))
    with Book(database(), journal) as book:
        found = book.doubles(ASSOCIATE.id)
        assert found.complete
        [pair] = found.items
        assert [each.client_id.int for each in pair.clients] == [2, 3]
        for associate_id, who in (
            ("nobody", viewer("boss", Role.HEAD_OFFICE)),
            (ASSOCIATE.id, viewer("marc", Role.ASSOCIATE, "paris-1")),
        ):
            with pytest.raises(AssociateUnknown):
                book.doubles(associate_id, who=who)
        idle = book.doubles("idle", who=viewer("idle", Role.ASSOCIATE))
        assert (idle.items, idle.complete) == ([], True)
        monkeypatch.setattr(duplicates, "LARGEST_BOOK", 1)
        some = book.doubles(ASSOCIATE.id)
        assert (some.items, some.complete) == ([], False)


def test_hints_go_by_the_indexes(everybody: tuple[list[Entry], Book]) -> None:
    _, book = everybody
    whole: Json = {
        "names": [{"family": "Dupont", "given": "Marie"}],
        "birthday": {"month": 3, "day": 14, "year": 1950},
        "emails": ["marie@example.com"],
        "phones": [{"value": "+33612345678"}],
        "addresses": [{"lines": ["3 rue du Bac"], "postal_code": "75007", "city": "Paris"}],
    }
    with psycopg.connect(book.url) as connection:
        connection.execute("ANALYZE")
    plan = book.plan(candidates(Entered(**whole).person()), {**visibility.parameters(ASSOCIATE), "candidates": 200})
    for index in (*(f"{table.name}_keys" for table in (card, contact_point, address)), known_date.name):
        assert index in plan
    assert "Seq Scan" not in plan
