"""What may be seen of a client's file on a screen that is turned to her: the one place that decides it.

Each view is a list of what is shown, never of what is left out, so that what is added to a file elsewhere does not come
here by itself. There are no notes, no prices, nobody of her family and no occasions of others; who stands beside her
may be the very person whom something is for, so that a piece that she gives shows only once it is no surprise.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.client.facts import TraitKind
from domain.refusals import ClientUnknown
from projections.client_card import address, card, contact_point
from projections.client_facts import date as life_date
from projections.client_facts import trait
from projections.purchase_history import SALE
from queries import visibility
from queries.affiliation import primary
from queries.client_card import DAY, EXAMPLE_CARD, DayOfYear, Name, hers, name_of
from queries.known import Facts
from queries.ports import Json, Versioned, example
from queries.sale_line import EXAMPLE_LINE, Attribute
from queries.sql import holds, listed, read, shown


class View(StrEnum):
    """Which screen it is for."""

    COUNTER = "counter"


# ---------------------------------------------------------------------------------------------------------- the profile

SAID_TO_HER: Final = (TraitKind.INTEREST, TraitKind.LIKE, TraitKind.DISLIKE, TraitKind.BRAND, TraitKind.CATEGORY)
"""What she said of herself. Tags and mailing lists are the house's own words about her."""


class HerContactPoint(BaseModel):
    kind: str
    value: str


class HerAddress(BaseModel):
    type: str
    lines: list[str]
    city: str | None
    region: str | None
    postal_code: str | None
    country: str


class HerDate(BaseModel):
    kind: str
    label: str | None
    day: DayOfYear


class HerTrait(BaseModel):
    kind: str
    value: str


def _some(of: str, *names: str) -> Json:
    return {name: EXAMPLE_CARD[of][0][name] for name in names}


class CounterProfile(BaseModel):
    """What a client may see of her own profile, as it is today."""

    model_config = example(
        client_id=EXAMPLE_CARD["client_id"],
        name=EXAMPLE_CARD["name"],
        salutation=EXAMPLE_CARD["salutation"],
        primary="ines",
        contact_points=[_some("contact_points", *HerContactPoint.model_fields)],
        addresses=[_some("addresses", *HerAddress.model_fields)],
        dates=[_some("dates", *HerDate.model_fields)],
        traits=[_some("traits", *HerTrait.model_fields)],
    )
    client_id: UUID
    name: Name | None
    salutation: Annotated[str | None, Field(description="How a card to her alone begins.")]
    primary: Annotated[str | None, Field(description="The associate who serves her first of all.")]
    contact_points: list[HerContactPoint]
    addresses: Annotated[list[HerAddress], Field(description="In force today.")]
    dates: Annotated[list[HerDate], Field(description="Her own; no anniversaries.")]
    traits: Annotated[list[HerTrait], Field(description="What she likes and does not, as she said.")]


_IN_FORCE: Final = holds(address.c.since, address.c.until, visibility.TODAY)
_ROW: Final = (
    select(
        card.c.client_id,
        name_of(),
        card.c.salutation,
        primary(card.c.client_id).label("primary"),
        listed(hers(contact_point, *contact_point.c["kind", "value"])).label("contact_points"),
        listed(
            hers(address, *address.c["type", "lines", "city", "region", "postal_code", "country"]).where(_IN_FORCE)
        ).label("addresses"),
        listed(hers(life_date, *life_date.c["kind", "label"], DAY)).label("dates"),
        listed(hers(trait, *trait.c["kind", "value"]).where(trait.c.kind.in_(SAID_TO_HER))).label("traits"),
    )
    .where(visibility.HER_FILE)
    .subquery("profile")
)
_PROFILE: Final[Select[Any]] = select(card.c.stream_version.label("version"), shown(_ROW).label("shown")).join_from(
    _ROW, card, card.c.client_id == _ROW.c.client_id
)


async def profile_at_counter(engine: AsyncEngine, caller: Viewer, client_id: UUID) -> Versioned:
    """What she may see of her profile; refuses with `ClientUnknown`."""
    found = await read(engine, _PROFILE, {**visibility.parameters(caller), "client_id": client_id, "on": caller.today})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return Versioned(found[0].version, found[0].shown)


# -------------------------------------------------------------------------------------------------------- the purchases


class CounterPiece(BaseModel):
    """Goods as they were sold, without what they cost."""

    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    serial_number: str | None
    attributes: list[Attribute]


_EXAMPLE_PIECE: Final = {name: EXAMPLE_LINE[name] for name in CounterPiece.model_fields}


class CounterPurchase(CounterPiece):
    occurred_at: datetime
    store_id: str
    kept_quantity: int


class CounterPurchases(BaseModel):
    """Goods that a client bought, newest first, without what she gives and is a surprise yet."""

    model_config = example(
        items=[
            {
                **_EXAMPLE_PIECE,
                "occurred_at": "2026-03-02T14:00:00+00:00",
                "store_id": "paris-1",
                "kept_quantity": 1,
            }
        ],
        next_cursor=None,
    )
    items: list[CounterPurchase]
    next_cursor: str | None


def shows_purchase(of: Facts) -> tuple[ColumnElement[bool], ...]:
    """Which of her purchases are shown: what was sold to her, with the receipt, and is no surprise."""
    return of.sale.c.kind == SALE, visibility.at_counter(of.line.c.sale_id, of.line.c.ordinal)


def purchase_shown(row: Any) -> Json:
    """What is shown of a row of a purchase."""
    whole = orjson.loads(row.shown)
    return {name: whole[name] for name in CounterPurchase.model_fields}


# ------------------------------------------------------------------------------------------------------------ the gifts


class CounterGift(CounterPiece):
    day: Annotated[date, Field(description="Of the occasion, or since when it is no surprise.")]
    quantity: int


class CounterGifts(BaseModel):
    """What a client was given and knows of, the latest day first; nothing that she gives, and not from whom it is."""

    model_config = example(items=[{**_EXAMPLE_PIECE, "day": "2026-06-14", "quantity": 1}], next_cursor=None)
    items: list[CounterGift]
    next_cursor: str | None


def gift_shown(received: Any) -> Json:
    """What is shown of a row of a gift that she received."""
    return {name: getattr(received, name) for name in CounterGift.model_fields}
