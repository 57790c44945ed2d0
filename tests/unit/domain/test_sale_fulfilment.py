"""What becomes of lines that were ordered or laid away, by example."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.refusals import OrderDiffers, OrderExceeded, ReturnExceedsSale, SaleInvalid, SaleUnknown
from domain.sale.events import (
    ClientDetached,
    Event,
    LinesArrived,
    LinesCancelled,
    LinesHandedOver,
    LinesReturned,
    ReturnRecorded,
    SaleRecorded,
)
from domain.sale.facts import HandedOverLine, Handover, Line, Pieces, SaleReference
from domain.sale.fulfilment import Step, arrive, cancel, hand_over, step_id
from domain.sale.recording import return_id, sale_id
from domain.sale.returning import Returning, return_lines
from domain.sale.state import Sale, after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER, LAST = NOON + timedelta(days=30), NOON + timedelta(days=40)
ANNE = UUID(int=1)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (11, 12, 13))
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)

bag = Line(1, "B-1", "Bag", 1, Decimal("900.00"), Decimal("900.00"))
chairs = Line(2, "C-3", "Chair", 3, Decimal("33.34"), Decimal("100.00"), handover=Handover.ORDERED)
watch = Line(3, "W-1", "Watch", 1, Decimal("7000.00"), Decimal("7000.00"), handover=Handover.LAID_AWAY)
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", ANNE, (bag, chairs, watch))

Decide = Callable[[Sale, UUID, str, datetime, tuple[Pieces, ...]], list[Event]]


def arrived(id: UUID, quantity: int) -> LinesArrived:
    return LinesArrived(SALE, id, "paris-1", LATER, (Pieces(2, quantity),))


def cancelled(id: UUID, quantity: int) -> LinesCancelled:
    return LinesCancelled(SALE, id, "paris-1", LATER, (Pieces(2, quantity),), None)


def handed_over(given: list[Event], id: UUID, *lines: Pieces) -> LinesHandedOver:
    [event] = hand_over(after(given), id, "rome-1", LATER, lines)
    assert isinstance(event, LinesHandedOver)
    return event


def to_cancel(now: Sale, id: UUID, store_id: str, at: datetime, lines: tuple[Pieces, ...]) -> list[Event]:
    return cancel(now, id, store_id, at, lines, "no longer made")


STEPS = pytest.mark.parametrize("step", [arrive, hand_over, to_cancel])


def test_an_order_arrives_in_parts() -> None:
    assert arrive(after([sold]), FIRST, "paris-1", LATER, (Pieces(2, 2),)) == [arrived(FIRST, 2)]
    given = after([sold, arrived(FIRST, 2)])
    with pytest.raises(OrderExceeded, match="Line 2 has 1 left to arrive") as refused:
        arrive(given, SECOND, "paris-1", LATER, (Pieces(2, 2),))
    assert refused.value.field == "lines.0.quantity"
    assert given.arrived(2) == 2


def test_what_is_laid_away_is_in_the_store_already() -> None:
    with pytest.raises(SaleInvalid) as refused:
        arrive(after([sold]), FIRST, "paris-1", LATER, (Pieces(2, 1), Pieces(3, 1)))
    assert refused.value.field == "lines.1.ordinal"


def test_what_was_handed_over_does_not_arrive_any_more() -> None:
    given: list[Event] = [sold]
    given.append(handed_over(given, FIRST, Pieces(2, 2)))
    assert arrive(after(given), SECOND, "paris-1", LATER, (Pieces(2, 1),))
    with pytest.raises(OrderExceeded):
        arrive(after(given), SECOND, "paris-1", LATER, (Pieces(2, 2),))


@pytest.mark.feature("FL-12")
def test_goods_move_when_they_are_handed_over() -> None:
    now = after([sold])
    assert (now.moved(1), now.moved(2).quantity, now.moved(3).quantity) == (HandedOverLine(1, 1, bag.net), 0, 0)

    given: list[Event] = [sold, ClientDetached(SALE, ANNE)]
    event = handed_over(given, FIRST, Pieces(2, 1), Pieces(3, 1))
    assert (event.store_id, event.client_id) == ("rome-1", None)
    assert event.lines == (HandedOverLine(2, 1, Decimal("33.33")), HandedOverLine(3, 1, Decimal("7000.00")))
    assert after([*given, event]).moved(3) == HandedOverLine(3, 1, Decimal("7000.00"))


def test_handed_over_piece_by_piece_a_line_is_worth_its_net() -> None:
    given: list[Event] = [sold]
    for number in range(3):
        given.append(handed_over(given, UUID(int=20 + number), Pieces(2, 1)))

    nets = [event.lines[0].net for event in given if isinstance(event, LinesHandedOver)]
    assert nets == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    with pytest.raises(OrderExceeded, match="has 0 left to hand over"):
        hand_over(after(given), FIRST, "rome-1", LATER, (Pieces(2, 1),))


def test_what_was_cancelled_is_neither_handed_over_nor_cancelled_again() -> None:
    assert to_cancel(after([sold]), FIRST, "paris-1", LATER, (Pieces(2, 3),)) == [
        replace(cancelled(FIRST, 3), reason="no longer made")
    ]
    given: list[Event] = [sold, arrived(FIRST, 3), cancelled(SECOND, 2)]
    for step in (hand_over, to_cancel):
        with pytest.raises(OrderExceeded, match="Line 2 has 1 left"):
            step(after(given), THIRD, "paris-1", LATER, (Pieces(2, 2),))

    given.append(handed_over(given, THIRD, Pieces(2, 1)))
    with pytest.raises(OrderExceeded, match="Line 2 has 0 left to cancel"):
        to_cancel(after(given), UUID(int=14), "paris-1", LATER, (Pieces(2, 1),))


def test_only_what_was_handed_over_comes_back() -> None:
    given: list[Event] = [sold]
    with pytest.raises(ReturnExceedsSale, match="Line 2 has 0 left") as refused:
        return_lines(after(given), FIRST, "rome-1", LAST, (Returning(1, 1), Returning(2, 1)))
    assert refused.value.field == "lines.1.quantity"

    given.append(handed_over(given, FIRST, Pieces(2, 2)))
    with pytest.raises(ReturnExceedsSale, match=r"Line 2 has 66\.67 left to refund"):
        return_lines(after(given), SECOND, "rome-1", LAST, (Returning(2, 2, Decimal("66.68")),))
    [back] = return_lines(after(given), SECOND, "rome-1", LAST, (Returning(2, 2),))
    assert isinstance(back, LinesReturned)
    assert back.lines[0].net == Decimal("66.67")


def test_nothing_comes_back_before_it_was_handed_over() -> None:
    given: list[Event] = [sold]
    given.append(handed_over(given, FIRST, Pieces(2, 1)))
    with pytest.raises(ReturnExceedsSale):
        return_lines(after(given), SECOND, "rome-1", LATER - timedelta(seconds=1), (Returning(2, 1),))
    assert return_lines(after(given), SECOND, "rome-1", LATER, (Returning(2, 1),))


@STEPS
def test_the_same_twice_is_no_news_and_another_under_its_number_is_refused(step: Decide) -> None:
    given: list[Event] = [sold, *step(after([sold]), FIRST, "paris-1", LATER, (Pieces(2, 1),))]

    assert step(after(given), FIRST, "paris-1", LATER, (Pieces(2, 1),)) == []
    others: list[tuple[str, datetime, Pieces]] = [
        ("rome-1", LATER, Pieces(2, 1)),
        ("paris-1", LAST, Pieces(2, 1)),
        ("paris-1", LATER, Pieces(2, 2)),
    ]
    for store_id, at, pieces in others:
        with pytest.raises(OrderDiffers) as refused:
            step(after(given), FIRST, store_id, at, (pieces,))
        assert refused.value.field == "reference"


@STEPS
@pytest.mark.parametrize(
    ("lines", "at", "field"),
    [
        ((), LATER, "lines"),
        ((Pieces(2, 1), Pieces(2, 1)), LATER, "lines"),
        ((Pieces(2, 1), Pieces(4, 1)), LATER, "lines.1.ordinal"),
        ((Pieces(1, 1),), LATER, "lines.0.ordinal"),
        ((Pieces(2, 0),), LATER, "lines.0.quantity"),
        ((Pieces(2, 1),), NOON - timedelta(seconds=1), "occurred_at"),
    ],
)
def test_what_cannot_become_of_an_order_is_refused_by_field(
    step: Decide, lines: tuple[Pieces, ...], at: datetime, field: str
) -> None:
    with pytest.raises(SaleInvalid) as refused:
        step(after([sold]), FIRST, "paris-1", at, lines)
    assert refused.value.field == field


@STEPS
def test_nothing_becomes_of_what_is_no_sale(step: Decide) -> None:
    back = ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, (bag,))
    with pytest.raises(SaleUnknown):
        step(after([]), FIRST, "paris-1", LATER, (Pieces(2, 1),))
    with pytest.raises(SaleInvalid):
        step(after([back]), FIRST, "paris-1", LATER, (Pieces(1, 1),))


def test_numbers_of_different_steps_never_meet() -> None:
    assert len({SALE, return_id(NUMBER), *(step_id(each, NUMBER) for each in Step)}) == 5
