"""What a house has settled about gifts: when to think of them, how many to propose, and when a surprise is none."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple


class Window(NamedTuple):
    """Days from the first to the last, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class GiftPolicy:
    """All periods in days. Gifts are bought from `days_before` an occasion to `days_after` it; the recipient's file may
    show one `released_after` its occasion; at most `proposals` are made at a time, `proposed_for` after the sale."""

    days_before: int = 60
    days_after: int = 14
    released_after: int = 7
    proposals: int = 3
    proposed_for: int = 30

    def window(self, on: date) -> Window:
        """The days on which an occasion is one to buy for on this day."""
        return Window(on - timedelta(self.days_after), on + timedelta(self.days_before))

    def release(self, occasion: date | None) -> date | None:
        """The first day on which the recipient's file may show what is given; None: on no day until one is set."""
        return occasion and occasion + timedelta(self.released_after)

    def proposes(self, sold_on: date, on: date) -> bool:
        """Whether what was sold then still gives rise to proposals."""
        return self.first_sold_on(on) <= sold_on <= on

    def first_sold_on(self, on: date) -> date:
        """The day since which something was sold that gives rise to proposals on this day."""
        return on - timedelta(self.proposed_for)


HOUSE_GIFTS: Final = GiftPolicy()


def shows_to_recipient(released_on: date | None, on: date, *, discreet: bool) -> bool:
    """Whether the recipient's own file may show, on a day, what others give her; the same as `gift_to` of
    `queries/visibility.py`."""
    return released_on is not None and released_on <= on and not discreet
