"""What changed hands, as ticklers ask of it: each line with its day at the store, the first if there were several."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Uuid,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from domain.sale.facts import Handover
from projections.client_facts import date as life_date
from projections.purchase_history import SALE, line, sale
from projections.purchase_orders import HANDED_OVER, step
from queries.local_day import ZONES, local_day
from queries.tickler.row import Ground, chosen, in_year
from queries.tickler.rules import days_by_category

_HANDED: Final = (
    select(*step.c["store_id", "occurred_at", "event_id"])
    .where(
        step.c.sale_id == line.c.sale_id,
        step.c.ordinal == line.c.ordinal,
        step.c.kind == HANDED_OVER,
        line.c.handover != Handover.TAKEN.value,
    )
    .order_by(step.c.occurred_at, step.c.step_id)
    .limit(1)
    .lateral("handed")
)


def with_lines(sales: FromClause) -> Any:
    """Sales, joined to their lines and to what the columns below are made of."""
    lines = sales.join(line, line.c.sale_id == sale.c.sale_id).outerjoin(_HANDED, true())
    return lines.outerjoin(ZONES, ZONES.c.store_id == func.coalesce(_HANDED.c.store_id, sale.c.store_id))


AT: Final[ColumnElement[Any]] = func.coalesce(_HANDED.c.occurred_at, sale.c.occurred_at, type_=DateTime(timezone=True))
DAY: Final[ColumnElement[date]] = local_day(AT, ZONES.c.time_zone)
EVENT_ID: Final[ColumnElement[Any]] = func.coalesce(_HANDED.c.event_id, sale.c.event_id, type_=Uuid())

BOUGHT: Final = and_(sale.c.kind == SALE, line.c.moves_goods, line.c.moved_quantity > line.c.returned_quantity)
"""Whether goods of the line changed hands that did not all come back."""

GOODS: Final = (
    *line.c["sale_id", "ordinal", "category", "type", "net"],
    sale.c.currency,
    (line.c.moved_quantity - line.c.returned_quantity).label("quantity"),
    AT.label("at"),
    DAY.label("day"),
    EVENT_ID.label("event_id"),
)


def bought_by(of: Ground) -> CTE:
    """All that the clients bought, as a ground of its own: each line with whose it is."""
    whose = of.whose
    lines = with_lines(whose.join(sale, sale.c.client_id == whose.c.client_id))
    return select(*whose.c["client_id", "put_off"], *GOODS).select_from(lines).where(BOUGHT).cte("bought")


def fits(of: Ground) -> tuple[ColumnElement[bool], ...]:
    """Whether a rule about goods is about these, which are the ground that it is asked of."""
    goods, rules = of.whose, of.rules
    enough = and_(rules.c.currency == goods.c.currency, rules.c.minimum <= goods.c.net)
    return (
        chosen(rules.c.types, goods.c.type),
        chosen(rules.c.categories, goods.c.category),
        or_(rules.c.minimum.is_(None), enough),
    )


def lead(of: Ground) -> Any:
    """How many days after its cause something about these goods is due: `days`."""
    goods, rules = of.whose, of.rules
    each = days_by_category(rules)
    of_category = select(each.c.days).where(each.c.category == goods.c.category).correlate(rules, goods)
    days = case(
        (rules.c.by_category == func.jsonb_build_array(), rules.c.days),
        else_=func.coalesce(of_category.scalar_subquery(), rules.c.days),
    )
    return select(days.label("days")).correlate(rules, goods).offset(literal_column("0")).lateral("lead")


def unless(of: Ground, day: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether nothing speaks against it: the client has no date to come of the kind that the rule excepts."""
    day_of_it = in_year(life_date.c.year, life_date.c.month, life_date.c.day)
    to_come = select(1).where(
        life_date.c.client_id == of.whose.c.client_id,
        life_date.c.kind == of.rules.c.unless_date,
        or_(life_date.c.yearly, day_of_it >= day),
    )
    return or_(of.rules.c.unless_date.is_(None), ~to_come.exists())
