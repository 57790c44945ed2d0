"""How does a client stand to a calendar event? The one place of the read side that decides it.

It is asked of `STANDING`: rows of `invitation`, each with its client's `card` and its `calendar_event`.
"""

from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Date, and_, case, cast, exists, func, not_, or_
from sqlalchemy.dialects.postgresql import array

from domain.invitation.events import WENT_OUT
from projections.calendar import calendar_event
from projections.client_card import card
from projections.contacts import outreach
from projections.invitations import invitation, sending


class Standing(StrEnum):
    """On the list; on it and invited, and coming or not, as she answered; there; there without being on the list."""

    LISTED = "listed"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"
    CAME_WITHOUT = "came-without"


STANDING: Final = invitation.join(card, card.c.client_id == invitation.c.client_id).join(
    calendar_event, calendar_event.c.calendar_event_id == invitation.c.calendar_event_id
)
SENDING: Final = sending.join(
    outreach, (outreach.c.client_id == sending.c.client_id) & (outreach.c.outreach_id == sending.c.outreach_id)
)
"""What went out, and what is known of it by now; what was withdrawn never was."""

WENT: Final = or_(*(outreach.c.outcome == outcome.value for outcome in sorted(WENT_OUT)))
"""Whether she was invited by it, as far as is known by now."""

_DIED_ON: Final = func.coalesce(card.c.died_on, cast(func.timezone("UTC", card.c.death_recorded_at), Date))
_LISTED: Final = and_(invitation.c.listed, not_(and_(card.c.died, calendar_event.c.last_day >= _DIED_ON)))
_SENT: Final = (
    exists()
    .select_from(SENDING)
    .where(
        sending.c.client_id == invitation.c.client_id,
        sending.c.calendar_event_id == invitation.c.calendar_event_id,
        WENT,
    )
    .correlate(invitation)
)
_CAME: Final = invitation.c.attended_at.is_not(None)

STANDS: Final[dict[Standing, ColumnElement[bool]]] = {
    # Her death takes her off the list, unless the event was over by then.
    Standing.LISTED: _LISTED,
    Standing.SENT: and_(_LISTED, _SENT),
    Standing.ACCEPTED: and_(_LISTED, invitation.c.accepted.is_(True)),
    Standing.DECLINED: and_(_LISTED, invitation.c.accepted.is_(False)),
    Standing.ATTENDED: _CAME,
    Standing.CAME_WITHOUT: and_(_CAME, not_(_LISTED)),
}

STANDS_HOW: Final = func.array_remove(array([case((is_so, each.value)) for each, is_so in STANDS.items()]), None)
"""All that is so, as an array of `Standing`."""
