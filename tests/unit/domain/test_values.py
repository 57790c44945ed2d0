"""The tables of codes, held against the libraries that know them."""

import phonenumbers
from babel.core import get_global

from domain.values import _MINOR_UNITS, COUNTRIES, CURRENCIES, minor_units


def test_currencies_are_those_that_are_tender_somewhere() -> None:
    tender = {
        code
        for currencies in get_global("territory_currencies").values()
        for code, _, until, is_tender in currencies
        if is_tender and until is None
    }
    assert tender <= CURRENCIES
    assert len(CURRENCIES - tender) <= 1, "the leone of 2022 is missing in older tables"


def test_countries_are_those_that_have_telephones_and_some_that_have_none() -> None:
    not_in_iso = {"AC", "TA", "XK"}
    assert set(phonenumbers.SUPPORTED_REGIONS) - not_in_iso <= COUNTRIES
    assert len(COUNTRIES) == 249


def test_minor_units_are_those_of_known_currencies() -> None:
    assert _MINOR_UNITS.keys() <= CURRENCIES
    digits = {code: digits for code, (digits, *_) in get_global("currency_fractions").items() if code in CURRENCIES}
    assert (minor_units("EUR"), minor_units("JPY"), minor_units("KWD")) == (2, 0, 3)
    # Babel says what shops use, ISO 4217 what banks count in: its thousandths are ours, not the other way round.
    assert all(minor_units(code) == 3 for code, places in digits.items() if places == 3)
