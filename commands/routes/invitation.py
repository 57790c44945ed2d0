"""The routes of commands about who is invited to a calendar event, who comes, and what she saw before."""

from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from commands import invitation, invitation_list, preview
from commands.ports import Done, Request
from commands.routes.desk import Changed, Desk
from commands.routes.many import LeftAlone, told
from domain.refusals import (
    CalendarEventIsCancelled,
    CalendarEventUnknown,
    ClientHasDied,
    ClientUnknown,
    ContactPointUnknown,
    InvitationInvalid,
    InvitationUnknown,
    OrganizationUnknown,
    OutreachInvalid,
    ReadModelBehind,
)

_OF_AN_INVITATION: Final = [
    f"{operation}(calendar_event_id, client_id)"
    for operation in (
        "take_off_list",
        "send_invitation",
        "answer_invitation",
        "record_attendance",
        "withdraw_attendance",
        "record_preview",
        "bring_guest",
    )
]
_OF_A_PREVIEW: Final = ["correct_preview(calendar_event_id, client_id, preview_id)"]
_OF_A_GUEST: Final = ["remove_guest(calendar_event_id, client_id, guest_id)"]


class Listed(Changed):
    """What came of it."""

    put_on: Annotated[
        int, Field(description="How many are on the list through this organization, for so many seats, now or before.")
    ]
    left_alone: list[LeftAlone]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    every = "/calendar-events/{calendar_event_id}/invitations"
    one = f"{every}/{{client_id}}"

    @desk.makes(
        router,
        every,
        "Put a client on the list of a calendar event",
        ClientUnknown,
        ClientHasDied,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationInvalid,
        leads_to=_OF_AN_INVITATION,
    )
    async def put_on_list(
        calendar_event_id: UUID, body: invitation.PutOnList, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(invitation.put_on_list, calendar_event_id, body, ports, request)
        return await desk.made(f"/calendar-events/{calendar_event_id}/invitations", command)

    @desk.makes(
        router,
        f"{every}/from-organization",
        "Put the members of an organization on the list of a calendar event",
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        OrganizationUnknown,
        InvitationInvalid,
        ReadModelBehind,
        shape=Listed,
    )
    async def invite_organization(
        calendar_event_id: UUID, body: invitation_list.InviteOrganization, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(invitation_list.invite_organization, calendar_event_id, body, ports, request)
        place = f"/calendar-events/{calendar_event_id}/invitations/from-organization"
        return await desk.made(place, command, _listed)

    @desk.changes(
        router.delete,
        one,
        "Take a client off the list of a calendar event",
        ClientUnknown,
        CalendarEventUnknown,
        InvitationUnknown,
    )
    async def take_off_list(
        calendar_event_id: UUID, client_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(invitation.take_off_list, calendar_event_id, client_id, ports, request))

    @desk.makes(
        router,
        f"{one}/sending",
        "Invite a client who is on the list, and record the outreach by which she is",
        ClientUnknown,
        ClientHasDied,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        ContactPointUnknown,
        InvitationUnknown,
        InvitationInvalid,
        OutreachInvalid,
    )
    async def send_invitation(
        calendar_event_id: UUID,
        client_id: UUID,
        body: invitation.SendInvitation,
        request: Annotated[Request, changing],
    ) -> Response:
        command = partial(invitation.send, calendar_event_id, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/outreach", command)

    @desk.changes(
        router.put,
        f"{one}/answer",
        "Say what a client answered to her invitation",
        ClientUnknown,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationUnknown,
        InvitationInvalid,
    )
    async def answer_invitation(
        calendar_event_id: UUID, client_id: UUID, body: invitation.Answer, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(invitation.answer, calendar_event_id, client_id, body, ports, request))

    @desk.changes(
        router.put,
        f"{one}/attendance",
        "Say that a client came to a calendar event",
        ClientUnknown,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationInvalid,
    )
    async def record_attendance(
        calendar_event_id: UUID, client_id: UUID, body: invitation.Attend, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(invitation.attend, calendar_event_id, client_id, body, ports, request))

    @desk.changes(
        router.delete,
        f"{one}/attendance",
        "Take back that a client came to a calendar event",
        ClientUnknown,
        CalendarEventUnknown,
        InvitationUnknown,
    )
    async def withdraw_attendance(
        calendar_event_id: UUID, client_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(invitation.withdraw_attendance, calendar_event_id, client_id, ports, request))

    @desk.makes(
        router,
        f"{one}/previews",
        "Record what a client was shown before a calendar event, and what she would like to have",
        ClientUnknown,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationInvalid,
        leads_to=_OF_A_PREVIEW,
    )
    async def record_preview(
        calendar_event_id: UUID, client_id: UUID, body: preview.Preview, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(preview.record, calendar_event_id, client_id, body, ports, request)
        return await desk.made(f"/calendar-events/{calendar_event_id}/invitations/{client_id}/previews", command)

    @desk.changes(
        router.put,
        f"{one}/previews/{{preview_id}}",
        "Correct what a client was shown before a calendar event",
        ClientUnknown,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationUnknown,
        InvitationInvalid,
    )
    async def correct_preview(
        calendar_event_id: UUID,
        client_id: UUID,
        preview_id: UUID,
        body: preview.CorrectPreview,
        request: Annotated[Request, changing],
    ) -> Response:
        command = partial(preview.correct, calendar_event_id, client_id, preview_id, body, ports, request)
        return await desk.changed(command)

    @desk.makes(
        router,
        f"{one}/guests",
        "Say who comes to a calendar event as a client's guest",
        ClientUnknown,
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        InvitationUnknown,
        InvitationInvalid,
        leads_to=_OF_A_GUEST,
    )
    async def bring_guest(
        calendar_event_id: UUID, client_id: UUID, body: invitation.BringGuest, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(invitation.bring_guest, calendar_event_id, client_id, body, ports, request)
        return await desk.made(f"/calendar-events/{calendar_event_id}/invitations/{client_id}/guests", command)

    @desk.changes(
        router.delete,
        f"{one}/guests/{{guest_id}}",
        "Take back that somebody comes as a client's guest",
        ClientUnknown,
        CalendarEventUnknown,
        InvitationUnknown,
    )
    async def remove_guest(
        calendar_event_id: UUID, client_id: UUID, guest_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(invitation.remove_guest, calendar_event_id, client_id, guest_id, ports, request)
        return await desk.changed(command)

    return router


def _listed(done: Done) -> dict[str, Any]:
    assert isinstance(done, invitation_list.Listed)
    return {"put_on": done.put_on, "left_alone": told(done.left_alone)}
