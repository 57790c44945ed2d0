"""Who was asked to a calendar event, who came, who bought, and who had been spoken to before; as columns of one row.

A guest who is not on the list herself counts under who brought her.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, union

from projections.calendar import calendar_event
from projections.contacts import outreach
from projections.invitations import guest, invitation, preview
from queries.sell_through.stated import EVENT_ID, STATED
from queries.sql import combined

_GOT_THROUGH: Final = ("reached", "sent", "message-left")

LINES: Final = STATED.cte("stated")

_LISTED: Final = invitation.alias("listed")


def _listed(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(_LISTED.c.client_id == client_id, _LISTED.c.calendar_event_id == EVENT_ID, _LISTED.c.listed)


_BROUGHT: Final = guest.alias("brought")


def _brought(client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(_BROUGHT.c.guest_id == client_id, _BROUGHT.c.calendar_event_id == EVENT_ID)


_BUYERS: Final = (
    select(LINES.c.client_id)
    .where(LINES.c.client_id.is_not(None))
    .where(LINES.c.quantity > LINES.c.cancelled_quantity + LINES.c.returned_quantity)
    .distinct()
    .cte("buyers")
)
# Under whom what was bought counts: who bought it, unless she was brought, else whoever brought her.
_UNDER: Final = union(
    select(_BUYERS.c.client_id).where(or_(_listed(_BUYERS.c.client_id), ~_brought(_BUYERS.c.client_id))),
    select(guest.c.client_id)
    .join_from(_BUYERS, guest, guest.c.guest_id == _BUYERS.c.client_id)
    .where(guest.c.calendar_event_id == EVENT_ID, ~_listed(_BUYERS.c.client_id)),
).cte("under")
_BOUGHT: Final = invitation.c.client_id.in_(select(_UNDER.c.client_id))
_CAME: Final = invitation.c.attended_at.is_not(None)
_CAME_WITHOUT: Final = (~invitation.c.listed, _CAME, ~_brought(invitation.c.client_id))


def _how_many(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*where)


RESPONSE: Final = (
    select(
        combined(
            invited=_how_many(invitation.c.listed),
            sent=_how_many(invitation.c.listed, invitation.c.sent_at.is_not(None)),
            accepted=_how_many(invitation.c.listed, invitation.c.accepted),
            declined=_how_many(invitation.c.listed, ~invitation.c.accepted),
            attended=_how_many(invitation.c.listed, _CAME),
            bought=_how_many(invitation.c.listed, _BOUGHT),
            people=func.coalesce(func.sum(invitation.c.people), 0),
            came_without=_how_many(*_CAME_WITHOUT),
            came_without_and_bought=_how_many(*_CAME_WITHOUT, _BOUGHT),
            under=select(func.count()).select_from(_UNDER).scalar_subquery(),
        )
    )
    .where(invitation.c.calendar_event_id == EVENT_ID)
    .scalar_subquery()
)
"""`people` are all who came; `under` is the number of those under whom anything that was bought counts."""

_SPOKEN_TO: Final = (
    select(outreach.c.client_id)
    .join(calendar_event, calendar_event.c.calendar_event_id == outreach.c.calendar_event_id)
    .where(outreach.c.calendar_event_id == EVENT_ID, outreach.c.at < calendar_event.c.starts_at)
    .where(outreach.c.outcome.in_(_GOT_THROUGH))
    .cte("spoken_to")
)
_SHOWN: Final = (
    select(preview.c.client_id)
    .join(calendar_event, calendar_event.c.calendar_event_id == preview.c.calendar_event_id)
    .where(preview.c.calendar_event_id == EVENT_ID, preview.c.at < calendar_event.c.starts_at)
    .cte("shown")
)
_CONTACTED: Final = union(select(_SPOKEN_TO.c.client_id), select(_SHOWN.c.client_id)).cte("contacted")


def _count_contacted(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(_CONTACTED).where(*where).scalar_subquery()


_HERE: Final = invitation.alias("here")
CONTACTS: Final = combined(
    outreach=select(func.count()).select_from(_SPOKEN_TO).scalar_subquery(),
    previews=select(func.count()).select_from(_SHOWN).scalar_subquery(),
    clients=_count_contacted(),
    attended=_count_contacted(
        exists().where(
            _HERE.c.client_id == _CONTACTED.c.client_id,
            _HERE.c.calendar_event_id == EVENT_ID,
            _HERE.c.attended_at.is_not(None),
        )
    ),
    bought=_count_contacted(_CONTACTED.c.client_id.in_(select(_UNDER.c.client_id))),
)
"""Contacts before the event that got through, and pieces shown before it."""

# With those whom they brought.
_OF_CONTACTED: Final = union(
    select(_CONTACTED.c.client_id),
    select(guest.c.guest_id)
    .join_from(_CONTACTED, guest, guest.c.client_id == _CONTACTED.c.client_id)
    .where(guest.c.calendar_event_id == EVENT_ID, ~_listed(guest.c.guest_id)),
).cte("of_contacted")

WITH_CONTACTS: Final = select(*LINES.c, LINES.c.client_id.in_(select(_OF_CONTACTED.c.client_id)).label("contacted"))
"""The lines, and whether the client had been spoken to before, or who brought her."""
