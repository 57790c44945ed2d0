"""Ticklers about calendar events that reach a client, to which she is invited, or at which she was."""

from typing import Any, Final

from sqlalchemy import Date, Select, Text, Uuid, and_, case, cast, func, select, true, union

from domain.tickler_rule import Cause
from projections.calendar import calendar_event
from projections.membership import term
from projections.ticklers import done
from queries.reach import invited, reached
from queries.sql import for_each
from queries.tickler.row import Ground, about, by_rule, chosen, in_time, is_, rows_of

_ID: Final = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def calendar_events(of: Ground) -> Select[Any]:
    whose, rules = of.whose, of.rules
    first, last = (
        select(extreme(column, type_=Date)).where(about(of, Cause.CALENDAR_EVENT)).scalar_subquery()
        for extreme, column in ((func.min, rules.c.first_day), (func.max, rules.c.last_day))
    )
    event_id = case((done.c.cause.regexp_match(_ID), cast(done.c.cause, Uuid)))
    later = for_each(
        select(event_id.label("calendar_event_id")).where(
            done.c.client_id == whose.c.client_id, done.c.snoozed_until.is_not(None), done.c.ended.is_(None)
        ),
        "later",
    )
    # What was put off may be of an event long ago.
    put_off = (
        select(func.min(calendar_event.c.first_day, type_=Date))
        .join_from(whose, later, true())
        .join(calendar_event, calendar_event.c.calendar_event_id == later.c.calendar_event_id)
        .where(whose.c.put_off)
        .scalar_subquery()
    )
    clients = select(*whose.c["client_id", "store_id"])
    lists = invited(whose)
    attended = select(*lists.c["client_id", "calendar_event_id"]).where(lists.c.came)
    terms = rows_of(of, term, "organization_id", "since", "until").cte("terms")
    to = (
        union(reached(clients, func.least(first, put_off), last, lists=lists, terms=terms, living=True), attended)
        .cte("to")
        .prefix_with("MATERIALIZED")
    )
    day = calendar_event.c.first_day
    return (
        select(
            *by_rule(
                of,
                is_(Cause.CALENDAR_EVENT),
                day,
                cause=cast(calendar_event.c.calendar_event_id, Text),
                calendar_event_id=calendar_event.c.calendar_event_id,
                name=calendar_event.c.name,
                event_id=calendar_event.c.event_id,
            )
        )
        .select_from(whose.join(to, to.c.client_id == whose.c.client_id))
        .join(calendar_event, calendar_event.c.calendar_event_id == to.c.calendar_event_id)
        .join(rules, and_(about(of, Cause.CALENDAR_EVENT), chosen(rules.c.event_kinds, calendar_event.c.kind)))
        .where(~calendar_event.c.cancelled, *in_time(of, day))
    )
