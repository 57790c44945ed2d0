"""Rules that say when a feast is in a year: a date, a weekday of a month, a number of days from Easter, a table."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, TypeAlias

from domain.feast_tables import Table

Rule: TypeAlias = Callable[[int], tuple[date, ...] | None]
"""The days of a feast in a year, in order; None where nothing that is known here says it."""

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
LAST: Final = -1


def fixed(month: int, day: int) -> Rule:
    return lambda year: (date(year, month, day),)


def nth(which: int, weekday: int, month: int) -> Rule:
    """The first, second ... weekday of a month, counted from 1, or the `LAST` one."""

    def rule(year: int) -> tuple[date, ...]:
        if which == LAST:
            end = date(year, month, monthrange(year, month)[1])
            return (end - timedelta(days=(end.weekday() - weekday) % 7),)
        first = date(year, month, 1)
        return (first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1)),)

    return rule


def from_easter(days: int) -> Rule:
    return lambda year: (easter(year) + timedelta(days=days),)


def listed(table: Table) -> Rule:
    return table.of


def orthodox_easter(year: int) -> tuple[date, ...]:
    """Easter by the Julian calendar (Meeus), as a day of the common one."""
    moon = (19 * (year % 19) + 15) % 30
    days = moon + (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7 + 114
    return (_from_julian(year, days // 31, days % 31 + 1),)


def julian_christmas(year: int) -> tuple[date, ...]:
    """25 December of the Julian year before: 7 January until 2100."""
    return (_from_julian(year - 1, 12, 25),)


def mothers_day_of_france(year: int) -> tuple[date, ...]:
    """The last Sunday of May, or if that is Pentecost the first of June."""
    (last,) = nth(LAST, SUNDAY, 5)(year) or ()
    return (last + timedelta(days=7) if last == easter(year) + timedelta(days=49) else last,)


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus, Jones and Butcher)."""
    golden, century = year % 19, year // 100
    skipped, correction = century - century // 4, (8 * century + 13) // 25
    epact = (19 * golden + skipped - correction + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - skipped) % 7
    days = epact - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, days + 28 - 31 * (month // 4))


def _from_julian(year: int, month: int, day: int) -> date:
    """A day of the Julian calendar, as the common one calls it; from March 1900 on, as far as leap days go."""
    behind = year // 100 - year // 400 - 2 - (month < 3 and year % 100 == 0 and year % 400 != 0)
    return date(year, month, day) + timedelta(days=behind)
