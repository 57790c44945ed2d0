"""A sale put right, by example: what became of it since is never contradicted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import CorrectionContradicts, SaleInvalid, SaleUnknown
from domain.sale.correcting import correct
from domain.sale.events import (
    Event,
    KeptForHerself,
    LinesArrived,
    LinesCancelled,
    LinesReturned,
    ReturnRecorded,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import Content, Handover, Line, Pieces, SaleReference, Seller
from domain.sale.fulfilment import hand_over
from domain.sale.recording import record, sale_id
from domain.sale.returning import Returning, return_lines
from domain.sale.state import after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
FIRST, SECOND = UUID(int=11), UUID(int=12)
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)

ring = Line(1, "R-17", "Ring", 1, Decimal("5200.00"), Decimal("5000.00"), sellers=(Seller("ines"),))
chairs = Line(2, "C-3", "Chair", 3, Decimal("33.34"), Decimal("100.00"), handover=Handover.ORDERED)
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", UUID(int=1), (ring, chairs))
WAS = Content("paris-1", NOON, (ring, chairs))

brought_back: list[Event] = return_lines(after([sold]), FIRST, "rome-1", LATER, (Returning(1, 1, Decimal("4000.00")),))
handed_over: list[Event] = hand_over(after([sold]), FIRST, "rome-1", LATER, (Pieces(2, 2),))


def says(*lines: Line, **other: Any) -> Content:
    return replace(WAS, lines=lines or WAS.lines, **other)


@pytest.mark.feature("N-17")
def test_a_correction_says_what_was_and_what_is() -> None:
    first = says(replace(ring, sellers=(Seller("ines"), Seller("marc"))), chairs)
    second = says(ring, store_id="rome-1", occurred_at=NOON - timedelta(hours=1))
    one = SaleCorrected(SALE, 1, WAS, first, "half was sold by Marc")
    other = SaleCorrected(SALE, 2, first, second, "another till")

    assert correct(after([sold]), first, "half was sold by Marc") == [one]
    assert correct(after([sold, one]), second, "another till") == [other]
    now = after([sold, one, other])
    assert (now.content, now.corrections, now.recorded) == (second, 2, sold)


def test_a_correction_that_corrects_nothing_is_no_news() -> None:
    assert correct(after([sold]), WAS, "once more") == []
    [one] = correct(after([sold]), says(ring), "no chairs")
    assert correct(after([sold, one]), says(ring), "no chairs") == []


def test_the_sale_sent_again_after_its_correction_is_no_news() -> None:
    [one] = correct(after([sold]), says(ring), "no chairs")
    assert record(after([sold, one]), sold) == []


def test_a_sale_that_never_was_has_no_lines() -> None:
    [one] = correct(after([sold]), replace(WAS, lines=()), "typed twice")
    assert after([sold, one]).lines == {}
    with pytest.raises(SaleInvalid):
        return_lines(after([sold, one]), FIRST, "rome-1", LATER, (Returning(1, 1),))


def test_what_comes_back_after_a_correction_is_what_the_sale_says_by_then() -> None:
    dearer = replace(ring, net=Decimal("5100.00"), sellers=(Seller("marc"),))
    [one] = correct(after([sold]), says(dearer, chairs, store_id="rome-1"), "price")
    [back] = return_lines(after([sold, one]), FIRST, "osaka", LATER, (Returning(1, 1),))

    assert isinstance(back, LinesReturned)
    assert (back.sold_at_store_id, back.lines[0].net, back.lines[0].sellers) == ("rome-1", dearer.net, dearer.sellers)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((ring, replace(chairs, ordinal=1)), "lines"),
        ((ring, replace(chairs, quantity=0)), "lines.1.quantity"),
        ((replace(ring, handover=Handover.ORDERED, moves_goods=False),), "lines.0.handover"),
    ],
)
def test_a_sale_is_not_corrected_to_what_cannot_have_happened(lines: tuple[Line, ...], field: str) -> None:
    with pytest.raises(SaleInvalid) as refused:
        correct(after([sold]), says(*lines), "x")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("since", "content", "field"),
    [
        (brought_back, says(chairs), "lines"),
        (brought_back, says(chairs, replace(ring, net=Decimal("3999.99"))), "lines.1.net"),
        (brought_back, says(replace(ring, handover=Handover.LAID_AWAY), chairs), "lines.0.quantity"),
        (brought_back, says(occurred_at=LATER + timedelta(seconds=1)), "occurred_at"),
        (handed_over, says(ring), "lines"),
        (handed_over, says(ring, replace(chairs, quantity=1)), "lines.1.quantity"),
        (handed_over, says(ring, replace(chairs, net=Decimal("99.00"))), "lines.1.net"),
        (handed_over, says(ring, replace(chairs, quantity=4)), "lines.1.net"),
        (handed_over, says(ring, replace(chairs, handover=Handover.TAKEN)), "lines.1.handover"),
        (handed_over, says(ring, replace(chairs, handover=Handover.LAID_AWAY)), "lines.1.handover"),
        (handed_over, says(occurred_at=LATER + timedelta(seconds=1)), "occurred_at"),
        ([LinesArrived(SALE, FIRST, "rome-1", LATER, (Pieces(2, 3),))], says(ring), "lines"),
        (
            [LinesArrived(SALE, FIRST, "rome-1", LATER, (Pieces(2, 3),))],
            says(ring, replace(chairs, quantity=2)),
            "lines.1.quantity",
        ),
        (
            [*handed_over, LinesCancelled(SALE, SECOND, "rome-1", LATER, (Pieces(2, 1),), None)],
            says(ring, replace(chairs, quantity=2, net=Decimal("66.67"))),
            "lines.1.quantity",
        ),
        ([KeptForHerself(SALE, FIRST, 1, 1)], says(chairs), "lines"),
        ([KeptForHerself(SALE, FIRST, 2, 3)], says(ring, replace(chairs, quantity=2)), "lines.1.quantity"),
    ],
)
def test_what_became_of_a_sale_is_not_contradicted(since: list[Event], content: Content, field: str) -> None:
    with pytest.raises(CorrectionContradicts) as refused:
        correct(after([sold, *since]), content, "x")
    assert refused.value.field == field


def test_what_was_handed_over_is_no_hindrance_as_long_as_it_keeps_its_amount() -> None:
    [event] = hand_over(after([sold]), FIRST, "rome-1", LATER, (Pieces(2, 3),))
    another = says(ring, replace(chairs, sellers=(Seller("marc"),), brand="Thonet"))
    assert correct(after([sold, event]), another, "the seller was forgotten")

    [part] = hand_over(after([sold]), FIRST, "rome-1", LATER, (Pieces(2, 1),))
    more = says(ring, replace(chairs, quantity=6, net=Decimal("199.98")))
    assert correct(after([sold, part]), more, "six chairs")


def test_what_is_no_sale_is_not_corrected() -> None:
    with pytest.raises(SaleUnknown):
        correct(after([]), WAS, "x")
    with pytest.raises(SaleInvalid):
        correct(after([ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, (ring,))]), WAS, "x")


def test_what_came_back_and_what_is_marked_are_different_pieces() -> None:
    four = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", UUID(int=1), (replace(ring, quantity=4),))
    back = return_lines(after([four]), FIRST, "rome-1", LATER, (Returning(1, 2),))
    now = after([four, *back, KeptForHerself(SALE, SECOND, 1, 2)])

    with pytest.raises(CorrectionContradicts, match="2 of line 1 are marked, and 2 others came back") as refused:
        correct(now, says(replace(ring, quantity=3)), "three")
    assert refused.value.field == "lines.0.quantity"
