"""A side of a link says in which months a day of both comes round: of no other month is one looked for."""

from random import Random
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.days import CalendarDay
from domain.link import AnniversaryKind, AnniversarySet, LinkBegun
from domain.personal import ERASED
from domain.relation import Circle
from projections.family import MONTHS, anniversary, family, side
from tests.support.decisions.journal import random_journal
from tests.support.decisions.link import NOUN
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import Journal

LINK, PAUL, ANNE = (UUID(int=number) for number in range(1, 4))


@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_after_any_decisions_the_months_are_those_of_the_days_that_are_kept(seed: int) -> None:
    log = random_journal(Random(seed), 1, 80, [NOUN]).recorded()
    tables = applied_one_by_one(asked for recorded in log for asked in family.changes(recorded))

    agree(tables)


def test_each_has_a_copy_of_her_own_and_one_may_go() -> None:
    wedding, engagement = CalendarDay(6, 12, 1999), CalendarDay(2, 14)
    journal = Journal()
    for event in (
        LinkBegun(LINK, 1, "partner", Circle.PARTNER, PAUL, "husband", ANNE, "wife", None),
        AnniversarySet(LINK, 1, AnniversaryKind.WEDDING, PAUL, ANNE, ERASED, CalendarDay(5, 1)),
        AnniversarySet(LINK, 1, AnniversaryKind.ENGAGEMENT, PAUL, ANNE, engagement, engagement),
        AnniversarySet(LINK, 1, AnniversaryKind.WEDDING, PAUL, ANNE, ERASED, wedding),
        AnniversarySet(LINK, 1, AnniversaryKind.ENGAGEMENT, PAUL, ANNE, engagement, None),
    ):
        journal.happened(LINK, event)
    tables = applied_one_by_one(asked for each in journal.recorded() for asked in family.changes(each))

    months = {row["person_id"]: [row[name] for name in MONTHS] for row in tables[side.name].values()}
    assert months == {PAUL: [None, 2, None], ANNE: [6, None, None]}
    agree(tables)


def agree(tables: Tables) -> None:
    kept = {(*key[:3], f"{row['kind']}_month"): row["month"] for key, row in tables.get(anniversary.name, {}).items()}
    said = {(*key, name): row[name] for key, row in tables.get(side.name, {}).items() for name in MONTHS}
    assert {place: month for place, month in said.items() if month is not None} == kept
