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
from projections.gifts import RECIPIENT, party
from projections.purchase_history import line
from queries import visibility
from queries.gift_columns import returned
from queries.owned import given_away
from queries.sql import by_key, for_each
from queries.tickler.goods import CHANGED_HANDS, GOODS, fits, goods, lead, unless
from queries.tickler.row import COLUMNS, Ground, about, by_rule, few, in_time, is_, not_dead

_OF_GIFT: Final = ("mark_id", "given", "recipient_id", "occasion_day")


def gifts_of(of: Ground) -> CTE:
    """All gifts that the clients give or were given, as a ground of its own: each with whose it is and her place in
    it, looked up once for either side."""
    whose = of.whose
    said = ("sale_id", "mark_id", "ordinal", "recipient_id", "occasion_day", "released_on", "discreet", "event_id")
    hers = for_each(
        select(*party.c["place", *said], party.c.quantity.label("given")).where(party.c.person_id == whose.c.client_id),
        "hers",
    )
    gifts = select(*whose.c["client_id", "put_off"], *hers.c).join_from(whose, hers, true())
    return gifts.cte("gift").prefix_with("MATERIALIZED")


def purchases(of: Ground, bought: CTE, gifts: CTE) -> Select[Any]:
    """What she bought and did not give away, and what she gives."""
    first = select(func.min(of.rules.c.first_day)).where(about(of, Cause.PURCHASE)).scalar_subquery()
    gives = select(gifts).where(gifts.c.place != RECIPIENT).cte("gives")
    given = _given(of, bought, gives, first)
    sold = union_all(
        select(*bought.c["client_id", "put_off", *GOODS], false().label("given")).where(
            # What no rule looks back to.
            or_(bought.c.day >= first, bought.c.put_off)
        ),
        select(*given.c["client_id", "put_off", *GOODS], true()),
    ).subquery("sold")
    at = Ground(sold, of.rules)
    days = lead(at)
    rows = by_rule(
        at,
        is_(Cause.PURCHASE),
        sold.c.day,
        days.c.days,
        cause=_of_line(sold),
        at=sold.c.at,
        matter=sold.c.category,
        sale_id=sold.c.sale_id,
        ordinal=sold.c.ordinal,
        event_id=sold.c.event_id,
    )
    found = few(
        select(*rows, *sold.c["quantity", "given"])
        .join_from(sold, of.rules, about(of, Cause.PURCHASE))
        .join(days, true())
        .where(*in_time(at, sold.c.day, days.c.days), *fits(at), unless(at, sold.c.day))
    )
    gave = by_key(
        select(1)
        .where(
            party.c.sale_id == found.c.sale_id,
            party.c.ordinal == found.c.ordinal,
            party.c.person_id == found.c.client_id,
            party.c.place != RECIPIENT,
        )
        .correlate(found)
    )
    keeps = and_(found.c.quantity > given_away(found), ~gave)
    return select(*found.c[*COLUMNS]).where(or_(found.c.given, keeps))


def owned(of: Ground, bought: CTE, gifts: CTE) -> Select[Any]:
    """What she bought and has, or was given and may know of, every so many months since it is hers. Which time it is,
    is said in months, so that a rule with another rhythm never comes upon the same."""
    received = _received(of, gifts)
    nothing = (cast(null(), Uuid).label("mark_id"), cast(null(), Text).label("name"))
    sold = union_all(
        select(*bought.c["client_id", "put_off", *GOODS], bought.c.day.label("not_before"), *nothing),
        select(*received.c["client_id", "put_off", *GOODS, "not_before", "mark_id", "name"]),
    ).subquery("sold")
    at, rules = Ground(sold, of.rules), of.rules
    days, every = lead(at), rules.c.every_months
    times = func.generate_series(*_times(rules, sold.c.day, sold.c.put_off))
    turn = times.table_valued("time").render_derived(name="turn")
    months = turn.c.time * every
    day = cast(sold.c.day + func.make_interval(0, months), Date)
    is_gift = sold.c.mark_id.is_not(None)
    rows = by_rule(
        at,
        is_(Cause.OWNED),
        day,
        days.c.days,
        # By its mark a gift is known: nothing is told of its sale.
        cause=case((is_gift, cast(sold.c.mark_id, Text)), else_=_of_line(sold)),
        occurrence=cast(months, Text),
        matter=sold.c.category,
        sale_id=case((~is_gift, sold.c.sale_id)),
        ordinal=case((~is_gift, sold.c.ordinal)),
        **{name: sold.c[name] for name in ("mark_id", "name", "event_id")},
    )
    found = few(
        select(*rows, sold.c.quantity)
        .join_from(sold, rules, and_(about(of, Cause.OWNED), *fits(at)))
        .join(turn, true())
        .join(days, true())
        .where(*in_time(at, day, days.c.days), day >= sold.c.not_before, unless(at, day))
    )
    return select(*found.c[*COLUMNS]).where(or_(found.c.mark_id.is_not(None), found.c.quantity > given_away(found)))


def _times(rules: FromClause, since: ColumnElement[date], put_off: ColumnElement[bool]) -> tuple[Any, Any]:
    """The first and the last time that a rule comes upon what is hers since a day; no time if the last is less."""
    every = rules.c.every_months
    first = func.greatest(1, (_months(since, rules.c.first_day) + every - 1) // every)
    return case((put_off, 1), else_=first), _months(since, rules.c.last_day) // every


# ---------------------------------------------------------------------------------------------------------------- gifts


def _given(of: Ground, bought: CTE, gives: CTE, first: ColumnElement[date]) -> CTE:
    """What she gives to somebody who lives and kept some of it, from the last day on that any of it is given for: of
    days since the first, or of any if something was put off."""
    it = and_(*(bought.c[name] == gives.c[name] for name in ("client_id", "sale_id", "ordinal")))
    of_gift = gives.c[*_OF_GIFT]
    # Most of it she bought herself, and is known by now.
    alone = select(*gives.c["client_id", "put_off"], *of_gift, *bought.c[*GOODS]).join_from(gives, bought, it)
    pays = select(gives).where(~select(1).where(it).exists()).subquery("pays")
    rows, of_line = goods(pays, line.c.sale_id == pays.c.sale_id, line.c.ordinal == pays.c.ordinal, CHANGED_HANDS)
    with_others = select(
        *pays.c["client_id", "put_off", *_OF_GIFT], *(of_line[name].label(name) for name in GOODS)
    ).select_from(rows)
    piece = union_all(alone, with_others).subquery("given_piece")
    day = func.greatest(piece.c.day, piece.c.occasion_day, type_=Date)
    late = few(
        select(*(column for column in piece.c if column.name != "day"), day.label("day")).where(
            or_(day >= first, piece.c.put_off)
        )
    )
    key = (late.c.client_id, late.c.sale_id, late.c.ordinal)
    for_whom, lives = not_dead(of, late, late.c.recipient_id)
    return (
        select(*late.c["client_id", "put_off", *GOODS])
        .select_from(for_whom)
        .where(late.c.given > returned(late), lives)
        .ext(distinct_on(*key))
        .order_by(*key, late.c.day.desc())
        .cte("given")
    )


def _received(of: Ground, gifts: CTE) -> CTE:
    """What she was given and kept, and may know of, and any rule comes upon among the days asked about: of few gifts
    it is asked what they are."""
    rules, since = of.rules, func.coalesce(gifts.c.occasion_day, gifts.c.released_on, type_=Date)
    first, last = _times(rules, since, gifts.c.put_off)
    it = few(
        select(gifts, since.label("since")).where(
            gifts.c.place == RECIPIENT,
            visibility.gift_to(gifts.c.released_on, gifts.c.discreet),
            gifts.c.given > returned(gifts),
            select(1).select_from(rules).where(about(of, Cause.OWNED), first <= last).exists(),
        )
    )
    rows, of_line = goods(
        it,
        line.c.sale_id == it.c.sale_id,
        line.c.ordinal == it.c.ordinal,
        line.c.moved_quantity > 0,
    )
    said = {**of_line, "day": it.c.since, "event_id": it.c.event_id, "name": of_line["description"]}
    return (
        select(
            *it.c["client_id", "put_off", "mark_id"],
            it.c.released_on.label("not_before"),
            *(said[name].label(name) for name in (*GOODS, "name")),
        )
        .select_from(rows)
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
