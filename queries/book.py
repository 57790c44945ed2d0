"""Whom does an associate serve on a day, for what, since when, and in whose place?"""

from datetime import date
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, bindparam, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown
from projections.affiliations import affiliation
from projections.client_card import card
from queries import visibility
from queries.affiliation import ON, TERM, Term, primary
from queries.client_card import Name, name_of
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.spending import (
    EXAMPLE_LAST,
    EXAMPLE_PERIODS,
    InCurrency,
    LastSale,
    by_currency,
    spent_by_client,
)
from queries.sql import EMPTY, combined, holds, listed, listed_by, overlaps, read
from queries.workplace import KNOWN_ASSOCIATE, WHO


class BookEntry(BaseModel):
    client_id: UUID
    name: Name | None
    primary: Annotated[bool, Field(description="Whether she is the client's primary associate on that day.")]
    affiliations: Annotated[list[Term], Field(description="Those in force on that day.")]
    last_sale: Annotated[LastSale | None, Field(description="The latest up to that day of which goods changed hands.")]
    spent: Annotated[list[InCurrency], Field(description="Up to that day, in each currency.")]


class Book(BaseModel):
    """The clients an associate serves on a day, by name."""

    model_config = example(
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                "primary": True,
                "affiliations": [
                    {
                        "affiliation_id": "7d3c2b1a-0f9e-4d8c-b7a6-95847362514f",
                        "scope": {"only": None, "but": []},
                        "store_id": "paris-1",
                        "since": "2026-03-01",
                        "until": "2026-03-14",
                        "covers": "ines",
                    }
                ],
                "last_sale": EXAMPLE_LAST,
                "spent": [{"currency": "EUR", **EXAMPLE_PERIODS}],
            }
        ],
        next_cursor=None,
    )
    items: list[BookEntry]
    next_cursor: str | None


_HERS: Final = (
    affiliation.c.associate_id == bindparam("associate_id"),
    holds(affiliation.c.since, affiliation.c.until, ON),
)
_PLACE: Final = (func.coalesce(card.c.family, ""), func.coalesce(card.c.given, ""), card.c.client_id)
_TERMS: Final = (
    select(*TERM)
    .where(affiliation.c.client_id == card.c.client_id, *_HERS)
    .order_by(affiliation.c.since, affiliation.c.affiliation_id)
    .correlate(card)
)

SERVED: Final = select(affiliation.c.client_id).where(*_HERS)
"""The clients whom `associate_id` serves `on` a day."""

IN_BOOK: Final = (
    select(affiliation.c.client_id)
    .distinct()
    .where(
        affiliation.c.associate_id == bindparam("associate_id"),
        overlaps(
            affiliation.c.since, affiliation.c.until, bindparam("since", type_=Date), bindparam("until", type_=Date)
        ),
    )
    .order_by(affiliation.c.client_id)
)
"""The clients an associate serves on any day from `since` to `until`, which may be NULL."""


@cache
def _book(*, continued: bool) -> Select[Any]:
    """A page of the book; of an associate without clients one row that has none."""
    page = (
        select(
            card.c.client_id,
            name_of(),
            (func.coalesce(primary(card.c.client_id), "") == bindparam("associate_id")).label("primary"),
            listed(_TERMS).label("affiliations"),
            _PLACE[0].label("family"),
            _PLACE[1].label("given"),
        )
        .where(card.c.client_id.in_(SERVED), visibility.client(card.c.client_id))
        .order_by(*_PLACE)
        .limit(bindparam("fetch"))
    )
    if continued:
        page = page.where(tuple_(*_PLACE) > tuple_(*(bindparam(name) for name in ("family", "given", "after_id"))))
    found = page.cte("page")
    # Set-wise: the whole page is added up at once.
    sums, last = spent_by_client(select(found.c.client_id))
    spent, latest = listed_by(sums.subquery("sums"), "client_id"), last.subquery("latest")
    return (
        select(
            found,
            combined(sale_id=latest.c.sale_id, at=latest.c.occurred_at, store_id=latest.c.store_id).label("last_sale"),
            func.coalesce(spent.c.listed, EMPTY).label("spent"),
        )
        .select_from(
            WHO.outerjoin(found, true())
            .outerjoin(spent, spent.c.client_id == found.c.client_id)
            .outerjoin(latest, latest.c.client_id == found.c.client_id)
        )
        .where(KNOWN_ASSOCIATE)
        .order_by(found.c.family, found.c.given, found.c.client_id)
    )


async def book(engine: AsyncEngine, caller: Viewer, associate_id: str, on: date | None, paging: Paging) -> Json:
    """A page of an associate's book on a day, by default today; refuses with `AssociateUnknown`, also for who may not
    see it, and with `CursorInvalid`."""
    on = on or caller.today
    page = bound(paging, caller, "book", associate_id, on)
    values: dict[str, Any] = {
        **visibility.parameters(caller),
        "key": stream_id(associate_id),
        "associate_id": associate_id,
        "on": on,
    }
    if place := page.after():
        values |= {"family": place[0], "given": place[1], "after_id": UUID(place[2])}
    found = await read(engine, _book(continued=bool(place)), {**values, "fetch": page.fetch})
    if not found:
        raise AssociateUnknown("There is no associate with this id.", "associate_id")
    served = [] if found[0].client_id is None else found
    return page.answer(served, _entry, lambda row: [row.family, row.given, row.client_id])


def _entry(row: Any) -> Json:
    entry = shown_as(BookEntry)(row)
    return {**entry, "spent": by_currency(row.spent)}
