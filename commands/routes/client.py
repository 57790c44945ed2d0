"""The routes of commands about a client."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import client
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    AddressUnknown,
    ClientDiffers,
    ClientInvalid,
    ClientUnknown,
    ContactPointUnknown,
    VersionStale,
)

_OF_A_CLIENT: Final = [
    f"{operation}(client_id)"
    for operation in (
        "get_client",
        "get_purchases",
        "get_history",
        "correct_name",
        "add_contact_point",
        "add_address",
        "get_addresses",
        "add_name",
        "set_salutation",
        "add_date",
        "add_trait",
        "record_death",
    )
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["clients"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()

    @desk.makes(router, "/clients", "Register a client", ClientDiffers, ClientInvalid, leads_to=_OF_A_CLIENT)
    async def register_client(body: client.RegisterClient, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/clients", partial(client.register, body, ports, request))

    @desk.changes(router.put, "/clients/{client_id}/name", "Correct a client's name", ClientUnknown)
    async def correct_name(
        client_id: UUID, body: client.CorrectName, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(client.correct_name, client_id, body, ports, request))

    @desk.changes(
        router.put,
        "/clients/{client_id}/registration",
        "Make a client of somebody known through one",
        ClientUnknown,
        ClientInvalid,
    )
    async def take_up_client(client_id: UUID, body: client.TakeUp, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(client.take_up, client_id, body, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/contact-points",
        "Add an e-mail address or a phone number",
        ClientUnknown,
        VersionStale,
        leads_to=[
            "set_contact_state(client_id, contact_point_id)",
            "set_surprises(client_id, contact_point_id)",
            "remove_contact_point(client_id, contact_point_id)",
        ],
    )
    async def add_contact_point(
        client_id: UUID, body: client.AddContactPoint, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(client.add_contact_point, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/contact-points", command)

    @desk.changes(
        router.delete,
        "/clients/{client_id}/contact-points/{contact_point_id}",
        "Remove an e-mail address or a phone number",
        ClientUnknown,
        ContactPointUnknown,
    )
    async def remove_contact_point(
        client_id: UUID, contact_point_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(client.remove_contact_point, client_id, contact_point_id, ports, request))

    @desk.changes(
        router.put,
        "/clients/{client_id}/contact-points/{contact_point_id}/state",
        "Say whether post arrives there, or is not wanted",
        ClientUnknown,
        ContactPointUnknown,
    )
    async def set_contact_state(
        client_id: UUID, contact_point_id: UUID, body: client.SetContactState, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(client.set_contact_state, client_id, contact_point_id, body, ports, request)
        return await desk.changed(command)

    @desk.changes(
        router.put,
        "/clients/{client_id}/contact-points/{contact_point_id}/surprises",
        "Keep surprises away from a contact point that others read, or no longer",
        ClientUnknown,
        ContactPointUnknown,
    )
    async def set_surprises(
        client_id: UUID, contact_point_id: UUID, body: client.SetSurprises, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(client.set_surprises, client_id, contact_point_id, body, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/addresses",
        "Add an address",
        ClientUnknown,
        ClientInvalid,
        VersionStale,
        leads_to=["set_residency(client_id, address_id)", "remove_address(client_id, address_id)"],
    )
    async def add_address(client_id: UUID, body: client.AddAddress, request: Annotated[Request, changing]) -> Response:
        command = partial(client.add_address, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/addresses", command)

    @desk.changes(
        router.delete,
        "/clients/{client_id}/addresses/{address_id}",
        "Remove an address",
        ClientUnknown,
        AddressUnknown,
    )
    async def remove_address(client_id: UUID, address_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(client.remove_address, client_id, address_id, ports, request))

    @desk.changes(
        router.put,
        "/clients/{client_id}/addresses/{address_id}/residency",
        "Say since when and until when she lives at an address",
        ClientUnknown,
        ClientInvalid,
        AddressUnknown,
    )
    async def set_residency(
        client_id: UUID, address_id: UUID, body: client.Residency, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(client.set_residency, client_id, address_id, body, ports, request))

    return router
