"""What organizations are there? Whoever may read clients knows them all; who is in them is another question."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import OrganizationUnknown
from domain.scope import Reach
from projections.membership import organization
from projections.spelling import fold
from queries import visibility
from queries.page import Paging, bound, shown_as
from queries.ports import Json, Versioned, example
from queries.sql import combined, read, shown

World = Literal["women", "men"]

EXAMPLE: Final[Json] = {
    "organization_id": "0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21",
    "name": "Aurélie, men",
    "kind": "designer",
    "world": "men",
    "scope": {"reach": "store", "region_id": None, "store_id": "paris-1"},
    "part_of": None,
    "closed": False,
}


class Scope(BaseModel):
    """How far it reaches: everywhere, one region, or one store."""

    reach: Reach
    region_id: str | None
    store_id: str | None


class OfOrganization(BaseModel):
    """What is said of an organization wherever it is shown."""

    organization_id: UUID
    name: str
    kind: Annotated[str, Field(description="One of the house's kinds, or a word of the retailer's own.")]
    world: Annotated[World | None, Field(description="Whom its list is for, if not for everybody.")]
    scope: Scope
    part_of: UUID | None
    closed: Annotated[bool, Field(description="Nobody joins it any more.")]


class Organization(OfOrganization):
    """One organization."""

    model_config = example(**EXAMPLE, founded_at="2026-03-02T14:00:00+00:00", founded_by="manager-1", version=1)
    founded_at: datetime
    founded_by: str
    version: Annotated[int, Field(description="The version of the organization, as in `ETag`.")]


class Organizations(BaseModel):
    """Organizations by name."""

    model_config = example(items=[EXAMPLE], next_cursor=None)
    items: list[OfOrganization]
    next_cursor: str | None


class Wanted(NamedTuple):
    """Which organizations: of one kind, world, reach, region or store, parts of another, or with this text in their
    names, whatever its case and accents."""

    kind: str | None = None
    world: World | None = None
    reach: Reach | None = None
    region_id: str | None = None
    store_id: str | None = None
    part_of: UUID | None = None
    text: str | None = None


OF_ORGANIZATION: Final = (
    *organization.c["organization_id", "name", "kind", "world"],
    combined(reach=organization.c.reach, region_id=organization.c.region_id, store_id=organization.c.store_id).label(
        "scope"
    ),
    *organization.c["part_of", "closed"],
)
_CONDITIONS: Final = {
    **{name: organization.c[name] == bindparam(name) for name in Wanted._fields if name != "text"},
    "text": func.strpos(organization.c.folded, bindparam("text")) > 0,
    "after_name": tuple_(organization.c.folded, organization.c.organization_id)
    > tuple_(bindparam("after_name"), bindparam("after_id")),
}
_ROW: Final = (
    select(
        *OF_ORGANIZATION,
        *organization.c["founded_at", "founded_by"],
        organization.c.stream_version.label("version"),
    )
    .where(organization.c.organization_id == bindparam("organization_id"))
    .subquery("organization")
)
_ONE: Final = select(_ROW.c.version, shown(_ROW).label("shown"))


@cache
def _organizations(given: frozenset[str]) -> Select[Any]:
    return (
        select(organization.c.folded, *OF_ORGANIZATION)
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(organization.c.folded, organization.c.organization_id)
        .limit(bindparam("fetch"))
    )


async def organizations(engine: AsyncEngine, caller: Viewer, wanted: Wanted, paging: Paging) -> Json:
    """A page of the organizations that are wanted, by name; refuses with `CursorInvalid`."""
    visibility.parameters(caller)
    page = bound(paging, caller, "organizations", *wanted)
    given = {name: value for name, value in wanted._asdict().items() if value is not None}
    if wanted.text is not None:
        given["text"] = fold(wanted.text)
    if place := page.after():
        given |= {"after_name": place[0], "after_id": UUID(place[1])}
    statement = _organizations(frozenset(given.keys() & _CONDITIONS.keys()))
    found = await read(engine, statement, {**given, "fetch": page.fetch})
    return page.answer(found, shown_as(OfOrganization), lambda row: [row.folded, row.organization_id])


async def one_organization(engine: AsyncEngine, caller: Viewer, organization_id: UUID) -> Versioned:
    """One organization; refuses with `OrganizationUnknown` if there is none."""
    visibility.parameters(caller)
    found = await read(engine, _ONE, {"organization_id": organization_id})
    if not found:
        raise OrganizationUnknown("There is no organization with this id.", "organization_id")
    return Versioned(found[0].version, found[0].shown)
