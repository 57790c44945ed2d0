"""Decisions about a gift that is brought to a till, by example."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.occasion import Source
from domain.refusals import (
    GiftReceiptUnknown,
    MarkInvalid,
    Refusal,
    ReturnDiffers,
    ReturnExceedsSale,
    SaleInvalid,
)
from domain.sale.events import (
    Event,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesReturned,
    MarkRemoved,
    SaleRecorded,
)
from domain.sale.facts import GiftOccasion, Giver, Line, SaleReference, Seller
from domain.sale.gift_code import GiftReceipt, from_content
from domain.sale.gift_receipt import BringingBack, bring_back, service
from domain.sale.recording import sale_id
from domain.sale.state import after

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 16, 12, tzinfo=UTC)
PAUL, ANNE, ZOE = UUID(int=1), UUID(int=2), UUID(int=3)
MARK, BACK, NEW = UUID(int=11), UUID(int=21), UUID(int=31)
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)

bracelet = Line(1, "B-17", "Bracelet", 1, Decimal(900), Decimal(900), sellers=(Seller("ines"),), serial_number="4711")
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", PAUL, (bracelet,))
given_to_anne = GiftMarked(
    SALE,
    MARK,
    1,
    1,
    (Giver(PAUL),),
    ANNE,
    ANNE,
    GiftOccasion(Source.OWN, "birthday", date(2026, 6, 14)),
    date(2026, 6, 21),
    "7QK4-X2MN-0WTZ",
    discreet=False,
)
by_code, by_number = GiftReceipt(SALE, 1, MARK), GiftReceipt(SALE, 1)
brought = BringingBack(BACK, "rome-1", JUNE, 1, "has one already")


def returned(given: list[Event], receipt: GiftReceipt, back: BringingBack = brought) -> LinesReturned:
    event, *_ = bring_back(after(given), receipt, back)
    assert isinstance(event, LinesReturned)
    return event


@pytest.mark.feature("CS-12")
def test_the_credit_is_hers_the_gift_stays_given_and_its_sellers_are_debited() -> None:
    back, released = bring_back(after([sold, given_to_anne]), by_code, brought, NEW)

    assert isinstance(back, LinesReturned)
    assert (back.credited_to_id, back.exchanged_for, back.client_id) == (ANNE, NEW, PAUL)
    [line] = back.lines
    assert (line.mark_id, line.net, line.sellers) == (MARK, Decimal(900), bracelet.sellers)
    assert released == GiftReleaseSet(SALE, MARK, ANNE, JUNE.date(), discreet=False)
    assert MARK in after([sold, given_to_anne, back, released]).marks


@pytest.mark.feature("N-09")
@pytest.mark.parametrize(
    ("mark", "receipt", "at"),
    [
        (given_to_anne, by_number, JUNE),
        (given_to_anne, by_code, JUNE + timedelta(days=30)),
        (replace(given_to_anne, released_on=None, discreet=True), by_code, JUNE),
    ],
    ids=["a serial number does not say that she has it", "it was no surprise any more", "discreet"],
)
def test_only_who_brings_the_code_has_it_and_what_is_discreet_stays_so(
    mark: GiftMarked, receipt: GiftReceipt, at: datetime
) -> None:
    events = bring_back(after([sold, mark]), receipt, replace(brought, occurred_at=at))

    assert [type(event) for event in events] == [LinesReturned]


def test_a_gift_without_a_day_is_released_when_its_code_is_brought() -> None:
    never = replace(given_to_anne, occasion=None, released_on=None)
    _, released = bring_back(after([sold, never]), by_code, brought)

    assert released == GiftReleaseSet(SALE, MARK, ANNE, JUNE.date(), discreet=False)


@pytest.mark.parametrize(
    ("given", "receipt", "named", "credited"),
    [
        ([sold, given_to_anne], by_number, None, ANNE),
        ([sold, given_to_anne], by_code, ZOE, ZOE),
        ([sold, replace(given_to_anne, recipient_id=None)], by_code, ZOE, ZOE),
        ([sold, KeptForHerself(SALE, MARK, 1, 1)], by_number, None, None),
        ([sold], by_number, None, None),
        ([sold], by_number, ZOE, ZOE),
    ],
)
def test_who_has_the_credit(
    given: list[Event], receipt: GiftReceipt, named: UUID | None, credited: UUID | None
) -> None:
    assert returned(given, receipt, replace(brought, credited_to_id=named)).credited_to_id == credited


def test_of_a_gift_to_nobody_known_it_is_said_who_has_the_credit() -> None:
    with pytest.raises(MarkInvalid) as refused:
        bring_back(after([sold, replace(given_to_anne, recipient_id=None)]), by_code, brought)
    assert refused.value.field == "credited_to_id"


def test_bringing_it_back_again_is_no_news_and_once_more_is_too_much() -> None:
    given: list[Event] = [sold, given_to_anne]
    given += bring_back(after(given), by_code, brought)

    assert bring_back(after(given), by_code, brought) == []
    for back, refusal, field in (
        (replace(brought, reason="too small"), ReturnDiffers, "return_id"),
        (replace(brought, return_id=NEW), ReturnExceedsSale, "quantity"),
    ):
        with pytest.raises(refusal) as refused:
            bring_back(after(given), by_code, back)
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "receipt", "back", "refusal", "field"),
    [
        ([], by_code, brought, GiftReceiptUnknown, "receipt"),
        ([sold], by_code, brought, GiftReceiptUnknown, "receipt"),
        ([sold, given_to_anne, MarkRemoved(SALE, MARK)], by_code, brought, GiftReceiptUnknown, "receipt"),
        ([sold, KeptForHerself(SALE, MARK, 1, 1)], by_code, brought, GiftReceiptUnknown, "receipt"),
        ([sold, given_to_anne], GiftReceipt(SALE, 2, MARK), brought, GiftReceiptUnknown, "receipt"),
        ([sold, given_to_anne], by_code, replace(brought, quantity=2), ReturnExceedsSale, "quantity"),
        (
            [sold, given_to_anne],
            by_code,
            replace(brought, occurred_at=NOON - timedelta(days=1)),
            SaleInvalid,
            "occurred_at",
        ),
    ],
)
def test_what_cannot_come_back_is_refused_by_its_field(
    given: list[Event], receipt: GiftReceipt, back: BringingBack, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        bring_back(after(given), receipt, back)
    assert refused.value.field == field


def test_a_piece_is_taken_in_for_a_service_and_stays_whose_it_is() -> None:
    def serviced(mark_id: UUID | None) -> LineServiced:
        return LineServiced(SALE, NEW, 1, mark_id, "sizing", "rome-1", JUNE)

    known = after([sold, given_to_anne])
    released = GiftReleaseSet(SALE, MARK, ANNE, JUNE.date(), discreet=False)
    assert service(known, by_code, NEW, "sizing", "rome-1", JUNE) == [serviced(MARK), released]
    assert service(known, by_number, NEW, "sizing", "rome-1", JUNE) == [serviced(MARK)]
    assert service(after([sold]), by_number, NEW, "sizing", "rome-1", JUNE) == [serviced(None)]


def test_what_came_back_or_was_not_sold_yet_is_not_taken_in() -> None:
    given: list[Event] = [sold, given_to_anne]

    with pytest.raises(MarkInvalid):
        service(after(given), by_code, NEW, "sizing", "rome-1", NOON - timedelta(days=1))
    for receipt, past in ((by_code, given), (by_number, given), (by_number, [sold])):
        gone = [*past, *bring_back(after(past), receipt, brought)]
        with pytest.raises(GiftReceiptUnknown):
            service(after(gone), receipt, NEW, "sizing", "rome-1", JUNE)


@pytest.mark.parametrize("receipt", [by_code, by_number])
def test_a_receipt_is_read_as_it_was_written(receipt: GiftReceipt) -> None:
    assert from_content(receipt.content()) == receipt
