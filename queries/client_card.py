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
from queries.ports import Versioned
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
_CARD: Final = (
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
_SHOWN: Final = select(_CARD.c.version, shown(_CARD).label("shown"))


async def client_card(engine: AsyncEngine, caller: Caller, client_id: UUID) -> Versioned:
    """One client's card; refuses with `ClientUnknown` if there is none, or none for this caller."""
    found = await read(engine, _SHOWN, {"client_id": client_id, **visibility.parameters(caller)})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return Versioned(found[0].version, found[0].shown)
