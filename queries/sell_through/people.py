"""Who was asked to a calendar event, who came, who bought, and who had been spoken to before; as columns of one row.

A guest who is not on the list herself counts under who brought her.
"""

from typing import Final

from sqlalchemy import ColumnElement, exists, func, or_, select, union

from projections.calendar import calendar_event
from projections.client_card import card
from projections.contacts import outreach
from projections.invitations import guest, invitation, preview
from queries.invited import STANDING, STANDS, WENT
from queries.sell_through.stated import EVENT_ID, STATED
from queries.sql import combined

LINES: Final = STATED.cte("stated")

PEOPLE: Final = (
    select(
        *invitation.c["client_id", "people"],
        *(so.label(standing.name.lower()) for standing, so in STANDS.items()),
    )
    .select_from(STANDING)
    .where(invitation.c.calendar_event_id == EVENT_ID, card.c.is_client)
    .cte("people")
)
"""How each client stands to the event; columns as in `Standing`."""

_LISTED: Final = select(PEOPLE.c.client_id).where(PEOPLE.c.listed)
GUESTS: Final = (
    select(guest.c.guest_id, guest.c.client_id.label("host_id"))
    .join_from(PEOPLE, guest, guest.c.client_id == PEOPLE.c.client_id)
    .where(guest.c.calendar_event_id == EVENT_ID, guest.c.guest_id.not_in(_LISTED))
    .cte("guests")
)

_BUYERS: Final = (
    select(LINES.c.client_id)
    .where(LINES.c.client_id.is_not(None))
    .where(LINES.c.quantity > LINES.c.cancelled_quantity + LINES.c.returned_quantity)
    .distinct()
    .cte("buyers")
)
# Under whom what was bought counts: who bought it, unless she was brought, else whoever brought her.
_UNDER: Final = union(
    select(_BUYERS.c.client_id).where(_BUYERS.c.client_id.not_in(select(GUESTS.c.guest_id))),
    select(GUESTS.c.host_id).join_from(_BUYERS, GUESTS, GUESTS.c.guest_id == _BUYERS.c.client_id),
).cte("under")
_BOUGHT: Final = PEOPLE.c.client_id.in_(select(_UNDER.c.client_id))


def _how_many(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*where)


RESPONSE: Final = select(
    combined(
        invited=_how_many(PEOPLE.c.listed),
        sent=_how_many(PEOPLE.c.sent),
        accepted=_how_many(PEOPLE.c.accepted),
        declined=_how_many(PEOPLE.c.declined),
        attended=_how_many(PEOPLE.c.listed, PEOPLE.c.attended),
        bought=_how_many(PEOPLE.c.listed, _BOUGHT),
        came_without=_how_many(PEOPLE.c.came_without),
        came_without_and_bought=_how_many(PEOPLE.c.came_without, _BOUGHT),
        people=func.coalesce(func.sum(PEOPLE.c.people), 0),
        under=select(func.count()).select_from(_UNDER).scalar_subquery(),
    )
).scalar_subquery()
"""`people` are all who came; `under` is the number of those under whom anything that was bought counts."""

_SPOKEN_TO: Final = (
    select(outreach.c.client_id)
    .join(calendar_event, calendar_event.c.calendar_event_id == outreach.c.calendar_event_id)
    .where(outreach.c.calendar_event_id == EVENT_ID, outreach.c.at < calendar_event.c.starts_at)
    .where(WENT)
    .cte("spoken_to")
)
_SHOWN: Final = (
    select(preview.c.client_id)
    .join(calendar_event, calendar_event.c.calendar_event_id == preview.c.calendar_event_id)
    .where(preview.c.calendar_event_id == EVENT_ID, preview.c.at < calendar_event.c.starts_at)
    .cte("shown")
)
_CONTACTED: Final = union(select(_SPOKEN_TO.c.client_id), select(_SHOWN.c.client_id)).cte("contacted")


def _of_contacted(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(_CONTACTED).where(*where).scalar_subquery()


CONTACTS: Final = combined(
    outreach=select(func.count()).select_from(_SPOKEN_TO).scalar_subquery(),
    previews=select(func.count()).select_from(_SHOWN).scalar_subquery(),
    clients=_of_contacted(),
    attended=_of_contacted(exists().where(PEOPLE.c.client_id == _CONTACTED.c.client_id, PEOPLE.c.attended)),
    bought=_of_contacted(_CONTACTED.c.client_id.in_(select(_UNDER.c.client_id))),
)
"""Contacts before the event that got through, and pieces shown before it."""

WITH_CONTACTS: Final = select(
    *LINES.c,
    or_(
        LINES.c.client_id.in_(select(_CONTACTED.c.client_id)),
        LINES.c.client_id.in_(
            select(GUESTS.c.guest_id).join_from(GUESTS, _CONTACTED, GUESTS.c.host_id == _CONTACTED.c.client_id)
        ),
    ).label("contacted"),
)
"""The lines, and whether the client had been spoken to before, or who brought her."""
