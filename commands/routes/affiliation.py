"""The routes of commands about who serves a client."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import affiliation
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    AffiliationInvalid,
    AffiliationOverlaps,
    AffiliationUnknown,
    ClientUnknown,
    NotServing,
    PrimaryTaken,
    VersionStale,
)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["clients"])
    ports, changing = desk.ports, desk.changing()

    @desk.makes(
        router,
        "/clients/{client_id}/affiliations",
        "Say that an associate serves a client",
        ClientUnknown,
        AffiliationInvalid,
        AffiliationOverlaps,
        VersionStale,
        leads_to=[
            f"{operation}(client_id, affiliation_id)"
            for operation in ("end_affiliation", "correct_affiliation", "withdraw_affiliation")
        ],
    )
    async def begin_affiliation(
        client_id: UUID, body: affiliation.BeginAffiliation, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(affiliation.begin, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/affiliations", command)

    @desk.changes(
        router.post,
        "/clients/{client_id}/affiliations/{affiliation_id}/ending",
        "Say until when an associate serves a client",
        ClientUnknown,
        AffiliationUnknown,
        AffiliationInvalid,
    )
    async def end_affiliation(
        client_id: UUID,
        affiliation_id: UUID,
        body: affiliation.EndAffiliation,
        request: Annotated[Request, changing],
    ) -> Response:
        return await desk.changed(partial(affiliation.end, client_id, affiliation_id, body, ports, request))

    @desk.changes(
        router.put,
        "/clients/{client_id}/affiliations/{affiliation_id}",
        "Correct what was said of an affiliation",
        ClientUnknown,
        AffiliationUnknown,
        AffiliationInvalid,
    )
    async def correct_affiliation(
        client_id: UUID,
        affiliation_id: UUID,
        body: affiliation.CorrectAffiliation,
        request: Annotated[Request, changing],
    ) -> Response:
        return await desk.changed(partial(affiliation.correct, client_id, affiliation_id, body, ports, request))

    @desk.changes(
        router.delete,
        "/clients/{client_id}/affiliations/{affiliation_id}",
        "Take back an affiliation that was a mistake",
        ClientUnknown,
        AffiliationUnknown,
    )
    async def withdraw_affiliation(
        client_id: UUID, affiliation_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(affiliation.withdraw, client_id, affiliation_id, ports, request))

    @desk.changes(
        router.put,
        "/clients/{client_id}/primary-associate",
        "Name a client's primary associate",
        ClientUnknown,
        AffiliationInvalid,
        NotServing,
        PrimaryTaken,
    )
    async def name_primary(
        client_id: UUID, body: affiliation.NamePrimary, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(affiliation.name_primary, client_id, body, ports, request))

    return router
