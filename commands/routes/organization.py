"""The routes of commands about organizations, and about who belongs to them or cares about them."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from commands import membership, organization
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    ClientUnknown,
    MembershipHasEnded,
    MembershipInvalid,
    MembershipOverlaps,
    MembershipUnknown,
    OrganizationDiffers,
    OrganizationInvalid,
    OrganizationIsClosed,
    OrganizationUnknown,
    VersionStale,
)

_OF_AN_ORGANIZATION: Final = [
    f"{operation}(organization_id)"
    for operation in (
        "get_organization",
        "get_members",
        "rename_organization",
        "rescope_organization",
        "close_organization",
        "reopen_organization",
    )
]
_OF_A_MEMBERSHIP: Final = [f"{operation}(client_id, membership_id)" for operation in ("end_membership",)]

Term = Annotated[int, Path(ge=1, le=10_000, description="Which term of the membership, counted from 1.")]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["organizations"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one, of_client = "/organizations/{organization_id}", "/clients/{client_id}/memberships"

    @desk.makes(
        router,
        "/organizations",
        "Found an organization",
        OrganizationDiffers,
        OrganizationInvalid,
        OrganizationUnknown,
        leads_to=_OF_AN_ORGANIZATION,
    )
    async def found_organization(
        body: organization.FoundOrganization, request: Annotated[Request, creating]
    ) -> Response:
        return await desk.made("/organizations", partial(organization.found, body, ports, request))

    @desk.changes(router.put, f"{one}/name", "Rename an organization", OrganizationUnknown)
    async def rename_organization(
        organization_id: UUID, body: organization.RenameOrganization, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(organization.rename, organization_id, body, ports, request))

    @desk.changes(
        router.put, f"{one}/scope", "Say how far an organization reaches", OrganizationUnknown, OrganizationInvalid
    )
    async def rescope_organization(
        organization_id: UUID, body: organization.RescopeOrganization, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(organization.rescope, organization_id, body, ports, request))

    @desk.changes(router.post, f"{one}/closing", "Close an organization", OrganizationUnknown)
    async def close_organization(organization_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(organization.close, organization_id, ports, request))

    @desk.changes(router.post, f"{one}/reopening", "Reopen an organization", OrganizationUnknown)
    async def reopen_organization(organization_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(organization.reopen, organization_id, ports, request))

    @desk.makes(
        router,
        of_client,
        "Say what a client belongs to or is interested in",
        ClientUnknown,
        OrganizationUnknown,
        OrganizationIsClosed,
        MembershipInvalid,
        MembershipOverlaps,
        VersionStale,
        leads_to=_OF_A_MEMBERSHIP,
    )
    async def begin_membership(
        client_id: UUID, body: membership.BeginMembership, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(membership.begin, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/memberships", command)

    @desk.changes(
        router.post,
        f"{of_client}/{{membership_id}}/ending",
        "End a membership",
        ClientUnknown,
        MembershipUnknown,
        MembershipInvalid,
        MembershipHasEnded,
    )
    async def end_membership(
        client_id: UUID, membership_id: UUID, body: membership.EndMembership, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(membership.end, client_id, membership_id, body, ports, request))

    @desk.changes(
        router.put,
        f"{of_client}/{{membership_id}}/terms/{{term}}",
        "Correct when a membership held",
        ClientUnknown,
        MembershipUnknown,
        MembershipInvalid,
        MembershipOverlaps,
    )
    async def correct_term(
        client_id: UUID,
        membership_id: UUID,
        term: Term,
        body: membership.CorrectTerm,
        request: Annotated[Request, changing],
    ) -> Response:
        return await desk.changed(
            partial(membership.correct_term, client_id, membership_id, term, body, ports, request)
        )

    @desk.changes(
        router.delete,
        f"{of_client}/{{membership_id}}/terms/{{term}}",
        "Take a membership back that was recorded by mistake",
        ClientUnknown,
        MembershipUnknown,
    )
    async def take_term_back(
        client_id: UUID, membership_id: UUID, term: Term, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(membership.take_term_back, client_id, membership_id, term, ports, request))

    return router
