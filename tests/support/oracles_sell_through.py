"""What an event sold, counted afresh: piece by piece through the whole log, and person by person."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from domain.calendar_event.state import CalendarEvent
from domain.event_policy import EventPolicy
from domain.sale.events import SaleAttributed
from domain.sale.facts import Handover, Seller
from domain.sale.shares import shares
from domain.values import percent, share
from projections.projection import Recorded
from tests.support.oracles import Answer
from tests.support.oracles_calendar import calendar_events
from tests.support.oracles_event_people import asked_of, contacts, hosts, response, under, unstated
from tests.support.oracles_stated import NOTHING, day_of, goods_sold, statements, text

PARTS = ("before", "during", "after")


class Counted(NamedTuple):
    """Pieces of a line in one figure: what each is worth, if it was brought; what was paid, and each seller's part."""

    figure: str
    sale: Answer
    line: Answer
    when: str
    pieces: int
    worth: list[tuple[str, Decimal]]
    net: Decimal
    of: list[Decimal]
    brand: str | None


class Unit(NamedTuple):
    sku: str
    number: str | None
    currency: str
    value: Decimal


def sell_through_of(log: Sequence[Recorded], id: UUID, policy: EventPolicy) -> Answer | None:
    event = calendar_events(log).get(id)
    if event is None or event.held is None:
        return None
    lines = _stated(log, id)
    counted = list(_counted(event, lines))
    people = asked_of(log, id)
    contacted, spoken = contacts(log, id, event)
    buyers = {
        who for sold, line in lines if _left(line) and sold["client_id"] for who in under(sold["client_id"], people)
    }
    hers = [
        (sold["currency"], _less(line, sold)[2])
        for sold, line in lines
        if contacted & {sold["client_id"], *hosts(sold["client_id"], people)}
    ]
    units = [*_units(event)]
    return {
        "calendar_event_id": id,
        "name": event.name,
        "first_day": event.held.first_day,
        "last_day": event.held.last_day,
        "cancelled": event.cancelled,
        "rule": {"name": "stated", "version": 1},
        "assortment": {**_rate(units, counted), "sold": _by_day("assortment", counted)},
        "orders": _by_day("orders", counted),
        "other": _by_day("other", counted),
        "by_store": [
            {"store_id": store, **_figures(its)} for store, its in _parts(counted, lambda each: each.sale["store_id"])
        ],
        "by_designer": _by_designer(event, units, counted),
        "by_associate": _by_associate(counted),
        "response": response(people, buyers),
        "targets": list(_targets(event, lines)),
        "concentration": list(_concentration(event, lines, policy)),
        "contacts": {
            **spoken,
            "clients": len(contacted),
            "attended": sum(1 for who in contacted if who in people and "attended" in people[who].standing),
            "bought": len(contacted & buyers),
            "net": _money(hers),
        },
        "unstated": unstated(log, event, people, policy),
    }


def credits_of(log: Sequence[Recorded], id: UUID) -> list[Answer]:
    """Every line that counts, the latest sale first, with the event that stated it."""
    event = calendar_events(log)[id]
    by_line: dict[tuple[UUID, int], list[Counted]] = defaultdict(list)
    for each in _counted(event, _stated(log, id)):
        by_line[each.sale["sale_id"], each.line["ordinal"]].append(each)
    found = [_credit(log, its, statements(log)[key]) for key, its in sorted(by_line.items())]
    return sorted(found, key=lambda each: each["occurred_at"], reverse=True)


def _credit(log: Sequence[Recorded], its: list[Counted], stated: Recorded) -> Answer:
    sold, line = its[0].sale, its[0].line
    assert isinstance(stated.event, SaleAttributed)
    return {
        **{name: sold[name] for name in ("sale_id", "client_id", "store_id", "occurred_at", "currency")},
        **{name: line[name] for name in ("ordinal", "sku", "serial_number", "description", "brand")},
        "when": its[0].when,
        "rule": {"name": "stated", "version": 1},
        "stated_by": stated.event.associate_id,
        "stated_at": stated.recorded_at,
        "event_id": stated.event_id,
        "counts": [
            {
                "figure": each.figure,
                "pieces": each.pieces,
                "net": each.net,
                "values": _money(each.worth, "value"),
                "sellers": [
                    {"associate_id": seller["associate_id"], "parts": seller["parts"], "net": part}
                    for seller, part in zip(line["sellers"], each.of, strict=True)
                ],
            }
            for each in its
        ],
    }


# ------------------------------------------------------------------------------------------------------------ the lines


def _stated(log: Sequence[Recorded], id: UUID) -> list[tuple[Answer, Answer]]:
    said = statements(log)
    return [
        (sold, line)
        for sold, line in goods_sold(log)
        if (by := said.get((sold["sale_id"], line["ordinal"]))) and getattr(by.event, "calendar_event_id", None) == id
    ]


def _units(event: CalendarEvent) -> Iterator[Unit]:
    for piece in sorted(event.pieces.values(), key=lambda piece: piece.serial_number or ""):
        for _ in range(piece.units):
            yield Unit(piece.sku, piece.serial_number, piece.currency, piece.unit_value)


def _counted(event: CalendarEvent, lines: list[tuple[Answer, Answer]]) -> Iterator[Counted]:
    left = [*_units(event)]
    kinds, numbers = {unit.sku for unit in left}, {(unit.sku, unit.number) for unit in left if unit.number}
    taken: dict[int, list[Unit]] = defaultdict(list)
    for named in (True, False):
        for place, (_, line) in enumerate(lines):
            number = line["serial_number"]
            if named is not ((line["sku"], number) in numbers) or (not named and line["handover"] is Handover.ORDERED):
                continue
            for _ in range(line["kept_quantity"]):
                fits = [unit for unit in left if unit.sku == line["sku"] and _fits(unit.number, number, named=named)]
                if fits:
                    taken[place].append(fits[0])
                    left.remove(fits[0])
    for place, (sold, line) in enumerate(lines):
        yield from _of_line(event, sold, line, taken[place], kinds, numbers)


def _fits(brought: str | None, sold: str | None, *, named: bool) -> bool:
    """Whether what was sold under this number, or without one, can be the piece with that number, or without one."""
    return brought == sold if named else sold is None or brought is None


def _of_line(
    event: CalendarEvent, sold: Answer, line: Answer, taken: list[Unit], kinds: set[str], numbers: set[Any]
) -> Iterator[Counted]:
    when, brand = _when(event, sold["occurred_at"]), _brand(event, line["sku"])
    kept, of_kept, written, of_written = _less(line, sold)
    pieces = line["kept_quantity"]
    if line["sku"] not in kinds:
        yield Counted("other", sold, line, when, pieces, [], kept, of_kept, line["brand"])
    elif line["handover"] is Handover.ORDERED and (line["sku"], line["serial_number"]) not in numbers:
        not_cancelled = line["quantity"] - line["cancelled_quantity"] - line["returned_quantity"]
        of = line["brand"] if brand is None else brand
        yield Counted("orders", sold, line, when, not_cancelled, [], written, of_written, of)
    else:
        worth = [(unit.currency, unit.value) for unit in taken]
        net = kept if len(taken) == pieces else share(kept, len(taken), pieces, sold["currency"])
        sellers = [Seller(each["associate_id"], each["parts"]) for each in line["sellers"]]
        of_net = of_kept if len(taken) == pieces else shares(net, sellers, sold["currency"])
        if taken or not pieces:
            yield Counted("assortment", sold, line, when, len(taken), worth, net, of_net, brand)
        if len(taken) < pieces:
            rest = [one - other for one, other in zip(of_kept, of_net, strict=True)]
            yield Counted("other", sold, line, when, pieces - len(taken), [], kept - net, rest, line["brand"])


def _less(line: Answer, sold: Answer) -> tuple[Decimal, list[Decimal], Decimal, list[Decimal]]:
    """What was kept of a line, and of whom; and the same with what is still to be handed over."""
    sellers = [Seller(each["associate_id"], each["parts"]) for each in line["sellers"]]
    left = line["quantity"] - line["cancelled_quantity"]
    due = share(line["net"], left, line["quantity"], sold["currency"])
    of_due = shares(due, sellers, sold["currency"])
    back = [each["returned_net"] for each in line["sellers"]]
    return (
        line["kept_net"],
        [each["net"] - each["returned_net"] for each in line["sellers"]],
        due - line["returned_net"],
        [one - less for one, less in zip(of_due, back, strict=True)],
    )


def _left(line: Answer) -> bool:
    return bool(line["quantity"] - line["cancelled_quantity"] - line["returned_quantity"])


def _brand(event: CalendarEvent, sku: str) -> str | None:
    of = sorted(event.pieces.values(), key=lambda piece: piece.serial_number or "")
    return next((piece.brand for piece in of if piece.sku == sku and piece.brand is not None), None)


def _when(event: CalendarEvent, at: datetime) -> str:
    assert event.held is not None
    day = day_of(event, at)
    return "before" if day < event.held.first_day else "after" if day > event.held.last_day else "during"


# ------------------------------------------------------------------------------------------------------------- the sums


def _parts(counted: Iterable[Counted], part: Callable[[Counted], Any]) -> list[tuple[Any, list[Counted]]]:
    its: dict[Any, list[Counted]] = defaultdict(list)
    for each in counted:
        its[part(each)].append(each)
    return sorted(its.items(), key=lambda part: (part[0] is None, part[0] or ""))


def _money(amounts: Iterable[tuple[str, Decimal]], name: str = "net") -> list[Answer]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        found[currency] += amount
    return [{"currency": currency, name: found[currency]} for currency in sorted(found)]


def _figure(figure: str, counted: Iterable[Counted]) -> Answer:
    its = [each for each in counted if each.figure == figure]
    goods = {
        "pieces": sum(each.pieces for each in its),
        "net": _money((each.sale["currency"], each.net) for each in its),
    }
    worth = [value for each in its for value in each.worth]
    return {**goods, "values": _money(worth, "value")} if figure == "assortment" else goods


def _figures(counted: Sequence[Counted]) -> Answer:
    return {figure: _figure(figure, counted) for figure in ("assortment", "orders", "other")}


def _by_day(figure: str, counted: Sequence[Counted]) -> Answer:
    days = {when: _figure(figure, [each for each in counted if each.when == when]) for when in PARTS}
    return {"all": _figure(figure, counted), **days}


def _rate(units: Sequence[Unit], counted: Sequence[Counted]) -> Answer:
    worth = [value for each in counted for value in each.worth]
    currencies = sorted({unit.currency for unit in units})
    return {
        "brought": {"pieces": len(units), "values": _money([(unit.currency, unit.value) for unit in units], "value")},
        "percent": text(percent(len(worth), len(units))),
        "value_percent": [
            {
                "currency": currency,
                "percent": text(
                    percent(
                        sum((value for of, value in worth if of == currency), NOTHING),
                        sum((unit.value for unit in units if unit.currency == currency), NOTHING),
                    )
                ),
            }
            for currency in currencies
        ],
    }


def _by_designer(event: CalendarEvent, units: Sequence[Unit], counted: Sequence[Counted]) -> list[Answer]:
    brands = {_brand(event, unit.sku) for unit in units} | {each.brand for each in counted}
    found = []
    for brand in sorted(brands, key=lambda brand: (brand is None, brand or "")):
        its = [each for each in counted if each.brand == brand]
        of = [unit for unit in units if _brand(event, unit.sku) == brand]
        found.append({"brand": brand, **_rate(of, its), **_figures(its)})
    return found


def _by_associate(counted: Sequence[Counted]) -> list[Answer]:
    parts = [
        (who, each.figure, each.sale["currency"], net)
        for each in counted
        for who, net in (
            zip([seller["associate_id"] for seller in each.line["sellers"]], each.of, strict=True)
            if each.of
            else [(None, each.net)]
        )
    ]
    return [
        {
            "associate_id": who,
            **{
                figure: _money((currency, net) for whose, of, currency, net in parts if (whose, of) == (who, figure))
                for figure in ("assortment", "orders", "other")
            },
        }
        for who in sorted({part[0] for part in parts}, key=lambda who: (who is None, who or ""))
    ]


def _targets(event: CalendarEvent, lines: list[tuple[Answer, Answer]]) -> Iterator[Answer]:
    for (store, who), target in sorted(event.targets.items(), key=lambda each: (each[0][0], each[0][1] or "")):
        sold = open_net = NOTHING
        for sale, line in lines:
            if sale["store_id"] == store and sale["currency"] == target.currency:
                kept, of_kept, written, of_written = _less(line, sale)
                whose = [each["associate_id"] for each in line["sellers"]]
                if who is not None:
                    kept = sum((net for one, net in zip(whose, of_kept, strict=True) if one == who), NOTHING)
                    written = sum((net for one, net in zip(whose, of_written, strict=True) if one == who), NOTHING)
                sold, open_net = sold + kept, open_net + written - kept
        yield {
            "store_id": store,
            "associate_id": who,
            "currency": target.currency,
            "target": target.amount,
            "sold": sold,
            "percent": text(percent(sold, target.amount)),
            "open": open_net,
            "percent_with_open": text(percent(sold + open_net, target.amount)),
        }


def _concentration(event: CalendarEvent, lines: list[tuple[Answer, Answer]], policy: EventPolicy) -> Iterator[Answer]:
    of: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (_, who), target in event.targets.items():
        if who is not None:
            of[target.currency][who] = NOTHING
    for sale, line in lines:
        for seller, net in zip(line["sellers"], _less(line, sale)[3], strict=True):
            hers = of[sale["currency"]]
            hers[seller["associate_id"]] = hers.get(seller["associate_id"], NOTHING) + net
    for currency, hers in sorted(of.items()):
        best = sorted(hers.values())[::-1]
        top = max(1, -(-len(best) * policy.top_percent // 100))
        net, top_net = sum(best, NOTHING), sum(best[:top], NOTHING)
        told = {"currency": currency, "associates": len(best), "top": top, "net": net, "top_net": top_net}
        yield {**told, "percent": text(percent(top_net, net))}
