"""How ticklers are found: page by page, by the same id and days as the domain has, and of a rule that is only tried."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, Text, Uuid, bindparam, select

from domain.days import CalendarDay
from domain.refusals import CursorInvalid
from domain.tickler_cause import About, tickler_id
from domain.tickler_rule import Cause, Lapse, Rule
from queries.page import Paging
from queries.tickler import row
from queries.tickler.state import State
from queries.tickler.trial import TrialAnswer, trial
from tests.support.asking import SEAL, TODAY, Book
from tests.support.tickling import CALL, HEAD_OFFICE, PAUL, SALE, THANKS, ZOE, House

Database = Callable[[], str]


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    house.rule(CALL)
    with house.book:
        yield house


@pytest.fixture
def call(house: House) -> About:
    """Paul has his birthday today."""
    return About("rule", str(house.kept(PAUL, TODAY)), "2026")


# ---------------------------------------------------------------------------------------------------------------- found


def test_pages_hold_every_tickler_once_and_a_cursor_is_good_for_one_question(house: House) -> None:
    for number in range(5):
        house.rule(replace(CALL, text=f"Call {number}", days=number // 2), f"rule-{number}")
    house.kept(PAUL, TODAY)
    whole, cursor, walked = house.of(), None, []
    for _ in range(3):
        page = house.page(paging=Paging(SEAL, 2, cursor))
        walked += page.items
        cursor = page.next_cursor
    assert (cursor, walked) == (None, whole)
    assert len(whole) == 6
    first = house.page(paging=Paging(SEAL, 2))
    for other in ({"client": ZOE}, {"on": TODAY + timedelta(1)}, {"states": (State.TODAY,)}):
        with pytest.raises(CursorInvalid):
            house.page(paging=Paging(SEAL, 2, first.next_cursor), **other)


def test_however_many_there_are_it_takes_two_statements(house: House, call: About) -> None:
    house.rule(THANKS, "thanks")
    house.bought()
    every: list[Callable[[], Any]] = [
        lambda: house.of(since=TODAY),
        lambda: house.hers("ines").items,
        lambda: house.there("paris-1").items,
    ]
    for asked in every:
        with house.book.statements() as sent:
            assert asked()
        assert len(sent) == 2


DAYS = st.tuples(st.integers(1, 12), st.none() | st.integers(1, 28) | st.just(29))


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_characters="\x00", codec="utf-8")), min_size=3, max_size=3), st.uuids())
def test_the_id_in_sql_is_that_of_the_domain(asked_once: Book, words: list[str], client_id: UUID) -> None:
    about = About(*words)
    of = select(
        bindparam("client_id", type_=Uuid).label("client_id"),
        *(bindparam(name, type_=Text).label(name) for name in ("rule_id", "cause", "occurrence")),
    ).subquery()
    values = {"client_id": client_id, "rule_id": words[0], "cause": words[1], "occurrence": words[2]}
    [found] = asked_once.rows(select(row.tickler_id(of).label("id")), values)
    assert found.id == tickler_id(client_id, about)


@settings(max_examples=30)
@given(st.integers(1600, 2400), DAYS)
def test_a_day_in_a_year_in_sql_is_that_of_the_domain(asked_once: Book, year: int, day: tuple[int, int | None]) -> None:
    names = ("year", "month", "day")
    of = select(*(bindparam(name, type_=Integer).label(name) for name in names)).subquery()
    [found] = asked_once.rows(
        select(row.in_year(of.c.year, of.c.month, of.c.day).label("day")), dict(zip(names, (year, *day), strict=True))
    )
    assert found.day == CalendarDay(*day).in_year(year)


@pytest.fixture(scope="module")
def asked_once(databases: Any) -> Iterator[Book]:
    with databases.fresh() as url, Book(url) as book:
        yield book


# ---------------------------------------------------------------------------------------------------------------- tried


@pytest.mark.feature("N-06")
def test_a_rule_is_tried_on_the_past_before_it_is_switched_on(house: House) -> None:
    house.kept(PAUL, date(2000, 5, 10))
    house.kept(ZOE, date(2000, 5, 20))
    house.bought(on=date(2025, 6, 9))
    found = tried(house, CALL, date(2025, 1, 1), date(2025, 12, 31))
    assert (found.ticklers, found.clients, found.followed_by_sale) == (2, 2, 1)
    assert [(each.client_id, each.due, each.followed_by and each.followed_by.sale_id) for each in found.items] == [
        (PAUL, date(2025, 5, 10), SALE),
        (ZOE, date(2025, 5, 20), None),
    ]
    assert len(house.of(PAUL, since=date(2025, 5, 1), until=date(2025, 6, 1))) == 1, "by the rule that is set"
    day_before = replace(CALL, days=-1)
    assert tried(house, day_before, date(2025, 5, 10), date(2025, 12, 31)).ticklers == 1
    assert tried(house, day_before, date(2025, 1, 1), date(2025, 12, 31)).followed_by_sale == 0


def test_what_would_have_been_done_by_now_is_tried_as_if_nobody_had(house: House) -> None:
    house.bought(on=date(2025, 2, 1))
    house.bought(UUID(int=0xD1), on=date(2025, 12, 1))
    lapse = Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse(None, 9, 24))
    [each] = tried(house, lapse, date(2025, 10, 1), date(2026, 3, 1)).items
    assert each.followed_by
    assert (each.due, each.followed_by.sale_id) == (date(2025, 11, 1), UUID(int=0xD1))
    new = Rule(Cause.REGISTRATION, "Welcome her", 1, 0, 28)
    assert tried(house, new, date(2026, 3, 1), date(2026, 3, 31)).ticklers == 1, "of Zoe, who bought nothing"


def test_her_own_interval_is_that_of_the_day_on_which_she_stayed_away(house: House) -> None:
    """What she bought later, after far longer, does not make it longer in hindsight."""
    days = (date(2022, 1, 1), date(2022, 3, 2), date(2022, 5, 1), date(2023, 12, 1), date(2025, 4, 14))
    for number, day in enumerate(days):
        house.bought(UUID(int=0xD1 + number), day)
    house.bought(UUID(int=0xDA), at=datetime(2022, 5, 1, 9, tzinfo=UTC))
    asked: Any = {"since": date(2022, 6, 1), "until": date(2023, 11, 30)}
    house.rule(Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse(None, 1, 60, Decimal(2))), "twice")
    [each] = house.of(**asked)
    assert (each.due, each.about.occurrence) == (date(2022, 8, 29), f"{UUID(int=0xD3)}/1"), (
        "by the last sale of the day"
    )
    too_late = Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse(None, 1, 4, Decimal(3)))
    assert tried(house, too_late, date(2022, 6, 1), date(2023, 11, 30)).items == []


def tried(house: House, rule: Rule, first: date, last: date) -> TrialAnswer:
    found = house.book.asked(TrialAnswer, lambda engine: trial(engine, HEAD_OFFICE, rule, first, last, 10))
    assert found
    return found
