"""Decisions about gifts, by example."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.gift_policy import HOUSE_GIFTS
from domain.occasion import Source
from domain.refusals import (
    MarkDiffers,
    MarkInvalid,
    MarksExceedLine,
    MarkUnknown,
    Refusal,
    ReturnDiffers,
    ReturnExceedsSale,
    SaleInvalid,
    SaleUnknown,
)
from domain.sale import pieces
from domain.sale.events import (
    ClientDetached,
    Event,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LinesCancelled,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    ReturnRecorded,
    SaleRecorded,
)
from domain.sale.facts import GiftOccasion, Giver, Handover, Line, Pieces, SaleReference
from domain.sale.gift_code import as_printed, receipt_code
from domain.sale.gifts import Gift, decline, keep, mark, mark_with_sale, of_line, release, remark
from domain.sale.gifts import remove as take_away
from domain.sale.recording import sale_id
from domain.sale.returning import Returning, return_lines
from domain.sale.state import after

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
PAUL, ANNE, ZOE = UUID(int=1), UUID(int=2), UUID(int=3)
MARK, OTHER, BACK = UUID(int=11), UUID(int=12), UUID(int=21)
CODE = "7QK4-X2MN-0WTZ"
NUMBER = SaleReference("till", "1001")
SALE = sale_id(NUMBER)
BIRTHDAY = GiftOccasion(Source.OWN, "birthday", date(2026, 6, 14))

scarf = Line(1, "S-17", "Scarf", 3, Decimal("300.00"), Decimal("900.00"))
postage = Line(2, "P-01", "Delivery", 1, Decimal(25), Decimal(25), moves_goods=False)
sold = SaleRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", PAUL, (scarf, postage))
for_anne = Gift(ANNE, BIRTHDAY, quantity=1)
marked = GiftMarked(SALE, MARK, 1, 1, (Giver(PAUL),), ANNE, ANNE, BIRTHDAY, date(2026, 6, 21), CODE, discreet=False)


def marking_of(given: list[Event], gift: Gift, id: UUID = MARK, ordinal: int = 1) -> list[Event]:
    return mark(after(given), id, ordinal, gift, CODE, HOUSE_GIFTS)


def put_right(given: list[Event], gift: Gift, code: str = "another code") -> list[Event]:
    return remark(after(given), MARK, gift, code, HOUSE_GIFTS)


def returned(given: list[Event], quantity: int, mark_id: UUID | None = None, id: UUID = BACK) -> LinesReturned:
    back = (Returning(1, quantity, mark_id=mark_id),)
    [event] = return_lines(after(given), id, "rome-1", NOON + timedelta(days=30), back)
    assert isinstance(event, LinesReturned)
    return event


@pytest.mark.feature("CS-11", "CS-12")
def test_part_of_a_line_is_marked_as_a_gift_for_an_occasion_and_released_a_week_after_it() -> None:
    assert marking_of([sold], for_anne) == [marked]
    assert marking_of([sold, marked], for_anne) == []


@pytest.mark.feature("CS-11")
def test_a_gift_of_which_nothing_is_said_is_all_that_is_left_given_by_the_client_and_never_released() -> None:
    [gift] = marking_of([sold, marked], Gift(), OTHER)

    assert gift == GiftMarked(SALE, OTHER, 1, 2, (Giver(PAUL),), None, PAUL, None, None, CODE, discreet=False)


def test_givers_are_named_with_their_parts() -> None:
    [gift] = marking_of([sold], Gift(ANNE, givers=(Giver(PAUL, 2), Giver(ZOE))))

    assert isinstance(gift, GiftMarked)
    assert gift.givers == (Giver(PAUL, 2), Giver(ZOE))


@pytest.mark.parametrize(
    ("gift", "released_on", "discreet"),
    [
        (for_anne, date(2026, 6, 21), False),
        (replace(for_anne, released_on=date(2026, 6, 15)), date(2026, 6, 15), False),
        (replace(for_anne, discreet=True), None, True),
        (replace(for_anne, occasion=None), None, False),
        (replace(for_anne, occasion=None, released_on=date(2026, 7, 1)), date(2026, 7, 1), False),
    ],
)
def test_a_gift_is_released_as_the_policy_says_unless_the_associate_says_otherwise(
    gift: Gift, released_on: date | None, discreet: bool
) -> None:
    [event] = marking_of([sold], gift)

    assert isinstance(event, GiftMarked)
    assert (event.released_on, event.discreet) == (released_on, discreet)


@pytest.mark.parametrize(
    ("given", "gift", "ordinal", "refusal", "field"),
    [
        ([], for_anne, 1, SaleUnknown, "sale_id"),
        ([ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", PAUL, (scarf,))], for_anne, 1, SaleInvalid, "sale_id"),
        ([sold], for_anne, 7, MarkInvalid, "ordinal"),
        ([sold], for_anne, 2, MarkInvalid, "ordinal"),
        ([sold], replace(for_anne, quantity=4), 1, MarksExceedLine, "quantity"),
        ([sold, KeptForHerself(SALE, OTHER, 1, 3)], Gift(ANNE), 1, MarksExceedLine, "ordinal"),
        ([sold], replace(for_anne, recipient_id=PAUL), 1, MarkInvalid, "recipient_id"),
        ([sold], replace(for_anne, givers=(Giver(ZOE), Giver(ZOE))), 1, MarkInvalid, "givers"),
        ([sold], replace(for_anne, givers=(Giver(ZOE, 0),)), 1, MarkInvalid, "givers"),
        ([sold], replace(for_anne, givers=tuple(Giver(UUID(int=n)) for n in range(50, 61))), 1, MarkInvalid, "givers"),
        ([sold, ClientDetached(SALE, PAUL)], for_anne, 1, MarkInvalid, "givers"),
        ([sold], replace(for_anne, discreet=True, released_on=date(2026, 7, 1)), 1, MarkInvalid, "released_on"),
        ([sold, marked], replace(for_anne, recipient_id=ZOE), 1, MarkDiffers, "proposal_id"),
        ([sold, KeptForHerself(SALE, MARK, 1, 1)], for_anne, 1, MarkDiffers, "proposal_id"),
    ],
)
def test_what_cannot_be_marked_is_refused_by_its_field(
    given: list[Event], gift: Gift, ordinal: int, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        marking_of(given, gift, ordinal=ordinal)
    assert refused.value.field == field


def test_what_came_back_or_was_cancelled_is_not_left_to_mark() -> None:
    ordered = replace(sold, lines=(replace(scarf, handover=Handover.ORDERED),))
    cancelled = LinesCancelled(SALE, BACK, "paris-1", NOON, (Pieces(1, 1),), None)

    assert pieces.unmarked(after([ordered, cancelled]), 1) == 2
    assert pieces.unmarked(after([sold, returned([sold], 2)]), 1) == 1
    with pytest.raises(MarksExceedLine):
        marking_of([sold, returned([sold], 2)], replace(for_anne, quantity=2))


@pytest.mark.feature("CS-11")
def test_a_mark_is_put_right_and_the_gift_keeps_its_code_and_its_discretion() -> None:
    discreet = replace(marked, released_on=None, discreet=True)

    assert put_right([sold, marked], replace(for_anne, recipient_id=ZOE)) == [
        replace(marked, recipient_id=ZOE, concerns_id=ZOE)
    ]
    assert put_right([sold, marked], for_anne) == []
    assert put_right([sold, discreet], replace(for_anne, quantity=2)) == [replace(discreet, quantity=2)]
    assert put_right([sold, discreet], replace(for_anne, discreet=False)) == [marked]


def test_a_day_that_was_set_stays_as_long_as_the_occasion_does() -> None:
    given: list[Event] = [sold, marked, GiftReleaseSet(SALE, MARK, ANNE, date(2026, 7, 9), discreet=False)]

    [gift] = put_right(given, replace(for_anne, quantity=3))
    assert isinstance(gift, GiftMarked)
    assert gift.released_on == date(2026, 7, 9)

    later = replace(BIRTHDAY, day=date(2026, 6, 15))
    [gift] = put_right(given, replace(for_anne, occasion=later))
    assert isinstance(gift, GiftMarked)
    assert gift.released_on == date(2026, 6, 22)


def test_what_she_kept_becomes_a_gift() -> None:
    assert put_right([sold, KeptForHerself(SALE, MARK, 1, 1)], for_anne, CODE) == [marked]


def test_a_mark_covers_no_fewer_pieces_than_came_back_of_it_and_no_more_than_there_are() -> None:
    given: list[Event] = [sold, replace(marked, quantity=2)]
    given += [returned(given, 2, MARK)]

    with pytest.raises(MarkInvalid) as refused:
        put_right(given, for_anne)
    assert refused.value.field == "quantity"
    with pytest.raises(MarksExceedLine):
        put_right(given, replace(for_anne, quantity=4))
    assert put_right(given, replace(for_anne, quantity=3)) == [replace(marked, quantity=3)]


@pytest.mark.feature("CS-11")
def test_the_client_keeps_pieces_or_everything_for_herself_in_one_step() -> None:
    def kept(quantity: int) -> KeptForHerself:
        return KeptForHerself(SALE, of_line(OTHER, 1), 1, quantity)

    assert keep(after([sold]), OTHER, 1, 2) == [kept(2)]
    assert keep(after([sold, marked]), OTHER, 1, None) == [kept(2)]
    assert keep(after([sold, marked]), OTHER, None, None) == [kept(2)]
    assert keep(after([sold, kept(3)]), MARK, None, None) == []
    assert keep(after([sold, kept(3)]), MARK, 1, None) == []


@pytest.mark.parametrize(
    ("given", "ordinal", "quantity", "refusal", "field"),
    [
        ([], None, None, SaleUnknown, "sale_id"),
        ([sold], None, 1, MarkInvalid, "ordinal"),
        ([sold], 2, None, MarkInvalid, "ordinal"),
        ([sold], 1, 4, MarksExceedLine, "quantity"),
        ([sold, replace(marked, quantity=3)], 1, None, MarksExceedLine, "ordinal"),
        ([replace(sold, client_id=None)], 1, None, MarkInvalid, "ordinal"),
    ],
)
def test_what_nobody_can_have_kept_is_refused(
    given: list[Event], ordinal: int | None, quantity: int | None, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        keep(after(given), OTHER, ordinal, quantity)
    assert refused.value.field == field


def test_a_mark_is_taken_away_once_unless_pieces_of_it_came_back() -> None:
    given: list[Event] = [sold, marked]

    assert take_away(after(given), MARK) == [MarkRemoved(SALE, MARK)]
    assert take_away(after([*given, MarkRemoved(SALE, MARK)]), MARK) == []
    assert pieces.unmarked(after([*given, MarkRemoved(SALE, MARK)]), 1) == 3
    with pytest.raises(MarkUnknown):
        take_away(after(given), OTHER)
    with pytest.raises(MarkInvalid):
        take_away(after([*given, returned(given, 1, MARK)]), MARK)


def test_the_day_of_release_is_set_and_a_discreet_gift_has_none() -> None:
    given: list[Event] = [sold, marked]
    never = GiftReleaseSet(SALE, MARK, ANNE, None, discreet=True)

    assert release(after(given), MARK, marked.released_on, discreet=False) == []  # type: ignore[arg-type]
    assert release(after(given), MARK, None, discreet=True) == [never]
    assert release(after([*given, never]), MARK, None, discreet=True) == []
    assert release(after([*given, never]), MARK, None, discreet=False) == [replace(never, discreet=False)]
    with pytest.raises(MarkInvalid) as refused:
        release(after(given), MARK, date(2026, 7, 1), discreet=True)
    assert refused.value.field == "released_on"
    with pytest.raises(MarkInvalid):
        release(after([sold, KeptForHerself(SALE, MARK, 1, 1)]), MARK, None, discreet=True)
    with pytest.raises(MarkUnknown):
        release(after([sold]), MARK, None, discreet=True)


@pytest.mark.feature("CS-11")
def test_a_proposal_is_declined_once() -> None:
    assert decline(after([sold]), OTHER, 1) == [ProposalDeclined(SALE, OTHER, 1)]
    assert decline(after([sold, ProposalDeclined(SALE, OTHER, 1)]), OTHER, 1) == []
    with pytest.raises(MarkInvalid):
        decline(after([sold]), OTHER, 3)


def test_a_return_takes_what_was_named_else_what_was_not_marked_then_her_own_then_gifts() -> None:
    of_three: list[Event] = [sold, marked, KeptForHerself(SALE, OTHER, 1, 1)]

    def took(quantity: int, mark_id: UUID | None = None) -> list[tuple[UUID | None, int]]:
        return [(id, taken.quantity) for id, taken in pieces.taken(after(of_three), 1, quantity, mark_id)]

    assert took(1) == [(None, 1)]
    assert took(2) == [(None, 1), (OTHER, 1)]
    assert took(3) == [(None, 1), (OTHER, 1), (MARK, 1)]
    assert took(1, MARK) == [(MARK, 1)]


def test_the_parts_of_a_return_add_up_to_what_is_refunded_and_asking_again_is_no_news() -> None:
    odd = replace(sold, lines=(replace(scarf, net=Decimal("100.00")),))
    given: list[Event] = [odd, marked, KeptForHerself(SALE, OTHER, 1, 1)]
    back = returned(given, 3)

    assert [(line.mark_id, line.net, line.net_before) for line in back.lines] == [
        (None, Decimal("33.33"), Decimal(0)),
        (OTHER, Decimal("33.34"), Decimal("33.33")),
        (MARK, Decimal("33.33"), Decimal("66.67")),
    ]
    again = (Returning(1, 3),)
    assert return_lines(after([*given, back]), BACK, back.store_id, back.occurred_at, again) == []
    with pytest.raises(ReturnDiffers):
        return_lines(after([*given, back]), BACK, back.store_id, back.occurred_at, (Returning(1, 3, mark_id=MARK),))


@pytest.mark.parametrize(
    ("quantity", "mark_id", "refusal"), [(2, MARK, ReturnExceedsSale), (1, UUID(int=99), MarkUnknown)]
)
def test_no_more_of_a_mark_comes_back_than_it_has(quantity: int, mark_id: UUID, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        pieces.taken(after([sold, marked]), 1, quantity, mark_id, "lines.0.")
    assert refused.value.field == ("lines.0.quantity" if mark_id == MARK else "lines.0.mark_id")


with_its_sale = replace(marked, mark_id=of_line(SALE, 1))
remarked = replace(with_its_sale, recipient_id=ZOE, concerns_id=ZOE)


def with_sale(given: list[Event], gift: Gift = for_anne, ordinal: int = 1, *, again: bool = False) -> list[Event]:
    return mark_with_sale(after(given), ordinal, gift, CODE, HOUSE_GIFTS, "lines.0.gift", just_recorded=not again)


def test_a_gift_is_said_with_its_sale_and_said_again_is_no_news() -> None:
    assert with_sale([sold]) == [with_its_sale]
    assert with_sale([sold, with_its_sale], again=True) == []


@pytest.mark.parametrize(
    ("gift", "ordinal", "refusal", "field"),
    [
        (replace(for_anne, quantity=9), 1, MarksExceedLine, "lines.0.gift.quantity"),
        (replace(for_anne, recipient_id=PAUL), 1, MarkInvalid, "lines.0.gift.recipient_id"),
        (for_anne, 9, MarkInvalid, "lines.0.gift"),
    ],
)
def test_a_gift_that_cannot_be_is_refused_by_its_place_in_the_sale(
    gift: Gift, ordinal: int, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        with_sale([sold], gift, ordinal)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "since", [[], [with_its_sale, remarked], [with_its_sale, MarkRemoved(SALE, with_its_sale.mark_id)]]
)
def test_a_sale_that_was_recorded_before_is_not_marked_anew(since: list[Event]) -> None:
    with pytest.raises(MarkDiffers) as refused:
        with_sale([sold, *since], again=True)
    assert refused.value.field == "lines.0.gift"


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), CODE.replace("-", ""), "7qk4 x2mn owtz"])
def test_a_code_is_read_as_it_was_printed(typed: str) -> None:
    assert as_printed(typed) == CODE


def test_codes_are_of_an_ids_sixty_last_bits() -> None:
    assert receipt_code(UUID(int=0)) == "0000-0000-0000"
    assert receipt_code(UUID(int=2**60 - 1)) == "ZZZZ-ZZZZ-ZZZZ"
    assert receipt_code(UUID(int=2**60)) == receipt_code(UUID(int=0))
    assert as_printed(receipt_code(UUID(int=0x123456789ABCDEF))) == receipt_code(UUID(int=0x123456789ABCDEF))
