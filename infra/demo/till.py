"""A day at the tills of the example house, as they tell it: some in one format, some in the other.

The same day is the same messages, so that it can be told again. One store is new, and the house has not heard of it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.sale.facts import Line, Seller
from infra.demo.house import ARTICLES, STORES, Store
from infra.demo.shopping import Taste, basket, opening_hour

ATELIER: Final = "atelier"
KASSE: Final = "kasse"

_NEW: Final = replace(next(each for each in STORES if each.id == "geneva-1"), id="zurich-1", city="Zürich")
# What these tills write is local time in their mapping's zone.
_KASSE_STORES: Final = frozenset({"milan-1", "munich-1", "geneva-1", _NEW.id})
_KASSE_ZONE: Final = ZoneInfo("Europe/Zurich")
_BRANDS: Final = tuple(sorted({each.brand for each in ARTICLES}))


@dataclass(frozen=True, slots=True)
class Said:
    """A message of one till."""

    format: str
    store_id: str
    number: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Bought:
    number: str
    store: Store
    at: datetime
    client_id: UUID | None
    lines: tuple[Line, ...]


def day_of_sales(seed: int, day: date, clients: Sequence[tuple[UUID, str]], each: int = 12) -> Iterator[Said]:
    """What every till says of this day, store by store: `each` receipts or so, of the clients of the store (by their
    ids, with the id of their store) or of people who are none."""
    for store in (*STORES, _NEW):
        chance = Random(f"{seed} {store.id} {day}")  # noqa: S311 - an example, no secret
        known = [id for id, store_id in clients if store_id == store.id]
        bought = sorted(_bought(chance, store, day, known, each), key=lambda receipt: receipt.at)
        messages = list(_kasse(bought) if store.id in _KASSE_STORES else _atelier(bought))
        for number, said in enumerate(messages):
            place = f"{store.id}-{day}"
            yield Said(KASSE if store.id in _KASSE_STORES else ATELIER, place, number, json.dumps(said).encode())


def _bought(chance: Random, store: Store, day: date, known: Sequence[UUID], each: int) -> Iterator[_Bought]:
    for number in range(each + chance.randrange(5)):
        at = opening_hour(chance, store, day)
        seller = Seller(store.associate(1 + chance.randrange(store.associates)))
        lines = basket(chance, store, day, Taste(chance.random() < 0.5, chance.choice(_BRANDS)), (seller,))
        client_id = chance.choice(known) if known and chance.random() < 0.7 else None
        yield _Bought(f"{day:%y%m%d}-{number:03}", store, at, client_id, lines)


def _atelier(bought: Sequence[_Bought]) -> Iterator[dict[str, Any]]:
    for receipt in bought:
        transaction = {
            "id": f"{receipt.store.id}-{receipt.number}",
            "boutique": receipt.store.id,
            "closed_at": receipt.at.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "currency": receipt.store.currency,
            "status": "closed",
            "basket": [_basket_line(each) for each in receipt.lines],
        }
        customer = {"customer": {"id": str(receipt.client_id)}} if receipt.client_id else {}
        yield {"transactions": [transaction | customer]}


def _basket_line(line: Line) -> dict[str, Any]:
    article = {
        "code": line.sku,
        "label": line.description,
        "maker": line.brand,
        "family": line.category,
        "kind": line.type,
    }
    return {
        "line": line.ordinal,
        "article": article,
        "pieces": line.quantity,
        "price": {"each": str(line.unit_price), "paid": str(line.net)},
        "staff": [each.associate_id for each in line.sellers],
    }


def _kasse(bought: Sequence[_Bought]) -> Iterator[dict[str, Any]]:
    """The articles of the day first, as they are sent in the morning; then receipt by receipt."""
    sold = {line.sku: line for receipt in bought for line in receipt.lines}
    yield {
        "artikelstamm": [
            {
                "artikel": line.sku,
                "bezeichnung": line.description,
                "marke": line.brand,
                "warengruppe": line.category,
                "art": line.type,
            }
            for line in sold.values()
        ]
    }
    for receipt in bought:
        local = receipt.at.astimezone(_KASSE_ZONE)
        yield {
            "zeilen": [
                {
                    "filiale": receipt.store.id,
                    "beleg": receipt.number,
                    "pos": line.ordinal,
                    "datum": f"{local:%d.%m.%Y}",
                    "uhrzeit": f"{local:%H:%M}",
                    "artikel": line.sku,
                    "menge": str(line.quantity),
                    "preis": _german(line.unit_price),
                    "netto": _german(line.net),
                    "waehrung": receipt.store.currency,
                    "kunde": "BAR",
                    "verkauf1": line.sellers[0].associate_id,
                }
                for line in receipt.lines
            ]
        }


def _german(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
