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
    SelectBase,
    Text,
    and_,
    any_,
    case,
    cast,
    except_,
    func,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)

from domain.client.facts import DateKind
from domain.relation import Circle
from domain.tickler_rule import ANNIVERSARY, Cause
from projections.client_facts import date as life_date
from projections.family import MONTHS, anniversary, side
from queries.sql import for_each, holds
from queries.tickler.row import ONCE, Ground, about, by_rule, few, in_time, in_year, is_, not_dead, once_each
from queries.tickler.rules import days_by_category

_NAME: Final = case(
    (life_date.c.kind == DateKind.OTHER.value, func.coalesce(func.nullif(life_date.c.label, ""), life_date.c.kind)),
    else_=life_date.c.kind,
)
# What its indexes hold, and no more.
_SAID: Final = (
    *life_date.c["client_id", "date_id", "kind", "month", "day", "year", "yearly", "event_id"],
    _NAME.label("name"),
)
_CLOSENESS: Final = {circle.value: rank for rank, circle in enumerate(Circle)}


def dates(of: Ground, bought: CTE) -> Select[Any]:
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
    at, leads = Ground(coming, coming), _leads(of, bought)
    hers = and_(*(leads.c[name] == coming.c[name] for name in ("client_id", "rule_id", "version")))
    days = func.coalesce(leads.c.days, coming.c.days, type_=Integer)
    with_leads, lives = not_dead(of, coming.outerjoin(leads, hers), coming.c.person_id)
    rows = (
        select(
            *by_rule(
                at,
                coming.c.kind,
                coming.c.comes_on,
                days,
                cause=coming.c.of,
                occurrence=case((coming.c.yearly, cast(coming.c.turn, Text)), else_=ONCE),
                **{name: coming.c[name] for name in ("person_id", "link_id", "name", "event_id")},
            )
        )
        .select_from(with_leads)
        .where(lives, *in_time(at, coming.c.comes_on, days))
    )
    return once_each(rows, "client_id", "rule_id", "cause", "day", prefer=coming.c["closeness", "link_id", "term"])


# ------------------------------------------------------------------------------------------------------- what is kept


def _kept(of: Ground) -> CTE:
    """The days that may come round among those asked about: `kind` is the cause that a rule names."""
    whose = of.whose
    found = for_each(select(side).where(side.c.person_id == whose.c.client_id), "link")
    linked = (
        select(
            *whose.c["client_id", "put_off"],
            *found.c["other_id", "link_id", "term", *MONTHS],
            found.c.since.label("linked_since"),
            found.c.until.label("linked_until"),
            case(_CLOSENESS, value=found.c.circle).label("closeness"),
        )
        .join_from(whose, found, true())
        .cte("linked")
    )
    link = ("other_id", "link_id", "term", "linked_since", "linked_until", "closeness")
    nobody = [cast(null(), linked.c[name].type) for name in link]
    dates = _dates(of, linked)
    own, other = dates.alias("own"), dates.alias("other")
    is_other = other.c.client_id == linked.c.other_id
    of_both = few(select(linked).where(or_(*(_may_come(of, Cause.LINKED_DATE, linked.c[it], linked) for it in MONTHS))))
    couple = for_each(
        select(anniversary).where(
            anniversary.c.link_id == of_both.c.link_id,
            anniversary.c.term == of_both.c.term,
            anniversary.c.person_id == of_both.c.client_id,
        ),
        "couple",
    )
    id = func.concat(cast(of_both.c.link_id, Text), "/", couple.c.kind)
    of_couple = (id, is_(ANNIVERSARY), couple.c.kind, true())
    return (
        union_all(
            _days(of, whose, Cause.OWN_DATE, own, own.c.client_id == whose.c.client_id, nobody, *_of_life(own)),
            _days(of, linked, Cause.LINKED_DATE, other, is_other, linked.c[*link], *_of_life(other)),
            _days(of, of_both, Cause.LINKED_DATE, couple, true(), of_both.c[*link], *of_couple),
        )
        .cte("kept")
        .prefix_with("MATERIALIZED")
    )


def _dates(of: Ground, linked: CTE) -> CTE:
    """The dates of the clients and of those linked to them, who are mostly clients of the list too: each is looked up
    once, in the order of the index, but for those whom its store took up, whose dates are read one after the other."""
    whose = of.whose
    them: SelectBase = union(select(whose.c.client_id), select(linked.c.other_id))
    here = None
    if of.store is not None:
        # Of others too, whom nobody here asks for.
        here = select(*_SAID).where(life_date.c.store_id == of.store).cte("life_date_here").prefix_with("MATERIALIZED")
        clients = select(whose.c.client_id).where(whose.c.store_id == of.store)
        them = except_(select(them.subquery("all_of_them")), clients, select(here.c.client_id))
    person = select(them.subquery("them")).order_by("client_id").subquery("person")
    life = for_each(select(*_SAID).where(life_date.c.client_id == person.c.client_id), "life")
    dates: SelectBase = select(life).join_from(person, life, true())
    if here is not None:
        dates = union_all(dates, select(here))
    return dates.cte("life_date").prefix_with("MATERIALIZED")


def _of_life(kept: FromClause) -> tuple[ColumnElement[Any], ...]:
    return cast(kept.c.date_id, Text), kept.c.kind, kept.c.name, kept.c.yearly


def _days(
    of: Ground,
    whose: FromClause,
    cause: Cause,
    kept: FromClause,
    hers: ColumnElement[bool],
    link: Any,
    name_of: ColumnElement[str],
    kind: ColumnElement[str],
    name: ColumnElement[str],
    yearly: ColumnElement[bool],
) -> Select[Any]:
    person_id, *others = link
    names = ("link_id", "term", "linked_since", "linked_until", "closeness")
    return (
        select(
            *whose.c["client_id", "put_off"],
            is_(cause).label("kind"),
            *kept.c["month", "day", "year", "event_id"],
            name_of.label("of"),
            kind.label("kept_as"),
            name.label("name"),
            yearly.label("yearly"),
            person_id.label("person_id"),
            *(column.label(each) for column, each in zip(others, names, strict=True)),
        )
        .join_from(whose, kept, hers)
        .where(_may_come(of, cause, kept.c.month, whose))
    )


def _may_come(of: Ground, cause: Cause, month: ColumnElement[int], whose: FromClause) -> ColumnElement[bool]:
    """Whether it is a month in which any rule looks: few are, and only for these more is asked."""
    each = func.unnest(of.rules.c.months).table_valued("month").render_derived(name="looked_at")
    months = select(each.c.month).select_from(of.rules.join(each, true())).where(about(of, cause))
    return or_(month.in_(months), and_(whose.c.put_off, month.is_not(None)))


def _chosen(rules: FromClause, kept: FromClause) -> ColumnElement[bool]:
    return or_(func.cardinality(rules.c.dates) == 0, kept.c.kept_as == any_(rules.c.dates))


def _leads(of: Ground, bought: CTE) -> CTE:
    """The longest lead that a rule has for any category in which a client bought: of each rule and client `days`."""
    rules, each = of.rules, days_by_category(of.rules)
    buys = select(*bought.c["client_id", "category"]).distinct().subquery("buys")
    return (
        select(*rules.c["rule_id", "version"], buys.c.client_id, func.min(each.c.days).label("days"))
        .select_from(rules.join(each, true()).join(buys, buys.c.category == each.c.category))
        .where(or_(about(of, Cause.OWN_DATE), about(of, Cause.LINKED_DATE)))
        .group_by(*rules.c["rule_id", "version"], buys.c.client_id)
        .cte("lead")
        .prefix_with("MATERIALIZED")
    )
