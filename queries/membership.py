"""Who belongs to an organization, or is interested in it? And, of a client, to what does she belong?"""

from datetime import date
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, bindparam, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown, OrganizationUnknown
from projections.client_card import card
from projections.membership import organization, term
from queries import visibility
from queries.client_card import Name, name_of
from queries.organization import EXAMPLE, OF_ORGANIZATION, OfOrganization
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.sql import holds, read

Tie = Literal["belonging", "interest"]

_EXAMPLE: Final[Json] = {
    "membership_id": "7b0e9c1d-2a3f-5b4c-8d6e-1f2a3b4c5d6e",
    "term": 1,
    "tie": "interest",
    "since": "2026-03-02",
    "until": None,
}


class OfMembership(BaseModel):
    """One term of a membership. Both days are inclusive, and either may be unknown."""

    membership_id: UUID
    term: Annotated[int, Field(description="Which term of this membership, by which it is corrected.")]
    tie: Annotated[Tie, Field(description="Whether she belongs to it or is interested in it.")]
    since: date | None
    until: date | None


class Member(OfMembership):
    """A client, and when she was a member."""

    client_id: UUID
    name: Name | None


class Members(BaseModel):
    """Those members whom the caller sees, in no order that means anything; a client once for each of her terms."""

    model_config = example(
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                **_EXAMPLE,
            }
        ],
        next_cursor=None,
    )
    items: list[Member]
    next_cursor: str | None


class ClientOrganization(OfOrganization, OfMembership):
    """An organization, and when the client was a member."""


class ClientOrganizations(BaseModel):
    """What a client belongs to and is interested in, by name, the latest term of each first."""

    model_config = example(items=[{**EXAMPLE, **_EXAMPLE}])
    items: list[ClientOrganization]


class Wanted(NamedTuple):
    """Which members: of one tie, or who were members on a day."""

    tie: Tie | None = None
    on: date | None = None


_PLACE: Final = (term.c.client_id, term.c.membership_id, term.c.term)
_CONDITIONS: Final[dict[str, ColumnElement[bool]]] = {
    "tie": term.c.tie == bindparam("tie"),
    "on": holds(term.c.since, term.c.until, bindparam("on")),
    "after": tuple_(*_PLACE) > tuple_(*map(bindparam, ("after_client", "after_membership", "after_term"))),
}
TERM: Final = term.c["membership_id", "term", "tie", "since", "until"]


@cache
def _members(given: frozenset[str]) -> Select[Any]:
    """Members whom the caller sees; of an organization without any, one row that has no client."""
    page = (
        select(
            term.c.client_id,
            name_of(),
            *TERM,
        )
        .join_from(term, card, card.c.client_id == term.c.client_id)
        .where(term.c.organization_id == bindparam("organization_id"))
        .where(visibility.file())
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(*_PLACE)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c)
        .select_from(organization.outerjoin(page, true()))
        .where(organization.c.organization_id == bindparam("organization_id"))
        .order_by(*page.c["client_id", "membership_id", "term"])
    )


@cache
def _organizations(given: frozenset[str]) -> Select[Any]:
    """What a client is a member of; of one who is in nothing, one row that has no organization."""
    hers = (
        select(organization.c.folded, *OF_ORGANIZATION, *TERM)
        .join_from(term, organization, organization.c.organization_id == term.c.organization_id)
        .where(term.c.client_id == bindparam("client_id"), *(_CONDITIONS[name] for name in sorted(given)))
        .subquery("hers")
    )
    return (
        select(*hers.c)
        .select_from(card.outerjoin(hers, true()))
        .where(visibility.HER_FILE)
        .order_by(hers.c.folded, hers.c.membership_id, hers.c.since.desc().nulls_last(), hers.c.term)
    )


async def members(engine: AsyncEngine, caller: Viewer, organization_id: UUID, wanted: Wanted, paging: Paging) -> Json:
    """A page of those members whom the caller sees; refuses with `OrganizationUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller), "organization_id": organization_id}
    page = bound(paging, caller, "members", organization_id, *wanted)
    given = {name: value for name, value in wanted._asdict().items() if value is not None}
    conditions = set(given)
    if place := page.after():
        conditions.add("after")
        given |= {"after_client": UUID(place[0]), "after_membership": UUID(place[1]), "after_term": place[2]}
    found = await read(engine, _members(frozenset(conditions)), {**values, **given, "fetch": page.fetch})
    if not found:
        raise OrganizationUnknown("There is no organization with this id.", "organization_id")
    there = [] if found[0].client_id is None else found
    return page.answer(there, shown_as(Member), lambda row: [row.client_id, row.membership_id, row.term])


async def client_organizations(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None) -> Json:
    """What a client belongs to and is interested in, ever or on a day; refuses with `ClientUnknown`."""
    given = {} if on is None else {"on": on}
    values = {**visibility.parameters(caller), "client_id": client_id, **given}
    found = await read(engine, _organizations(frozenset(given)), values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    hers = [] if found[0].organization_id is None else found
    return {"items": [shown_as(ClientOrganization)(row) for row in hers]}
