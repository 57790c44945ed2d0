"""Commands about an appointment of a client: make it, move it, cancel it, and say whether she came."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import contact
from commands.contact import CalendarEventId, StoreId
from commands.execute import Decision, execute
from commands.fields import Body, ByClock, Prose, Switch, TimeZone, Word, example
from commands.needs import Check, at_work, known_client, together
from commands.ports import Done, Ports, Request, Stream
from domain import appointment, associate, store
from domain.access import Right, require
from domain.appointment import Appointment, AppointmentMade
from domain.calendar_event.scheduling import held
from domain.refusals import AppointmentInvalid

# --------------------------------------------------------------------------------------------------------------- bodies


class MoveAppointment(Body):
    """When it is from now on, as the clocks show it where it is. Of a time they show twice it is the first."""

    model_config = example(starts="2026-03-09T08:00", ends="2026-03-09T09:00")
    starts: ByClock
    ends: ByClock
    time_zone: Annotated[
        TimeZone | None,
        Field(description="Of the place where it is. Default: the store's; of one that is moved, as it was."),
    ] = None


class MakeAppointment(MoveAppointment):
    """An appointment with the client; one of the past is recorded like any other."""

    model_config = example(
        starts="2026-03-09T08:00", ends="2026-03-09T09:00", out_of_hours=True, remark="To see the emeralds."
    )
    associate_id: Annotated[Word | None, Field(description="With whom. Default: with you.")] = None
    store_id: StoreId = None
    out_of_hours: Annotated[Switch, Field(description="Whether the store opens for her alone.")] = False
    calendar_event_id: CalendarEventId = None
    remark: Prose | None = None


class SayAttendance(Body):
    """Whether she came. Said otherwise later, that is right."""

    model_config = example(kept=True)
    kept: Switch


# ------------------------------------------------------------------------------------------------------------- handlers


def make(client_id: UUID, body: MakeAppointment, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, where = ports.new_id(), contact.where(body.store_id, request.caller, AppointmentInvalid)
    [its] = ports.streams.read([store.stream_id(where)])
    zone = body.time_zone or store.require_store(store.after(its.events), "store_id").time_zone
    event = AppointmentMade(
        client_id,
        id,
        body.associate_id or request.caller.acts_as,
        where,
        held(body.starts, body.ends, zone, AppointmentInvalid),
        body.out_of_hours,
        body.calendar_event_id,
        body.remark,
    )
    needs = together(
        *contact.named(client_id, body.calendar_event_id, body.store_id).items(),
        *_with_whom(body.associate_id, ports).items(),
    )
    decision = Decision(
        Stream(id, client_id), appointment.after, lambda now: appointment.make(now, event), id, needs=needs
    )
    return execute(ports, request, decision)


def move(client_id: UUID, appointment_id: UUID, body: MoveAppointment, ports: Ports, request: Request) -> Done:
    def decide(now: Appointment) -> list[appointment.Event]:
        was = now.time or appointment.require_known(now, client_id).time
        to = held(body.starts, body.ends, body.time_zone or was.time_zone, AppointmentInvalid)
        return appointment.move(now, client_id, to)

    return _changed(client_id, appointment_id, decide, ports, request)


def cancel(client_id: UUID, appointment_id: UUID, ports: Ports, request: Request) -> Done:
    return _changed(client_id, appointment_id, lambda now: appointment.cancel(now, client_id), ports, request)


def say_attendance(client_id: UUID, appointment_id: UUID, body: SayAttendance, ports: Ports, request: Request) -> Done:
    say, at = appointment.keep if body.kept else appointment.miss, ports.clock()
    return _changed(client_id, appointment_id, lambda now: say(now, client_id, at), ports, request)


def _changed(
    client_id: UUID,
    appointment_id: UUID,
    decide: Callable[[Appointment], list[appointment.Event]],
    ports: Ports,
    request: Request,
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = Decision(
        Stream(appointment_id, client_id),
        appointment.after,
        decide,
        appointment_id,
        needs={client_id: known_client},
        guard=lambda now: appointment.require_known(now, client_id),
    )
    return execute(ports, request, decision)


def _with_whom(associate_id: str | None, ports: Ports) -> dict[UUID, Check]:
    """Whoever is named still works for the house."""
    if associate_id is None:
        return {}
    return {associate.stream_id(associate_id): at_work("associate_id", ports.clock().date())}
