"""Decisions about a sale, by example."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.refusals import ReturnDiffers, ReturnExceedsSale, SaleDiffers, SaleInvalid, SaleUnknown
from domain.sale.events import ClientAttached, ClientDetached, Event, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Attribute, Handover, Line, SaleReference, Seller
from domain.sale.recording import record, return_id, sale_id
from domain.sale.returning import Returning, return_lines
from domain.sale.standing import attach_client, detach_client
from domain.sale.state import after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
ANNE, BEA = UUID(int=1), UUID(int=2)
FIRST, SECOND = UUID(int=11), UUID(int=12)
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)

ring = Line(1, "R-17", "Ring", 1, Decimal("5200.00"), Decimal("5000.00"), sellers=(Seller("ines"), Seller("marc")))
glasses = Line(2, "G-06", "Champagne glass", 3, Decimal("33.34"), Decimal("100.00"), brand="Cristal")
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", ANNE, (ring, glasses))


def returned(given: list[Event], id: UUID, *lines: Returning) -> LinesReturned:
    [event] = return_lines(after(given), id, "rome-1", LATER, lines)
    assert isinstance(event, LinesReturned)
    return event


def test_a_sale_is_recorded_once() -> None:
    assert record(after([]), sold) == [sold]
    assert record(after([sold]), sold) == []


def test_the_same_number_with_other_content_is_refused() -> None:
    with pytest.raises(SaleDiffers) as refused:
        record(after([sold]), replace(sold, currency="CHF"))
    assert refused.value.field == "reference"


def test_a_sale_sent_again_after_its_client_changed_is_no_news() -> None:
    assert record(after([sold, ClientAttached(SALE, BEA, ANNE)]), sold) == []


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "lines"),
        ((ring, replace(glasses, ordinal=1)), "lines"),
        ((ring, replace(glasses, ordinal=0)), "lines.1.ordinal"),
        ((replace(ring, quantity=0),), "lines.0.quantity"),
        ((ring, replace(glasses, quantity=-1)), "lines.1.quantity"),
        ((replace(ring, unit_price=Decimal("-0.01")),), "lines.0.unit_price"),
        ((replace(ring, net=Decimal("-0.01")),), "lines.0.net"),
        ((replace(ring, sellers=(Seller("ines", 0),)),), "lines.0.sellers"),
        ((replace(ring, sellers=(Seller("ines"), Seller("ines"))),), "lines.0.sellers"),
        ((ring, replace(glasses, serial_number="G-06/1")), "lines.1.serial_number"),
        ((replace(ring, attributes=(Attribute("stone", "ruby"), Attribute("stone", "jade"))),), "lines.0.attributes"),
        ((replace(ring, moves_goods=False, handover=Handover.ORDERED),), "lines.0.handover"),
        ((replace(ring, moves_goods=False, handover=Handover.LAID_AWAY),), "lines.0.handover"),
        ((replace(ring, deposit=Decimal("100.00")),), "lines.0.deposit"),
        ((replace(ring, handover=Handover.ORDERED, deposit=Decimal("5000.01")),), "lines.0.deposit"),
        ((replace(ring, handover=Handover.LAID_AWAY, deposit=Decimal(-1)),), "lines.0.deposit"),
    ],
)
def test_a_sale_that_cannot_have_happened_is_refused_by_field(lines: tuple[Line, ...], field: str) -> None:
    with pytest.raises(SaleInvalid) as refused:
        record(after([]), replace(sold, lines=lines))
    assert refused.value.field == field


def test_a_sale_says_who_bought_it_for_the_client() -> None:
    bought = replace(sold, bought_by_id=BEA)

    assert record(after([]), bought) == [bought]
    for event in (replace(bought, client_id=None), replace(bought, client_id=BEA)):
        with pytest.raises(SaleInvalid) as refused:
            record(after([]), event)
        assert refused.value.field == "bought_by_id"


def test_what_comes_back_without_the_receipt_was_neither_ordered_nor_laid_away() -> None:
    back = ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, (replace(ring, handover=Handover.ORDERED),))
    with pytest.raises(SaleInvalid):
        record(after([]), back)


def test_a_returned_line_carries_every_dimension_it_was_counted_under() -> None:
    back = returned([sold], FIRST, Returning(1, 1, reason="too small"))

    assert (back.store_id, back.sold_at_store_id, back.client_id) == ("rome-1", "paris-1", ANNE)
    [line] = back.lines
    assert (line.sku, line.sellers, line.net, line.reason) == ("R-17", ring.sellers, ring.net, "too small")


def test_a_return_stands_on_the_client_the_sale_stands_on_by_then() -> None:
    assert returned([sold, ClientDetached(SALE, ANNE)], FIRST, Returning(1, 1)).client_id is None


def test_shares_of_a_line_add_up_to_its_net() -> None:
    given: list[Event] = [sold]
    for number in range(3):
        given.append(returned(given, UUID(int=20 + number), Returning(2, 1)))

    refunds = [line.net for event in given if isinstance(event, LinesReturned) for line in event.lines]
    assert refunds == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]


def test_no_more_pieces_come_back_than_were_sold() -> None:
    back = returned([sold], FIRST, Returning(2, 2))
    with pytest.raises(ReturnExceedsSale, match="Line 2 has 1 left") as refused:
        return_lines(after([sold, back]), SECOND, "rome-1", LATER, (Returning(1, 1), Returning(2, 2)))
    assert refused.value.field == "lines.1.quantity"


def test_no_more_money_goes_back_than_was_paid() -> None:
    back = returned([sold], FIRST, Returning(2, 1, Decimal("60.00")))
    with pytest.raises(ReturnExceedsSale) as refused:
        return_lines(after([sold, back]), SECOND, "rome-1", LATER, (Returning(2, 1, Decimal("40.01")),))
    assert refused.value.field == "lines.0.net"


def test_after_a_generous_refund_the_rest_is_worth_what_is_left() -> None:
    back = returned([sold], FIRST, Returning(2, 1, Decimal("80.00")))
    again = returned([sold, back], SECOND, Returning(2, 1))
    last = returned([sold, back, again], UUID(int=13), Returning(2, 1))

    assert (again.lines[0].net, last.lines[0].net) == (Decimal(0), Decimal("20.00"))


def test_a_return_knows_what_was_refunded_before() -> None:
    given: list[Event] = [sold]
    for number, net in enumerate((None, "20.00", None)):
        given.append(returned(given, UUID(int=20 + number), Returning(2, 1, Decimal(net) if net else None)))

    lines = [line for event in given if isinstance(event, LinesReturned) for line in event.lines]
    assert [line.net_before for line in lines] == [Decimal(0), Decimal("33.33"), Decimal("53.33")]


def test_a_return_says_who_is_credited_and_what_was_taken_instead() -> None:
    given = after([sold])
    [back] = return_lines(
        given, FIRST, "rome-1", LATER, (Returning(1, 1),), credited_to_id=BEA, exchanged_for=UUID(int=77)
    )

    assert isinstance(back, LinesReturned)
    assert (back.credited_to_id, back.exchanged_for) == (BEA, UUID(int=77))
    with pytest.raises(ReturnDiffers):
        return_lines(after([sold, back]), FIRST, "rome-1", LATER, (Returning(1, 1),))


def test_a_return_sent_twice_is_recorded_once() -> None:
    back = returned([sold], FIRST, Returning(2, 1))

    assert return_lines(after([sold, back]), FIRST, "rome-1", LATER, (Returning(2, 1),)) == []
    assert return_lines(after([sold, back]), FIRST, "rome-1", LATER, (Returning(2, 1, Decimal("33.33")),)) == []
    for other in (Returning(2, 2), Returning(2, 1, reason="broken"), Returning(2, 1, Decimal("33.34"))):
        with pytest.raises(ReturnDiffers):
            return_lines(after([sold, back]), FIRST, "rome-1", LATER, (other,))


@pytest.mark.parametrize(
    ("lines", "at", "field"),
    [
        ((), LATER, "lines"),
        ((Returning(1, 1), Returning(1, 1)), LATER, "lines"),
        ((Returning(3, 1),), LATER, "lines.0.ordinal"),
        ((Returning(1, 0),), LATER, "lines.0.quantity"),
        ((Returning(1, 1, Decimal(-1)),), LATER, "lines.0.net"),
        ((Returning(1, 1),), NOON - timedelta(seconds=1), "occurred_at"),
    ],
)
def test_a_return_that_cannot_have_happened_is_refused_by_field(
    lines: tuple[Returning, ...], at: datetime, field: str
) -> None:
    with pytest.raises(SaleInvalid) as refused:
        return_lines(after([sold]), FIRST, "rome-1", at, lines)
    assert refused.value.field == field


def test_a_return_without_the_receipt_is_a_stream_of_its_own_and_cannot_be_returned() -> None:
    back = ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, (ring,))

    assert record(after([]), back) == [back]
    with pytest.raises(SaleInvalid):
        return_lines(after([back]), FIRST, "rome-1", LATER, (Returning(1, 1),))


def test_a_client_is_attached_once_and_detached_once() -> None:
    attached = ClientAttached(SALE, BEA, ANNE)
    detached = ClientDetached(SALE, BEA)

    assert attach_client(after([sold]), SALE, BEA) == [attached]
    assert attach_client(after([sold, attached]), SALE, BEA) == []
    assert detach_client(after([sold, attached]), SALE) == [detached]
    assert detach_client(after([sold, attached, detached]), SALE) == []


def test_nothing_happens_to_a_sale_that_was_never_recorded() -> None:
    decisions: list[Callable[[], list[Event]]] = [
        lambda: return_lines(after([]), FIRST, "rome-1", LATER, (Returning(1, 1),)),
        lambda: attach_client(after([]), SALE, ANNE),
        lambda: detach_client(after([]), SALE),
    ]
    for decide in decisions:
        with pytest.raises(SaleUnknown):
            decide()


def test_numbers_of_sales_and_returns_do_not_meet() -> None:
    assert sale_id(NUMBER) != return_id(NUMBER)
