"""What the house sells, by its sku, as the system that keeps the articles describes it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias
from uuid import UUID

from domain.refusals import ItemInvalid
from domain.sale.facts import Line
from domain.values import named_id

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class ItemDescribed:
    """What the item is from now on. What was sold before stays as it was described when it was sold."""

    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None


Event: TypeAlias = ItemDescribed

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Item:
    described: ItemDescribed | None = None


def evolve(was: Item, event: Event) -> Item:
    return replace(was, described=event)


def after(events: Iterable[object]) -> Item:
    """The item these events are about; what an id of another noun leads to is no item."""
    now = Item()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

ITEMS: Final = UUID("e1f0c9a4-6b2d-5f38-8c17-5a9d3e7b4f60")


def stream_id(sku: str) -> UUID:
    return named_id(ITEMS, sku)


def describe(now: Item, event: ItemDescribed) -> list[Event]:
    if not event.description:
        raise ItemInvalid("An item has a description.", "description")
    return [] if now.described == event else [event]


def described(line: Line, known: ItemDescribed | Line | None) -> Line:
    """The line, with what is known of its item wherever the line itself says nothing."""
    if known is None:
        return line
    return replace(
        line,
        description=line.description or known.description,
        brand=line.brand or known.brand,
        category=line.category or known.category,
        type=line.type or known.type,
    )
