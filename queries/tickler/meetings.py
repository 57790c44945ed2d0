"""Ticklers about how a client and the house meet: appointments, visits without a sale, her first days in the book, and
what somebody wrote herself."""

from typing import Any, Final

from sqlalchemy import Date, Select, Text, bindparam, case, cast, func, or_, select, true

from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause, Owner
from projections.client_card import card
from projections.contacts import appointment, visit
from projections.purchase_history import sale
from projections.ticklers import follow_up
from queries.local_day import ZONES, local_day
from queries.tickler.goods import BOUGHT, DAY, with_lines
from queries.tickler.row import ONCE, Ground, about, by_rule, in_time, is_, row
from queries.tickler.rules import FIRST, LAST, ON

ZONE: Final = bindparam("zone", type_=Text)
"""The time zone of the place where the list is asked for."""


def appointments(of: Ground) -> Select[Any]:
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
        .select_from(of.whose.join(appointment, appointment.c.client_id == of.whose.c.client_id))
        .join(of.rules, about(of, Cause.APPOINTMENT))
        .where(~appointment.c.cancelled, *in_time(of, day))
    )


def visits(of: Ground) -> Select[Any]:
    day = local_day(visit.c.at, ZONES.c.time_zone)
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
        .select_from(of.whose.join(visit, visit.c.client_id == of.whose.c.client_id))
        .outerjoin(ZONES, ZONES.c.store_id == visit.c.store_id)
        .join(of.rules, about(of, Cause.VISIT))
        .where(*in_time(of, day))
    )


def registrations(of: Ground) -> Select[Any]:
    """A client who has bought nothing by the day on which it is due; over once she buys."""
    whose, rules = of
    day = local_day(card.c.registered_at, ZONES.c.time_zone)
    first = (
        select(func.min(DAY, type_=Date).label("day"))
        .select_from(with_lines(sale))
        .where(sale.c.client_id == whose.c.client_id, BOUGHT)
        .correlate(whose)
        .lateral("first_purchase")
    )
    return (
        select(
            *by_rule(
                of,
                is_(Cause.REGISTRATION),
                day,
                cause=cast(card.c.client_id, Text),
                over_on=first.c.day,
                event_id=card.c.event_id,
            )
        )
        .select_from(whose.join(card, card.c.client_id == whose.c.client_id))
        .outerjoin(ZONES, ZONES.c.store_id == card.c.store_id)
        .join(rules, about(of, Cause.REGISTRATION))
        .join(first, true())
        .where(*in_time(of, day), or_(first.c.day.is_(None), first.c.day > day + rules.c.days))
    )


def follow_ups(of: Ground) -> Select[Any]:
    """What an associate wrote for herself or another one: it shows from the day on which it was written."""
    whose, due = of.whose, follow_up.c.due_on
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
        .select_from(whose.join(follow_up, follow_up.c.client_id == whose.c.client_id))
        .where(due <= LAST, or_(case((FIRST.is_(None), not_over), else_=due >= FIRST), whose.c.put_off))
    )
