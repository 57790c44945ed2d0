"""Ticklers about dates: the client's own, of those linked to her, and what a couple keeps.

A day is kept as long as both live and the link holds on it. Who is linked to her twice is thought of once.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from domain.client.facts import DateKind
from domain.relation import Circle
from domain.tickler_rule import ANNIVERSARY, Cause
from projections.client_card import card
from projections.client_facts import date as life_date
from projections.family import anniversary, side
from projections.purchase_history import SALE, line, sale
from queries.sql import holds
from queries.tickler.row import ONCE, Ground, about, by_rule, chosen, in_time, in_year, once_each
from queries.tickler.rules import days_by_category

NAME: Final = case(
    (life_date.c.kind == DateKind.OTHER.value, func.coalesce(func.nullif(life_date.c.label, ""), life_date.c.kind)),
    else_=life_date.c.kind,
)
"""What a date is called, as an occasion is."""

_OTHER: Final = card.alias("other")
_KEY: Final = ("client_id", "rule_id", "cause", "day")
_CLOSEST: Final = {circle.value: rank for rank, circle in enumerate(Circle)}


def own_dates(of: Ground) -> Select[Any]:
    turn, day, lead = _turns(of, life_date)
    return (
        select(
            *by_rule(
                of,
                Cause.OWN_DATE,
                day,
                lead.c.days,
                cause=cast(life_date.c.date_id, Text),
                occurrence=_occurrence(turn),
                name=NAME,
                event_id=life_date.c.event_id,
            )
        )
        .select_from(of.whose.join(life_date, life_date.c.client_id == of.whose.c.client_id))
        .join(of.rules, and_(about(of, Cause.OWN_DATE), chosen(of.rules.c.dates, life_date.c.kind)))
        .join(turn, true())
        .join(lead, true())
        .where(_may_come(of, life_date), _comes(life_date, turn), *in_time(of, day, lead.c.days))
    )


def linked_dates(of: Ground) -> Select[Any]:
    turn, day, lead = _turns(of, life_date)
    linked = (
        select(
            *by_rule(
                of,
                Cause.LINKED_DATE,
                day,
                lead.c.days,
                cause=cast(life_date.c.date_id, Text),
                occurrence=_occurrence(turn),
                person_id=side.c.other_id,
                link_id=side.c.link_id,
                name=NAME,
                event_id=life_date.c.event_id,
            )
        )
        .select_from(_living(of).join(life_date, life_date.c.client_id == side.c.other_id))
        .join(of.rules, and_(about(of, Cause.LINKED_DATE), chosen(of.rules.c.dates, life_date.c.kind)))
        .join(turn, true())
        .join(lead, true())
        .where(_may_come(of, life_date), _comes(life_date, turn), _linked_on(day), *in_time(of, day, lead.c.days))
    )
    return once_each(linked, *_KEY, prefer=_FIRST_OF_ALL)


def anniversaries(of: Ground) -> Select[Any]:
    turn, day, lead = _turns(of, anniversary)
    of_couple = and_(
        anniversary.c.link_id == side.c.link_id,
        anniversary.c.term == side.c.term,
        anniversary.c.person_id == side.c.person_id,
    )
    kept = (
        select(
            *by_rule(
                of,
                Cause.LINKED_DATE,
                day,
                lead.c.days,
                cause=func.concat(cast(side.c.link_id, Text), "/", anniversary.c.kind),
                occurrence=cast(turn.c.year, Text),
                person_id=side.c.other_id,
                link_id=side.c.link_id,
                name=anniversary.c.kind,
                event_id=anniversary.c.event_id,
            )
        )
        .select_from(_living(of).join(anniversary, of_couple))
        .join(of.rules, and_(about(of, Cause.LINKED_DATE), _about_couples(of.rules)))
        .join(turn, true())
        .join(lead, true())
        .where(
            _may_come(of, anniversary), _since_then(anniversary, turn), _linked_on(day), *in_time(of, day, lead.c.days)
        )
    )
    return once_each(kept, *_KEY, prefer=_FIRST_OF_ALL)


_FIRST_OF_ALL: Final = (case(_CLOSEST, value=side.c.circle), side.c.link_id, side.c.term)


def _living(of: Ground) -> Any:
    """The clients with whom each is linked, at any time, as long as she has not died."""
    linked = of.whose.join(side, side.c.person_id == of.whose.c.client_id)
    return linked.join(_OTHER, and_(_OTHER.c.client_id == side.c.other_id, ~_OTHER.c.died))


def _turns(of: Ground, kept: FromClause) -> tuple[Any, ColumnElement[date], Any]:
    """The years that are looked at, the day in each of them, and how many days from it something is due."""
    rules = of.rules
    first = case((of.whose.c.put_off, rules.c.since_year), else_=rules.c.first_year)
    turn = func.generate_series(first, rules.c.last_year).table_valued("year").render_derived(name="turn")
    return turn, in_year(turn.c.year, kept.c.month, kept.c.day), _lead(of)


def _may_come(of: Ground, kept: FromClause) -> ColumnElement[bool]:
    """Whether it can come round among the days asked about: few do, and only for these more is asked."""
    return or_(kept.c.month == any_(of.rules.c.months), of.whose.c.put_off)


def _since_then(kept: FromClause, turn: FromClause) -> ColumnElement[bool]:
    return or_(kept.c.year.is_(None), kept.c.year <= turn.c.year)


def _comes(kept: FromClause, turn: FromClause) -> ColumnElement[bool]:
    """Whether it comes round in that year: never before it happened, and what happens once in that year only."""
    return and_(_since_then(kept, turn), or_(kept.c.yearly, kept.c.year == turn.c.year))


def _occurrence(turn: FromClause) -> ColumnElement[str]:
    return case((life_date.c.yearly, cast(turn.c.year, Text)), else_=ONCE)


def _linked_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    return holds(side.c.since, side.c.until, day)


def _about_couples(rules: FromClause) -> ColumnElement[bool]:
    return or_(func.cardinality(rules.c.dates) == 0, any_(rules.c.dates) == ANNIVERSARY)


def _lead(of: Ground) -> Any:
    """The longest lead for any category that she bought in, or what the rule says for all others: `days`."""
    each = days_by_category(of.rules)
    bought = (
        select(1)
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(
            sale.c.client_id == of.whose.c.client_id,
            sale.c.kind == SALE,
            line.c.category == each.c.category,
            line.c.moves_goods,
            line.c.moved_quantity > line.c.returned_quantity,
        )
        .correlate(of.whose, each)
        .exists()
    )
    longest = select(func.min(each.c.days)).where(bought).correlate(of.whose, of.rules).scalar_subquery()
    days = case(
        (of.rules.c.by_category == func.jsonb_build_array(), of.rules.c.days),
        else_=func.coalesce(longest, of.rules.c.days),
    )
    # An offset, so that it is worked out once, and not wherever it is named.
    return select(days.label("days")).correlate(of.whose, of.rules).offset(literal_column("0")).lateral("lead")
