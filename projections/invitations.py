"""Who is on the list of a calendar event, what did she answer, did she come, with whom, and what had she seen before?

A row of a client and an event begins with whatever is recorded first, so that who came without an invitation has one.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.invitation.events import (
    AttendanceWithdrawn,
    Attended,
    GuestBrought,
    GuestRemoved,
    InvitationAnswered,
    InvitationSent,
    PiecesPreviewed,
    PutOnList,
    TakenOffList,
)
from domain.personal import unless_erased
from projections.projection import Projection, Rows

invitations: Final = Projection("invitations", 1)

invitation: Final = invitations.owned(
    "invitation",
    "client_id",
    Column("calendar_event_id", Uuid, primary_key=True),
    Column("invitation_id", Uuid),
    Column("listed", Boolean, default=False),
    Column("party", Text),
    Column("seats", Integer),
    Column("through", Uuid),  # the organization from which the list was made
    Column("listed_at", DateTime(timezone=True)),
    Column("accepted", Boolean),
    Column("accepted_seats", Integer),
    Column("answered_at", DateTime(timezone=True)),
    Column("attended_at", DateTime(timezone=True)),
    Column("people", Integer),
    Column("event_id", Uuid),  # of what was recorded last
    Column("stream_version", Integer),
)
Index(f"{invitation.name}_event", invitation.c.calendar_event_id, invitation.c.client_id)

# By which outreach she was invited, whatever became of it.
sending: Final = invitations.owned(
    "invitation_sending",
    "client_id",
    Column("calendar_event_id", Uuid, primary_key=True),
    Column("outreach_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("channel", Text),
    Column("at", DateTime(timezone=True)),
)

preview: Final = invitations.owned(
    "invitation_preview",
    "client_id",
    Column("calendar_event_id", Uuid, primary_key=True),
    Column("preview_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("at", DateTime(timezone=True)),
    Column("pieces", JSONB),  # objects of `sku`, `serial_number` and `interested`
    Column("remark", Text),
)
Index(f"{preview.name}_event", preview.c.calendar_event_id, preview.c.client_id)

guest: Final = invitations.owned(
    "invitation_guest",
    "client_id",  # the host
    Column("calendar_event_id", Uuid, primary_key=True),
    Column("guest_id", Uuid, primary_key=True),
)
Index(f"{guest.name}_guest", guest.c.guest_id, guest.c.calendar_event_id)


@invitations.on(PutOnList)
def put_on_list(event: PutOnList, rows: Rows) -> None:
    _moved_on(
        event,
        rows,
        listed=True,
        party=event.party.value,
        seats=event.seats,
        through=event.through,
        listed_at=rows.recorded.recorded_at,
    )


@invitations.on(TakenOffList)
def taken_off_list(event: TakenOffList, rows: Rows) -> None:
    _moved_on(event, rows, listed=False)


@invitations.on(InvitationSent)
def sent(event: InvitationSent, rows: Rows) -> None:
    _moved_on(event, rows)
    rows.put(
        sending,
        calendar_event_id=event.calendar_event_id,
        outreach_id=event.outreach_id,
        associate_id=event.associate_id,
        channel=event.channel.value,
        at=event.at,
    )


@invitations.on(InvitationAnswered)
def answered(event: InvitationAnswered, rows: Rows) -> None:
    _moved_on(event, rows, accepted=event.accepted, accepted_seats=event.seats, answered_at=event.at)


@invitations.on(Attended)
def attended(event: Attended, rows: Rows) -> None:
    _moved_on(event, rows, attended_at=event.at, people=event.people)


@invitations.on(AttendanceWithdrawn)
def attendance_withdrawn(event: AttendanceWithdrawn, rows: Rows) -> None:
    _moved_on(event, rows, attended_at=None, people=None)


@invitations.on(PiecesPreviewed)
def pieces_previewed(event: PiecesPreviewed, rows: Rows) -> None:
    _moved_on(event, rows)
    key = {"calendar_event_id": event.calendar_event_id, "preview_id": event.preview_id}
    if not event.pieces:
        rows.drop(preview, **key)
        return
    rows.put(
        preview,
        **key,
        associate_id=event.associate_id,
        at=event.at,
        pieces=[
            {"sku": each.sku, "serial_number": each.serial_number, "interested": each.interested}
            for each in event.pieces
        ],
        remark=unless_erased(event.remark),
    )


@invitations.on(GuestBrought)
def guest_brought(event: GuestBrought, rows: Rows) -> None:
    _moved_on(event, rows)
    rows.put(guest, calendar_event_id=event.calendar_event_id, guest_id=event.guest_id)


@invitations.on(GuestRemoved)
def guest_removed(event: GuestRemoved, rows: Rows) -> None:
    _moved_on(event, rows)
    rows.drop(guest, calendar_event_id=event.calendar_event_id, guest_id=event.guest_id)


def _moved_on(event: Any, rows: Rows, **columns: Any) -> None:
    """The first event of the stream begins the row."""
    ask = rows.put if rows.recorded.stream_version == 1 else rows.patch
    ask(
        invitation,
        calendar_event_id=event.calendar_event_id,
        invitation_id=event.invitation_id,
        **columns,
        event_id=rows.recorded.event_id,
        stream_version=rows.recorded.stream_version,
    )
