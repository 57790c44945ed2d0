"""Slow, simple answers about what a client spent, has and was sold: one reading of the whole list of events each.

As known at a moment is what the events recorded by then say.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.gift_policy import shows_to_recipient
from domain.personal import Erased
from domain.sale import state as sales
from domain.sale.events import GiftMarked
from domain.sale.pieces import returned_of
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


def sold_by(log: Sequence[Recorded], client_id: UUID, associate_id: str) -> Answer | None:
    """What an associate sold to a client: sales, when last, and her credit by currency."""
    goods = [
        (sold, line, seller)
        for sold in sales_of(log, client_id)
        for line in sold["lines"]
        for seller in line["sellers"]
        if sold["kind"] == "sale" and line["moves_goods"] and line["moved_quantity"]
        if seller["associate_id"] == associate_id
    ]
    credit: dict[str, Decimal] = defaultdict(Decimal)
    for sold, _, seller in goods:
        credit[sold["currency"]] += seller["net"] - seller["returned_net"]
    if not goods:
        return None
    return {
        "client_id": client_id,
        "sales": len({sold["sale_id"] for sold, _, _ in goods}),
        "last_at": max(sold["occurred_at"] for sold, _, _ in goods),
        "credit": [{"currency": currency, "net": credit[currency]} for currency in sorted(credit)],
    }


def returns_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Everything of hers that came back, newest first."""
    found = [
        {
            **back,
            **{name: line[name] for name in ("ordinal", "sku", "description", "brand", "category", "type")},
            **{name: sale[name] for name in ("sale_id", "currency")},
            "sold_at": sale["occurred_at"],
            "sold_at_store_id": sale["store_id"],
        }
        for sale in sales_of(log, client_id)
        for line in sale["lines"]
        if line["moves_goods"]
        for back in line["returns"]
    ]
    found.sort(key=lambda each: (each["return_id"], each["ordinal"]))
    return sorted(found, key=lambda each: each["occurred_at"], reverse=True)


def owned_of(log: Sequence[Recorded], client_id: UUID, on: date) -> list[Answer]:
    """What she bought and neither gave back nor away, and what others gave her and her file may show."""
    found = [*_kept(log, client_id), *_received(log, client_id, on)]
    found.sort(key=lambda each: each[0])
    return [piece for _, piece in sorted(found, key=lambda each: each[1]["since"], reverse=True)]


def _kept(log: Sequence[Recorded], client_id: UUID) -> Iterator[tuple[tuple[UUID, int], Answer]]:
    for sold in sales_of(log, client_id):
        given = dict(_given(log, sold["sale_id"]))
        for line in sold["lines"]:
            away = sum(left for mark, left in given.values() if mark.ordinal == line["ordinal"])
            quantity = line["moved_quantity"] - line["returned_quantity"] - away
            if sold["kind"] == "sale" and line["moves_goods"] and quantity > 0:
                handed = [step["occurred_at"] for step in line["steps"] if step["kind"] == "handed-over"]
                since = sold["occurred_at"] if line["handover"] == "taken" else min(handed)
                of = {"source": "bought", "since": since, "quantity": quantity}
                id = {"sale_id": sold["sale_id"], "ordinal": line["ordinal"]}
                yield (sold["sale_id"], line["ordinal"]), {**of, **id, **_as_sold(line)}


def _received(log: Sequence[Recorded], client_id: UUID, on: date) -> Iterator[tuple[tuple[UUID, int], Answer]]:
    for sale_id in {each.stream_id for each in log if hasattr(each.event, "sale_id")}:
        for id, (mark, left) in _given(log, sale_id):
            released = None if isinstance(mark.released_on, Erased) else mark.released_on
            if mark.recipient_id != client_id or not shows_to_recipient(released, on, discreet=mark.discreet):
                continue
            sold = sale_of(log, sale_id)
            assert sold
            [line] = [each for each in sold["lines"] if each["ordinal"] == mark.ordinal]
            day = released if mark.occasion is None or isinstance(mark.occasion, Erased) else mark.occasion.day
            assert day
            if left and line["moved_quantity"]:
                since = datetime.combine(day, time(), UTC)
                of = {"source": "gift", "since": since, "quantity": left, "sale_id": None, "ordinal": None}
                yield (id, 0), {**of, **_as_sold(line)}


def _given(log: Sequence[Recorded], sale_id: UUID) -> Iterator[tuple[UUID, tuple[GiftMarked, int]]]:
    """The gifts of a sale, and how many pieces of each did not come back."""
    now = sales.after(each.event for each in log if each.stream_id == sale_id)
    for id, mark in now.marks.items():
        if isinstance(mark, GiftMarked):
            yield id, (mark, mark.quantity - returned_of(now, id))


def _as_sold(line: Answer) -> Answer:
    said = ("sku", "description", "brand", "category", "type", "attributes", "serial_number")
    return {name: line[name] for name in said}
