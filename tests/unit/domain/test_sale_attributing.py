"""A sale that comes from a calendar event, as who sold it says, by example."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from domain.refusals import AttributionInvalid, SaleDiffers, SaleInvalid, SaleUnknown
from domain.sale.attributing import along_with, attribute, remove
from domain.sale.correcting import correct
from domain.sale.events import AttributionRemoved, Event, ReturnRecorded, SaleAttributed, SaleCorrected, SaleRecorded
from domain.sale.facts import Content, Line, SaleReference
from domain.sale.recording import record, sale_id
from domain.sale.state import Sale, after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TRUNK_SHOW, GALA = UUID(int=71), UUID(int=72)
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)

ring = Line(1, "R-17", "Ring", 1, Decimal("5200.00"), Decimal("5000.00"))
scarf = Line(2, "S-1", "Scarf", 2, Decimal("240.00"), Decimal("480.00"))
postage = Line(3, "P-01", "Delivery", 1, Decimal("25.00"), Decimal("25.00"), moves_goods=False)
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", UUID(int=1), (ring, scarf, postage))
stated = SaleAttributed(SALE, TRUNK_SHOW, (1, 2), "ines")


@pytest.mark.feature("CS-28")
def test_all_goods_of_a_sale_come_from_an_event_unless_lines_are_named() -> None:
    assert attribute(after([sold]), TRUNK_SHOW, None, "ines") == [stated]
    assert attribute(after([sold]), TRUNK_SHOW, [2, 2], "ines") == [SaleAttributed(SALE, TRUNK_SHOW, (2,), "ines")]


@pytest.mark.feature("CS-28")
def test_a_line_comes_from_one_event_at_most() -> None:
    news = attribute(after([sold, stated]), GALA, [2], "marc")

    assert news == [AttributionRemoved(SALE, TRUNK_SHOW, (2,)), SaleAttributed(SALE, GALA, (2,), "marc")]
    assert after([sold, stated, *news]).attributed == {1: TRUNK_SHOW, 2: GALA}


def test_what_was_stated_is_no_news_whoever_states_it_again() -> None:
    assert attribute(after([sold, stated]), TRUNK_SHOW, None, "marc") == []
    more = attribute(after([sold, SaleAttributed(SALE, TRUNK_SHOW, (1,), "ines")]), TRUNK_SHOW, None, "marc")
    assert more == [SaleAttributed(SALE, TRUNK_SHOW, (2,), "marc")]


def test_what_was_stated_by_mistake_is_taken_back_line_by_line_or_whole() -> None:
    both = [sold, SaleAttributed(SALE, TRUNK_SHOW, (1,), "ines"), SaleAttributed(SALE, GALA, (2,), "ines")]

    assert remove(after(both), [2]) == [AttributionRemoved(SALE, GALA, (2,))]
    whole = remove(after(both), None)
    assert whole == [AttributionRemoved(SALE, TRUNK_SHOW, (1,)), AttributionRemoved(SALE, GALA, (2,))]
    assert remove(after([*both, *whole]), None) == remove(after([sold]), [1]) == []


@pytest.mark.parametrize(("lines", "why"), [([1, 4], "no line 4"), ([3], "no goods"), ([], "Nothing was sold")])
def test_only_goods_of_the_sale_come_from_an_event(lines: list[int], why: str) -> None:
    with pytest.raises(AttributionInvalid, match=why) as refused:
        attribute(after([sold]), TRUNK_SHOW, lines, "ines")
    assert refused.value.field == "lines"


def test_only_a_sale_comes_from_an_event() -> None:
    back = ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, (ring,))
    for nothing, refusal in (([], SaleUnknown), ([back], SaleInvalid)):
        with pytest.raises(refusal):
            attribute(after(nothing), TRUNK_SHOW, None, "ines")
        with pytest.raises(refusal):
            remove(after(nothing), None)
    with pytest.raises(AttributionInvalid):
        remove(after([sold, stated]), [9])
    with pytest.raises(AttributionInvalid):
        attribute(after([replace(sold, lines=(postage,))]), TRUNK_SHOW, None, "ines")


def test_a_line_that_was_not_sold_comes_from_no_event() -> None:
    def corrected(*lines: Line) -> list[Event]:
        return correct(after([sold, stated]), Content("paris-1", NOON, lines), "typed wrongly")

    one, *news = corrected(ring, postage)
    assert isinstance(one, SaleCorrected)
    assert news == [AttributionRemoved(SALE, TRUNK_SHOW, (2,))]
    assert corrected(ring, replace(scarf, moves_goods=False))[1:] == news
    assert corrected()[1:] == [AttributionRemoved(SALE, TRUNK_SHOW, (1, 2))]
    assert len(corrected(ring, replace(scarf, quantity=1, sku="S-2"))) == 1, "the line is another, and was sold there"


def test_a_sale_is_recorded_together_with_the_event_it_comes_from() -> None:
    def recorded(now: Sale) -> list[object]:
        return along_with(now, record(now, sold), TRUNK_SHOW, "ines", "calendar_event_id")

    assert recorded(Sale()) == [sold, stated]
    moved = [sold, stated, *attribute(after([sold, stated]), GALA, None, "ines")]
    assert recorded(after([sold, stated])) == recorded(after(moved)) == []
    with pytest.raises(SaleDiffers) as refused:
        recorded(after([sold]))
    assert refused.value.field == "calendar_event_id"
