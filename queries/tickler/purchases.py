"""Ticklers about what a client bought, what she owns, and when she did not buy for long.

Of a gift who gives it is called, after its day; who was given it has it as hers once it is released: before, nothing
in her file tells of it.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Date, Integer, Select, Text, and_, case, cast, extract, func, select, true

from domain.tickler_rule import Cause
from projections.client_card import card
from projections.gifts import GIFT, giver, mark
from projections.purchase_history import line, sale
from queries import visibility
from queries.owned import STILL_GIVEN, given_away
from queries.tickler.goods import BOUGHT, DAY, GOODS, fits, lead, unless, with_lines
from queries.tickler.row import Ground, by_rule, in_time

_HERS: Final = and_(giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)
_NOT_ITS_DAY: Final = [column for column in GOODS if column.name != "day"]


def purchases(of: Ground, bought: CTE) -> Select[Any]:
    """What she bought and did not give away."""
    gives = (
        select(1)
        .join_from(mark, giver, _HERS)
        .where(
            mark.c.sale_id == bought.c.sale_id,
            mark.c.ordinal == bought.c.ordinal,
            mark.c.kind == GIFT,
            giver.c.giver_id == bought.c.client_id,
        )
        .correlate(bought)
    )
    return _changed_hands(Ground(bought, of.rules)).where(bought.c.quantity > given_away(bought), ~gives.exists())


def gifts_given(of: Ground) -> Select[Any]:
    """What she gives to somebody who lives and kept some of it: from the last day that any of it is given for."""
    whose, recipient = of.whose, card.alias("recipient")
    gave = whose.join(giver, giver.c.giver_id == whose.c.client_id).join(mark, _HERS)
    of_line = (*whose.c["client_id", "put_off"], *_NOT_ITS_DAY)
    given = (
        select(*of_line, func.max(func.greatest(DAY, mark.c.occasion_day), type_=Date).label("day"))
        .select_from(
            with_lines(gave.join(sale, sale.c.sale_id == mark.c.sale_id)).outerjoin(
                recipient, recipient.c.client_id == mark.c.recipient_id
            )
        )
        .where(
            mark.c.kind == GIFT,
            line.c.ordinal == mark.c.ordinal,
            BOUGHT,
            STILL_GIVEN > 0,
            recipient.c.died.is_not(True),
        )
        .group_by(*of_line)
        .cte("given")
    )
    return _changed_hands(Ground(given, of.rules))


def owned(of: Ground, bought: CTE) -> Select[Any]:
    """What she bought and has."""
    rows = _comes_round(
        Ground(bought, of.rules), _of_line(bought), bought.c.day, sale_id=bought.c.sale_id, ordinal=bought.c.ordinal
    )
    return rows.where(bought.c.quantity > given_away(bought))


def gifts_owned(of: Ground) -> Select[Any]:
    """What she was given and may know of. By its mark it is known: nothing is told of the sale."""
    whose = of.whose
    got = whose.join(mark, mark.c.recipient_id == whose.c.client_id)
    received = (
        select(
            *whose.c["client_id", "put_off"],
            *(column for column in _NOT_ITS_DAY if column.name != "event_id"),
            *mark.c["mark_id", "released_on", "event_id"],
            line.c.description.label("name"),
            func.coalesce(mark.c.occasion_day, mark.c.released_on, type_=Date).label("day"),
        )
        .select_from(with_lines(got.join(sale, sale.c.sale_id == mark.c.sale_id)))
        .where(
            mark.c.kind == GIFT,
            line.c.ordinal == mark.c.ordinal,
            line.c.moved_quantity > 0,
            STILL_GIVEN > 0,
            visibility.gift_to(mark.c.released_on, mark.c.discreet),
        )
        .cte("received")
    )
    cause = cast(received.c.mark_id, Text)
    known = {name: received.c[name] for name in ("mark_id", "name")}
    return _comes_round(Ground(received, of.rules), cause, received.c.released_on, **known)


def _changed_hands(of: Ground) -> Select[Any]:
    goods, days = of.whose, lead(of)
    rows = by_rule(
        of,
        Cause.PURCHASE,
        goods.c.day,
        days.c.days,
        cause=_of_line(goods),
        at=goods.c.at,
        matter=goods.c.category,
        sale_id=goods.c.sale_id,
        ordinal=goods.c.ordinal,
        event_id=goods.c.event_id,
    )
    return (
        select(*rows)
        .join_from(goods, of.rules, fits(of, Cause.PURCHASE))
        .join(days, true())
        .where(*in_time(of, goods.c.day, days.c.days), unless(of, goods.c.day))
    )


def _comes_round(of: Ground, cause: ColumnElement[str], not_before: ColumnElement[date], **columns: Any) -> Select[Any]:
    """Every so many months since a piece is hers; which time it is, is said in months, so that a rule with another
    rhythm never comes upon the same."""
    goods, rules, days = of.whose, of.rules, lead(of)
    every = rules.c.every_months
    first = func.greatest(1, (_months(goods.c.day, rules.c.first_day) + every - 1) // every)
    last = _months(goods.c.day, rules.c.last_day) // every
    times = func.generate_series(case((goods.c.put_off, 1), else_=first), last)
    turn = times.table_valued("time").render_derived(name="turn")
    months = turn.c.time * every
    day = cast(goods.c.day + func.make_interval(0, months), Date)
    rows = by_rule(
        of,
        Cause.OWNED,
        day,
        days.c.days,
        cause=cause,
        occurrence=cast(months, Text),
        matter=goods.c.category,
        **{"event_id": goods.c.event_id, **columns},
    )
    return (
        select(*rows)
        .join_from(goods, rules, fits(of, Cause.OWNED))
        .join(turn, true())
        .join(days, true())
        .where(*in_time(of, day, days.c.days), day >= not_before, unless(of, day))
    )


def _of_line(goods: CTE) -> ColumnElement[str]:
    return func.concat(cast(goods.c.sale_id, Text), "/", cast(goods.c.ordinal, Text))


def _months(since: ColumnElement[date], until: ColumnElement[date]) -> ColumnElement[int]:
    """From the month of a day to that of another."""
    years, months = (cast(extract(part, until), Integer) - cast(extract(part, since), Integer) for part in _PARTS)
    return years * 12 + months


_PARTS: Final = ("year", "month")
