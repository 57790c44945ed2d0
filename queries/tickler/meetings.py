"""Ticklers about how a client and the house meet: appointments, visits without a sale, her first days in the book, and
what somebody wrote herself."""

from typing import Any, Final

from sqlalchemy import CTE, Date, Select, Text, bindparam, case, cast, func, or_, select, true

from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause, Owner
from projections.contacts import appointment as made
from projections.contacts import visit as visited
from projections.ticklers import follow_up as written
from queries.local_day import local_day, zone_at
from queries.sql import for_each
from queries.tickler.row import ONCE, Ground, about, by_rule, few, in_time, is_, row
from queries.tickler.rules import FIRST, LAST, ON

ZONE: Final = bindparam("zone", type_=Text)
"""The time zone of the place where the list is asked for."""


def appointments(of: Ground) -> Select[Any]:
    appointment = for_each(
        select(made).where(made.c.client_id == of.whose.c.client_id, ~made.c.cancelled), "appointment"
    )
    day = appointment.c.day
    return (
        select(
            *by_rule(
                of,
                is_(Cause.APPOINTMENT),
                day,
                cause=cast(appointment.c.appointment_id, Text),
                at=appointment.c.starts_at,
                associate_id=appointment.c.associate_id,
                calendar_event_id=appointment.c.calendar_event_id,
                event_id=appointment.c.event_id,
            )
        )
        .select_from(of.whose.join(appointment, true()))
        .join(of.rules, about(of, Cause.APPOINTMENT))
        .where(*in_time(of, day))
    )


def visits(of: Ground) -> Select[Any]:
    visit = for_each(select(visited).where(visited.c.client_id == of.whose.c.client_id), "visit")
    day = local_day(visit.c.at, zone_at(visit.c.store_id))
    return (
        select(
            *by_rule(
                of,
                is_(Cause.VISIT),
                day,
                cause=cast(visit.c.visit_id, Text),
                at=visit.c.at,
                name=visit.c.reason,
                associate_id=visit.c.associate_id,
                calendar_event_id=visit.c.calendar_event_id,
                event_id=visit.c.event_id,
            )
        )
        .select_from(of.whose.join(visit, true()))
        .join(of.rules, about(of, Cause.VISIT))
        .where(*in_time(of, day))
    )


def registrations(of: Ground, bought: CTE) -> Select[Any]:
    """A client who has bought nothing by the day on which it is due; over once she buys."""
    whose, rules = of.whose, of.rules
    day = local_day(whose.c.registered_at, zone_at(whose.c.store_id))
    new = few(
        select(*whose.c["client_id", "put_off", "event_id"], *rules.c, day.label("registered_on"))
        .select_from(whose)
        .join(rules, about(of, Cause.REGISTRATION))
        .where(*in_time(of, day))
    )
    first = (
        select(bought.c.client_id, func.min(bought.c.day, type_=Date).label("day"))
        .group_by(bought.c.client_id)
        .subquery("first_purchase")
    )
    return (
        select(
            *by_rule(
                Ground(new, new),
                is_(Cause.REGISTRATION),
                new.c.registered_on,
                cause=cast(new.c.client_id, Text),
                over_on=first.c.day,
                event_id=new.c.event_id,
            )
        )
        .select_from(new.outerjoin(first, first.c.client_id == new.c.client_id))
        .where(or_(first.c.day.is_(None), first.c.day > new.c.registered_on + new.c.days))
    )


def follow_ups(of: Ground) -> Select[Any]:
    """What an associate wrote for herself or another one: it shows from the day on which it was written."""
    whose = of.whose
    follow_up = for_each(select(written).where(written.c.client_id == whose.c.client_id), "follow_up")
    due = follow_up.c.due_on
    not_over = or_(follow_up.c.expires_on.is_(None), follow_up.c.expires_on >= ON)
    return (
        select(
            *row(
                client_id=whose.c.client_id,
                rule_id=is_(OWN_WORDS),
                kind=is_(OWN_WORDS),
                cause=cast(follow_up.c.follow_up_id, Text),
                occurrence=ONCE,
                day=due,
                due=due,
                shows_on=func.least(due, local_day(follow_up.c.written_at, ZONE)),
                expires_on=follow_up.c.expires_on,
                text=follow_up.c.text,
                owner=is_(Owner.PRIMARY),
                associate_id=follow_up.c.owner,
                calendar_event_id=follow_up.c.calendar_event_id,
                event_id=follow_up.c.event_id,
            )
        )
        .select_from(whose.join(follow_up, true()))
        .where(due <= LAST, or_(case((FIRST.is_(None), not_over), else_=due >= FIRST), whose.c.put_off))
    )
