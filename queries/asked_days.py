"""Of which days may something be asked? The same for every question about people and what they do."""

from datetime import date, timedelta
from typing import Final

from domain.access import Viewer
from domain.refusals import DayInvalid

FARTHEST: Final = timedelta(days=3 * 366)
"""How many days can be asked for at once."""

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2200, 1, 1)
USUAL: Final = timedelta(days=90)


def span(caller: Viewer, first: date | None, last: date | None) -> tuple[date, date]:
    """From a day, by default today, to another, by default 90 days on; refuses with `DayInvalid` if the days are out of
    order, or more than three years apart."""
    first = first or caller.today
    require_covered(first, "from")
    last = last or first + USUAL
    if not timedelta(0) <= last - first <= FARTHEST:
        raise DayInvalid("The last day comes after the first, and at most three years later.", "to")
    return first, last


def require_covered(day: date, field: str) -> None:
    """Refuses with `DayInvalid`, naming the field, a day that no question about people is asked of."""
    if not EARLIEST <= day <= LATEST:
        raise DayInvalid("A day lies between 1900 and 2200.", field)
