"""An appointment of a client at a store: made, moved, cancelled, kept or not kept."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.calendar_event.facts import Held
from domain.personal import Personal

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class AppointmentMade:
    """`out_of_hours`: the store opens for her alone."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    appointment_id: UUID
    associate_id: str
    store_id: str
    time: Held
    out_of_hours: bool
    calendar_event_id: UUID | None
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    client_id: UUID
    appointment_id: UUID
    time: Held
    previous: Held


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    client_id: UUID
    appointment_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentKept:
    """She came. Said after `AppointmentMissed`, it puts that right, and the other way round."""

    client_id: UUID
    appointment_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentMissed:
    client_id: UUID
    appointment_id: UUID


Event: TypeAlias = AppointmentMade | AppointmentMoved | AppointmentCancelled | AppointmentKept | AppointmentMissed
