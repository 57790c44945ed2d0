"""Sales as they are known now, and as they were known at a moment: what a question about purchases is asked of.

What was corrected since is asked back: of each row the earliest that ended after the moment, else the one that stands
now; and of what happened only what was recorded by then.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    DateTime,
    FromClause,
    Integer,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import union as union_distinct
from sqlalchemy import union_all as union

from domain.sale.facts import Handover
from projections.purchase_history import came_back, line, sale
from projections.purchase_orders import ARRIVED, CANCELLED, HANDED_OVER, step
from projections.purchase_was import line_was, sale_was, standing_was
from queries import visibility


class Facts(NamedTuple):
    """Where a question finds sales, their lines, what came back of them, and what became of orders: the tables, or
    what stands in for them."""

    sale: FromClause
    line: FromClause
    came_back: FromClause
    step: FromClause


NOW: Final = Facts(sale, line, came_back, step)

KNOWN_AT: Final = bindparam("known_at", type_=DateTime(timezone=True))
_CLIENT_ID: Final[ColumnElement[UUID]] = bindparam("client_id", type_=Uuid)

_SALE_ONCE: Final = (
    select(*sale_was.c["store_id", "occurred_at"])
    .where(sale_was.c.sale_id == sale.c.sale_id, sale_was.c.known_until > KNOWN_AT)
    .order_by(sale_was.c.until_version)
    .limit(1)
    .lateral("sale_once")
)
_STOOD_ONCE: Final = (
    select(*standing_was.c["until_version", "client_id"])
    .where(standing_was.c.sale_id == sale.c.sale_id, standing_was.c.known_until > KNOWN_AT)
    .order_by(standing_was.c.until_version)
    .limit(1)
    .lateral("stood_once")
)
_STANDS_ON_HER: Final = sale.alias("stands_on_her")
# A union, and no "or", so that either part is found by its index.
_EVER_HERS: Final = sale.c.sale_id.in_(
    union_distinct(
        select(_STANDS_ON_HER.c.sale_id).where(_STANDS_ON_HER.c.client_id == _CLIENT_ID),
        select(standing_was.c.sale_id).where(standing_was.c.client_id == _CLIENT_ID),
    )
)
_SALE_THEN: Final = (
    select(
        sale.c.sale_id,
        case((_STOOD_ONCE.c.until_version.is_not(None), _STOOD_ONCE.c.client_id), else_=sale.c.client_id).label(
            "client_id"
        ),
        *sale.c["kind", "source", "number"],
        func.coalesce(_SALE_ONCE.c.store_id, sale.c.store_id).label("store_id"),
        func.coalesce(_SALE_ONCE.c.occurred_at, sale.c.occurred_at).label("occurred_at"),
        *sale.c["currency", "bought_by_id", "exchange_of", "recorded_at", "stream_version"],
    )
    .select_from(sale.outerjoin(_SALE_ONCE, true()).outerjoin(_STOOD_ONCE, true()))
    .where(sale.c.recorded_at <= KNOWN_AT, _EVER_HERS, visibility.no_surprise(sale.c.sale_id, _CLIENT_ID))
    .cte("sale_then")
)

_SAID: Final = [
    str(column.name) for column in line_was.c if column.name not in ("until_version", "known_until", "present")
]
_LATER: Final = line_was.alias("later")
_EARLIER: Final = line_was.alias("earlier")
_STANDS: Final = select(*line.c[*_SAID]).where(
    line.c.sale_id.in_(select(_SALE_THEN.c.sale_id)),
    ~select(1)
    .where(_LATER.c.sale_id == line.c.sale_id, _LATER.c.ordinal == line.c.ordinal, _LATER.c.known_until > KNOWN_AT)
    .exists(),
)
_STOOD: Final = select(*line_was.c[*_SAID]).where(
    line_was.c.sale_id.in_(select(_SALE_THEN.c.sale_id)),
    line_was.c.known_until > KNOWN_AT,
    line_was.c.present,
    ~select(1)
    .where(
        _EARLIER.c.sale_id == line_was.c.sale_id,
        _EARLIER.c.ordinal == line_was.c.ordinal,
        _EARLIER.c.until_version < line_was.c.until_version,
        _EARLIER.c.known_until > KNOWN_AT,
    )
    .exists(),
)
_LINES: Final = union(_STANDS, _STOOD).subquery("said")


def _pieces(kind: str) -> ColumnElement[Any]:
    return func.coalesce(func.sum(step.c.quantity).filter(step.c.kind == kind), 0)


_STEPPED: Final = (
    select(
        _pieces(ARRIVED).label("arrived"),
        _pieces(CANCELLED).label("cancelled"),
        _pieces(HANDED_OVER).label("moved"),
        func.coalesce(func.sum(step.c.net), 0).label("moved_net"),
    )
    .where(step.c.sale_id == _LINES.c.sale_id, step.c.ordinal == _LINES.c.ordinal, step.c.recorded_at <= KNOWN_AT)
    .lateral("stepped")
)
_BACK: Final = (
    select(
        func.coalesce(func.sum(came_back.c.quantity), 0).label("quantity"),
        func.coalesce(func.sum(came_back.c.net), 0).label("net"),
    )
    .where(
        came_back.c.sale_id == _LINES.c.sale_id,
        came_back.c.ordinal == _LINES.c.ordinal,
        came_back.c.recorded_at <= KNOWN_AT,
    )
    .lateral("back")
)
_TAKEN: Final = _LINES.c.handover == Handover.TAKEN.value
_LINE_THEN: Final = (
    select(
        *_LINES.c,
        _STEPPED.c.arrived.label("arrived_quantity"),
        _STEPPED.c.cancelled.label("cancelled_quantity"),
        case((_TAKEN, _LINES.c.quantity), else_=_STEPPED.c.moved).label("moved_quantity"),
        case((_TAKEN, _LINES.c.net), else_=_STEPPED.c.moved_net).label("moved_net"),
        _BACK.c.quantity.label("returned_quantity"),
        _BACK.c.net.label("returned_net"),
        *_SALE_THEN.c["client_id", "store_id", "occurred_at", "currency"],
    )
    .select_from(
        _LINES.join(_STEPPED, true()).join(_BACK, true()).join(_SALE_THEN, _SALE_THEN.c.sale_id == _LINES.c.sale_id)
    )
    .subquery("line_then")
)

THEN: Final = Facts(
    _SALE_THEN,
    _LINE_THEN,
    select(came_back).where(came_back.c.recorded_at <= KNOWN_AT).subquery("came_back_then"),
    select(step).where(step.c.recorded_at <= KNOWN_AT).subquery("step_then"),
)
"""As known at `known_at`, of the client `client_id` only."""


def movements(
    of: Facts, *whose: ColumnElement[bool], within: Sequence[FromClause] = (), only: Collection[str] | None = None
) -> CompoundSelect[Any]:
    """Every time that goods of a sale changed hands, the one way or the other: at the sale, when they were handed over,
    when they came back.

    `moved`, `moved_net` are what she got, `back`, `back_net` what she gave back; of each movement one is nothing.
    `whose` says of which lines, perhaps by a row of a table `within` whose query this is asked. `only` are the columns
    that are asked for: PostgreSQL would read the others too, though nobody does, and leave the index for them.
    """
    _, lines, backs, steps = of
    nothing = literal_column("0", Integer)
    of_line = lines.c["client_id", "sale_id", "currency", "ordinal", "brand", "category"]
    taken = (
        select(
            *of_line,
            *lines.c["store_id", "occurred_at"],
            lines.c.moved_quantity.label("moved"),
            lines.c.net.label("moved_net"),
            nothing.label("back"),
            nothing.label("back_net"),
        )
        .select_from(lines)
        .where(lines.c.handover == Handover.TAKEN.value, lines.c.moved_quantity > 0)
    )
    handed = (
        select(
            *of_line,
            *steps.c["store_id", "occurred_at"],
            steps.c.quantity.label("moved"),
            steps.c.net.label("moved_net"),
            nothing.label("back"),
            nothing.label("back_net"),
        )
        .select_from(lines.join(steps, (steps.c.sale_id == lines.c.sale_id) & (steps.c.ordinal == lines.c.ordinal)))
        .where(steps.c.kind == HANDED_OVER)
    )
    back = select(
        *of_line,
        *backs.c["store_id", "occurred_at"],
        nothing.label("moved"),
        nothing.label("moved_net"),
        backs.c.quantity.label("back"),
        backs.c.net.label("back_net"),
    ).select_from(lines.join(backs, (backs.c.sale_id == lines.c.sale_id) & (backs.c.ordinal == lines.c.ordinal)))
    return union(
        *(
            each.with_only_columns(*(column for column in each.selected_columns if only is None or column.name in only))
            .where(lines.c.moves_goods, *whose)
            .correlate(*within)
            for each in (taken, handed, back)
        )
    )
