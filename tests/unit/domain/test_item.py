"""What the house sells, as it is described."""

from decimal import Decimal

import pytest

from domain.item import Event, ItemDescribed, after, describe, described, stream_id
from domain.refusals import ItemInvalid
from domain.sale.facts import Line

RING = ItemDescribed("R-17", "Ring Aube, white gold", "Maison", "jewelry", "ring")
BARE = Line(1, "R-17", "", 1, Decimal(5200), Decimal(5000))


def test_an_item_is_described_once_and_again_only_if_otherwise() -> None:
    given: list[Event] = [*describe(after([]), RING)]
    other = ItemDescribed("R-17", "Ring Aube, platinum", "Maison", "jewelry", "ring")

    assert given == [RING]
    assert describe(after(given), RING) == []
    assert describe(after(given), other) == [other]
    assert describe(after([*given, other]), RING) == [RING]


def test_an_item_without_a_description_is_none() -> None:
    with pytest.raises(ItemInvalid) as refused:
        describe(after([]), ItemDescribed("R-17", "", None, None, None))
    assert refused.value.field == "description"


def test_a_bare_line_is_described_by_its_item_and_another_keeps_its_own_words() -> None:
    line = described(BARE, RING)
    own = Line(1, "R-17", "Ring, as engraved", 1, Decimal(5200), Decimal(5000), brand="Arvane")

    assert (line.description, line.brand, line.category, line.type) == (
        "Ring Aube, white gold",
        "Maison",
        "jewelry",
        "ring",
    )
    assert (described(own, RING).description, described(own, RING).brand) == ("Ring, as engraved", "Arvane")
    assert described(BARE, None) == BARE


def test_an_items_stream_is_that_of_its_sku() -> None:
    assert stream_id("R-17") == stream_id("R-17") != stream_id("r-17")
