"""Who is this client, and how is she reached? Shape and columns; `queries/profile.py` asks for them."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, FromClause, Select, Table, select

from projections.client_card import address, card, contact_point
from projections.client_facts import date as life_date
from projections.client_facts import name, trait
from queries.ports import Json
from queries.sql import combined, listed


class Name(BaseModel):
    family: str
    given: str | None
    title: str | None


class Reference(BaseModel):
    source: str
    number: str


class OtherName(Name):
    name_id: UUID
    kind: str
    reading: str | None
    script: str | None
    since: date | None
    until: date | None
    added_at: datetime


class ContactPoint(BaseModel):
    contact_point_id: UUID
    kind: str
    value: str
    state: str
    not_for_surprises: bool
    added_at: datetime


class Address(BaseModel):
    address_id: UUID
    type: str
    lines: list[str]
    city: str | None
    region: str | None
    postal_code: str | None
    country: str
    since: date | None
    until: date | None
    added_at: datetime


class DayOfYear(BaseModel):
    month: int
    day: int | None
    year: int | None


class LifeDate(BaseModel):
    date_id: UUID
    kind: str
    label: str | None
    day: DayOfYear
    yearly: bool
    added_at: datetime


class Trait(BaseModel):
    trait_id: UUID
    kind: str
    value: str
    added_at: datetime


EXAMPLE_CARD: Final[Json] = {
    "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
    "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
    "names": [
        {
            "name_id": "8c1e2d3f-4a5b-4c6d-9e7f-0a1b2c3d4e5f",
            "kind": "maiden",
            "family": "Martin",
            "given": None,
            "title": None,
            "reading": None,
            "script": "Latn",
            "since": None,
            "until": "2019-06-01",
            "added_at": "2026-03-02T14:03:00+00:00",
        }
    ],
    "salutation": "Chère Marie-Claire",
    "died": False,
    "died_on": None,
    "erased": False,
    "reference": {"source": "till", "number": "4711"},
    "store_id": "paris-1",
    "registered_at": "2026-03-02T14:00:00.123456+00:00",
    "registered_by": "associate-1",
    "version": 3,
    "contact_points": [
        {
            "contact_point_id": "0b6f2c1e-8d43-4f3e-9c7a-5a1f0e6d2b90",
            "kind": "phone",
            "value": "+33612345678",
            "state": "confirmed",
            "not_for_surprises": False,
            "added_at": "2026-03-02T14:01:00+00:00",
        }
    ],
    "addresses": [
        {
            "address_id": "d2a4c6e8-1b3d-4f5a-8c7e-9b0d1f2a3c4e",
            "type": "home",
            "lines": ["1 rue de la Paix"],
            "city": "Paris",
            "region": None,
            "postal_code": "75002",
            "country": "FR",
            "since": "2020-02-29",
            "until": None,
            "added_at": "2026-03-02T14:02:00+00:00",
        }
    ],
    "dates": [
        {
            "date_id": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a",
            "kind": "birthday",
            "label": None,
            "day": {"month": 2, "day": 29, "year": None},
            "yearly": True,
            "added_at": "2026-03-02T14:04:00+00:00",
        }
    ],
    "traits": [
        {
            "trait_id": "6f5e4d3c-2b1a-4098-8765-43210fedcba9",
            "kind": "like",
            "value": "white peonies",
            "added_at": "2026-03-02T14:05:00+00:00",
        }
    ],
}


class ClientCard(BaseModel):
    """A client with everything by which she is reached and what else is known of her, oldest first."""

    client_id: UUID
    name: Name | None
    names: Annotated[list[OtherName], Field(description="Names beside the main one.")]
    salutation: Annotated[str | None, Field(description="How a card to her begins.")]
    died: bool
    died_on: Annotated[date | None, Field(description="The day of her death, if it is known.")]
    erased: Annotated[bool, Field(description="Her personal data was erased; what remains names nobody.")]
    reference: Reference | None
    store_id: Annotated[str | None, Field(description="The store that took her up.")]
    registered_at: datetime
    registered_by: str
    version: Annotated[int, Field(description="The version of her data, as in `ETag`.")]
    contact_points: list[ContactPoint]
    addresses: list[Address]
    dates: list[LifeDate]
    traits: list[Trait]


def hers(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """What a table of details says of the person of the card, oldest first; by default all that is for people."""
    shown_columns = columns or [column for column in table.c if column.name not in {"client_id", "keys"}]
    _, id = table.primary_key
    return (
        select(*shown_columns)
        .where(table.c.client_id == card.c.client_id)
        .order_by(table.c.added_at, id)
        .correlate(card)
    )


def name_of(of: FromClause = card) -> ColumnElement[Any]:
    """A `Name`, of a card or of whatever has its parts; NULL where there is none, or none any more."""
    return combined(family=of.c.family, given=of.c.given, title=of.c.title).label("name")


DAY: Final = combined(month=life_date.c.month, day=life_date.c.day, year=life_date.c.year).label("day")
_DATES: Final = hers(life_date, *life_date.c["date_id", "kind", "label"], DAY, *life_date.c["yearly", "added_at"])
CARD: Final = (
    card.c.client_id,
    name_of(),
    listed(hers(name)).label("names"),
    *card.c["salutation", "died", "died_on", "erased"],
    combined(source=card.c.reference_source, number=card.c.reference_number).label("reference"),
    *card.c["store_id", "registered_at", "registered_by"],
    card.c.stream_version.label("version"),
    listed(hers(contact_point)).label("contact_points"),
    listed(hers(address)).label("addresses"),
    listed(_DATES).label("dates"),
    listed(hers(trait)).label("traits"),
)
"""What a `ClientCard` shows, beside the client's row of `card`: columns for any statement about her."""
