"""Who could be the same person, by example and on lists whose duplicates are known."""

import csv
import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from queries.resemblance import LARGEST_BLOCK, LIKELY, POSSIBLE, Likeness, Person, alike, person, points, resembling

REPOSITORY = Path(__file__).parents[3]
DATA = Path(os.environ.get("CARNET_TEST_DATA", REPOSITORY.parent / "shared" / "data")) / "client_dedup"


def somebody(given: str = "Anne", family: str = "Leclerc", number: int = 1, **known: Any) -> Person:
    return person(UUID(int=number), [(given, family)], **known)


def weigh(one: Person, other: Person) -> float:
    return points(alike(one, other))


HOME = (["24 rue du Faubourg Saint-Honoré"], "75008", "Paris")


def test_the_same_address_makes_two_likely_the_same() -> None:
    one, other = somebody(emails=["anne@example.com"]), somebody("A.", "Leclercq", emails=["Anne@EXAMPLE.com"])
    assert weigh(one, other) >= LIKELY
    assert {each.reason for each in alike(one, other)} == {Likeness.EMAIL, Likeness.NAME}


def test_the_same_number_and_names_alike_make_two_likely_the_same() -> None:
    one, other = somebody(phones=["+33142685300"]), somebody("Ann", "Leclerk", phones=["+33 1 42 68 53 00"])
    assert weigh(one, other) >= LIKELY


def test_what_a_household_shares_makes_nobody_the_same() -> None:
    shared: dict[str, Any] = {"phones": ["+33142685300"], "places": [HOME]}
    assert weigh(somebody("Anne", **shared), somebody("Bertrand", **shared)) < POSSIBLE


def test_a_shared_mailbox_is_worth_a_look() -> None:
    shared: dict[str, Any] = {"emails": ["leclerc@example.com"]}
    assert POSSIBLE <= weigh(somebody("Anne", **shared), somebody("Bertrand", **shared)) < LIKELY


def test_a_name_alone_is_no_reason() -> None:
    assert weigh(somebody(), somebody()) >= POSSIBLE  # the very same name is worth a look
    assert weigh(somebody(), somebody(family="Legrand")) < POSSIBLE
    assert weigh(somebody(birthday="1950-03-14"), somebody(birthday="1981-11-02")) < POSSIBLE


def test_names_entered_the_wrong_way_round_and_a_married_name_are_found() -> None:
    born: dict[str, Any] = {"birthday": "1950-03-14"}
    assert weigh(somebody("Leclerc", "Anne", **born), somebody(**born)) >= LIKELY
    assert weigh(somebody("Anne", "Dupont", **born), somebody(**born, places=[HOME])) >= POSSIBLE


def test_a_birthday_without_its_year_counts_for_less() -> None:
    full = weigh(somebody(birthday="1950-03-14"), somebody(birthday="1950-03-14"))
    day = weigh(somebody(birthday="1950-03-14"), somebody(birthday="03-14"))
    assert weigh(somebody(), somebody()) < day < full


def test_any_of_several_names_will_do() -> None:
    both = person(UUID(int=1), [("Hanako", "Yamada"), ("花子", "山田")], phones=["+81312345678"])
    assert weigh(both, person(UUID(int=2), [("花子", "山田")], phones=["+81312345678"])) >= LIKELY


def test_only_those_who_share_a_key_are_compared() -> None:
    one, other, stranger = somebody(), somebody(number=2), somebody("Zoë", "Montgolfière", 3)
    [(total, first, second)] = resembling([one, stranger, other])
    assert {first.id, second.id} == {one.id, other.id}
    assert total == weigh(one, other) >= POSSIBLE


def test_a_key_that_too_many_share_is_none() -> None:
    namesakes = [somebody(number=number) for number in range(LARGEST_BLOCK + 1)]
    assert sum(1 for _ in resembling(namesakes[1:])) == LARGEST_BLOCK * (LARGEST_BLOCK - 1) // 2
    assert not list(resembling(namesakes))


def test_who_is_compared_with_whom_does_not_change_what_is_found() -> None:
    one = somebody("Marie-Claire", "Dupont", birthday="1950-03-14", places=[HOME], emails=["mc@example.com"])
    other = somebody("Dupond", "Marie", birthday="1950-03-15", places=[(["24 r. du Fbg"], "75008", None)])
    assert weigh(one, other) == weigh(other, one)
    # A name may be a given name here and a family name there.
    one, other = somebody("Marie", "Dupont"), somebody("Zoë", "Marie")
    assert weigh(one, other) == weigh(other, one)


def test_of_several_addresses_the_most_alike_two_count_always_the_same() -> None:
    one = somebody(places=[(["1 rue du Bac"], "75007", None), ([], "75007", "Paris")])
    other = somebody(places=[(["rue du Bac 1"], "31000", None), ([], None, "Lyon")])
    [address, post] = [each for each in alike(one, other) if each.reason is not Likeness.NAME]
    assert [address, post] == [(Likeness.ADDRESS, 4.0), (Likeness.POSTAL_CODE, -0.5)]
    assert alike(one, other) == alike(other, one)


# ---------------------------------------------------------------------------------------------------- measured on lists

Known = Iterator[tuple[str, Person]]


def _day(written: str) -> str | None:
    digits = written.strip().replace("-", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else None


def _febrl(number: int) -> Known:
    with (DATA / f"febrl_dataset{number}.csv").open() as file:
        for at, row in enumerate(csv.DictReader(file, skipinitialspace=True)):
            lines = [row["street_number"], row["address_1"], row["address_2"]]
            yield (
                row["rec_id"].split("-")[1],
                person(
                    UUID(int=at),
                    [(row["given_name"], row["surname"])],
                    _day(row["date_of_birth"]),
                    places=[(lines, row["postcode"], row["suburb"])],
                ),
            )


def _fake() -> Known:
    with (DATA / "splink_fake_1000.csv").open() as file:
        for at, row in enumerate(csv.DictReader(file)):
            mail = [row["email"]] if row["email"] else []
            named = [(row["first_name"], row["surname"])]
            yield (
                row["cluster"],
                person(UUID(int=at), named, _day(row["dob"]), mail, places=[([], None, row["city"])]),
            )


def _historical() -> Known:
    with gzip.open(DATA / "splink_historical_figures_50k.csv.gz", "rt") as file:
        for at, row in enumerate(csv.DictReader(file)):
            place: tuple[list[str], str, str] = ([], row["postcode_fake"], row["birth_place"])
            named = [(row["first_name"], row["surname"])]
            yield row["cluster"], person(UUID(int=at), named, _day(row["dob"]), places=[place])


LISTS: dict[str, tuple[Callable[[], Known], list[tuple[float, float, float]]]] = {
    "febrl 1": (lambda: _febrl(1), [(POSSIBLE, 0.99, 0.95)]),
    "febrl 2": (lambda: _febrl(2), [(POSSIBLE, 0.99, 0.93)]),
    "febrl 3": (lambda: _febrl(3), [(POSSIBLE, 0.99, 0.90)]),
    "fake": (_fake, [(POSSIBLE, 0.99, 0.65)]),
    "historical": (_historical, [(POSSIBLE, 0.92, 0.50), (LIKELY, 0.99, 0.38)]),
}


@pytest.mark.feature("X-41")
@pytest.mark.skipif(not DATA.exists(), reason=f"the lists with known duplicates are not at {DATA}")
@pytest.mark.parametrize("name", LISTS)
def test_on_lists_with_known_duplicates(name: str) -> None:
    """Precision and recall over all pairs; a list's own word for who is who is the truth."""
    read, expected = LISTS[name]
    known = list(read())
    truth = [who for who, _ in known]
    pairs = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    hints = [
        (total, truth[one.id.int] == truth[other.id.int])
        for total, one, other in resembling([each for _, each in known])
    ]
    for least, precision, recall in expected:
        right = [is_right for weight, is_right in hints if weight >= least]
        measured = sum(right) / len(right), sum(right) / pairs
        print(f"{name}, {least:g} points: precision {measured[0]:.3f}, recall {measured[1]:.3f} of {pairs}")  # noqa: T201
        assert measured[0] >= precision
        assert measured[1] >= recall


@pytest.mark.skipif(not DATA.exists(), reason=f"the lists with known duplicates are not at {DATA}")
@pytest.mark.parametrize("name", ["febrl 1", "fake"])
def test_whom_no_name_could_make_alike_enough_is_left_out_and_nobody_else(name: str) -> None:
    """Who asks for more points finds those of the pairs that have them."""
    people = [each for _, each in LISTS[name][0]()]
    every = {frozenset((one.id, other.id)): total for total, one, other in resembling(people, 0.1)}
    known = {each.id: each for each in people}
    assert all(total == weigh(*map(known.__getitem__, pair)) for pair, total in every.items())
    for least in (POSSIBLE, LIKELY, 9.5):
        some = {frozenset((one.id, other.id)): total for total, one, other in resembling(people, least)}
        assert some == {pair: total for pair, total in every.items() if total >= least}
        assert len(some) < len(every)
