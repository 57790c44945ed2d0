"""Days as people remember them: a birthday without its year, a month without a day; and whether something holds on one.

Dates of what holds for a time are both inclusive, and either may be unknown, which is no limit.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.refusals import DayInvalid

_LEAP_YEAR: Final = 2000
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def is_day(written: object) -> bool:
    """Whether this is written like 2026-03-02. A number is not: whoever reads it takes it for seconds since 1970."""
    return isinstance(written, str) and re.fullmatch(_DAY, written) is not None


def is_time(written: object) -> bool:
    """Whether this begins like 2026-03-02T15:30, and is no number."""
    return isinstance(written, str) and re.match(_DAY + "[Tt ]", written) is not None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the year, its own year perhaps unknown; or only the month of it."""

    month: int
    day: int | None = None
    year: int | None = None

    def in_year(self, year: int) -> date:
        """When it is in that year. 29 February is kept on the 28th where there is none; a month from its first day."""
        if (self.month, self.day) == (2, 29) and not _is_leap(year):
            return date(year, 2, 28)
        return date(year, self.month, self.day or 1)

    def first_from(self, on: date) -> date:
        """When it comes round next, `on` itself included; a month that has begun is still to come round."""
        this_year = self.in_year(on.year)
        over = (this_year.month < on.month) if self.day is None else (this_year < on)
        return self.in_year(on.year + 1) if over else this_year


def calendar_day(month: int, day: int | None, year: int | None, field: str) -> CalendarDay:
    """Refuses with `DayInvalid`, naming `field`, what no calendar has."""
    try:
        date(_LEAP_YEAR if year is None else year, month, day or 1)
    except ValueError:
        raise DayInvalid("No calendar has this day.", field) from None
    return CalendarDay(month, day, year)


def holds(since: date | None, until: date | None, on: date) -> bool:
    """Whether what lasts from `since` to `until` holds on this day."""
    return (since is None or since <= on) and (until is None or on <= until)


def overlaps(since: date | None, until: date | None, first: date | None, last: date | None) -> bool:
    """Whether what lasts from `since` to `until` holds on any day from the first to the last."""
    return _in_order(since, last) and _in_order(first, until)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months before, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_order(since: date | None, until: date | None) -> bool:
    return since is None or until is None or since <= until


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
