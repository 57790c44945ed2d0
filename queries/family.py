"""Who is linked to this client, and on which days is there reason to think of them?"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import occasion
from domain.access import Viewer
from domain.relation import Circle
from queries.asked_days import require_covered, span
from queries.client_card import Name
from queries.household import household
from queries.ports import Json, example


class Occasion(BaseModel):
    """A day on which there is reason to think of somebody."""

    day: Annotated[date, Field(description="The next such day; of a month without a day, the first of it.")]
    source: Annotated[occasion.Source, Field(description="Whose day it is: her own, the couple's, everybody's.")]
    name: str
    years: Annotated[int | None, Field(description="Which birthday or anniversary it is, if that is known.")]
    whole_month: Annotated[bool, Field(description="Only the month is known.")]
    sighted: Annotated[bool, Field(description="It may be a day earlier or later, as the moon is seen.")]
    gift: Annotated[bool, Field(description="Whether a gift is customary, and not only a greeting.")]


class KnownAddress(BaseModel):
    """Where something can be sent to her; its id is what a sale needs."""

    address_id: UUID
    type: str
    city: str | None


class Relative(BaseModel):
    """Somebody linked to the client. Where a link began again, each of its terms stands for itself."""

    link_id: UUID
    term: int
    client_id: Annotated[UUID, Field(description="Her own id, also if she is no client.")]
    name: Name | None
    relation: Annotated[str, Field(description="What she is to the client.")]
    reverse: Annotated[str, Field(description="What the client is to her.")]
    circle: Circle
    since: date | None
    until: date | None
    in_force: bool
    reason: Annotated[str | None, Field(description="Why it ended.")]
    begun_at: Annotated[datetime, Field(description="When the beginning was recorded.")]
    ended_at: Annotated[datetime | None, Field(description="When the end was recorded.")]
    died: bool
    sees_file: Annotated[bool, Field(description="She is a client whose file the caller may open.")]
    occasions: Annotated[list[Occasion], Field(description="The next of each within a year.")]
    unknown_feasts: Annotated[
        list[str], Field(description="Feasts kept with her whose days are not known for that time: none is guessed.")
    ]
    addresses: Annotated[list[KnownAddress], Field(description="Where something can be sent to her.")]


class Family(BaseModel):
    """Everybody linked to a client on a day, the longest known first."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        on="2026-03-02",
        salutation="M. et Mme Dupont",
        items=[
            {
                "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
                "term": 1,
                "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                "name": {"family": "Dupont", "given": "Paul", "title": "M."},
                "relation": "husband",
                "reverse": "wife",
                "circle": "partner",
                "since": "1999-06-12",
                "until": None,
                "in_force": True,
                "reason": None,
                "begun_at": "2026-03-02T14:00:00+00:00",
                "ended_at": None,
                "died": False,
                "sees_file": True,
                "occasions": [
                    {
                        "day": "2026-06-12",
                        "source": "anniversary",
                        "name": "wedding",
                        "years": 27,
                        "whole_month": False,
                        "sighted": False,
                        "gift": True,
                    }
                ],
                "unknown_feasts": [],
                "addresses": [{"address_id": "d2a4c6e8-1b3d-4f5a-8c7e-9b0d1f2a3c4e", "type": "work", "city": "Lyon"}],
            }
        ],
    )
    client_id: UUID
    on: date
    salutation: Annotated[
        str | None, Field(description="How a card to her begins: the couple's while both live, or her own.")
    ]
    items: list[Relative]


class DatedOccasion(Occasion):
    client_id: Annotated[UUID, Field(description="Whose it is: the client's own, or of somebody linked to her.")]
    link_id: UUID | None
    person: Annotated[Name | None, Field(description="Who that is.")]
    relation: Annotated[str | None, Field(description="What she is to the client; null: the client herself.")]


class Occasions(BaseModel):
    """The occasions of a client and of everybody linked to her, in order."""

    model_config = example(
        **{"from": "2026-03-02", "to": "2026-05-31"},
        items=[
            {
                "day": "2026-05-31",
                "source": "feast",
                "name": "mothers-day",
                "years": None,
                "whole_month": False,
                "sighted": False,
                "gift": True,
                "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
                "person": {"family": "Dupont", "given": "Colette", "title": None},
                "relation": "mother",
            }
        ],
        unknown_feasts=["eid-al-fitr"],
    )
    since: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]
    items: list[DatedOccasion]
    unknown_feasts: Annotated[
        list[str], Field(description="Feasts kept with somebody whose days are not known for that time.")
    ]


async def family(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None, *, all_terms: bool) -> Json:
    """Who is linked to a client on a day, by default today; refuses with `ClientUnknown`, and `DayInvalid`."""
    on = on or caller.today
    require_covered(on, "on")
    return (await household(engine, caller, client_id, on)).family(all_terms=all_terms)


async def occasions(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, first: date | None, last: date | None
) -> Json:
    """The occasions of a client and hers from a day, by default today, to another, by default 90 days on.

    Refuses with `ClientUnknown`; with `DayInvalid` if the days are out of order, or more than three years apart.
    """
    first, last = span(caller, first, last)
    return (await household(engine, caller, client_id, first)).occasions(first, last)
