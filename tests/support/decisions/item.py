"""Random decisions about items."""

from random import Random
from uuid import UUID

from domain import item
from tests.support.decisions.nouns import WORDS, Noun

_SKU_OF = {item.stream_id(sku): sku for sku in ("R-17", "G-06")}


def _describe(chance: Random, now: item.Item, id: UUID, new: UUID) -> list[item.Event]:
    brand, category, type = (chance.choice([None, *WORDS]) for _ in "123")
    return item.describe(now, item.ItemDescribed(_SKU_OF[id], chance.choice(WORDS), brand, category, type))


NOUN = Noun(lambda chance: (which := chance.choice(tuple(_SKU_OF)), which), item.after, [_describe, _describe])
