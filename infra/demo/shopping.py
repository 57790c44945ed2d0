"""What a client buys in the example house: when, where, from whom, and for how much."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from domain.sale.facts import Line, Seller
from domain.values import share
from infra.demo.house import ARTICLES, SERVICES, Article, Store

FIRST_DAY: Final = date(2023, 11, 1)
LAST_DAY: Final = date(2026, 10, 31)
DAYS: Final = tuple(FIRST_DAY + timedelta(days) for days in range((LAST_DAY - FIRST_DAY).days + 1))

# How busy the months are, January first: presents for Christmas, empty stores in high summer.
_MONTHS: Final = (0.7, 1.0, 0.8, 0.9, 1.2, 0.9, 0.8, 0.5, 0.9, 1.0, 1.3, 2.2)
_FOR_VALENTINE: Final = ("Jewellery", "Fragrance", "Silk")
_BY_THE_PAIR: Final = ("Fragrance", "Silk", "Tailoring")


def _is_valentine(day: date) -> bool:
    return day.month == 2 and 5 <= day.day <= 14


def _busy(day: date) -> float:
    season = 2.5 if _is_valentine(day) else 1.8 if day.month == 12 and 6 <= day.day <= 24 else 1.0
    return _MONTHS[day.month - 1] * season * (0.4, 0.7, 0.8, 0.9, 1.1, 1.8, 0.5)[day.weekday()]


_BUSY: Final = tuple(accumulate(_busy(day) for day in DAYS))
_FOR_HER: Final = tuple(article for article in ARTICLES if article.sex != "m")
_FOR_HIM: Final = tuple(article for article in ARTICLES if article.sex != "f")


def shopping_days(chance: Random, many: int) -> list[date]:
    """So many days on which somebody goes shopping, earliest first."""
    return sorted(chance.choices(DAYS, cum_weights=_BUSY, k=many))


def opening_hour(chance: Random, store: Store, day: date) -> datetime:
    """A minute of that day at which the store is open, in UTC."""
    local = datetime.combine(day, time(10 + chance.randrange(9), chance.randrange(60)), ZoneInfo(store.time_zone))
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Taste:
    """Whom somebody mostly buys for, and of which brand."""

    for_her: bool
    brand: str


def basket(chance: Random, store: Store, day: date, taste: Taste, sellers: tuple[Seller, ...]) -> tuple[Line, ...]:
    """What is bought at once: mostly one thing, now and then for somebody else."""
    lines: list[Line] = []
    for ordinal in range(1, chance.choices((2, 3, 4), (68, 22, 10))[0]):
        made_for = _FOR_HER if (chance.random() < 0.78) is taste.for_her else _FOR_HIM
        article = chance.choice(made_for)
        if article.brand != taste.brand and chance.random() < 0.4:
            article = chance.choice(made_for)
        if _is_valentine(day) and article.category not in _FOR_VALENTINE:
            article = chance.choice(made_for)
        pieces = 2 if article.category in _BY_THE_PAIR and chance.random() < 0.2 else 1
        tenths = 9 if chance.random() < 0.07 else 10
        lines.append(_line(ordinal, article, store, pieces, tenths, sellers))
    if chance.random() < 0.1:
        lines.append(_line(len(lines) + 1, chance.choice(SERVICES), store, 1, 10, sellers))
    return tuple(lines)


def _line(ordinal: int, article: Article, store: Store, pieces: int, tenths: int, sellers: tuple[Seller, ...]) -> Line:
    """So many pieces for so many tenths of their price."""
    price = price_at(article, store)
    net = price * pieces if tenths == 10 else share(price * pieces, tenths, 10, store.currency)
    return Line(
        ordinal,
        article.sku,
        article.description,
        pieces,
        price,
        net,
        article not in SERVICES,
        article.brand or None,
        article.category or None,
        article.type or None,
        sellers,
    )


@cache
def price_at(article: Article, store: Store) -> Decimal:
    """What the article costs there, rounded to the prices that the store writes on its labels."""
    return share(round(article.price * store.rate / store.step) * Decimal(store.step), 1, 1, store.currency)
