"""The routes of commands about outreach, visits without a sale, and appointments."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import appointment, outreach, visit
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    AppointmentInvalid,
    AppointmentIsCancelled,
    AppointmentUnknown,
    AssociateInvalid,
    AssociateUnknown,
    CalendarEventUnknown,
    ClientUnknown,
    ContactPointUnknown,
    OutreachInvalid,
    OutreachUnknown,
    StoreUnknown,
    VisitInvalid,
    VisitUnknown,
)

_OF_AN_OUTREACH: Final = [
    f"{operation}(client_id, outreach_id)" for operation in ("correct_outcome", "withdraw_outreach")
]
_OF_A_VISIT: Final = ["withdraw_visit(client_id, visit_id)"]
_OF_AN_APPOINTMENT: Final = [
    f"{operation}(client_id, appointment_id)"
    for operation in ("move_appointment", "cancel_appointment", "say_attendance")
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["contacts"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one_outreach = "/clients/{client_id}/outreach/{outreach_id}"
    one_appointment = "/clients/{client_id}/appointments/{appointment_id}"

    @desk.makes(
        router,
        "/clients/{client_id}/outreach",
        "Record a contact with a client",
        ClientUnknown,
        ContactPointUnknown,
        CalendarEventUnknown,
        StoreUnknown,
        OutreachInvalid,
        leads_to=_OF_AN_OUTREACH,
    )
    async def record_outreach(
        client_id: UUID, body: outreach.RecordOutreach, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(outreach.record, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/outreach", command)

    @desk.changes(
        router.put,
        f"{one_outreach}/outcome",
        "Say better what came of a contact",
        ClientUnknown,
        OutreachUnknown,
        OutreachInvalid,
    )
    async def correct_outcome(
        client_id: UUID, outreach_id: UUID, body: outreach.CorrectOutcome, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(outreach.correct_outcome, client_id, outreach_id, body, ports, request))

    @desk.changes(
        router.post,
        f"{one_outreach}/withdrawal",
        "Withdraw a contact that was recorded by mistake",
        ClientUnknown,
        OutreachUnknown,
    )
    async def withdraw_outreach(client_id: UUID, outreach_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(outreach.withdraw, client_id, outreach_id, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/visits",
        "Record a visit without a sale",
        ClientUnknown,
        CalendarEventUnknown,
        StoreUnknown,
        VisitInvalid,
        leads_to=_OF_A_VISIT,
    )
    async def record_visit(client_id: UUID, body: visit.RecordVisit, request: Annotated[Request, creating]) -> Response:
        return await desk.made(f"/clients/{client_id}/visits", partial(visit.record, client_id, body, ports, request))

    @desk.changes(
        router.post,
        "/clients/{client_id}/visits/{visit_id}/withdrawal",
        "Withdraw a visit that was recorded by mistake",
        ClientUnknown,
        VisitUnknown,
    )
    async def withdraw_visit(client_id: UUID, visit_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(visit.withdraw, client_id, visit_id, ports, request))

    @desk.makes(
        router,
        "/clients/{client_id}/appointments",
        "Make an appointment with a client",
        ClientUnknown,
        AssociateUnknown,
        AssociateInvalid,
        CalendarEventUnknown,
        StoreUnknown,
        AppointmentInvalid,
        leads_to=_OF_AN_APPOINTMENT,
    )
    async def make_appointment(
        client_id: UUID, body: appointment.MakeAppointment, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(appointment.make, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/appointments", command)

    @desk.changes(
        router.put,
        f"{one_appointment}/time",
        "Move an appointment",
        ClientUnknown,
        AppointmentUnknown,
        AppointmentIsCancelled,
        AppointmentInvalid,
    )
    async def move_appointment(
        client_id: UUID,
        appointment_id: UUID,
        body: appointment.MoveAppointment,
        request: Annotated[Request, changing],
    ) -> Response:
        return await desk.changed(partial(appointment.move, client_id, appointment_id, body, ports, request))

    @desk.changes(
        router.post,
        f"{one_appointment}/cancellation",
        "Cancel an appointment",
        ClientUnknown,
        AppointmentUnknown,
        AppointmentInvalid,
    )
    async def cancel_appointment(
        client_id: UUID, appointment_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(appointment.cancel, client_id, appointment_id, ports, request))

    @desk.changes(
        router.put,
        f"{one_appointment}/attendance",
        "Say whether she kept an appointment",
        ClientUnknown,
        AppointmentUnknown,
        AppointmentIsCancelled,
        AppointmentInvalid,
    )
    async def say_attendance(
        client_id: UUID,
        appointment_id: UUID,
        body: appointment.SayAttendance,
        request: Annotated[Request, changing],
    ) -> Response:
        return await desk.changed(partial(appointment.say_attendance, client_id, appointment_id, body, ports, request))

    return router
