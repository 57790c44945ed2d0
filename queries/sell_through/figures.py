"""What was sold for a calendar event, added up: over all of it, and by store, designer and associate."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from domain.event_policy import EventPolicy
from domain.sell_through import Brought, Credit, Figure, Stated, brand_of
from domain.values import percent
from queries.ports import Json

Key = TypeVar("Key", bound=Hashable)

_BEFORE, _DURING, _AFTER = "before", "during", "after"


class Held(NamedTuple):
    """The days of an event, as they are counted where it is held."""

    first_day: date
    last_day: date
    time_zone: ZoneInfo

    def when(self, credit: Credit) -> str:
        day = credit.line.occurred_at.astimezone(self.time_zone).date()
        if day < self.first_day:
            return _BEFORE
        return _DURING if day <= self.last_day else _AFTER


class Target(NamedTuple):
    """What a store is to sell, or an associate at that store."""

    store_id: str
    associate_id: str | None
    amount: Decimal
    currency: str


class Amounts(defaultdict[str, Decimal]):
    """Amounts by currency, which are never added to each other."""

    def __init__(self) -> None:
        super().__init__(Decimal)

    def shown(self, name: str = "net") -> list[Json]:
        return [{"currency": currency, name: amount} for currency, amount in sorted(self.items())]


@dataclass(slots=True)
class Sum:
    pieces: int = 0
    net: Amounts = field(default_factory=Amounts)
    values: Amounts = field(default_factory=Amounts)

    def add(self, credit: Credit) -> None:
        self.pieces += credit.pieces
        self.net[credit.line.currency] += credit.net
        for currency, value in credit.values:
            self.values[currency] += value

    def goods(self) -> Json:
        return {"pieces": self.pieces, "net": self.net.shown()}

    def sold(self) -> Json:
        return {**self.goods(), "values": self.values.shown("value")}


Sums = Mapping[Figure, Sum]


def by_day(counted: Sequence[Credit], held: Held) -> Json:
    """Each figure altogether, and before, during and after the days of the event."""
    days = _summed(counted, held.when)
    parts = {"all": _sum(counted), **{when: days.get(when, _sum(())) for when in (_BEFORE, _DURING, _AFTER)}}
    return {
        "assortment": {"sold": {part: of[Figure.ASSORTMENT].sold() for part, of in parts.items()}},
        "orders": {part: of[Figure.ORDERS].goods() for part, of in parts.items()},
        "other": {part: of[Figure.OTHER].goods() for part, of in parts.items()},
    }


def rate(brought: Iterable[Brought], counted: Iterable[Credit]) -> Json:
    """What of the pieces that were brought was sold."""
    pieces, values, sold = 0, Amounts(), _sum(counted)[Figure.ASSORTMENT]
    for piece in brought:
        pieces += piece.units
        values[piece.currency] += piece.units * piece.unit_value
    return {
        "brought": {"pieces": pieces, "values": values.shown("value")},
        "percent": percent(sold.pieces, pieces),
        "value_percent": [
            {"currency": currency, "percent": percent(sold.values[currency], value)}
            for currency, value in sorted(values.items())
        ],
    }


def by_store(counted: Iterable[Credit]) -> list[Json]:
    found = _summed(counted, lambda credit: credit.line.store_id)
    return [{"store_id": store_id, **_shown(found[store_id])} for store_id in sorted(found)]


def by_designer(brought: Sequence[Brought], counted: Sequence[Credit]) -> list[Json]:
    """Of every designer of whom anything was brought or sold; last of what has none."""
    brands = brand_of(brought)
    found = _summed(counted, lambda credit: credit.brand)
    return [
        {
            "brand": brand,
            **rate(
                [piece for piece in brought if brands[piece.sku] == brand],
                [credit for credit in counted if credit.brand == brand],
            ),
            **_shown(found.get(brand, _sum(()))),
        }
        for brand in sorted({*found, *brands.values()}, key=_last_without)
    ]


def by_associate(counted: Iterable[Credit]) -> list[Json]:
    """The shares of every seller; last what nobody is said to have sold."""
    found: dict[str | None, dict[Figure, Amounts]] = defaultdict(lambda: {figure: Amounts() for figure in Figure})
    for credit in counted:
        for associate_id, net in _shares(credit.line, credit.net, credit.shares):
            found[associate_id][credit.figure][credit.line.currency] += net
    return [
        {"associate_id": who, **{figure.value: net.shown() for figure, net in found[who].items()}}
        for who in sorted(found, key=_last_without)
    ]


def against(targets: Iterable[Target], stated: Collection[Stated]) -> list[Json]:
    return [_against(target, stated) for target in targets]


def concentration(targets: Iterable[Target], stated: Iterable[Stated], policy: EventPolicy) -> list[Json]:
    """The part of the best of those who sold anything, or were to."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for target in targets:
        if target.associate_id is not None:
            found[target.currency][target.associate_id] += 0
    for line in stated:
        for seller, net in zip(line.sellers, line.written, strict=True):
            found[line.currency][seller.associate_id] += net
    return [_concentration(currency, found[currency], policy) for currency in sorted(found)]


def written(stated: Iterable[Stated]) -> list[Json]:
    """What was sold and kept, or ordered and still to be handed over."""
    net = Amounts()
    for line in stated:
        net[line.currency] += line.sold_net + line.open_net
    return net.shown()


def _against(target: Target, stated: Iterable[Stated]) -> Json:
    sold = still_open = Decimal(0)
    for line in stated:
        if (line.store_id, line.currency) != (target.store_id, target.currency):
            continue
        if target.associate_id is None:
            sold, still_open = sold + line.sold_net, still_open + line.open_net
            continue
        for seller, net, rest in zip(line.sellers, line.sold, line.open, strict=True):
            if seller.associate_id == target.associate_id:
                sold, still_open = sold + net, still_open + rest
    return {
        "store_id": target.store_id,
        "associate_id": target.associate_id,
        "currency": target.currency,
        "target": target.amount,
        "sold": sold,
        "percent": percent(sold, target.amount),
        "open": still_open,
        "percent_with_open": percent(sold + still_open, target.amount),
    }


def _concentration(currency: str, of: Mapping[str, Decimal], policy: EventPolicy) -> Json:
    top = policy.top(len(of))
    net, top_net = sum(of.values(), Decimal(0)), sum(sorted(of.values(), reverse=True)[:top], Decimal(0))
    return {
        "currency": currency,
        "associates": len(of),
        "top": top,
        "net": net,
        "top_net": top_net,
        "percent": percent(top_net, net),
    }


def _shares(line: Stated, net: Decimal, of: Sequence[Decimal]) -> list[tuple[str | None, Decimal]]:
    if not line.sellers:
        return [(None, net)]
    return [(seller.associate_id, part) for seller, part in zip(line.sellers, of, strict=True)]


def _sum(counted: Iterable[Credit]) -> Sums:
    sums = {figure: Sum() for figure in Figure}
    for credit in counted:
        sums[credit.figure].add(credit)
    return sums


def _summed(counted: Iterable[Credit], part: Callable[[Credit], Key]) -> dict[Key, Sums]:
    parts: dict[Key, list[Credit]] = defaultdict(list)
    for credit in counted:
        parts[part(credit)].append(credit)
    return {key: _sum(of) for key, of in parts.items()}


def _shown(of: Sums) -> Json:
    return {
        "assortment": of[Figure.ASSORTMENT].sold(),
        "orders": of[Figure.ORDERS].goods(),
        "other": of[Figure.OTHER].goods(),
    }


def _last_without(name: str | None) -> tuple[bool, str]:
    return name is None, name or ""
