"""Slow, simple answers about what a client spent, has and was sold: one reading of the whole list of events each.

As known at a moment is what the events recorded by then say.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.values import share
from projections.projection import Recorded
from tests.support.oracles import Answer, sale_of


class Movement(NamedTuple):
    """Goods that changed hands (`net` and `quantity` above zero) or came back (below)."""

    sale: Answer
    line: Answer
    at: datetime
    store_id: str
    quantity: int
    net: Decimal


def sales_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Every sale that stands on her."""
    ids = {each.stream_id for each in log if hasattr(each.event, "sale_id")}
    return [found for id in ids if (found := sale_of(log, id)) and found["client_id"] == client_id]


def movements_of(log: Sequence[Recorded], client_id: UUID) -> Iterator[Movement]:
    for sale in sales_of(log, client_id):
        for line in sale["lines"]:
            if not line["moves_goods"]:
                continue
            if sale["kind"] == "sale" and line["handover"] == "taken":
                yield Movement(sale, line, sale["occurred_at"], sale["store_id"], line["quantity"], line["net"])
            for step in line["steps"]:
                if step["kind"] == "handed-over":
                    yield Movement(sale, line, step["occurred_at"], step["store_id"], step["quantity"], step["net"])
            for back in line["returns"]:
                yield Movement(sale, line, back["occurred_at"], back["store_id"], -back["quantity"], -back["net"])


def totals_of(log: Sequence[Recorded], client_id: UUID, on: date) -> Answer:
    """The last sale and what she spent, as the answer's `last_sale` and `spent` say it."""
    until = datetime.combine(on + timedelta(1), time(), UTC)
    moved = [each for each in movements_of(log, client_id) if each.at < until]
    out = sorted((each for each in moved if each.quantity > 0), key=lambda each: each.sale["sale_id"])
    last = max(out, key=lambda each: each.at, default=None)
    by_currency = defaultdict(list)
    for each in moved:
        by_currency[each.sale["currency"]].append(each)
    return {
        "last_sale": last and {"sale_id": last.sale["sale_id"], "at": last.at, "store_id": last.store_id},
        "spent": [
            {
                "currency": currency,
                **_periods(of, currency, on),
                "by_brand": _parts(of, "brand", currency, on),
                "by_category": _parts(of, "category", currency, on),
            }
            for currency, of in sorted(by_currency.items())
        ],
    }


def _parts(moved: Sequence[Movement], name: str, currency: str, on: date) -> list[Answer]:
    names = {each.line[name] for each in moved}
    return [
        {"name": part, **_periods([each for each in moved if each.line[name] == part], currency, on)}
        for part in sorted(names, key=lambda part: (part is None, part or ""))
    ]


def _periods(moved: Sequence[Movement], currency: str, on: date) -> Answer:
    found = {}
    for months in (6, 12, 24):
        since = datetime.combine(_months_before(on, months), time(), UTC)
        found[f"months_{months}"] = _spent([each for each in moved if each.at >= since], currency)
    return {**found, "ever": _spent(moved, currency)}


def _months_before(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return min(first + timedelta(on.day - 1), last)


def _spent(moved: Sequence[Movement], currency: str) -> Answer:
    out, back = ([each for each in moved if each.quantity * way > 0] for way in (1, -1))
    gross, returned = sum((each.net for each in out), Decimal(0)), -sum((each.net for each in back), Decimal(0))
    sales = {each.sale["sale_id"] for each in out}
    return {
        "gross": gross,
        "returned": returned,
        "net": gross - returned,
        "sales": len(sales),
        "pieces": sum(each.quantity for each in out),
        "average": share(gross, 1, len(sales), currency) if sales else None,
    }
