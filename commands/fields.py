"""Checked fields of what comes in: command bodies and feeds take the same types, so both refuse the same things.

Nothing is coerced: a number is not text, text is not a number, a date is a string. Error messages never repeat the
value, which may be personal.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from domain import scope
from domain.days import CalendarDay, calendar_day, is_day, is_time
from domain.scope import Reach
from domain.values import COUNTRIES, CURRENCIES

# Everything PostgreSQL and every calendar in use can hold, with room for a change of time zone.
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

# At least one character to see, and no control characters (PostgreSQL takes no NUL).
_LINE: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
# The same with line breaks and tabs.
_PROSE: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b-\x1f\x7f]*$"
_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_TIME_ZONES: Final = frozenset(available_timezones())
_BY_CLOCK: Final = (
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
)
_AMOUNT: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"


class Body(BaseModel):
    """The body of a command: closed, so that a misspelt field is an error and not silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(**fields: Any) -> ConfigDict:
    """The config of a body that shows in OpenAPI what it may look like."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def _in_range(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise PydanticCustomError("datetime_range", "A time lies between 1900 and 2200.")
    return at


def _day_in_range(day: date) -> date:
    if not EARLIEST.date() <= day < LATEST.date():
        raise PydanticCustomError("date_range", "A date lies between 1900 and 2200.")
    return day


def _written_time(value: Any) -> Any:
    if not is_time(value):
        raise PydanticCustomError("datetime", "A time is a string like 2026-03-02T15:30:00+01:00.")
    return value


def _by_clock(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(_BY_CLOCK, value):
        raise PydanticCustomError("by_clock", "A time at a place is a string like 2026-03-02T15:30, without an offset.")
    return value


def _written_day(value: Any) -> Any:
    if not is_day(value):
        raise PydanticCustomError("date", "A date is a string like 2026-03-02.")
    return value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _line(text: str) -> str:
    if not re.search(_LINE, text):
        raise PydanticCustomError("line", "This is one line of text, not blank, without control characters.")
    return text


def _prose(text: str) -> str:
    if not re.search(_PROSE, text):
        raise PydanticCustomError("prose", "This is text, not blank, without control characters but line breaks.")
    return text


def _amount(value: Any) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(_AMOUNT, value):
        raise PydanticCustomError("amount", "An amount is a string like 1250.00, not negative, up to four decimals.")
    return Decimal(value)


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("currency", "This is no currency of ISO 4217, like EUR.")
    return code


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("country", "This is no country code of ISO 3166, like FR.")
    return code


def _code(text: str) -> str:
    if not re.fullmatch(_CODE, text):
        raise PydanticCustomError("code", "This is an id like paris-1: letters, digits, dots, dashes, underscores.")
    return text


def _time_zone(name: str) -> str:
    if name not in _TIME_ZONES:
        raise PydanticCustomError("time_zone", "This is no time zone of the IANA, like Europe/Paris.")
    return name


def email_address(value: str) -> str:
    """The address in normal form, its domain in lower case; refuses what no mail server would take."""
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise PydanticCustomError("email", "This is no e-mail address.") from None


def phone_number(value: str, country: str | None = None) -> str:
    """The number in E.164 (`+33142685300`). A national number needs the country in which it is dialled.

    A number of a possible length is taken: numbering plans change faster than any table of them.
    """
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        raise PydanticCustomError("phone", "This is no phone number with its country, like +33 1 42 68 53 00.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Word = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, max_length=100),
    AfterValidator(_line),
    Field(json_schema_extra={"pattern": _LINE}),
]
"""A code, a number, a name: one line of text, white space around it taken off."""

Code = Annotated[
    str,
    StringConstraints(strict=True, max_length=100),
    AfterValidator(_code),
    Field(json_schema_extra={"pattern": _CODE}),
]
"""An id that the house gives out itself, as it may stand in a path."""

TimeZone = Annotated[
    str, StringConstraints(strict=True, max_length=100), AfterValidator(_time_zone), Field(examples=["Europe/Paris"])
]

Sentence = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, max_length=400),
    AfterValidator(_line),
    Field(json_schema_extra={"pattern": _LINE}),
]
"""A description or a reason."""

Prose = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, max_length=4000),
    AfterValidator(_prose),
    Field(json_schema_extra={"pattern": _PROSE}),
]
"""What somebody wrote in her own words, in several lines perhaps."""

Currency = Annotated[
    str,
    Field(strict=True, json_schema_extra={"enum": sorted(CURRENCIES)}),
    AfterValidator(_currency),
]

Country = Annotated[
    str,
    Field(strict=True, json_schema_extra={"enum": sorted(COUNTRIES)}),
    AfterValidator(_country),
]

Script = Annotated[str, Field(strict=True, pattern="^[A-Z][a-z]{3}$")]
"""What something is written in, by ISO 15924, like Latn, Cyrl or Hira."""

Moment = Annotated[AwareDatetime, BeforeValidator(_written_time), AfterValidator(_in_range)]
"""A point in time with its offset from UTC, like 2026-03-02T15:30:00+01:00."""

ByClock = Annotated[
    NaiveDatetime,
    BeforeValidator(_by_clock),
    WithJsonSchema({"type": "string", "pattern": _BY_CLOCK, "examples": ["2026-03-02T15:30"]}),
]
"""What the clocks of a place show, which is named beside it, like 2026-03-02T15:30."""

Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_day_in_range)]

# Whole numbers as JSON Schema understands them: 3 and 3.0 are the same number, "3" is none.
Quantity = Annotated[int, Field(strict=True, ge=1, le=1_000_000), BeforeValidator(_whole)]

Ordinal = Annotated[int, Field(strict=True, ge=1, le=10_000), BeforeValidator(_whole)]

Parts = Annotated[int, Field(strict=True, ge=1, le=100), BeforeValidator(_whole)]

Whole = Annotated[int, Field(strict=True), BeforeValidator(_whole)]
"""Any of them; whoever takes it says how far it goes."""

Switch = Annotated[bool, Field(strict=True)]


class DayOfYear(Body):
    """A day as people remember it: without its year, or only its month."""

    month: Annotated[int, Field(strict=True, ge=1, le=12), BeforeValidator(_whole)]
    day: Annotated[int | None, Field(strict=True, ge=1, le=31), BeforeValidator(_whole)] = None
    year: Annotated[int | None, Field(strict=True, ge=EARLIEST.year, lt=LATEST.year), BeforeValidator(_whole)] = None

    def value(self, field: str) -> CalendarDay:
        """Refuses with `DayInvalid`, naming `field`, what no calendar has."""
        return calendar_day(self.month, self.day, self.year, field)


class Scope(Body):
    """How far it reaches: everywhere, one region, which is named, or one store, which is named."""

    reach: Reach
    region_id: Word | None = None
    store_id: Word | None = None

    def value(self) -> scope.Scope:
        return scope.Scope(self.reach, self.region_id, self.store_id)


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT, "examples": ["1250.00"]}),
]
"""Money, exact: a decimal number written as a string, not negative, at most four decimals."""
