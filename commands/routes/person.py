"""The routes of commands about what is known of a person, client or not."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import person
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    ClientInvalid,
    ClientUnknown,
    DateUnknown,
    DayInvalid,
    NameUnknown,
    TraitUnknown,
    VersionStale,
)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["clients"])
    ports, changing = desk.ports, desk.changing()

    @desk.makes(
        router,
        "/clients/{client_id}/names",
        "Add a name beside the main one",
        ClientUnknown,
        ClientInvalid,
        VersionStale,
        leads_to=["remove_name(client_id, name_id)"],
    )
    async def add_name(client_id: UUID, body: person.AddName, request: Annotated[Request, changing]) -> Response:
        return await desk.made(f"/clients/{client_id}/names", partial(person.add_name, client_id, body, ports, request))

    @desk.changes(
        router.delete, "/clients/{client_id}/names/{name_id}", "Remove a further name", ClientUnknown, NameUnknown
    )
    async def remove_name(client_id: UUID, name_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(person.remove_name, client_id, name_id, ports, request))

    @desk.changes(router.put, "/clients/{client_id}/salutation", "Say how a card to her begins", ClientUnknown)
    async def set_salutation(
        client_id: UUID, body: person.SetSalutation, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(person.set_salutation, client_id, body, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/dates",
        "Add a birthday, a wedding or any other date",
        ClientUnknown,
        ClientInvalid,
        DayInvalid,
        VersionStale,
        leads_to=["remove_date(client_id, date_id)"],
    )
    async def add_date(client_id: UUID, body: person.AddDate, request: Annotated[Request, changing]) -> Response:
        return await desk.made(f"/clients/{client_id}/dates", partial(person.add_date, client_id, body, ports, request))

    @desk.changes(router.delete, "/clients/{client_id}/dates/{date_id}", "Remove a date", ClientUnknown, DateUnknown)
    async def remove_date(client_id: UUID, date_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(person.remove_date, client_id, date_id, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/traits",
        "Add an interest, a like or dislike, a tag, a mailing list, a brand or a category",
        ClientUnknown,
        VersionStale,
        leads_to=["remove_trait(client_id, trait_id)"],
    )
    async def add_trait(client_id: UUID, body: person.AddTrait, request: Annotated[Request, changing]) -> Response:
        return await desk.made(
            f"/clients/{client_id}/traits", partial(person.add_trait, client_id, body, ports, request)
        )

    @desk.changes(
        router.delete, "/clients/{client_id}/traits/{trait_id}", "Remove a trait", ClientUnknown, TraitUnknown
    )
    async def remove_trait(client_id: UUID, trait_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(person.remove_trait, client_id, trait_id, ports, request))

    @desk.changes(router.put, "/clients/{client_id}/death", "Record that she died", ClientUnknown, ClientInvalid)
    async def record_death(
        client_id: UUID, body: person.RecordDeath, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(person.record_death, client_id, body, ports, request))

    @desk.changes(router.delete, "/clients/{client_id}/death", "Withdraw a death recorded in error", ClientUnknown)
    async def withdraw_death(client_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(person.withdraw_death, client_id, ports, request))

    return router
