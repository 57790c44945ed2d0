"""Search on PostgreSQL: what the index gives as candidates is all that is one typing error away."""

from collections.abc import Callable, Iterator
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.client.events import (
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    NameAdded,
    NameCorrected,
    NameRemoved,
)
from domain.client.facts import ContactKind, Name, NameKind, Reference
from domain.personal import ERASED
from projections.client_card import card
from projections.client_facts import name as other_name
from projections.spelling import name_parts
from queries import client_search, visibility
from tests.support.asking import ASSOCIATE, Book
from tests.support.oracles import may_be_meant
from tests.support.postgres import Databases
from tests.support.records import Journal

Database = Callable[[], str]

GIVEN = ["Marie", "Marine", "Anne-Marie", "Zoë", "Jean Pierre", "Łukasz", "Li", "Maria Sofía"]
FAMILY = ["Dupont", "Dupond", "O'Brien", "Groß", "de la Cruz", "Ng", "Durand", "Müller"]


def everybody() -> dict[UUID, Name]:
    return {UUID(int=number + 1): Name(family, given) for number, (given, family) in enumerate(product(GIVEN, FAMILY))}


@pytest.fixture(scope="module")
def book(databases: Databases) -> Iterator[Book]:
    """Sixty-four clients, the first with a phone and the second with an e-mail address."""
    journal = Journal()
    for id, name in everybody().items():
        journal.happened(id, ClientRegistered(id, "paris-1", name, Reference("till", str(id.int))))
    first, second = UUID(int=1), UUID(int=2)
    journal.happened(first, ContactPointAdded(first, UUID(int=901), ContactKind.PHONE, "+33612345678"))
    journal.happened(second, ContactPointAdded(second, UUID(int=902), ContactKind.EMAIL, "Marie.Dupond@example.com"))
    journal.happened(second, ContactPointAdded(second, UUID(int=903), ContactKind.PHONE, "+41227000000"))
    journal.happened(second, ContactPointRemoved(second, UUID(int=903)))
    with databases.fresh() as url, Book(url, journal) as book:
        yield book


def found(book: Book, **asked: Any) -> list[int]:
    return [each.client_id.int for each in book.search(**asked, limit=200).items]


def names(book: Book, name: str) -> list[tuple[str, str | None, int]]:
    return [
        (each.name.family, each.name.given, each.errors)
        for each in book.search(name=name, limit=200).items
        if each.name
    ]


def test_a_misspelt_name_is_found_after_the_exact_ones(book: Book) -> None:
    assert names(book, "marie dupont") == [
        ("Dupont", "Marie", 0),
        ("Dupont", "Anne-Marie", 0),
        ("Dupont", "Marine", 1),
        ("Dupond", "Marie", 1),
        ("Dupont", "Maria Sofía", 1),
        ("Dupond", "Anne-Marie", 1),
        ("Dupond", "Marine", 2),
        ("Dupond", "Maria Sofía", 2),
    ]


@pytest.mark.parametrize(
    ("typed", "family", "given"),
    [
        ("LUKAS gross", "Groß", "Łukasz"),
        ("obrien zoe", "O'Brien", "Zoë"),
        ("zoe o'brien", "O'Brien", "Zoë"),
        ("jean-pierre delacruz", "de la Cruz", "Jean Pierre"),
        ("jeanpiere de la cruz", "de la Cruz", "Jean Pierre"),
        ("sofia mueller", "Müller", "Maria Sofía"),
        ("ng li", "Ng", "Li"),
        ("ln gn", "Ng", "Li"),
    ],
)
def test_what_a_clerk_types_is_found(book: Book, typed: str, family: str, given: str) -> None:
    assert (family, given) in [(each[0], each[1]) for each in names(book, typed)]


@pytest.mark.parametrize("seed", range(40))
def test_search_finds_whom_a_look_at_everybody_finds(book: Book, seed: int) -> None:
    chance = Random(seed)
    typed = " ".join(
        _mistyped(chance, chance.choice(parts)) for parts in chance.choices(_all_parts(), k=chance.randrange(1, 3))
    )

    expected = {
        id.int
        for id, name in everybody().items()
        if all(any(may_be_meant(word, part) for part in name_parts(name.given, name.family)) for word in typed.split())
    }

    assert set(found(book, name=typed)) == expected, typed


def test_a_phone_and_an_address_are_found_with_one_error(book: Book) -> None:
    for phone in ("06 12 34 56 78", "+33612345678", "+33 (0)6 12 34 56 87", "0033 6 12 34 5 78"):
        assert found(book, phone=phone) == [1], phone
    for email in ("marie.dupond@example.com", "MARIE.DUPONT@example.com", "marie.dupond@exmaple.com"):
        assert found(book, email=email) == [2], email
    assert found(book, email="m.dupond@example.com") == []
    assert found(book, phone="+41 22 700 00 00") == [], "it was removed"


def test_everything_given_must_match(book: Book) -> None:
    assert found(book, name="dupont", phone="0612345678") == [1]
    assert found(book, name="durand", phone="0612345678") == []
    assert found(book, phone="0612345678", email="marie.dupond@example.com") == []


def test_a_search_says_whether_there_is_more(book: Book) -> None:
    assert book.search(name="marie", limit=200).complete
    some = book.search(name="marie", limit=2)
    assert (len(some.items), some.complete) == (2, False)


def test_exact_matches_are_among_the_candidates_however_many_others_there_are(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_search, "CANDIDATES", 8)

    matches = book.search(name="marine", limit=8)

    assert [each.errors for each in matches.items[:8]] == [0] * 8
    assert not matches.complete


def test_a_corrected_name_is_found_and_the_old_one_is_not(database: Database) -> None:
    id, other = UUID(int=1), UUID(int=2)
    journal = Journal()
    journal.happened(id, ClientRegistered(id, None, Name("Dupont"), None))
    journal.happened(other, ClientRegistered(other, None, ERASED, ERASED))
    with Book(database(), journal) as book:
        assert found(book, name="dupont") == [1]
        journal.happened(id, NameCorrected(id, Name("Lefèvre")))
        book.project()

        assert found(book, name="dupont") == []
        assert found(book, name="lefebre") == [1]
        erased = book.profile(other)
        assert erased
        assert (erased.erased, erased.name) == (True, None)


def test_a_client_is_found_by_every_name_of_hers_and_by_parts_of_several(database: Database) -> None:
    anna, hanako, other = UUID(int=1), UUID(int=2), UUID(int=3)
    journal = Journal()
    for id, name in ((anna, Name("Dupont", "Marie")), (hanako, Name("Yamada", "Hanako")), (other, Name("Roux"))):
        journal.happened(id, ClientRegistered(id, "paris-1", name, None))
    for number, (id, name, script, reading) in enumerate(
        [
            (anna, Name("Lefebvre"), None, None),
            (anna, Name("Каренина", "Анна"), "Cyrl", "Anna Karenina"),
            (hanako, Name("山田", "花子"), "Jpan", "ヤマダ ハナコ"),
        ]
    ):
        added = NameAdded(id, UUID(int=900 + number), NameKind.LEGAL, name, reading, script, None, None)
        journal.happened(id, added)
    journal.happened(other, NameAdded(other, UUID(int=950), NameKind.FORMER, Name("Blanc"), None, None, None, None))
    journal.happened(other, NameRemoved(other, UUID(int=950)))
    with Book(database(), journal) as book:
        for typed in (
            "lefebvre",
            "lefevre",
            "marie lefebvre",
            "Lefebvre Dupont",
            "каренина",
            "анна карениа",
            "karenina",
        ):
            assert found(book, name=typed) == [anna.int], typed
        for typed in ("山田", "花子", "山田花子", "山田 花子", "やまだ", "ハナコ", "はなこ yamada"):
            assert found(book, name=typed) == [hanako.int], typed
        assert found(book, name="blanc") == []
        assert [each.name and each.name.family for each in book.search(name="lefebvre").items] == ["Dupont"]
        assert [each.errors for each in book.search(name="marie lefevre").items] == [1]


def test_search_goes_by_the_index_even_where_a_scan_looks_cheap(book: Book) -> None:
    """The tables here are tiny, so that the planner would scan them if it were let."""
    with psycopg.connect(book.url) as connection:
        # What is as small is read as cheaply by any other index, from its beginning to its end.
        connection.execute(f"DROP INDEX {card.name}_of_store")
        connection.execute(f"ANALYZE {card.name}")
        connection.commit()
        for name in ("marie", "marie dupont", "jean-pierre"):
            wanted = client_search.Search(name=name).wanted()
            plan = book.plan(client_search._candidates(wanted), {**visibility.parameters(ASSOCIATE), "candidates": 200})
            assert f"{card.name}_keys" in plan
            assert f"{other_name.name}_keys" in plan
            assert "Seq Scan" not in plan


def _all_parts() -> list[list[str]]:
    return [name_parts(name.given, name.family) for name in everybody().values()]


def _mistyped(chance: Random, word: str) -> str:
    at, letter = chance.randrange(len(word)), chance.choice("aeinrtu")
    wrong = chance.choice(
        [
            word,
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ]
    )
    return wrong or word
