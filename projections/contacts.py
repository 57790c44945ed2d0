"""What passed between a client and those who serve her: outreach, visits without a sale, appointments?"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.appointment import (
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMade,
    AppointmentMissed,
    AppointmentMoved,
)
from domain.calendar_event.facts import Held
from domain.outreach import OutcomeCorrected, OutreachRecorded, OutreachWithdrawn
from domain.personal import unless_erased
from domain.tickler_cause import tickler_id
from domain.visit import VisitRecorded, VisitWithdrawn
from projections.projection import Projection, Rows

contacts: Final = Projection("contacts", 1)

outreach: Final = contacts.owned(
    "outreach",
    "client_id",
    Column("outreach_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("store_id", Text),
    Column("at", DateTime(timezone=True)),
    Column("direction", Text),
    Column("channel", Text),
    Column("purpose", Text),
    Column("outcome", Text),
    Column("contact_point_id", Uuid),
    Column("items", ARRAY(Text)),
    Column("calendar_event_id", Uuid),
    Column("remark", Text),
    Column("recorded_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{outreach.name}_at", outreach.c.client_id, outreach.c.at.desc())
Index(f"{outreach.name}_associate", outreach.c.associate_id, outreach.c.at)
Index(f"{outreach.name}_store", outreach.c.store_id, outreach.c.at)
Index(
    f"{outreach.name}_event",
    outreach.c.calendar_event_id,
    postgresql_where=outreach.c.calendar_event_id.is_not(None),
)

# Which ticklers it settles, as long as its outcome settles anything.
settles: Final = contacts.owned(
    "outreach_tickler",
    "client_id",
    Column("tickler_id", Uuid, primary_key=True),
    Column("outreach_id", Uuid, primary_key=True),
)

visit: Final = contacts.owned(
    "visit",
    "client_id",
    Column("visit_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("store_id", Text),
    Column("at", DateTime(timezone=True)),
    Column("items", ARRAY(Text)),
    Column("reason", Text),
    Column("calendar_event_id", Uuid),
    Column("remark", Text),
    Column("event_id", Uuid),
    Column("recorded_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{visit.name}_store", visit.c.store_id, visit.c.at)

appointment: Final = contacts.owned(
    "appointment",
    "client_id",
    Column("appointment_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("store_id", Text),
    Column("starts_at", DateTime(timezone=True)),
    Column("ends_at", DateTime(timezone=True)),
    Column("time_zone", Text),
    Column("day", Date),  # at the store
    Column("out_of_hours", Boolean),
    Column("calendar_event_id", Uuid),
    Column("remark", Text),
    Column("cancelled", Boolean, default=False),
    Column("kept", Boolean),  # NULL: nobody has said yet
    Column("event_id", Uuid),
    Column("recorded_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{appointment.name}_store", appointment.c.store_id, appointment.c.starts_at)
Index(f"{appointment.name}_associate", appointment.c.associate_id, appointment.c.starts_at)


@contacts.on(OutreachRecorded)
def outreach_recorded(event: OutreachRecorded, rows: Rows) -> None:
    rows.put(
        outreach,
        outreach_id=event.outreach_id,
        associate_id=event.associate_id,
        store_id=event.store_id,
        at=event.at,
        direction=event.direction.value,
        channel=event.channel.value,
        purpose=event.purpose.value,
        outcome=event.outcome.value,
        contact_point_id=event.contact_point_id,
        items=list(event.items),
        calendar_event_id=event.calendar_event_id,
        remark=unless_erased(event.remark),
        recorded_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )
    for each in event.ticklers:
        rows.put(settles, tickler_id=tickler_id(event.client_id, each), outreach_id=event.outreach_id)


@contacts.on(OutcomeCorrected)
def outcome_corrected(event: OutcomeCorrected, rows: Rows) -> None:
    rows.patch(
        outreach,
        outreach_id=event.outreach_id,
        outcome=event.outcome.value,
        stream_version=rows.recorded.stream_version,
    )


@contacts.on(OutreachWithdrawn)
def outreach_withdrawn(event: OutreachWithdrawn, rows: Rows) -> None:
    # What it settled stays behind without it, and settles nothing.
    rows.drop(outreach, outreach_id=event.outreach_id)


@contacts.on(VisitRecorded)
def visit_recorded(event: VisitRecorded, rows: Rows) -> None:
    rows.put(
        visit,
        visit_id=event.visit_id,
        associate_id=event.associate_id,
        store_id=event.store_id,
        at=event.at,
        items=list(event.items),
        reason=event.reason,
        calendar_event_id=event.calendar_event_id,
        remark=unless_erased(event.remark),
        event_id=rows.recorded.event_id,
        recorded_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )


@contacts.on(VisitWithdrawn)
def visit_withdrawn(event: VisitWithdrawn, rows: Rows) -> None:
    rows.drop(visit, visit_id=event.visit_id)


@contacts.on(AppointmentMade)
def appointment_made(event: AppointmentMade, rows: Rows) -> None:
    rows.put(
        appointment,
        appointment_id=event.appointment_id,
        associate_id=event.associate_id,
        store_id=event.store_id,
        **_at(event.time),
        out_of_hours=event.out_of_hours,
        calendar_event_id=event.calendar_event_id,
        remark=unless_erased(event.remark),
        event_id=rows.recorded.event_id,
        recorded_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )


@contacts.on(AppointmentMoved)
def appointment_moved(event: AppointmentMoved, rows: Rows) -> None:
    _became(event, rows, **_at(event.time), event_id=rows.recorded.event_id)


@contacts.on(AppointmentCancelled)
def appointment_cancelled(event: AppointmentCancelled, rows: Rows) -> None:
    _became(event, rows, cancelled=True)


@contacts.on(AppointmentKept)
def appointment_kept(event: AppointmentKept, rows: Rows) -> None:
    _became(event, rows, kept=True)


@contacts.on(AppointmentMissed)
def appointment_missed(event: AppointmentMissed, rows: Rows) -> None:
    _became(event, rows, kept=False)


def _became(event: Any, rows: Rows, **columns: Any) -> None:
    rows.patch(appointment, appointment_id=event.appointment_id, **columns, stream_version=rows.recorded.stream_version)


def _at(time: Held) -> dict[str, Any]:
    return {
        "starts_at": time.starts_at,
        "ends_at": time.ends_at,
        "time_zone": time.time_zone,
        "day": time.first_day,
    }
