"""Ticklers about dates: the client's own, of those linked to her, and what a couple keeps.

A day is kept as long as both live and the link holds on it. Who is linked to her twice is thought of once.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from domain.client.facts import DateKind
from domain.relation import Circle
from domain.tickler_rule import ANNIVERSARY, Cause
from projections.client_card import card
from projections.client_facts import date as life_date
from projections.family import anniversary, side
from projections.purchase_history import line, sale
from queries.sql import holds
from queries.tickler.goods import BOUGHT
from queries.tickler.row import ONCE, Ground, about, by_rule, few, in_time, in_year, is_, once_each
from queries.tickler.rules import days_by_category

_NAME: Final = case(
    (life_date.c.kind == DateKind.OTHER.value, func.coalesce(func.nullif(life_date.c.label, ""), life_date.c.kind)),
    else_=life_date.c.kind,
)
_CLOSEST: Final = case({circle.value: rank for rank, circle in enumerate(Circle)}, value=side.c.circle)


def dates(of: Ground) -> Select[Any]:
    """Each time that a day comes round which she keeps."""
    kept, rules = _kept(of), of.rules
    first = case((kept.c.put_off, rules.c.since_year), else_=rules.c.first_year)
    turn = func.generate_series(first, rules.c.last_year).table_valued("year").render_derived(name="turn")
    day = in_year(turn.c.year, kept.c.month, kept.c.day)
    coming = few(
        select(kept, rules, day.label("comes_on"), turn.c.year.label("turn"))
        .join_from(kept, rules, and_(rules.c.cause == kept.c.kind, _chosen(rules, kept)))
        .join(turn, true())
        .where(
            or_(kept.c.month == any_(rules.c.months), kept.c.put_off),
            # Never before it happened, and what happens once in that year only.
            or_(kept.c.year.is_(None), kept.c.year == turn.c.year, and_(kept.c.year < turn.c.year, kept.c.yearly)),
            holds(kept.c.linked_since, kept.c.linked_until, day),
        )
    )
    at, lead, other = Ground(coming, coming), _lead(coming), card.alias("other")
    rows = (
        select(
            *by_rule(
                at,
                coming.c.kind,
                coming.c.comes_on,
                lead.c.days,
                cause=coming.c.of,
                occurrence=case((coming.c.yearly, cast(coming.c.turn, Text)), else_=ONCE),
                **{name: coming.c[name] for name in ("person_id", "link_id", "name", "event_id")},
            )
        )
        .select_from(coming.outerjoin(other, other.c.client_id == coming.c.person_id).join(lead, true()))
        .where(
            or_(coming.c.person_id.is_(None), other.c.died.is_(False)),
            *in_time(at, coming.c.comes_on, lead.c.days),
        )
    )
    return once_each(rows, "client_id", "rule_id", "cause", "day", prefer=coming.c["closeness", "link_id", "term"])


# ------------------------------------------------------------------------------------------------------- what is kept


def _kept(of: Ground) -> CTE:
    """The days that may come round among those asked about: `kind` is the cause that a rule names."""
    linked = (
        select(
            *of.whose.c["client_id", "put_off"],
            *side.c["other_id", "link_id", "term"],
            side.c.since.label("linked_since"),
            side.c.until.label("linked_until"),
            _CLOSEST.label("closeness"),
        )
        .join_from(of.whose, side, side.c.person_id == of.whose.c.client_id)
        .cte("linked")
    )
    link = linked.c["other_id", "link_id", "term", "linked_since", "linked_until", "closeness"]
    nobody = [cast(null(), column.type) for column in link]
    their_own = (cast(life_date.c.date_id, Text), life_date.c.kind, _NAME, life_date.c.yearly)
    couple = and_(
        anniversary.c.link_id == linked.c.link_id,
        anniversary.c.term == linked.c.term,
        anniversary.c.person_id == linked.c.client_id,
    )
    of_couple = (func.concat(cast(linked.c.link_id, Text), "/", anniversary.c.kind), is_(ANNIVERSARY))
    own = (
        _days(of.whose, Cause.OWN_DATE, life_date, nobody, *their_own)
        .join_from(of.whose, life_date, life_date.c.client_id == of.whose.c.client_id)
        .where(_may_come(of, Cause.OWN_DATE, life_date, of.whose))
    )
    of_others = (
        _days(linked, Cause.LINKED_DATE, life_date, link, *their_own)
        .join_from(linked, life_date, life_date.c.client_id == linked.c.other_id)
        .where(_may_come(of, Cause.LINKED_DATE, life_date, linked))
    )
    of_couples = (
        _days(linked, Cause.LINKED_DATE, anniversary, link, *of_couple, anniversary.c.kind, true())
        .join_from(linked, anniversary, couple)
        .where(_may_come(of, Cause.LINKED_DATE, anniversary, linked))
    )
    return union_all(own, of_others, of_couples).cte("kept").prefix_with("MATERIALIZED")


def _days(
    whose: FromClause,
    cause: Cause,
    kept: FromClause,
    link: Any,
    of: ColumnElement[str],
    kind: ColumnElement[str],
    name: ColumnElement[str],
    yearly: ColumnElement[bool],
) -> Select[Any]:
    person_id, *others = link
    return select(
        *whose.c["client_id", "put_off"],
        is_(cause).label("kind"),
        *kept.c["month", "day", "year", "event_id"],
        of.label("of"),
        kind.label("kept_as"),
        name.label("name"),
        yearly.label("yearly"),
        person_id.label("person_id"),
        *(
            column.label(name)
            for column, name in zip(
                others, ("link_id", "term", "linked_since", "linked_until", "closeness"), strict=True
            )
        ),
    )


def _may_come(of: Ground, cause: Cause, kept: FromClause, whose: FromClause) -> ColumnElement[bool]:
    """Whether it is in a month in which any rule looks: few are, and only for these more is asked."""
    each = func.unnest(of.rules.c.months).table_valued("month").render_derived(name="looked_at")
    months = select(each.c.month).select_from(of.rules.join(each, true())).where(about(of, cause))
    return or_(kept.c.month.in_(months), whose.c.put_off)


def _chosen(rules: FromClause, kept: FromClause) -> ColumnElement[bool]:
    return or_(func.cardinality(rules.c.dates) == 0, kept.c.kept_as == any_(rules.c.dates))


def _lead(coming: FromClause) -> Any:
    """The longest lead for any category that she bought in, or what the rule says for all others: `days`."""
    each = days_by_category(coming)
    bought = (
        select(1)
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(sale.c.client_id == coming.c.client_id, BOUGHT, line.c.category == each.c.category)
        .correlate(coming, each)
        .exists()
    )
    longest = select(func.min(each.c.days, type_=Integer)).where(bought).correlate(coming).scalar_subquery()
    days = case(
        (coming.c.by_category == func.jsonb_build_array(), coming.c.days),
        else_=func.coalesce(longest, coming.c.days),
    )
    # An offset, so that it is worked out once, and not wherever it is named.
    return select(days.label("days")).correlate(coming).offset(literal_column("0")).lateral("lead")
