"""Whoever has to do with a gift has a place in it, and nobody else."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.sale.events import GiftMarked, GiftReleaseSet, KeptForHerself, MarkRemoved
from domain.sale.facts import MOST_GIVERS, Giver
from projections.gifts import RECIPIENT, gifts, party
from tests.support.projections import applied_one_by_one
from tests.support.records import Journal

SALE, MARK, ANNE = (UUID(int=number) for number in range(1, 4))
PEOPLE = [UUID(int=100 + number) for number in range(MOST_GIVERS + 3)]
marked = GiftMarked(SALE, MARK, 1, 2, (Giver(PEOPLE[0], 3),), ANNE, ANNE, None, None, "CODE", discreet=False)


def people(*events: object) -> dict[int, dict[str, Any]]:
    journal = Journal()
    for event in events:
        journal.happened(SALE, event)
    tables = applied_one_by_one(asked for each in journal.recorded() for asked in gifts.changes(each))
    return {row["place"]: row for row in tables.get(party.name, {}).values()}


def test_givers_and_whom_it_is_for_are_found_with_what_it_is() -> None:
    found = people(marked, GiftReleaseSet(SALE, MARK, ANNE, date(2026, 3, 1), True))

    assert {place: row["person_id"] for place, row in found.items()} == {RECIPIENT: ANNE, 0: PEOPLE[0]}
    assert [(row["quantity"], row["recipient_id"], row["ordinal"]) for row in found.values()] == [(2, ANNE, 1)] * 2
    assert (found[RECIPIENT]["released_on"], found[RECIPIENT]["discreet"]) == (date(2026, 3, 1), True)
    assert found[0]["parts"] == 3


def test_put_right_it_is_of_those_whom_it_names_last() -> None:
    many = replace(marked, givers=tuple(map(Giver, PEOPLE[:4])))
    fewer = replace(marked, givers=(Giver(PEOPLE[2]),), recipient_id=None, concerns_id=PEOPLE[2])

    assert {place: row["person_id"] for place, row in people(many, fewer).items()} == {0: PEOPLE[2]}
    assert people(many, MarkRemoved(SALE, MARK)) == {}
    assert people(many, KeptForHerself(SALE, MARK, 1, 2)) == {}


def test_of_more_givers_than_are_allowed_today_each_has_a_place() -> None:
    """What was recorded stays so, whatever the house allows later."""
    assert len(people(replace(marked, givers=tuple(map(Giver, PEOPLE))))) == len(PEOPLE) + 1
