"""For whom and for what could this client be buying today, and what did she give them before?

One statement finds the client, hers and her gifts; which occasions there are is the domain's to say. Nothing is stored
to answer it. What others give to somebody is nowhere in it: only the client's own gifts are asked for.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import occasion
from domain.access import Viewer
from domain.days import holds
from domain.occasion import Occasion, Source
from domain.refusals import ClientUnknown
from domain.relation import Circle
from projections.gifts import mark
from projections.purchase_history import line, sale
from queries import visibility
from queries.asked_days import require_covered
from queries.family import DatedOccasion
from queries.gift_columns import GIVEN, RETURNED
from queries.household import COLUMNS, Household, who_is
from queries.ports import Json, example
from queries.sql import amount, listed, read


class OfOccasion(BaseModel):
    """What a gift was for, as it was said then."""

    source: Source
    name: str
    day: date


class EarlierGift(BaseModel):
    """Something that the client gave to somebody, alone or with others."""

    sale_id: UUID
    mark_id: UUID
    bought_at: datetime
    occasion: OfOccasion | None
    same_occasion: Annotated[bool, Field(description="It was for the same occasion, in whichever year.")]
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    quantity: int
    unit_price: Annotated[str, Field(examples=["1250.00"])]
    currency: str
    returned_quantity: Annotated[int, Field(description="What came back of it or was exchanged: not to be mentioned.")]


class OccasionToGive(DatedOccasion):
    """An occasion that the client may be buying for, and what she gave before to whom it is."""

    days: Annotated[int, Field(description="How many days from the day asked about; below zero it is over.")]
    bought: Annotated[list[EarlierGift], Field(description="What she has for this very day already.")]
    given: Annotated[list[EarlierGift], Field(description="What she gave to this person before, the latest first.")]


_EXAMPLE_GIFT: Final[Json] = {
    "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
    "mark_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
    "bought_at": "2025-06-02T14:00:00+00:00",
    "occasion": {"source": "own", "name": "birthday", "day": "2025-06-14"},
    "same_occasion": True,
    "sku": "E-2",
    "description": "Earrings",
    "brand": "Aurélie",
    "category": "jewelry",
    "type": "earrings",
    "quantity": 1,
    "unit_price": "310.00",
    "currency": "EUR",
    "returned_quantity": 0,
}


class GiftOccasions(BaseModel):
    """The occasions around a day on which gifts are given, of everybody linked to a client and her own, the nearest
    first."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        on="2026-05-20",
        **{"from": "2026-05-06", "to": "2026-07-19"},
        items=[
            {
                "day": "2026-06-14",
                "source": "own",
                "name": "birthday",
                "years": 50,
                "whole_month": False,
                "sighted": False,
                "gift": True,
                "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
                "person": {"family": "Dupont", "given": "Colette", "title": "Mme"},
                "relation": "wife",
                "days": 25,
                "bought": [],
                "given": [_EXAMPLE_GIFT],
            }
        ],
        unknown_feasts=[],
    )
    client_id: UUID
    on: date
    since: Annotated[date, Field(alias="from", description="The window of the house's policy around the day.")]
    until: Annotated[date, Field(alias="to")]
    items: list[OccasionToGive]
    unknown_feasts: Annotated[
        list[str], Field(description="Feasts kept with somebody whose days are not known for that time.")
    ]


_GIFTS: Final = (
    GIVEN.with_only_columns(
        *mark.c["sale_id", "mark_id", "recipient_id", "occasion_source", "occasion_name", "occasion_day", "quantity"],
        sale.c.occurred_at.label("bought_at"),
        sale.c.currency,
        *line.c["sku", "description", "brand", "category", "type"],
        amount(line.c.unit_price).label("unit_price"),
        RETURNED.label("returned_quantity"),
        maintain_column_froms=True,
    )
    .join(sale, sale.c.sale_id == mark.c.sale_id)
    .join(line, (line.c.sale_id == mark.c.sale_id) & (line.c.ordinal == mark.c.ordinal))
    .order_by(None)
    .order_by(sale.c.occurred_at.desc(), mark.c.sale_id, mark.c.mark_id)
)
_TILL: Final[Select[Any]] = select(*COLUMNS, listed(_GIFTS).label("gifts")).where(visibility.HER_FILE)
_CLOSEST: Final = {circle: rank for rank, circle in enumerate(Circle)}


async def gift_occasions(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None) -> Json:
    """The occasions to give around a day, by default today; refuses with `ClientUnknown`, and `DayInvalid`."""
    on = on or caller.today
    require_covered(on, "on")
    found = await read(engine, _TILL, {**visibility.parameters(caller), "client_id": client_id})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    household = Household(row.client_id, row.salutation, row.person, row.linked, on)
    first, last = caller.policy.gifts.window(on)
    to: dict[str, list[Json]] = defaultdict(list)
    for gift in row.gifts:
        to[gift["recipient_id"]].append(gift)
    items, unknown = _of_household(household, first, last)
    return {
        "client_id": client_id,
        "on": on,
        "from": first,
        "to": last,
        "items": [
            {**each._asdict(), **who, "days": (each.day - on).days, **_gifts(each, to[str(who["client_id"])])}
            for each, who in sorted(items, key=lambda item: _nearest_first(on, *item))
        ],
        "unknown_feasts": sorted(unknown),
    }


def _of_household(household: Household, first: date, last: date) -> tuple[list[tuple[Occasion, Json]], set[str]]:
    """The occasions to give, each with who she is; somebody who is linked twice has each of hers once."""
    me, on = household.herself, household.on
    herself = {"client_id": household.client_id, "link_id": None, "person": household.person["name"], "relation": None}
    items = [(each, herself) for each in occasion.own(me, first, last)]
    known: set[tuple[str, Source, str, date]] = set()
    unknown: set[str] = set()
    for other, linked in sorted(household.others(), key=lambda each: _CLOSEST[each[1].circle]):
        if not holds(linked.since, linked.until, on):
            continue
        unknown |= occasion.unknown_feasts(me, linked, first, last)
        for each in occasion.with_linked(me, linked, first, last):
            place = (other["other_id"], each.source, each.name, each.day)
            if each.gift and place not in known:
                known.add(place)
                items.append((each, who_is(other)))
    return items, unknown


def _nearest_first(on: date, each: Occasion, who: Json) -> tuple[object, ...]:
    """Of two days as near, that which is still to come."""
    days = (each.day - on).days
    return abs(days), days < 0, each.source, each.name, str(who["client_id"])


def _gifts(of: Occasion, gifts: list[Json]) -> Json:
    """What she gave to this person, on another day and for this very one."""
    bought: list[Json] = []
    given: list[Json] = []
    for gift in gifts:
        said = {part: gift[f"occasion_{part}"] for part in ("source", "name", "day")}
        same = (said["source"], said["name"]) == (of.source, of.name)
        told = {name: gift[name] for name in EarlierGift.model_fields.keys() & gift.keys()}
        whole = {**told, "occasion": said if said["source"] else None, "same_occasion": same}
        (bought if same and said["day"] == of.day.isoformat() else given).append(whole)
    return {"bought": bought, "given": given}
