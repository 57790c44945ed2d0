"""What a field takes, and that nothing is coerced or repeated."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from commands.client import AddContactPoint
from commands.fields import Amount, Country, Currency, Day, Moment, Ordinal, Quantity, Sentence, Switch, Word

TYPES: dict[str, TypeAdapter[Any]] = {
    "word": TypeAdapter(Word),
    "sentence": TypeAdapter(Sentence),
    "currency": TypeAdapter(Currency),
    "country": TypeAdapter(Country),
    "moment": TypeAdapter(Moment),
    "day": TypeAdapter(Day),
    "quantity": TypeAdapter(Quantity),
    "ordinal": TypeAdapter(Ordinal),
    "switch": TypeAdapter(Switch),
    "amount": TypeAdapter(Amount),
}


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        ("word", "  Leclerc ", "Leclerc"),
        ("word", "O'Neil 王", "O'Neil 王"),
        ("currency", "EUR", "EUR"),
        ("country", "FR", "FR"),
        ("moment", "2026-03-02T15:30:00+01:00", datetime(2026, 3, 2, 15, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("moment", "2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("quantity", 80995, 80995),
        ("quantity", 3.0, 3),
        ("amount", "1250.00", Decimal("1250.00")),
        ("amount", "0.001", Decimal("0.001")),
        ("amount", "0", Decimal(0)),
    ],
)
def test_a_field_takes(kind: str, given: Any, taken: Any) -> None:
    assert TYPES[kind].validate_python(given) == taken


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *[("word", each) for each in ("", "   ", "a\x00b", "a\nb", "a\x7f", "x" * 101, "\ud800", 7, None, ["a"])],
        *[("currency", each) for each in ("eur", "XXX", "EURO", "", 978)],
        *[("country", each) for each in ("fr", "XX", "FRA", "", 33)],
        *[
            ("moment", each)
            for each in (
                "2026-02-30T12:00:00Z",
                "2026-13-01T12:00:00Z",
                "2026-03-02T25:00:00Z",
                "2026-03-02T12:00:00",
                "2026-03-02",
                "1767225600",
                1767225600,
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-12:00",
                "yesterday",
                None,
            )
        ],
        *[
            ("day", each)
            for each in ("2026-02-30", "2026-02-01T00:00:00", "1767225600", 1767225600, "0001-01-01", "9999-12-31")
        ],
        *[("quantity", each) for each in (0, -1, 1.5, 1e300, float("inf"), float("nan"), "1", True, 1_000_001, 10**30)],
        *[("switch", each) for each in ("true", 1, 0, None)],
        *[
            ("amount", each)
            for each in (
                "-1.00",
                "1,00",
                "1e3",
                "NaN",
                "Infinity",
                "",
                " 1",
                "01",
                "1.23456",
                "١٢",
                12,
                12.5,
                "9" * 13,
                None,
            )
        ],
    ],
)
def test_a_field_refuses(kind: str, given: Any) -> None:
    with pytest.raises(ValidationError):
        TYPES[kind].validate_python(given)


@given(st.sampled_from(sorted(TYPES)), st.text() | st.integers() | st.floats() | st.booleans() | st.none())
def test_whatever_comes_a_field_takes_it_or_refuses_it(kind: str, given: Any) -> None:
    with suppress(ValidationError):
        TYPES[kind].validate_python(given)


@given(st.decimals(0, 10**11, places=4, allow_nan=False, allow_infinity=False))
def test_an_amount_is_exact(amount: Decimal) -> None:
    assert TYPES["amount"].validate_python(str(amount)) == amount


def point(kind: str, value: Any, country: str | None = None) -> str:
    return AddContactPoint.model_validate({"kind": kind, "value": value, "country": country}).value


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("+33 1 42 68 53 00", None, "+33142685300"),
        ("01 42 68 53 00", "FR", "+33142685300"),
        ("0033 1 42 68 53 00", "FR", "+33142685300"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("+41 22 700 00 00", "FR", "+41227000000"),
    ],
)
def test_a_phone_number_is_kept_in_its_international_form(written: str, country: str | None, kept: str) -> None:
    assert point("phone", written, country) == kept


@pytest.mark.parametrize(
    ("written", "country"),
    [("01 42 68 53 00", None), ("+33", None), ("hello", "FR"), ("12", "FR"), ("+33 1 42 68 53 00 ext. 5", None)],
)
def test_a_phone_number_that_reaches_nobody_is_refused(written: str, country: str | None) -> None:
    with pytest.raises(ValidationError) as refused:
        point("phone", written, country)
    assert [fault["loc"] for fault in refused.value.errors()] == [("value",)]


def test_an_email_address_is_kept_with_its_domain_in_lower_case() -> None:
    assert point("email", " Anne.Leclerc@EXAMPLE.com ") == "Anne.Leclerc@example.com"


@pytest.mark.parametrize(
    "written", ["anne", "anne@", "@example.com", "anne@example", "a b@example.com", "a@b@c.com", 7]
)
def test_what_is_no_email_address_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        point("email", written)
    assert [fault["loc"] for fault in refused.value.errors()] == [("value",)]
    assert str(written) not in [fault["msg"] for fault in refused.value.errors()]


def test_a_contact_point_of_an_unknown_kind_has_one_fault() -> None:
    with pytest.raises(ValidationError) as refused:
        AddContactPoint.model_validate({"kind": "fax", "value": "anything"})
    assert [fault["loc"] for fault in refused.value.errors()] == [("kind",)]
