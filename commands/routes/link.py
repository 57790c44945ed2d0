"""The routes of commands about a client's family and friends."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import link
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    ClientUnknown,
    DayInvalid,
    LinkDiffers,
    LinkInvalid,
    LinkUnknown,
    RelationKindTaken,
    RelationUnknown,
    VersionStale,
)

_OF_A_LINK: Final = [f"{operation}(link_id)" for operation in ("end_link", "set_anniversary", "set_couple_salutation")]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["family"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()

    @desk.makes(
        router,
        "/clients/{client_id}/family",
        "Link a client to somebody, known or new",
        ClientUnknown,
        RelationUnknown,
        LinkInvalid,
        LinkDiffers,
        DayInvalid,
        VersionStale,
        leads_to=_OF_A_LINK,
    )
    async def add_relative(client_id: UUID, body: link.AddRelative, request: Annotated[Request, changing]) -> Response:
        return await desk.made("/links", partial(link.begin, client_id, body, ports, request))

    @desk.changes(
        router.post, "/links/{link_id}/ending", "End a link, or say it never was", LinkUnknown, LinkInvalid, LinkDiffers
    )
    async def end_link(link_id: UUID, body: link.EndLink, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(link.end, link_id, body, ports, request))

    @desk.changes(
        router.put, "/links/{link_id}/anniversary", "Set a day a couple keeps", LinkUnknown, LinkInvalid, DayInvalid
    )
    async def set_anniversary(
        link_id: UUID, body: link.SetAnniversary, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(link.set_anniversary, link_id, body, ports, request))

    @desk.changes(router.put, "/links/{link_id}/salutation", "Set how a couple is addressed", LinkUnknown, LinkInvalid)
    async def set_couple_salutation(
        link_id: UUID, body: link.SetCoupleSalutation, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(link.set_salutation, link_id, body, ports, request))

    @desk.makes(router, "/relation-kinds", "Add a kind of link", RelationKindTaken)
    async def add_relation_kind(body: link.AddRelationKind, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/relation-kinds", partial(link.add_relation_kind, body, ports, request))

    return router
