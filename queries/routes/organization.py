"""The routes of queries about organizations, and about who belongs to them or cares about them."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import ClientUnknown, CursorInvalid, OrganizationUnknown
from domain.scope import Reach
from projections.client_card import client_card as card
from projections.membership import membership
from queries.freshness import caught_up
from queries.membership import ClientOrganizations, Members, Tie, client_organizations, members
from queries.membership import Wanted as WantedMembers
from queries.organization import Organization, Organizations, Wanted, World, one_organization, organizations
from queries.routes.shelf import ETAG, LINK, Asked, Code, Day, Page, Position, Shelf, answer, paged, versioned


class OrganizationPage(Page):
    kind: Annotated[Code | None, Field(description="Of this kind.")] = None
    world: Annotated[World | None, Field(description="On the list of this world.")] = None
    reach: Annotated[Reach | None, Field(description="That reach so far.")] = None
    region_id: Annotated[Code | None, Field(description="Of this region.")] = None
    store_id: Annotated[Code | None, Field(description="Of this store.")] = None
    part_of: Annotated[UUID | None, Field(description="That are parts of this one.")] = None
    text: Annotated[Code | None, Field(description="With this in their name.")] = None


class MemberOn(Asked):
    on: Annotated[Day | None, Field(description="Of which she is a member on this day.")] = None


class MemberPage(Page):
    tie: Annotated[Tie | None, Field(description="Who belong to it, or who are interested in it.")] = None
    on: Annotated[Day | None, Field(description="Who are members on this day.")] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["organizations"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get("/organizations", **gives(Organizations, "Organizations by name", CursorInvalid, headers=LINK))
    async def get_organizations(
        http: fastapi.Request,
        who: Annotated[Viewer, asking],
        page: Annotated[OrganizationPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, membership)
        wanted = Wanted(page.kind, page.world, page.reach, page.region_id, page.store_id, page.part_of, page.text)
        paging = shelf.paging(page)
        return paged(http, await organizations(reading.engine, who, wanted, paging))

    @router.get(
        "/organizations/{organization_id}", **gives(Organization, "One organization", OrganizationUnknown, headers=ETAG)
    )
    async def get_organization(
        organization_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, membership)
        return versioned(await one_organization(reading.engine, who, organization_id))

    @router.get(
        "/organizations/{organization_id}/members",
        **gives(
            Members,
            "Who belongs to an organization or cares about it",
            OrganizationUnknown,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_members(
        http: fastapi.Request,
        organization_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[MemberPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, membership)
        paging = shelf.paging(page)
        wanted = WantedMembers(page.tie, page.on)
        return paged(http, await members(reading.engine, who, organization_id, wanted, paging))

    @router.get(
        "/clients/{client_id}/organizations",
        **gives(ClientOrganizations, "What a client belongs to and is interested in", ClientUnknown),
    )
    async def get_client_organizations(
        client_id: UUID,
        who: Annotated[Viewer, asking],
        asked: Annotated[MemberOn, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, membership)
        return answer(await client_organizations(reading.engine, who, client_id, asked.on))

    return router
