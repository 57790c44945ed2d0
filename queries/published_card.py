"""What subscribers are told of a client: her card as it is now, without notes and without what is only for the house.

No caller asks: who reads the topic is decided by the broker's access lists.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from projections.client_card import address, card, contact_point
from queries.client_card import Address, ContactPoint, Name, Reference, hers, name_of
from queries.sql import combined, listed, shown


class PublishedCard(BaseModel):
    """A client as subscribers know her. Of two cards the one with the higher position is newer."""

    position: Annotated[int, Field(description="Up to which position of the log her events are in it, at least.")]
    client_id: UUID
    name: Name | None
    salutation: str | None
    died: bool
    died_on: date | None
    reference: Reference | None
    store_id: str | None
    registered_at: datetime
    version: Annotated[int, Field(description="How many events she has.")]
    contact_points: list[ContactPoint]
    addresses: list[Address]


_CARD: Final = select(
    card.c.client_id,
    name_of(),
    *card.c["salutation", "died", "died_on"],
    combined(source=card.c.reference_source, number=card.c.reference_number).label("reference"),
    *card.c["store_id", "registered_at"],
    card.c.stream_version.label("version"),
    listed(hers(contact_point)).label("contact_points"),
    listed(hers(address)).label("addresses"),
).where(card.c.client_id == any_(bindparam("ids", type_=ARRAY(Uuid))), card.c.is_client, card.c.erased.is_not(True))

_ROWS: Final = _CARD.subquery("published")
PUBLISHED: Final[Select[Any]] = select(_ROWS.c.client_id, shown(_ROWS).label("shown"))
"""The cards of those of these `ids` that are clients, as JSON; of whom there is none nothing may be known."""
