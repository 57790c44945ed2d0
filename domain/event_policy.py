"""What a house has settled about what calendar events sell: how long they go on counting, and who its best are."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class EventPolicy:
    """A sale is offered an event until `days_after` its last day. `offered` are offered at most, and `top_percent` of
    the associates are those whose part in the sales is looked at."""

    days_after: int = 60
    offered: int = 20
    top_percent: int = 20

    def first_last_day(self, on: date) -> date:
        """The last day of the earliest events that can still have brought a sale of this day."""
        return on - timedelta(self.days_after)

    def top(self, associates: int) -> int:
        """How many of so many associates are the top ones; of any, one at least."""
        return -(-associates * self.top_percent // 100)


HOUSE_EVENTS: Final = EventPolicy()
