"""The rules that ticklers follow from: the versions that the house set, or one that is only tried.

Either way the same columns, so that whatever asks for causes does not know which it is.
"""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    distinct,
    extract,
    func,
    literal_column,
    select,
    text,
)

from domain.tickler_rule import Rule
from projections import ticklers

ON: Final = bindparam("on", type_=Date)
FIRST: Final = bindparam("first", type_=Date)
"""The first day on which something is due that is asked about; NULL: whatever is not over by itself `on` the day."""
LAST: Final = bindparam("last", type_=Date)

_RULE: Final = ticklers.rule
_SAYS: Final = [
    *("cause", "text", "days", "shown", "expires", "owner", "dates", "categories", "types", "event_kinds"),
    *("minimum", "currency", "every_months", "by_category"),
    *("lapse_category", "lapse_months", "lapse_within_months", "lapse_times", "unless_date"),
]
_UNTIL: Final = func.min(_RULE.c.since).over(partition_by=_RULE.c.key, order_by=_RULE.c.version, rows=(1, None))
_SET: Final = select(*_RULE.c["rule_id", "version", "since"], _UNTIL.label("until"), *_RULE.c[*_SAYS]).subquery("set")

TRIED_ID: Final = "tried"
_TRIED: Final = select(
    literal_column(f"'{TRIED_ID}'", Text).label("rule_id"),
    literal_column("1", Integer).label("version"),
    literal_column("date '0001-01-01'", Date).label("since"),
    literal_column("NULL::date", Date).label("until"),
    *(cast(bindparam(f"tried_{name}", type_=_RULE.c[name].type), _RULE.c[name].type).label(name) for name in _SAYS),
).subquery("tried")


def trying(rule: Rule) -> dict[str, Any]:
    """The parameters of the rule that is tried."""
    return {f"tried_{name}": value for name, value in ticklers.said(rule).items()}


def _year(day: ColumnElement[date]) -> ColumnElement[int]:
    return cast(extract("year", day), Integer)


def days_by_category(of: Any) -> Any:
    """The days that a rule says for categories, as a table of `category` and `days`."""
    each = func.jsonb_to_recordset(of.c.by_category).table_valued(column("category", Text), column("days", Integer))
    return each.render_derived(name="by_category", with_types=True)


def _bounds(versions: FromClause) -> CTE:
    """Each version with the days of causes, `first_day` to `last_day`, for which something can be due among the days
    that are asked about; and the years and the months that these days lie in."""
    least, most = (
        widest(versions.c.days, select(extreme(days_by_category(versions).c.days)).scalar_subquery())
        for widest, extreme in ((func.least, func.min), (func.greatest, func.max))
    )
    first = func.coalesce(FIRST, ON - versions.c.expires, type_=Date)
    lasting = (
        select(
            versions,
            first.label("first"),
            LAST.label("last"),
            (first - most).label("first_day"),
            (LAST - least).label("last_day"),
        )
        .where(versions.c.cause.is_not(None))
        .subquery("lasting")
    )
    begins = cast(lasting.c.first_day, DateTime)
    ends = cast(lasting.c.last_day, DateTime) + text("interval '31 days'")
    month = func.generate_series(begins, ends, text("interval '1 month'")).column_valued("month")
    return (
        select(
            lasting,
            _year(lasting.c.since).label("since_year"),
            _year(lasting.c.first_day).label("first_year"),
            _year(lasting.c.last_day).label("last_year"),
            select(func.array_agg(distinct(cast(extract("month", month), Integer)))).scalar_subquery().label("months"),
        )
        .cte("rule")
        .prefix_with("MATERIALIZED")
    )


RULES: Final = _bounds(_SET)
"""Every version of every rule of the house that something can follow from: for causes from `since` on, before
`until`."""

TRIED: Final = _bounds(_TRIED)
"""One rule that is no rule of the house, for causes of any day."""
