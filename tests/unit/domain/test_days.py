"""Days as people remember them."""

from datetime import date

import pytest

from domain.days import CalendarDay, calendar_day, holds
from domain.refusals import DayInvalid

MAY_4 = CalendarDay(5, 4)
LEAP_DAY = CalendarDay(2, 29, 1984)


def test_a_birthday_comes_round_every_year() -> None:
    assert MAY_4.first_from(date(2026, 5, 4)) == date(2026, 5, 4)
    assert MAY_4.first_from(date(2026, 5, 5)) == date(2027, 5, 4)


@pytest.mark.feature("CS-44")
def test_who_was_born_on_a_leap_day_is_congratulated_the_day_before_march() -> None:
    assert LEAP_DAY.first_from(date(2026, 1, 1)) == date(2026, 2, 28)
    assert LEAP_DAY.first_from(date(2026, 3, 1)) == date(2027, 2, 28)
    assert LEAP_DAY.first_from(date(2027, 3, 1)) == date(2028, 2, 29)
    assert CalendarDay(2, 29).in_year(1900) == date(1900, 2, 28)


def test_a_month_lasts_until_it_is_over() -> None:
    may = CalendarDay(5)
    assert may.first_from(date(2026, 5, 31)) == date(2026, 5, 1)
    assert may.first_from(date(2026, 6, 1)) == date(2027, 5, 1)


@pytest.mark.parametrize(("month", "day", "year"), [(2, 30, None), (13, None, None), (2, 29, 2026), (4, 31, 2026)])
def test_a_day_that_no_calendar_has_is_refused(month: int, day: int | None, year: int | None) -> None:
    with pytest.raises(DayInvalid) as refused:
        calendar_day(month, day, year, "birthday")
    assert refused.value.field == "birthday"
    assert calendar_day(2, 29, None, "birthday") == CalendarDay(2, 29)


def test_both_ends_of_a_time_are_part_of_it() -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    assert holds(first, last, first)
    assert holds(first, last, last)
    assert holds(None, None, first)
    assert not holds(first, last, date(2026, 6, 1))
    assert not holds(last, None, first)
