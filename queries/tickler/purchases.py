"""Ticklers about what a client bought and what she owns.

Of a gift who gives it is called, after its day; who was given it has it as hers once it is released: before, nothing
in her file tells of it.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from domain.tickler_rule import Cause
from projections.client_card import card
from projections.gifts import GIFT, giver, mark
from projections.purchase_history import line, sale
from queries import visibility
from queries.owned import STILL_GIVEN, given_away
from queries.tickler.goods import BOUGHT, DAY, GOODS, fits, lead, unless, with_lines
from queries.tickler.row import COLUMNS, Ground, about, by_rule, few, in_time, is_

_HERS: Final = and_(giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)
_NOT_ITS_DAY: Final = [column for column in GOODS if column.name != "day"]


def purchases(of: Ground, bought: CTE) -> Select[Any]:
    """What she bought and did not give away, and what she gives."""
    given = _given(of)
    names = [column.name for column in GOODS]
    first = select(func.min(of.rules.c.first_day)).where(about(of, Cause.PURCHASE)).scalar_subquery()
    goods = union_all(
        select(*bought.c["client_id", "put_off", *names], false().label("given")).where(
            # What no rule looks back to.
            or_(bought.c.day >= first, bought.c.put_off)
        ),
        select(*given.c["client_id", "put_off", *names], true()),
    ).subquery("goods")
    at = Ground(goods, of.rules)
    days = lead(at)
    rows = by_rule(
        at,
        is_(Cause.PURCHASE),
        goods.c.day,
        days.c.days,
        cause=_of_line(goods),
        at=goods.c.at,
        matter=goods.c.category,
        sale_id=goods.c.sale_id,
        ordinal=goods.c.ordinal,
        event_id=goods.c.event_id,
    )
    found = few(
        select(*rows, *goods.c["quantity", "given"])
        .join_from(goods, of.rules, about(of, Cause.PURCHASE))
        .join(days, true())
        .where(*in_time(at, goods.c.day, days.c.days), *fits(at), unless(at, goods.c.day))
    )
    gives = (
        select(1)
        .join_from(mark, giver, _HERS)
        .where(
            mark.c.sale_id == found.c.sale_id,
            mark.c.ordinal == found.c.ordinal,
            mark.c.kind == GIFT,
            giver.c.giver_id == found.c.client_id,
        )
        .correlate(found)
    )
    keeps = and_(found.c.quantity > given_away(found), ~gives.exists())
    return select(*found.c[*COLUMNS]).where(or_(found.c.given, keeps))


def owned(of: Ground, bought: CTE) -> Select[Any]:
    """What she bought and has, or was given and may know of, every so many months since it is hers. Which time it is,
    is said in months, so that a rule with another rhythm never comes upon the same."""
    received = _received(of)
    names = [column.name for column in GOODS]
    nothing = (cast(null(), Uuid).label("mark_id"), cast(null(), Text).label("name"))
    goods = union_all(
        select(*bought.c["client_id", "put_off", *names], bought.c.day.label("not_before"), *nothing),
        select(*received.c["client_id", "put_off", *names, "not_before", "mark_id", "name"]),
    ).subquery("goods")
    at, rules = Ground(goods, of.rules), of.rules
    days, every = lead(at), rules.c.every_months
    first = func.greatest(1, (_months(goods.c.day, rules.c.first_day) + every - 1) // every)
    last = _months(goods.c.day, rules.c.last_day) // every
    times = func.generate_series(case((goods.c.put_off, 1), else_=first), last)
    turn = times.table_valued("time").render_derived(name="turn")
    months = turn.c.time * every
    day = cast(goods.c.day + func.make_interval(0, months), Date)
    is_gift = goods.c.mark_id.is_not(None)
    rows = by_rule(
        at,
        is_(Cause.OWNED),
        day,
        days.c.days,
        # By its mark a gift is known: nothing is told of its sale.
        cause=case((is_gift, cast(goods.c.mark_id, Text)), else_=_of_line(goods)),
        occurrence=cast(months, Text),
        matter=goods.c.category,
        sale_id=case((~is_gift, goods.c.sale_id)),
        ordinal=case((~is_gift, goods.c.ordinal)),
        **{name: goods.c[name] for name in ("mark_id", "name", "event_id")},
    )
    found = few(
        select(*rows, goods.c.quantity)
        .join_from(goods, rules, and_(about(of, Cause.OWNED), *fits(at)))
        .join(turn, true())
        .join(days, true())
        .where(*in_time(at, day, days.c.days), day >= goods.c.not_before, unless(at, day))
    )
    return select(*found.c[*COLUMNS]).where(or_(found.c.mark_id.is_not(None), found.c.quantity > given_away(found)))


# ---------------------------------------------------------------------------------------------------------------- gifts


def _given(of: Ground) -> CTE:
    """What she gives to somebody who lives and kept some of it, from the last day on that any of it is given for."""
    hers = few(
        select(*of.whose.c["client_id", "put_off"], *giver.c["sale_id", "mark_id"]).join_from(
            of.whose, giver, giver.c.giver_id == of.whose.c.client_id
        )
    )
    recipient, day = card.alias("recipient"), func.greatest(DAY, mark.c.occasion_day, type_=Date)
    gave = hers.join(mark, and_(mark.c.sale_id == hers.c.sale_id, mark.c.mark_id == hers.c.mark_id))
    lines = with_lines(gave.join(sale, sale.c.sale_id == hers.c.sale_id))
    return (
        select(*hers.c["client_id", "put_off"], *_NOT_ITS_DAY, day.label("day"))
        .select_from(lines.outerjoin(recipient, recipient.c.client_id == mark.c.recipient_id))
        .where(
            mark.c.kind == GIFT,
            line.c.ordinal == mark.c.ordinal,
            BOUGHT,
            STILL_GIVEN > 0,
            recipient.c.died.is_not(True),
        )
        .ext(distinct_on(hers.c.client_id, line.c.sale_id, line.c.ordinal))
        .order_by(hers.c.client_id, line.c.sale_id, line.c.ordinal, day.desc())
        .cte("given")
    )


def _received(of: Ground) -> CTE:
    """What she was given and kept, and may know of."""
    hers = few(
        select(
            *of.whose.c["client_id", "put_off"],
            *mark.c["sale_id", "mark_id", "ordinal", "occasion_day", "released_on", "event_id"],
        )
        .join_from(of.whose, mark, mark.c.recipient_id == of.whose.c.client_id)
        .where(mark.c.kind == GIFT, visibility.gift_to(mark.c.released_on, mark.c.discreet), STILL_GIVEN > 0)
    )
    since = func.coalesce(hers.c.occasion_day, hers.c.released_on, type_=Date)
    return (
        select(
            *hers.c["client_id", "put_off", "mark_id", "event_id"],
            *(column for column in _NOT_ITS_DAY if column.name != "event_id"),
            since.label("day"),
            hers.c.released_on.label("not_before"),
            line.c.description.label("name"),
        )
        .select_from(with_lines(hers.join(sale, sale.c.sale_id == hers.c.sale_id)))
        .where(line.c.ordinal == hers.c.ordinal, line.c.moved_quantity > 0)
        .cte("received")
    )


# ----------------------------------------------------------------------------------------------------------------- days


def _of_line(goods: FromClause) -> ColumnElement[str]:
    return func.concat(cast(goods.c.sale_id, Text), "/", cast(goods.c.ordinal, Text))


def _months(since: ColumnElement[date], until: ColumnElement[date]) -> ColumnElement[int]:
    """From the month of a day to that of another."""
    years, months = (cast(extract(part, until), Integer) - cast(extract(part, since), Integer) for part in _PARTS)
    return years * 12 + months


_PARTS: Final = ("year", "month")
