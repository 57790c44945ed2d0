"""Who serves a client on a day, for what, and who is her primary associate?"""

from datetime import date
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.affiliations import affiliation, named, of_client
from projections.client_card import card
from projections.house import associate
from queries import visibility
from queries.ports import Versioned, example
from queries.sql import holds, listed, read, shown


class ServesFor(BaseModel):
    """The merchandise categories in `only`, or everything but those in `but`."""

    only: list[str] | None
    but: list[str]


class Term(BaseModel):
    """Since when and until when an associate serves, both days included, for what, and where."""

    affiliation_id: UUID
    scope: ServesFor
    store_id: str | None
    since: date | None
    until: date | None
    covers: Annotated[str | None, Field(description="The associate in whose place she serves for that time.")]


class Serving(Term):
    """One associate, as she serves the client."""

    associate_id: str
    name: Annotated[str | None, Field(description="As the house knows her; null if it does not.")]


class ClientAssociates(BaseModel):
    """Who serves a client on a day."""

    model_config = example(
        client_id="5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        on="2026-03-07",
        primary="ines",
        version=4,
        items=[
            {
                "associate_id": "ines",
                "name": "Inès Laurent",
                "affiliation_id": "7d3c2b1a-0f9e-4d8c-b7a6-95847362514f",
                "scope": {"only": None, "but": []},
                "store_id": "paris-1",
                "since": "2026-03-01",
                "until": None,
                "covers": None,
            }
        ],
    )
    client_id: UUID
    on: date
    primary: Annotated[str | None, Field(description="Her primary associate: the sales person of her profile.")]
    version: Annotated[int, Field(description="The version of all her affiliations, as in `ETag`.")]
    items: list[Serving]


ON: Final = bindparam("on", type_=Date)
_CATEGORY: Final = bindparam("category", type_=Text)
SCOPE: Final = func.json_build_object(
    literal_column("'only'"), affiliation.c.only, literal_column("'but'"), affiliation.c.but
).label("scope")
TERM: Final = (
    affiliation.c.affiliation_id,
    SCOPE,
    *affiliation.c["store_id", "since", "until", "covers"],
)
IN_FORCE: Final = holds(affiliation.c.since, affiliation.c.until, ON)
"""The same as `in_force` of the domain."""


def covers(scope: FromClause, category: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an affiliation is for this category, NULL standing for the client as such; the same as `Scope.covers` of
    the domain."""
    but = func.coalesce(all_(scope.c.but) != category, true())
    return or_(and_(scope.c.only.is_(None), but), any_(scope.c.only) == category)


SERVING: Final = (
    select(affiliation.c.associate_id, associate.c.name, *TERM)
    .select_from(affiliation.outerjoin(associate, associate.c.associate_id == affiliation.c.associate_id))
    .where(affiliation.c.client_id == card.c.client_id, IN_FORCE)
    .order_by(affiliation.c.associate_id, affiliation.c.since, affiliation.c.affiliation_id)
    .correlate(card)
)
"""Who serves the client of `card` on the day `on`."""


def primary(client_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """Who is the client's primary associate on the day `on`; the same as `primary` of the domain."""
    serves = affiliation.alias("serves")
    last = (
        select(named.c.associate_id)
        .where(named.c.client_id == serves.c.client_id, holds(named.c.since, named.c.until, ON))
        .order_by(named.c.ordinal.desc())
        .limit(1)
        .correlate(serves)
        .scalar_subquery()
    )
    return (
        select(serves.c.associate_id)
        .where(
            serves.c.client_id == client_id,
            serves.c.associate_id == last,
            holds(serves.c.since, serves.c.until, ON),
        )
        .limit(1)
        .correlate_except(serves)
        .scalar_subquery()
    )


@cache
def _associates(*, of_category: bool) -> Select[Any]:
    serving = SERVING.where(covers(affiliation, _CATEGORY)) if of_category else SERVING
    version = (
        select(of_client.c.stream_version).where(of_client.c.client_id == card.c.client_id).correlate(card)
    ).scalar_subquery()
    row = (
        select(
            card.c.client_id,
            ON.label("on"),
            primary(card.c.client_id).label("primary"),
            func.coalesce(version, 0).label("version"),
            listed(serving).label("items"),
        )
        .where(visibility.HER_FILE)
        .subquery("served")
    )
    return select(row.c.version, shown(row).label("shown"))


async def client_associates(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None, category: str | None
) -> Versioned:
    """Who serves a client on a day, by default today, for a category or for anything; refuses with `ClientUnknown`."""
    values = {**visibility.parameters(caller), "client_id": client_id, "on": on or caller.today}
    if category is not None:
        values["category"] = category
    found = await read(engine, _associates(of_category=category is not None), values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return Versioned(found[0].version, found[0].shown)
