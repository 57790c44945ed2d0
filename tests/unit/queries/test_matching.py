"""Who is meant by what a clerk types, and who comes first."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.spelling import name_parts
from queries.matching import Candidate, Wanted
from tests.support.oracles import may_be_meant


def candidate(given_name: str | None, family: str | None, *reached: str, id: int = 1) -> Candidate:
    phones = [each for each in reached if each.startswith("+")]
    return Candidate(UUID(int=id), family, given_name, phones, [each for each in reached if "@" in each])


def errors(name: str, given_name: str | None, family: str | None) -> int | None:
    rank = Wanted.of(name, None, None).rank(candidate(given_name, family))
    return rank and rank[0]


@pytest.mark.parametrize(
    ("typed", "given_name", "family", "forgiven"),
    [
        ("Dupond", "Marie", "Dupont", 1),
        ("marie claire", "Marie-Claire", "Dupont", 0),
        ("marie-claire", "Marie Claire", "Dupont", 0),
        ("marieclaire", "Marie Claire", "Dupont", 0),
        ("MARIE dupond", "Marie", "Dupont", 1),
        ("maire dupond", "Marie", "Dupont", 2),
        ("dupont marie", "Marie", "Dupont", 0),
        ("obrien", "Sean", "O'Brien", 0),
        ("o'brien", "Sean", "OBrien", 0),
        ("o brien", "Sean", "O'Brien", 0),
        ("groß", "Anna", "Gross", 0),
        ("mueller", "Eva", "Müller", 1),
        ("Łukasz", "Lukasz", None, 0),
        ("jean-pierre", "Jean", "Pierre", 0),
        ("dupont", "Marie", "Durand", None),
        ("marie durand", "Marie", "Dupont", None),
        ("dupont", None, None, None),
    ],
)
def test_case_accents_and_one_error_in_each_part_are_forgiven(
    typed: str, given_name: str | None, family: str | None, forgiven: int | None
) -> None:
    assert errors(typed, given_name, family) == forgiven


words = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=3).map(" ".join)


@given(typed=words, given_name=words, family=words)
def test_a_client_matches_if_every_word_is_one_error_from_a_part_of_her_names(
    typed: str, given_name: str, family: str
) -> None:
    parts = name_parts(given_name, family)

    expected = all(any(may_be_meant(word, part) for part in parts) for word in typed.split())

    assert (errors(typed, given_name, family) is not None) == expected


def test_exact_matches_come_first_then_the_most_alike() -> None:
    wanted = Wanted.of("marie dupont", None, None)
    known = [
        candidate("Marie", "Dupond", id=1),
        candidate("Anne-Marie Sophie", "Dupont", id=2),
        candidate("Marie", "Dupont", id=3),
        candidate("Maria", "Dupond", id=4),
    ]

    ranked = sorted(rank for each in known if (rank := wanted.rank(each)))

    assert [rank[-1].int for rank in ranked] == [3, 2, 1, 4]


@pytest.mark.parametrize(
    ("typed", "known", "forgiven"),
    [
        ("06 12 34 56 78", "+33612345678", 0),
        ("+33 (0)6 12 34 56 78", "+33612345678", 0),
        ("0033612345678", "+33612345678", 0),
        ("06 12 34 56 87", "+33612345678", 1),
        ("+41 22 700 00 01", "+41227000000", 1),
        ("06 12 34 65 87", "+33612345678", None),
    ],
)
def test_a_phone_is_compared_as_it_is_dialled(typed: str, known: str, forgiven: int | None) -> None:
    rank = Wanted.of(None, typed, None).rank(candidate(None, None, known))

    assert (rank and rank[0]) == forgiven


def test_everything_asked_for_must_match() -> None:
    wanted = Wanted.of("dupont", "0612345678", "Marie@Example.com")

    assert wanted.rank(candidate("Marie", "Dupont", "+33612345678", "marie@exampel.com", "m@example.com"))
    assert not wanted.rank(candidate("Marie", "Dupont", "+33612345678"))
    assert not wanted.rank(candidate("Marie", "Dupont", "marie@example.com"))
    assert not wanted.rank(candidate("Marie", "Durand", "+33612345678", "marie@example.com"))


@pytest.mark.parametrize(
    ("name", "phone", "email"), [(None, None, None), ("--- '", None, None), (None, "call her", None)]
)
def test_nothing_to_look_for_is_known_as_such(name: str | None, phone: str | None, email: str | None) -> None:
    assert Wanted.of(name, phone, email).empty
