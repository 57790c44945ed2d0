"""The routes of commands about the house: regions, stores, associates, and the reassignment of their books."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from commands import house, reassignment
from commands.ports import Done, Request
from commands.routes.desk import Changed, Desk, Named, called
from commands.routes.many import LeftAlone, told
from domain.refusals import (
    AssociateDiffers,
    AssociateInvalid,
    AssociateUnknown,
    ReadModelBehind,
    ReassignmentInvalid,
    RegionDiffers,
    RegionUnknown,
    StoreDiffers,
    StoreInvalid,
    StoreUnknown,
)

_OF_A_STORE = [f"{operation}(store_id)" for operation in ("join_region", "close_store")]
_OF_AN_ASSOCIATE = [
    f"{operation}(associate_id)"
    for operation in ("get_associate", "get_book", "move_associate", "give_role", "leave_house", "reassign_book")
]


class Reassigned(Changed):
    """What came of it."""

    moved: Annotated[int, Field(description="How many clients changed hands, now or when it was first asked for.")]
    left_alone: list[LeftAlone]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["house"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()

    @desk.makes(router, "/regions", "Form a region", RegionDiffers, shape=Named)
    async def form_region(body: house.FormRegion, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/regions", partial(house.form_region, body, ports, request), called(body.id))

    @desk.makes(router, "/stores", "Open a store", StoreDiffers, RegionUnknown, leads_to=_OF_A_STORE, shape=Named)
    async def open_store(body: house.OpenStore, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/stores", partial(house.open_store, body, ports, request), called(body.id))

    @desk.changes(
        router.put,
        "/stores/{store_id}/region",
        "Say which region a store belongs to",
        StoreUnknown,
        RegionUnknown,
        shape=Named,
    )
    async def join_region(store_id: str, body: house.JoinRegion, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(house.join_region, store_id, body, ports, request), called(store_id))

    @desk.changes(router.post, "/stores/{store_id}/closing", "Close a store", StoreUnknown, StoreInvalid, shape=Named)
    async def close_store(store_id: str, body: house.CloseStore, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(house.close_store, store_id, body, ports, request), called(store_id))

    @desk.makes(
        router,
        "/associates",
        "Take an associate into the house",
        AssociateDiffers,
        StoreUnknown,
        leads_to=_OF_AN_ASSOCIATE,
        shape=Named,
    )
    async def join_house(body: house.JoinHouse, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/associates", partial(house.join_house, body, ports, request), called(body.id))

    @desk.changes(
        router.put,
        "/associates/{associate_id}/store",
        "Say at which store an associate works",
        AssociateUnknown,
        AssociateInvalid,
        StoreUnknown,
        shape=Named,
    )
    async def move_associate(
        associate_id: str, body: house.MoveAssociate, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(house.move_associate, associate_id, body, ports, request)
        return await desk.changed(command, called(associate_id))

    @desk.changes(
        router.put,
        "/associates/{associate_id}/role",
        "Give an associate a role",
        AssociateUnknown,
        AssociateInvalid,
        shape=Named,
    )
    async def give_role(associate_id: str, body: house.GiveRole, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(house.give_role, associate_id, body, ports, request), called(associate_id))

    @desk.changes(
        router.post,
        "/associates/{associate_id}/leaving",
        "Say when an associate leaves the house",
        AssociateUnknown,
        AssociateInvalid,
        shape=Named,
    )
    async def leave_house(associate_id: str, body: house.Leave, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(house.leave, associate_id, body, ports, request), called(associate_id))

    @desk.makes(
        router,
        "/associates/{associate_id}/reassignments",
        "Reassign an associate's book, for good or as cover",
        AssociateUnknown,
        AssociateInvalid,
        ReassignmentInvalid,
        ReadModelBehind,
        shape=Reassigned,
    )
    async def reassign_book(
        associate_id: str, body: reassignment.Reassign, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(reassignment.reassign, associate_id, body, ports, request)
        return await desk.made(f"/associates/{quote(associate_id, safe='')}/reassignments", command, _counted)

    return router


def _counted(done: Done) -> dict[str, Any]:
    assert isinstance(done, reassignment.Reassigned)
    return {"moved": done.moved, "left_alone": told(done.left_alone)}
