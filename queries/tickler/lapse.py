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
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
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
    rules = _rules(of)
    days = _days_of_purchase(rules, bought)
    at = Ground(days, rules)
    fixed = cast(days.c.day + func.make_interval(0, rules.c.lapse_months), Date)
    until = days.c.day + func.make_interval(0, rules.c.lapse_within_months)
    may_be = (
        fixed <= rules.c.last_day,
        or_(until >= rules.c.first_day, days.c.put_off),
        or_(rules.c.lapse_times.is_(None), days.c.place >= _KNOWN),
        _none_by(days, fixed),
    )
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
    return (
        select(*rows)
        .join_from(days, rules, days.c.which == rules.c.which)
        .join(own, true())
        .where(*may_be, _none_by(days, on), on <= until, *in_time(at, on))
    )


def _rules(of: Ground) -> CTE:
    """The rules that are about this; those of one category, or of whatever she buys, have one number."""
    rules = of.rules
    which = func.dense_rank().over(order_by=rules.c.lapse_category)
    return select(rules, which.label("which")).where(about(of, Cause.LAPSE)).cte("lapse_rule")


def _none_by(days: FromClause, day: ColumnElement[date]) -> ColumnElement[bool]:
    return or_(days.c.next_day.is_(None), days.c.next_day > day)


def _days_of_purchase(rules: CTE, bought: CTE) -> CTE:
    """The days on which she bought what any rule asks for, after which she did not for as long as it says at least:
    with what she bought last, and with all such days until then, of which it is the `place`th."""
    asked = (
        select(
            rules.c.which,
            rules.c.lapse_category.label("category"),
            func.min(rules.c.lapse_months).label("months"),
            func.max(rules.c.last_day).label("last_day"),
        )
        .group_by(rules.c.which, rules.c.lapse_category)
        .cte("asked")
    )
    goods = union_all(
        *(
            select(*asked.c["which", "months", "last_day"], *bought.c).join_from(asked, bought, is_asked)
            for is_asked in (asked.c.category == bought.c.category, asked.c.category.is_(None))
        )
    ).subquery("goods")
    of_day = (goods.c.client_id, goods.c.which, goods.c.day)
    days = (
        select(*goods.c)
        .ext(distinct_on(*of_day))
        .order_by(*of_day, goods.c.at.desc(), goods.c.sale_id, goods.c.ordinal)
        .subquery("purchase_day")
    )
    hers, by_day = (days.c.client_id, days.c.which), days.c.day
    every = select(
        *days.c,
        func.lead(by_day, type_=Date).over(partition_by=hers, order_by=by_day).label("next_day"),
        func.row_number().over(partition_by=hers, order_by=by_day).label("place"),
        func.array_agg(by_day).over(partition_by=hers, order_by=by_day, rows=(None, 0)).label("days"),
    ).subquery("every_day")
    least = every.c.day + func.make_interval(0, every.c.months)
    return select(*every.c).where(least <= every.c.last_day, _none_by(every, least)).cte("day_of_purchase")


def _own_interval(of: Ground) -> Any:
    """So many times the median of the days between her purchases by then, as the rule says: `days`, NULL where it does
    not ask."""
    days, rules = of.whose, of.rules
    known = func.unnest(days.c.days).column_valued("known")
    gap = select((known - func.lag(known).over(order_by=known)).label("days")).correlate(days).subquery("gap")
    median = cast(func.percentile_cont(0.5).within_group(gap.c.days), Numeric)
    times = cast(func.ceil(rules.c.lapse_times * median), Integer)
    own = select(times).select_from(gap).correlate(days, rules).scalar_subquery()
    asked = case((rules.c.lapse_times.is_not(None), own))
    # An offset, so that it is worked out once, and not wherever it is named.
    return select(asked.label("days")).correlate(days, rules).offset(literal_column("0")).lateral("own")
