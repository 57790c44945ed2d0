"""Who is this client, and how is she reached?"""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Caller
from domain.refusals import ClientUnknown
from projections.client_card import address, card, contact_point
from queries import visibility
from queries.ports import Versioned, example
from queries.sql import combined, listed, read, shown


class Name(BaseModel):
    family: str
    given: str | None
    title: str | None


class Reference(BaseModel):
    source: str
    number: str


class ContactPoint(BaseModel):
    contact_point_id: UUID
    kind: str
    value: str
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


class ClientCard(BaseModel):
    """A client with everything by which she is reached, oldest first."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        name={"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
        erased=False,
        reference={"source": "till", "number": "4711"},
        store_id="paris-1",
        registered_at="2026-03-02T14:00:00.123456+00:00",
        registered_by="associate-1",
        version=3,
        contact_points=[
            {
                "contact_point_id": "0b6f2c1e-8d43-4f3e-9c7a-5a1f0e6d2b90",
                "kind": "phone",
                "value": "+33612345678",
                "added_at": "2026-03-02T14:01:00+00:00",
            }
        ],
        addresses=[
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
    )
    client_id: UUID
    name: Name | None
    erased: Annotated[bool, Field(description="Her personal data was erased; what remains names nobody.")]
    reference: Reference | None
    store_id: Annotated[str | None, Field(description="The store that took her up.")]
    registered_at: datetime
    registered_by: str
    version: Annotated[int, Field(description="The version of her data, as in `ETag`.")]
    contact_points: list[ContactPoint]
    addresses: list[Address]


_CONTACT_POINTS: Final = (
    select(*contact_point.c["contact_point_id", "kind", "value", "added_at"])
    .where(contact_point.c.client_id == card.c.client_id)
    .order_by(contact_point.c.added_at, contact_point.c.contact_point_id)
    .correlate(card)
)
_ADDRESSES: Final = (
    select(*(column for column in address.c if column.name != "client_id"))
    .where(address.c.client_id == card.c.client_id)
    .order_by(address.c.added_at, address.c.address_id)
    .correlate(card)
)
_ROW: Final = (
    select(
        card.c.client_id,
        combined(family=card.c.family, given=card.c.given, title=card.c.title).label("name"),
        card.c.erased,
        combined(source=card.c.reference_source, number=card.c.reference_number).label("reference"),
        *card.c["store_id", "registered_at", "registered_by"],
        card.c.stream_version.label("version"),
        listed(_CONTACT_POINTS).label("contact_points"),
        listed(_ADDRESSES).label("addresses"),
    )
    .where(card.c.client_id == bindparam("client_id"), visibility.client(card.c.client_id))
    .subquery("card")
)
_CARD: Final = select(_ROW.c.version, shown(_ROW).label("shown"))


async def client_card(engine: AsyncEngine, caller: Caller, client_id: UUID) -> Versioned:
    """One client's card; refuses with `ClientUnknown` if there is none, or none for this caller."""
    found = await read(engine, _CARD, {"client_id": client_id, **visibility.parameters(caller)})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return Versioned(found[0].version, found[0].shown)
