"""What changed hands, as ticklers ask of it: each line with its day at the store, the first if there were several."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
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
from projections.purchase_history import line
from projections.purchase_orders import HANDED_OVER, step
from queries.local_day import local_day, zone_at
from queries.sql import for_each
from queries.tickler.row import Ground, chosen, in_year
from queries.tickler.rules import days_by_category

GOODS: Final = ("sale_id", "ordinal", "category", "type", "net", "currency", "quantity", "at", "day", "event_id")
"""The columns of what changed hands."""

CHANGED_HANDS: Final = and_(line.c.moves_goods, line.c.moved_quantity > line.c.returned_quantity)
"""Whether goods of the line changed hands that did not all come back."""

_OF_LINE: Final = ("sale_id", "ordinal", "category", "type", "net", "currency", "description")


def goods(of: FromClause, *which: ColumnElement[bool]) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """These rows, each with the lines that `which` names; and the columns of a line, with `GOODS` among them."""
    columns = {
        **{name: line.c[name] for name in _OF_LINE},
        "quantity": line.c.moved_quantity - line.c.returned_quantity,
        "at": _handed("occurred_at"),
        "store_id": _handed("store_id"),
        "event_id": _handed("event_id"),
    }
    lines = select(*(column.label(name) for name, column in columns.items()))
    piece = for_each(lines.where(*which).correlate_except(line), "piece")
    return of.join(piece, true()), {**dict(piece.c), "day": local_day(piece.c.at, zone_at(piece.c.store_id))}


def _handed(column: str) -> ColumnElement[Any]:
    """What is said of the first time that pieces of a line were handed over; not looked for where they were taken."""
    first = (
        select(step.c[column])
        .where(step.c.sale_id == line.c.sale_id, step.c.ordinal == line.c.ordinal, step.c.kind == HANDED_OVER)
        .order_by(step.c.occurred_at, step.c.step_id)
        .limit(1)
        .correlate(line)
        .scalar_subquery()
    )
    at_once: ColumnElement[Any] = line.c[column]
    return case((line.c.handover == Handover.TAKEN.value, at_once), else_=func.coalesce(first, at_once))


def bought_by(of: Ground) -> CTE:
    """All that the clients bought, as a ground of its own: each line with whose it is."""
    whose = of.whose
    rows, columns = goods(whose, line.c.client_id == whose.c.client_id, CHANGED_HANDS)
    bought = select(*whose.c["client_id", "put_off"], *(columns[name].label(name) for name in GOODS))
    return bought.select_from(rows).cte("bought").prefix_with("MATERIALIZED")


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
