"""What became of a tickler: whether it is open on a day, and if not, how it ended."""

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CTE, FromClause, Select, and_, case, func, select, true

from domain.tickler_rule import Cause
from projections.contacts import outreach, settles
from projections.invitations import sending
from projections.ticklers import COMPLETED, done
from queries.invited import SENDING
from queries.outreach import SETTLES
from queries.tickler.row import is_
from queries.tickler.rules import ON


class State(StrEnum):
    """Open: due before the day, on it, or later. Ended: done, not to be done, over by itself, or without a reason since
    she bought."""

    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"
    COMPLETED = "completed"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


OPEN: Final = (State.OVERDUE, State.TODAY, State.COMING)


class How(StrEnum):
    """How a tickler ended: by a contact, by the invitation that went out, by somebody who said that it is done without
    either, or that it is not to be done; by itself; because she bought."""

    CONTACT = "contact"
    INVITATION = "invitation"
    COMPLETED = "completed"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    BOUGHT = "bought"


_STATE_OF: Final = {
    How.CONTACT: State.COMPLETED,
    How.INVITATION: State.COMPLETED,
    How.COMPLETED: State.COMPLETED,
    How.DISMISSED: State.DISMISSED,
    How.EXPIRED: State.EXPIRED,
    How.BOUGHT: State.SUPERSEDED,
}


def put_off(found: CTE) -> Select[Any]:
    """The rows, due and over when they are by what was done with them, with all of that but contacts."""
    until = case((done.c.ended.is_(None), done.c.snoozed_until))
    due = func.greatest(found.c.due, until, type_=found.c.due.type)
    return (
        select(
            *(column for column in found.c if column.name not in ("due", "shows_on", "expires_on")),
            due.label("due"),
            func.greatest(found.c.shows_on, until, type_=found.c.due.type).label("shows_on"),
            (found.c.expires_on + (due - found.c.due)).label("expires_on"),
            until.label("put_off_until"),
            # What is due before the event is about coming to it.
            (found.c.due < found.c.day).label("before"),
            done.c.owner.label("handed_to"),
            *done.c["remark", "ended", "ended_by", "ended_at"],
        )
        .select_from(found)
        .outerjoin(done, and_(done.c.client_id == found.c.client_id, done.c.tickler_id == found.c.tickler_id))
    )


def with_state(found: FromClause) -> Select[Any]:
    """The rows of `put_off` with `how` and by whom and when each ended, and its `state`."""
    contact = (
        select(*outreach.c["outreach_id", "associate_id", "at"])
        .join_from(
            settles,
            outreach,
            and_(outreach.c.client_id == settles.c.client_id, outreach.c.outreach_id == settles.c.outreach_id),
        )
        .where(settles.c.client_id == found.c.client_id, settles.c.tickler_id == found.c.tickler_id, SETTLES)
        .order_by(outreach.c.at, outreach.c.outreach_id)
        .limit(1)
        .lateral("contact")
    )
    invited = (
        select(*outreach.c["outreach_id", "associate_id", "at"])
        .select_from(SENDING)
        .where(
            found.c.kind == is_(Cause.CALENDAR_EVENT),
            found.c.before,
            sending.c.client_id == found.c.client_id,
            sending.c.calendar_event_id == found.c.calendar_event_id,
            SETTLES,
        )
        .order_by(outreach.c.at, outreach.c.outreach_id)
        .limit(1)
        .lateral("invited")
    )
    acted = (
        select(
            *(column for column in found.c if column.name not in ("before", "ended", "ended_by", "ended_at")),
            # What somebody ended without a contact has none, though she was invited besides.
            func.coalesce(
                contact.c.outreach_id,
                case((found.c.ended.is_(None), invited.c.outreach_id)),
                type_=contact.c.outreach_id.type,
            ).label("outreach_id"),
            case(
                (contact.c.outreach_id.is_not(None), is_(How.CONTACT)),
                (found.c.ended == COMPLETED, is_(How.COMPLETED)),
                (found.c.ended.is_not(None), is_(How.DISMISSED)),
                (invited.c.outreach_id.is_not(None), is_(How.INVITATION)),
                (found.c.over_on <= ON, is_(How.BOUGHT)),
                (found.c.expires_on < ON, is_(How.EXPIRED)),
            ).label("how"),
            func.coalesce(contact.c.associate_id, found.c.ended_by, invited.c.associate_id).label("ended_by"),
            func.coalesce(contact.c.at, found.c.ended_at, invited.c.at).label("ended_at"),
        )
        .select_from(found)
        .outerjoin(contact, true())
        .outerjoin(invited, true())
        .subquery("acted")
    )
    state = case(
        *((acted.c.how == is_(how), is_(state)) for how, state in _STATE_OF.items()),
        (acted.c.due < ON, is_(State.OVERDUE)),
        (acted.c.due == ON, is_(State.TODAY)),
        else_=is_(State.COMING),
    )
    return select(acted, state.label("state"))
