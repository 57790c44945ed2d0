"""What is true of a calendar event, as values: when it is held, what is brought to it, and what it is to sell."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.values import named_id

KINDS: Final = ("trunk-show", "gala", "ball", "preview", "exhibition", "collection-sale")
"""The kinds that the house offers; any other word is a kind of the retailer's own."""


@dataclass(frozen=True, slots=True)
class Held:
    """From when to when an event is held, and in which time zone (a name of the IANA) its days are counted.

    Its days are those of the place where it is held, whoever asks from wherever.
    """

    starts_at: datetime
    ends_at: datetime
    time_zone: str

    @property
    def starts(self) -> datetime:
        """When it starts as the clocks show it where it is held; they tell nothing of an offset."""
        return self._by_clock(self.starts_at)

    @property
    def ends(self) -> datetime:
        """When it ends, as `starts`."""
        return self._by_clock(self.ends_at)

    @property
    def first_day(self) -> date:
        return self.starts.date()

    @property
    def last_day(self) -> date:
        """What ends at midnight ends with the day before."""
        return self._by_clock(self.ends_at - datetime.resolution).date()

    def _by_clock(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something brought to an event: `units` of it, or the one with this serial number.

    `unit_value` is the retail value of one, without tax. What is `consigned` is the maker's until it is sold.
    """

    sku: str
    description: str
    units: int
    unit_value: Decimal
    currency: str
    serial_number: str | None = None
    brand: str | None = None
    category: str | None = None
    consigned: bool = False


PIECES: Final = UUID("3f0f6f8e-0d1b-5b77-8a43-6e2c9d51c7a4")


def piece_id(calendar_event_id: UUID, sku: str, serial_number: str | None) -> UUID:
    """The id of a piece in the assortment of an event: by its serial number where it has one, else by what it is."""
    number = () if serial_number is None else (serial_number,)
    return named_id(PIECES, str(calendar_event_id), sku, *number)
