"""What a cell may hold."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from commands.fields import Currency, Word
from consumers.feeds.cells import Unreadable, amounts, moments, texts, wholes
from consumers.feeds.mapping import FileFormat
from tests.support.feed import TODAY

ENGLISH = FileFormat(date_format="%Y-%m-%d %H:%M:%S", time_zone="Europe/London", thousands_mark=",", delimiter=";")
SWISS = FileFormat(
    date_format="%d.%m.%Y", time_zone="Europe/Zurich", decimal_mark=",", thousands_mark="'", delimiter=";"
)


@pytest.mark.parametrize(
    ("format", "cell", "amount"),
    [
        (ENGLISH, "6.95", "6.95"),
        (ENGLISH, " -1,234.50 ", "-1234.50"),
        (ENGLISH, "+3", "3"),
        (ENGLISH, "0012.5", "12.5"),
        (ENGLISH, "1.250000", "1.25"),
        (ENGLISH, "0.001", "0.001"),
        (SWISS, "1'850,00", "1850.00"),
        (SWISS, "-390,5", "-390.5"),
    ],
)
def test_amounts_are_exact(format: FileFormat, cell: str, amount: str) -> None:
    assert amounts(format)(cell) == Decimal(amount)


@pytest.mark.parametrize(
    "cell",
    ["", " ", "twelve", "1.2.3", "1e5", "NaN", "Infinity", "1_000", "٣", "12,34.5", "--1", "1-", ".5", "0.00001",
     "1000000000000.00", "1\x00"],
)  # fmt: skip
def test_what_is_no_amount_is_unreadable(cell: str) -> None:
    with pytest.raises(Unreadable):
        amounts(ENGLISH)(cell)


def test_whole_numbers_may_be_written_with_decimals_that_are_none() -> None:
    assert [wholes(SWISS)(cell) for cell in ("3", "-2,00", "1'000")] == [3, -2, 1000]


@pytest.mark.parametrize("cell", ["1,5", "0", "1000001", "x"])
def test_what_is_no_quantity_is_unreadable(cell: str) -> None:
    with pytest.raises(Unreadable):
        wholes(SWISS)(cell)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2010-06-01 12:00:00", datetime(2010, 6, 1, 11, tzinfo=UTC)),
        ("2010-12-01 12:00:00", datetime(2010, 12, 1, 12, tzinfo=UTC)),
        ("2010-10-31 01:30:00", datetime(2010, 10, 31, 0, 30, tzinfo=UTC)),  # the clocks show it twice
        ("2010-03-28 01:30:00", datetime(2010, 3, 28, 1, 30, tzinfo=UTC)),  # the clocks never show it
    ],
)
def test_local_time_is_told_in_utc(cell: str, at: datetime) -> None:
    assert moments(ENGLISH, TODAY)(cell) == at


def test_a_format_with_an_offset_needs_no_zone() -> None:
    format = FileFormat(date_format="%Y-%m-%dT%H:%M%z", time_zone="Europe/London")

    assert moments(format, TODAY)("2010-06-01T12:00+09:00") == datetime(2010, 6, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    ["", "2010-02-30 12:00:00", "2010-13-01 12:00:00", "01.12.2010", "2010-12-01", "2010-12-01 25:00:00",
     "0001-01-01 00:00:00", "9999-12-31 23:59:59", "1899-12-30 00:00:00", "2026-03-03 00:00:00"],
)  # fmt: skip
def test_what_is_no_date_of_a_sale_is_unreadable(cell: str) -> None:
    with pytest.raises(Unreadable):
        moments(ENGLISH, TODAY)(cell)


def test_white_space_in_texts_is_normalised() -> None:
    assert texts(Word, empty=False)("\t SET/3  FLORAL\u00a0TOOLS ") == "SET/3 FLORAL TOOLS"


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (texts(Word, empty=False), "  "),
        (texts(Word, empty=True), "x" * 101),
        (texts(Word, empty=True), "caf\udce9"),
        (texts(Word, empty=True), "a\x00b"),
        (texts(Currency, empty=False), "EURO"),
        (texts(Currency, empty=False), "eur"),
    ],
)
def test_what_is_no_text_is_unreadable(read: Callable[[str], Any], cell: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(cell)

    assert cell.strip() not in str(caught.value) or not cell.strip()
