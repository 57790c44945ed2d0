"""Ticklers about clients who stay away: the day on which one has not bought for so long as a rule says."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on

from domain.tickler_rule import Cause
from queries.tickler.row import Ground, about, by_rule, in_time, is_

ANYTHING: Final = "any"
"""In place of a category."""

_KNOWN: Final = 3
"""Of whom fewer purchases are known has no interval of her own."""


def lapses(of: Ground, bought: CTE) -> Select[Any]:
    """Each time that nothing was bought for so long; over once she buys again. Which time it is, is said by the last
    purchase and the version of the rule, as another one finds another day."""
    days, rules = _days_of_purchase(of, bought), of.rules
    at = Ground(days, rules)
    fixed = cast(days.c.day + func.make_interval(0, rules.c.lapse_months), Date)
    until = days.c.day + func.make_interval(0, rules.c.lapse_within_months)
    own = _own_interval(at)
    on = case(
        (rules.c.lapse_times.is_(None), fixed),
        else_=func.greatest(fixed, days.c.day + own.c.days, type_=Date),
    )
    rows = by_rule(
        at,
        is_(Cause.LAPSE),
        on,
        cause=func.coalesce(rules.c.lapse_category, ANYTHING),
        occurrence=func.concat(cast(days.c.sale_id, Text), "/", cast(rules.c.version, Text)),
        over_on=days.c.next_day,
        matter=rules.c.lapse_category,
        sale_id=days.c.sale_id,
        ordinal=days.c.ordinal,
        event_id=days.c.event_id,
    )
    may_be = (
        fixed <= rules.c.last_day,
        or_(until >= rules.c.first_day, days.c.put_off),
        or_(rules.c.lapse_times.is_(None), days.c.place >= _KNOWN),
    )
    return (
        select(*rows)
        .join_from(days, rules, and_(about(of, Cause.LAPSE), _of_category(days, rules)))
        .join(own, true())
        .where(*may_be, _none_by(days, fixed), _none_by(days, on), on <= until, *in_time(at, on))
    )


def _none_by(days: FromClause, day: ColumnElement[date]) -> ColumnElement[bool]:
    return or_(days.c.next_day.is_(None), days.c.next_day > day)


def _of_category(days: FromClause, rules: FromClause) -> ColumnElement[bool]:
    return days.c.category.is_not_distinct_from(rules.c.lapse_category)


def _days_of_purchase(of: Ground, bought: CTE) -> CTE:
    """The days on which she bought of each category that a rule asks for, after which she did not for as long as any
    rule says at least: with what she bought last, and with all such days, of which it is the `place`th."""
    rules = of.rules
    asked = select(rules.c.lapse_category.label("category")).where(about(of, Cause.LAPSE)).distinct().cte("asked")
    least = select(func.min(rules.c.lapse_months)).where(about(of, Cause.LAPSE)).scalar_subquery()
    of_day = (bought.c.client_id, asked.c.category, bought.c.day)
    days = (
        select(*of_day, *bought.c["put_off", "sale_id", "ordinal", "event_id"])
        .join_from(bought, asked, or_(asked.c.category.is_(None), bought.c.category == asked.c.category))
        .ext(distinct_on(*of_day))
        .order_by(*of_day, bought.c.at.desc(), bought.c.sale_id, bought.c.ordinal)
        .subquery("purchase_day")
    )
    hers, by_day = (days.c.client_id, days.c.category), days.c.day
    every = select(
        days,
        func.lead(days.c.day, type_=Date).over(partition_by=hers, order_by=by_day).label("next_day"),
        func.row_number().over(partition_by=hers, order_by=by_day).label("place"),
        func.array_agg(days.c.day).over(partition_by=hers).label("days"),
    ).subquery("every_day")
    stayed_away = or_(every.c.next_day.is_(None), every.c.next_day > every.c.day + func.make_interval(0, least))
    return select(every).where(stayed_away).cte("day_of_purchase")


def _own_interval(of: Ground) -> Any:
    """So many times the median of the days between her purchases by then, as the rule says: `days`, NULL where it does
    not ask."""
    days, rules = of.whose, of.rules
    known = func.unnest(days.c.days).column_valued("known")
    gap = (
        select((known - func.lag(known).over(order_by=known)).label("days"))
        .where(known <= days.c.day)
        .correlate(days)
        .subquery("gap")
    )
    median = cast(func.percentile_cont(0.5).within_group(gap.c.days), Numeric)
    times = cast(func.ceil(rules.c.lapse_times * median), Integer)
    own = select(times).select_from(gap).correlate(days, rules).scalar_subquery()
    asked = case((rules.c.lapse_times.is_not(None), own))
    # An offset, so that it is worked out once, and not wherever it is named.
    return select(asked.label("days")).correlate(days, rules).offset(literal_column("0")).lateral("own")
