"""The routes of queries about outreach and appointments, and the report on what was done."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.contact import Channel, Direction, Purpose
from domain.refusals import AssociateUnknown, ClientUnknown, CursorInvalid, DayInvalid, StoreUnknown
from projections.affiliations import affiliations
from projections.client_card import client_card as card
from projections.contacts import contacts
from projections.house import house
from queries.actions import Actions, actions_at, actions_of
from queries.appointment import Appointments, appointments_at, appointments_of, appointments_with
from queries.appointment import Span as Time
from queries.freshness import caught_up
from queries.outreach import Outreaches, Wanted, outreach_of
from queries.routes.shelf import LINK, Asked, Code, Day, Page, Period, Position, Shelf, answer, paged


class OutreachPage(Page):
    channel: Annotated[Channel | None, Field(description="On this channel.")] = None
    purpose: Annotated[Purpose | None, Field(description="For this purpose.")] = None
    direction: Annotated[Direction | None, Field(description="To her, or from her.")] = None


class AppointmentPage(Page, Period):
    """Those that begin in this time."""


class Days(Asked):
    first: Annotated[
        Day | None, Field(alias="from", description="From this day on. Default: 29 days before the last.")
    ] = None
    last: Annotated[
        Day | None,
        Field(alias="to", description="To this day, at most a year later. Default: 29 days later, or today."),
    ] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["contacts"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/outreach",
        **gives(Outreaches, "The contacts with a client, newest first", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_outreach(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[OutreachPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, contacts)
        wanted = Wanted(page.channel, page.purpose, page.direction)
        return paged(http, await outreach_of(reading.engine, who, client_id, wanted, shelf.paging(page)))

    @router.get(
        "/clients/{client_id}/appointments",
        **gives(Appointments, "The appointments of a client", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_client_appointments(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[AppointmentPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, contacts)
        time = Time(page.since, page.before)
        return paged(http, await appointments_of(reading.engine, who, client_id, time, shelf.paging(page)))

    @router.get(
        "/stores/{store_id}/appointments",
        **gives(Appointments, "The appointments at a store", StoreUnknown, CursorInvalid, headers=LINK),
    )
    async def get_store_appointments(
        http: fastapi.Request,
        store_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[AppointmentPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, contacts, house)
        time = Time(page.since, page.before)
        return paged(http, await appointments_at(reading.engine, who, store_id, time, shelf.paging(page)))

    @router.get(
        "/associates/{associate_id}/appointments",
        **gives(Appointments, "The appointments with an associate", AssociateUnknown, CursorInvalid, headers=LINK),
    )
    async def get_associate_appointments(
        http: fastapi.Request,
        associate_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[AppointmentPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, contacts, house, affiliations)
        time = Time(page.since, page.before)
        return paged(http, await appointments_with(reading.engine, who, associate_id, time, shelf.paging(page)))

    @router.get(
        "/stores/{store_id}/actions",
        **gives(Actions, "What was done for clients at a store, and what came of it", StoreUnknown, DayInvalid),
    )
    async def get_store_actions(
        store_id: Code, who: Annotated[Viewer, asking], days: Annotated[Days, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, contacts, house)
        return answer(await actions_at(reading.engine, who, store_id, days.first, days.last))

    @router.get(
        "/associates/{associate_id}/actions",
        **gives(Actions, "What an associate did for clients, and what came of it", AssociateUnknown, DayInvalid),
    )
    async def get_associate_actions(
        associate_id: Code, who: Annotated[Viewer, asking], days: Annotated[Days, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, contacts, house, affiliations)
        return answer(await actions_of(reading.engine, who, associate_id, days.first, days.last))

    return router
