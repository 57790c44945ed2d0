"""Which members of an organization can be put on the list of a calendar event together?"""

from typing import Any, Final

from sqlalchemy import Select, Text, Uuid, bindparam, or_, select

from domain.access import Right, Viewer
from projections.calendar import calendar_event
from projections.client_card import card
from projections.membership import term
from queries import reach, visibility
from queries.sql import overlaps

_THIS: Final = calendar_event.c.calendar_event_id == bindparam("calendar_event_id", type_=Uuid)
_FIRST, _LAST = (select(day).where(_THIS).scalar_subquery() for day in calendar_event.c["first_day", "last_day"])
_TIE: Final = bindparam("tie", type_=Text)

_MEMBERS: Final = (
    select(term.c.client_id)
    .distinct()
    .join_from(term, card, card.c.client_id == term.c.client_id)
    .where(
        term.c.organization_id == bindparam("organization_id", type_=Uuid),
        or_(_TIE.is_(None), term.c.tie == _TIE),
        overlaps(term.c.since, term.c.until, _FIRST, _LAST),
        visibility.file(),
    )
)
_REACHED: Final = reach.reached(_MEMBERS, _FIRST, _LAST, _THIS).subquery("reached")

INVITABLE: Final[Select[Any]] = select(_REACHED.c.client_id).order_by(_REACHED.c.client_id).limit(bindparam("most"))
"""The first `most` living clients whom the caller sees, whom the calendar event reaches, and who belong to this
organization, or are interested in it, on one of its days; with a `tie` only who does the one or the other."""


def parameters(viewer: Viewer) -> dict[str, Any]:
    """Those that are about the caller."""
    return {**visibility.parameters(viewer, Right.KEEP_CALENDAR), **reach.parameters(viewer)}
