"""Whatever becomes of a sale and of its gifts, in any order: every piece is somebody's, and money adds up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.gift_policy import HOUSE_GIFTS
from domain.occasion import Source
from domain.personal import Erased
from domain.refusals import MarkUnknown, Refusal
from domain.sale import gift_code, gift_receipt, gifts, pieces, recording, returning
from domain.sale.events import Event, GiftMarked, KeptForHerself, LinesReturned, SaleRecorded
from domain.sale.facts import GiftOccasion, Giver, Handover
from domain.sale.gift_code import GiftReceipt
from domain.sale.gift_receipt import BringingBack
from domain.sale.gifts import Gift
from domain.sale.returning import Returning
from domain.sale.state import Sale, after, evolve
from tests.unit.domain.test_sale_any_order import (
    NOON,
    SALE,
    Decide,
    corrected_lines,
    corrections,
    ids,
    recordings,
    standings,
    steps,
)

# Few, so that what is decided meets.
marks = st.integers(101, 104).map(lambda number: UUID(int=number))
people = st.integers(102, 104).map(lambda number: UUID(int=number))
ordinals = st.integers(1, 2)
days = st.dates(date(2026, 3, 1), date(2026, 3, 9))
quantities = st.none() | st.integers(1, 3)


@st.composite
def said(draw: st.DrawFn) -> Gift:
    occasion = draw(st.none() | st.builds(GiftOccasion, st.sampled_from(Source), st.just("birthday"), days))
    givers = draw(
        st.lists(st.builds(Giver, people, st.integers(1, 3)), max_size=2, unique_by=lambda who: who.client_id)
    )
    discreet = draw(st.sampled_from([None, None, True, False]))
    return Gift(draw(st.none() | people), occasion, tuple(givers), draw(quantities), None, discreet)


@st.composite
def giving(draw: st.DrawFn) -> Decide:
    """Pieces are marked, marked otherwise, kept, or not what was thought."""
    id, ordinal, gift, quantity = draw(marks), draw(ordinals), draw(said()), draw(quantities)
    code, discreet = gift_code.receipt_code(draw(ids)), draw(st.booleans())
    released_on = None if discreet else draw(st.none() | days)
    choices: list[Decide] = [
        lambda now: gifts.mark(now, id, ordinal, gift, code, HOUSE_GIFTS),
        lambda now: gifts.mark(now, id, ordinal, gift, code, HOUSE_GIFTS),
        lambda now: gifts.remark(now, id, gift, code, HOUSE_GIFTS),
        lambda now: gifts.keep(now, id, ordinal, quantity),
        lambda now: gifts.keep(now, id, None, None),
        lambda now: gifts.release(now, id, released_on, discreet=discreet),
        lambda now: gifts.remove(now, id),
        lambda now: gifts.decline(now, id, ordinal),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def selling(draw: st.DrawFn) -> Decide:
    """A sale that stands on somebody, of which most is taken at once."""
    record, who = draw(recordings()), draw(ids)

    def decide(now: Sale) -> list[Event]:
        [sold] = record(Sale())
        assert isinstance(sold, SaleRecorded)
        lines = [replace(line, handover=Handover.TAKEN) if line.ordinal == 1 else line for line in sold.lines]
        return recording.record(now, replace(sold, client_id=who, lines=tuple(lines)))

    return decide


@st.composite
def bringing_back(draw: st.DrawFn) -> Decide:
    """Pieces of a mark come back: by who bought them, or by who got them."""
    id, which, quantity = draw(ids), draw(st.integers(0, 3)), draw(st.sampled_from([1, 1, 2]))
    at = NOON + timedelta(days=draw(st.integers(0, 5)))
    credited_to_id, exchanged_for = draw(st.none() | people), draw(st.none() | ids)
    back = BringingBack(id, "rome-1", at, quantity, None, credited_to_id)

    def by_receipt(now: Sale) -> list[Event]:
        mark = _some(now, which)
        return gift_receipt.bring_back(now, GiftReceipt(SALE, mark.ordinal, mark.mark_id), back, exchanged_for)

    def by_name(now: Sale) -> list[Event]:
        mark = _some(now, which)
        return returning.return_lines(now, id, "rome-1", at, (Returning(mark.ordinal, quantity, mark_id=mark.mark_id),))

    def of_line(now: Sale) -> list[Event]:
        mark = _some(now, which)
        return returning.return_lines(now, id, "rome-1", at, (Returning(mark.ordinal, quantity),))

    return draw(st.sampled_from([by_receipt, by_name, of_line]))


def _some(now: Sale, which: int) -> GiftMarked | KeptForHerself:
    if not now.marks:
        raise MarkUnknown("There is none.")
    return now.marks[sorted(now.marks)[which % len(now.marks)]]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    kinds = st.sampled_from(
        [*[giving] * 8, *[bringing_back] * 4, *[steps] * 5, corrected_lines, corrections, standings]
    )
    for decide in [draw(selling()), *draw(st.lists(kinds.flatmap(lambda kind: kind()), min_size=6, max_size=18))]:
        try:
            news = decide(after(events))
        except Refusal:
            continue
        events += news
        assert decide(after(events)) == [], "asking again is no news"
    return events


@pytest.mark.feature("CS-12")
@given(histories())
def test_whatever_becomes_of_gifts_in_any_order_adds_up(events: list[Event]) -> None:
    _every_piece_is_one_marks_or_none(events)
    _what_is_refunded_by_mark_adds_up(events)
    _a_gift_keeps_its_code_and_nobody_gives_to_herself(events)
    _folded_step_by_step_it_is_the_same(events)


def _every_piece_is_one_marks_or_none(events: list[Event]) -> None:
    now = after(events)
    for ordinal, line in now.lines.items():
        of_line = [mark for mark in now.marks.values() if mark.ordinal == ordinal]
        back = now.came_back(ordinal)
        marked = sum(mark.quantity for mark in of_line)
        assert marked <= line.quantity
        for mark in of_line:
            assert pieces.returned_of(now, mark.mark_id) <= mark.quantity
        unmarked_back = sum(each.quantity for each in back if each.mark_id is None)
        if not now.cancelled(ordinal):
            assert marked + unmarked_back + pieces.unmarked(now, ordinal) == line.quantity
        assert {each.mark_id for each in back} <= {None, *(mark.mark_id for mark in of_line)}
    assert {mark.ordinal for mark in now.marks.values()} <= now.lines.keys()


def _what_is_refunded_by_mark_adds_up(events: list[Event]) -> None:
    refunded: dict[int, Decimal] = {}
    for event in events:
        for line in event.lines if isinstance(event, LinesReturned) else ():
            assert line.net >= 0
            assert line.net_before == refunded.get(line.ordinal, Decimal(0))
            refunded[line.ordinal] = line.net_before + line.net
    now = after(events)
    for ordinal, net in refunded.items():
        assert net <= now.moved(ordinal).net


def _a_gift_keeps_its_code_and_nobody_gives_to_herself(events: list[Event]) -> None:
    codes: dict[UUID, str] = {}
    now = Sale()
    for event in events:
        now = evolve(now, event)
        codes = {id: code for id, code in codes.items() if isinstance(now.marks.get(id), GiftMarked)}
        if isinstance(event, GiftMarked):
            assert not isinstance(event.receipt_code, Erased)
            assert codes.setdefault(event.mark_id, event.receipt_code) == event.receipt_code
            assert event.recipient_id not in [who.client_id for who in event.givers]
            assert event.concerns_id == (event.recipient_id or event.givers[0].client_id)
            assert not (event.discreet and event.released_on)
        if isinstance(event, KeptForHerself):
            codes.pop(event.mark_id, None)
    for mark in now.marks.values():
        assert not isinstance(mark, GiftMarked) or mark.recipient_id is None or mark.recipient_id != now.client_id


def _folded_step_by_step_it_is_the_same(events: list[Event]) -> None:
    now = Sale()
    for number, event in enumerate(events, 1):
        now = evolve(now, event)
        assert now == after(events[:number])
