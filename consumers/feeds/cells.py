"""One cell of a file to one checked value, by the same types that command bodies are checked with.

Readers raise `Unreadable` with what is wrong, never with the value, and remember what they have read: the same codes,
prices and times come again and again.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from commands.fields import EARLIEST, Amount, Quantity
from consumers.feeds.mapping import Written

REMEMBERED: Final = 65536


class Unreadable(Exception):
    """The cell does not hold what it should."""


def clean(cell: str) -> str:
    """The text with every run of white space as one blank and none around it."""
    return " ".join(cell.split())


def texts(type: Any, *, empty: bool) -> Callable[[str], str]:
    """Reads text of this checked type; `empty` allows nothing at all."""
    check = _checked(type)

    @lru_cache(REMEMBERED)
    def read(cell: str) -> str:
        text = clean(cell)
        return text if empty and not text else str(check(text))

    return read


def amounts(format: Written) -> Callable[[str], Decimal]:
    """Reads a signed amount of money, exact."""
    written = _written(format)
    check = _checked(Amount)

    @lru_cache(REMEMBERED)
    def read(cell: str) -> Decimal:
        sign, whole, decimals = written(cell)
        amount: Decimal = check(f"{whole}.{decimals[:4]}{decimals[4:].rstrip('0')}" if decimals else whole)
        return -amount if sign == "-" else amount

    return read


def wholes(format: Written, type: Any = Quantity) -> Callable[[str], int]:
    """Reads a signed whole number, whose magnitude is checked; `3,00` is 3."""
    written = _written(format)
    check = _checked(type)

    @lru_cache(REMEMBERED)
    def read(cell: str) -> int:
        sign, whole, decimals = written(cell)
        if decimals.strip("0"):
            raise Unreadable("is not a whole number")
        number: int = check(int(whole))
        return -number if sign == "-" else number

    return read


def moments(format: Written, latest: datetime) -> Callable[[str], datetime]:
    """Reads a point in time, in UTC. An hour that the clocks go through twice is the first of the two."""
    zone = ZoneInfo(format.time_zone)

    @lru_cache(REMEMBERED)
    def read(cell: str) -> datetime:
        try:
            local = datetime.strptime(clean(cell), format.date_format)  # noqa: DTZ007 - the next line gives it its zone
            at = local.replace(tzinfo=local.tzinfo or zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Unreadable(f"is not a date like {format.date_format}") from None
        if not EARLIEST <= at <= latest:
            raise Unreadable("lies in the future" if at > latest else "is before 1900")
        return at

    return read


def _written(format: Written) -> Callable[[str], tuple[str, str, str]]:
    """Cuts a number as it is written here into sign, whole digits and decimals."""
    mark, thousands = re.escape(format.decimal_mark), re.escape(format.thousands_mark)
    grouped = f"[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|" if thousands else ""
    pattern = re.compile(f"([+-]?)({grouped}[0-9]+)(?:{mark}([0-9]+))?")

    def cut(cell: str) -> tuple[str, str, str]:
        found = pattern.fullmatch(clean(cell))
        if found is None:
            raise Unreadable("is not a number" if cell.strip() else "is empty")
        sign, whole, decimals = found.groups(default="")
        return sign, whole.replace(format.thousands_mark, "").lstrip("0") or "0", decimals

    return cut


def _checked(type: Any) -> Callable[[Any], Any]:
    validate = TypeAdapter(type).validate_python

    def check(value: Any) -> Any:
        try:
            return validate(value)
        except ValidationError as error:
            raise Unreadable(error.errors()[0]["msg"]) from None

    return check
