"""What is about to be entered of somebody, as far as it tells her from others."""

from typing import Annotated, Final, Self
from uuid import UUID

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.days import calendar_day
from domain.refusals import DayInvalid
from domain.values import COUNTRIES
from projections.spelling import digits
from queries.resemblance import Person, birthday, person
from queries.typed import Typed

MOST: Final = 200
"""How many hints are shown at most."""

_NOBODY: Final = UUID(int=0)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnteredName(_Part):
    family: Typed | None = None
    given: Typed | None = None


class EnteredDay(_Part):
    """A birthday. Its month alone tells nobody from others."""

    month: Annotated[int, Field(strict=True, ge=1, le=12)]
    day: Annotated[int | None, Field(strict=True, ge=1, le=31)] = None
    year: Annotated[int | None, Field(strict=True, ge=1900, lt=2200)] = None

    @model_validator(mode="after")
    def on_some_calendar(self) -> Self:
        try:
            calendar_day(self.month, self.day, self.year, "birthday")
        except DayInvalid as refusal:
            raise PydanticCustomError("day", "No calendar has this day.") from refusal
        return self


class EnteredPhone(_Part):
    """A number as it is dialled; without its country code it needs the country."""

    value: Typed
    country: Annotated[str | None, Field(strict=True, json_schema_extra={"enum": [*sorted(COUNTRIES), None]})] = None

    @model_validator(mode="after")
    def international(self) -> Self:
        if self.country is not None and self.country not in COUNTRIES:
            raise PydanticCustomError("country", "This is no country code of ISO 3166, like FR.")
        self.number()
        return self

    def number(self) -> str:
        """With its country code, as contact points are kept."""
        try:
            number = phonenumbers.parse(self.value, self.country)
        except phonenumbers.NumberParseException:
            raise PydanticCustomError(
                "phone", "This is no phone number with its country, like +33 1 42 68 53 00."
            ) from None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EnteredAddress(_Part):
    lines: Annotated[list[Typed], Field(max_length=6)] = []
    postal_code: Typed | None = None
    city: Typed | None = None


class Entered(BaseModel):
    """What is about to be entered; everything may be left out, but not all of it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "names": [{"family": "Dupond", "given": "Marie"}],
                    "birthday": {"month": 3, "day": 14, "year": 1950},
                    "emails": ["marie.dupont@example.com"],
                    "phones": [{"value": "06 12 34 56 78", "country": "FR"}],
                    "addresses": [{"lines": ["24 rue du Bac"], "postal_code": "75007", "city": "Paris"}],
                }
            ]
        },
    )

    names: Annotated[list[EnteredName], Field(max_length=10)] = []
    birthday: EnteredDay | None = None
    emails: Annotated[list[Typed], Field(max_length=10)] = []
    phones: Annotated[list[EnteredPhone], Field(max_length=10)] = []
    addresses: Annotated[list[EnteredAddress], Field(max_length=10)] = []
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST)] = 20

    @model_validator(mode="after")
    def somebody(self) -> Self:
        known = self.person()
        if not (known.names or known.birthday or known.emails or known.phones or known.places):
            raise PydanticCustomError(
                "entered_nothing", "This needs a name, a birthday, an e-mail, a phone or an address."
            )
        return self

    def person(self) -> Person:
        born = self.birthday
        return person(
            _NOBODY,
            [(name.given, name.family) for name in self.names],
            None if born is None else birthday(born.year, born.month, born.day),
            [address for address in self.emails if address.strip()],
            [number for phone in self.phones if digits(number := phone.number())],
            [(where.lines, where.postal_code, where.city) for where in self.addresses],
        )
