"""Slow, simple answers about what ticklers follow from goods: what was bought, given and owned, who stays away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any
from uuid import UUID

from domain.gift_policy import shows_to_recipient
from domain.personal import Erased
from domain.sale.events import GiftMarked, LinesHandedOver
from domain.sale.pieces import returned_of
from domain.tickler_rule import Rule
from tests.support.oracles import Answer, sale_of
from tests.support.oracles_contacts import zone_of
from tests.support.oracles_tickled import LAST, Found, Her, World


def goods_of(world: World) -> list[Answer]:
    """Every line of goods that changed hands, with its day at the store, what did not come back, and its gifts."""
    found = []
    for sale_id, now in world.sales.items():
        sold = sale_of(world.its(sale_id), sale_id)
        if sold is None or sold["kind"] != "sale":
            continue
        for line in sold["lines"]:
            if not line["moves_goods"] or not line["moved_quantity"]:
                continue
            steps = [each for each in line["steps"] if each["kind"] == "handed-over" and line["handover"] != "taken"]
            first = min(steps, key=lambda each: (each["occurred_at"], each["step_id"])) if steps else sold
            marks = [each for each in now.marks.values() if isinstance(each, GiftMarked)]
            found.append(
                {
                    **line,
                    **{name: sold[name] for name in ("sale_id", "client_id", "currency")},
                    "at": first["occurred_at"],
                    "event_id": _said_by(world, sale_id, first.get("step_id")),
                    "day": first["occurred_at"].astimezone(zone_of(world.log, first["store_id"])).date(),
                    "left": line["moved_quantity"] - line["returned_quantity"],
                    "gifts": [
                        (each, each.quantity - returned_of(now, each.mark_id))
                        for each in marks
                        if each.ordinal == line["ordinal"]
                    ],
                }
            )
    return found


def _said_by(world: World, sale_id: UUID, handover_id: UUID | None) -> UUID:
    its = world.its(sale_id)
    handed = [each for each in its if isinstance(each.event, LinesHandedOver)]
    by_id = {each.event.handover_id: each.event_id for each in handed}  # type: ignore[attr-defined]
    return by_id[handover_id] if handover_id else its[0].event_id


def _sold(line: Answer, cause: str, occurrence: str, day: date, **more: Any) -> Found:
    sellers = tuple((each["associate_id"], each["parts"]) for each in line["sellers"])
    facts = {**{name: line[name] for name in ("at", "event_id")}, "name": line["description"], **more}
    return Found(cause, occurrence, day, line["category"], sellers=sellers, facts=facts)


def _fits(rule: Rule, line: Answer) -> bool:
    enough = rule.minimum is None or (line["currency"] == rule.currency and line["net"] >= rule.minimum)
    return (
        (not rule.categories or line["category"] in rule.categories)
        and (not rule.types or line["type"] in rule.types)
        and enough
    )


def _kept(line: Answer) -> bool:
    return bool(line["left"] > sum(left for _, left in line["gifts"]))


def purchases(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    for line in her.goods:
        if not line["left"] > 0 or not _fits(rule, line):
            continue
        id = {"sale_id": line["sale_id"], "ordinal": line["ordinal"]}
        cause = f"{line['sale_id']}/{line['ordinal']}"
        hers = [
            (mark, left) for mark, left in line["gifts"] if her.client_id in {each.client_id for each in mark.givers}
        ]
        if line["client_id"] == her.client_id and _kept(line) and not hers:
            yield _sold(line, cause, "once", line["day"], **id)
        given = [mark for mark, left in hers if left > 0 and not _died(her, mark)]
        if given:
            days = [mark.occasion.day for mark in given if mark.occasion and not isinstance(mark.occasion, Erased)]
            yield _sold(line, cause, "once", max([line["day"], *days]), **id)


def owned(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    assert rule.every_months
    for line in her.goods:
        if not _fits(rule, line):
            continue
        if line["client_id"] == her.client_id and line["left"] > 0 and _kept(line):
            cause, id = f"{line['sale_id']}/{line['ordinal']}", {name: line[name] for name in ("sale_id", "ordinal")}
            for months, day in _every(line["day"], rule.every_months):
                yield _sold(line, cause, str(months), day, **id, at=None)
        for mark, left in line["gifts"]:
            released = None if isinstance(mark.released_on, Erased) else mark.released_on
            if mark.recipient_id != her.client_id or left <= 0:
                continue
            if released and shows_to_recipient(released, her.world.who.today, discreet=mark.discreet):
                occasion = mark.occasion and (None if isinstance(mark.occasion, Erased) else mark.occasion.day)
                for months, day in _every(occasion or released, rule.every_months):
                    if day >= released:
                        yield _sold(line, str(mark.mark_id), str(months), day, gift_id=mark.mark_id, at=None)


def _every(since: date, months: int) -> Iterator[tuple[int, date]]:
    apart = months
    while (day := _later(since, apart)) <= LAST:
        yield apart, day
        apart += months


def _later(day: date, months: int) -> date:
    """So many months later, or the last day of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return min(first + timedelta(day.day - 1), last)


def lapses(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    assert rule.lapse
    category = rule.lapse.category
    lines = [each for each in her.bought if category in (None, each["category"])]
    days = sorted({each["day"] for each in lines})
    for place, day in enumerate(days):
        on = _later(day, rule.lapse.months)
        if rule.lapse.times is not None:
            if place < 2:
                continue
            gaps = [(after - before).days for before, after in pairwise(days)][:place]
            on = max(on, day + timedelta(ceil(rule.lapse.times * Decimal(str(median(gaps))))))
        after = days[place + 1] if place + 1 < len(days) else None
        if on <= _later(day, rule.lapse.within_months) and (after is None or after > on):
            of_day = [each for each in lines if each["day"] == day]
            of_day.sort(key=lambda each: (each["sale_id"], each["ordinal"]))
            last = max(of_day, key=lambda each: each["at"])
            id = {name: last[name] for name in ("sale_id", "ordinal")}
            found = _sold(last, category or "any", f"{last['sale_id']}/{number}", on, **{**id, "at": None})
            yield replace(found, matter=category, over_on=after)


def _died(her: Her, mark: GiftMarked) -> bool:
    return mark.recipient_id is not None and her.world.person(mark.recipient_id).died is not None
