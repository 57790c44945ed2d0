"""Calendar events: when they are held, on whose calendars, what is brought to them, and what they are to sell."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar_event.assortment import bring, remove_target, set_target, take_out
from domain.calendar_event.events import (
    AssortmentBrought,
    CalendarEventCancelled,
    CalendarEventDescribed,
    CalendarEventMoved,
    CalendarEventReinstated,
    CalendarEventRescoped,
    CalendarEventScheduled,
    Event,
    PieceTakenOut,
    PutOnCalendar,
    TakenOffCalendar,
    TargetRemoved,
    TargetSet,
)
from domain.calendar_event.facts import Piece, piece_id
from domain.calendar_event.scheduling import (
    cancel,
    describe,
    move,
    put_on,
    reinstate,
    rescope,
    schedule,
    take_off,
)
from domain.calendar_event.state import CalendarEvent, Target, after
from domain.refusals import (
    CalendarEventDiffers,
    CalendarEventInvalid,
    CalendarEventIsCancelled,
    CalendarEventUnknown,
    PieceUnknown,
    Refusal,
)
from domain.scope import Reach, Scope
from tests.support.clocks import by_clock, held
from tests.support.decisions import calendar_event as at_random

SHOW, AURELIE, CLUB = UUID(int=1), UUID(int=2), UUID(int=3)
EVENING = held("2026-11-14T18:00", "2026-11-14T22:00")
NEXT_DAY = held("2026-11-15T18:00", "2026-11-15T22:00")
EVERYWHERE, PARIS = Scope(Reach.NATIONAL), Scope(Reach.STORE, None, "paris-1")
scheduled = CalendarEventScheduled(SHOW, "Aurélie", "trunk-show", (AURELIE,), PARIS, EVENING, None)
BRACELET = Piece("B-7", "Bracelet", 1, Decimal("9400.00"), "EUR", "S-0007")
SCARVES = Piece("S-1", "Scarf", 12, Decimal("240.00"), "EUR")
TARGET = Target(Decimal("20000.00"), "EUR")


def refused(code: type[Refusal], decide: Callable[[], object]) -> str | None:
    """The field that the refusal names."""
    with pytest.raises(code) as refusal:
        decide()
    return refusal.value.field


# ----------------------------------------------------------------------------------------------------------- when it is


@pytest.mark.feature("CS-25")
def test_an_event_is_held_when_the_clocks_of_its_place_say_so() -> None:
    assert EVENING.starts_at == datetime(2026, 11, 14, 17, tzinfo=UTC)
    assert (EVENING.starts, EVENING.ends) == (by_clock("2026-11-14T18:00"), by_clock("2026-11-14T22:00"))
    assert EVENING.first_day == EVENING.last_day == date(2026, 11, 14)


def test_a_gala_until_midnight_is_over_with_its_day() -> None:
    gala = held("2026-11-14T20:00", "2026-11-15T00:00")
    ball = held("2026-11-14T20:00", "2026-11-15T00:01")
    assert (gala.last_day, ball.last_day) == (date(2026, 11, 14), date(2026, 11, 15))


def test_the_days_of_an_event_are_those_of_its_place_on_either_side_of_the_date_line() -> None:
    auckland = held("2026-11-14T09:00", "2026-11-14T17:00", "Pacific/Auckland")
    honolulu = held("2026-11-14T09:00", "2026-11-14T17:00", "Pacific/Honolulu")
    assert auckland.first_day == honolulu.first_day == date(2026, 11, 14)
    # In Paris it is still the day before when the one begins, and the day after when the other ends.
    assert auckland.starts_at.date() == date(2026, 11, 13)
    assert honolulu.ends_at.date() == date(2026, 11, 15)


def test_in_the_night_when_clocks_go_back_an_hour_that_comes_twice_is_the_first() -> None:
    night = held("2026-10-25T01:00", "2026-10-25T02:30")
    assert (night.ends_at - night.starts_at).total_seconds() == 90 * 60
    through = held("2026-10-24T20:00", "2026-10-25T04:00")
    assert (through.ends_at - through.starts_at).total_seconds() == 9 * 60 * 60


def test_in_the_night_when_clocks_go_forward_an_hour_that_they_skip_is_refused() -> None:
    before, skipped, later = (f"2026-03-29T{hour}:30" for hour in ("01", "02", "04"))
    assert refused(CalendarEventInvalid, lambda: held(skipped, later)) == "starts"
    assert refused(CalendarEventInvalid, lambda: held(before, skipped)) == "ends"
    through = held(before, later)
    assert (through.ends_at - through.starts_at).total_seconds() == 2 * 60 * 60


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", "", "/", "Europe"])
def test_a_time_zone_that_nobody_knows(zone: str) -> None:
    assert refused(CalendarEventInvalid, lambda: held("2026-11-14T18:00", "2026-11-14T22:00", zone)) == "time_zone"


@pytest.mark.parametrize("ends", ["2026-11-14T17:59", "2026-11-14T18:00"])
def test_nothing_ends_before_or_as_it_starts(ends: str) -> None:
    assert refused(CalendarEventInvalid, lambda: held("2026-11-14T18:00", ends)) == "ends"


# ----------------------------------------------------------------------------------------------------- what is decided


def test_an_event_is_scheduled_once() -> None:
    assert schedule(after([]), scheduled) == [scheduled]
    assert schedule(after([scheduled]), scheduled) == []
    other = replace(scheduled, kind="gala")
    assert refused(CalendarEventDiffers, lambda: schedule(after([scheduled]), other)) == "calendar_event_id"


@pytest.mark.feature("CS-31")
def test_a_scope_names_the_region_or_the_store_that_it_reaches() -> None:
    nameless = replace(scheduled, scope=Scope(Reach.STORE))
    assert refused(CalendarEventInvalid, lambda: schedule(after([]), nameless)) == "scope.store_id"
    assert (
        refused(CalendarEventInvalid, lambda: rescope(after([scheduled]), SHOW, Scope(Reach.REGIONAL)))
        == "scope.region_id"
    )


def test_it_is_described_moved_and_rescoped_only_if_that_changes_something() -> None:
    now = after([scheduled])
    assert describe(now, SHOW, "Aurélie", "trunk-show", None) == []
    assert describe(now, SHOW, "Aurélie", "gala", "Opéra") == [CalendarEventDescribed(SHOW, "Aurélie", "gala", "Opéra")]
    assert move(now, SHOW, EVENING) == []
    assert move(now, SHOW, NEXT_DAY) == [CalendarEventMoved(SHOW, NEXT_DAY, EVENING)]
    assert rescope(now, SHOW, PARIS) == []
    assert rescope(now, SHOW, EVERYWHERE) == [CalendarEventRescoped(SHOW, EVERYWHERE)]


@pytest.mark.feature("CS-19")
def test_it_is_on_several_organizations_calendars_or_on_none() -> None:
    now = after([scheduled])
    assert put_on(now, SHOW, AURELIE) == []
    assert put_on(now, SHOW, CLUB) == [PutOnCalendar(SHOW, CLUB)]
    assert take_off(now, SHOW, CLUB) == []
    assert take_off(now, SHOW, AURELIE) == [TakenOffCalendar(SHOW, AURELIE)]
    assert after([scheduled, TakenOffCalendar(SHOW, AURELIE)]).organizations == frozenset()


def test_it_is_cancelled_for_a_reason_which_may_become_known_later_and_reinstated() -> None:
    now = after([scheduled])
    assert reinstate(now, SHOW) == []
    assert cancel(now, SHOW, None) == [CalendarEventCancelled(SHOW, None)]
    cancelled = after([scheduled, CalendarEventCancelled(SHOW, "Snow")])
    assert cancel(cancelled, SHOW, "Snow") == cancel(cancelled, SHOW, None) == []
    assert cancel(cancelled, SHOW, "The designer is ill") == [CalendarEventCancelled(SHOW, "The designer is ill")]
    assert move(cancelled, SHOW, NEXT_DAY)
    assert reinstate(cancelled, SHOW) == [CalendarEventReinstated(SHOW)]
    assert after([scheduled, CalendarEventCancelled(SHOW, "Snow"), CalendarEventReinstated(SHOW)]).reason is None


# --------------------------------------------------------------------------------------------- assortment and targets


def test_pieces_are_brought_each_once_and_what_is_known_of_one_may_change() -> None:
    brought = AssortmentBrought(SHOW, (BRACELET, SCARVES))
    assert bring(after([scheduled]), SHOW, [BRACELET, SCARVES]) == [brought]
    there = after([scheduled, brought])
    assert bring(there, SHOW, [BRACELET, SCARVES]) == []
    fewer = replace(SCARVES, units=10)
    assert bring(there, SHOW, [BRACELET, fewer]) == [AssortmentBrought(SHOW, (fewer,))]
    assert len(after([scheduled, brought, AssortmentBrought(SHOW, (fewer,))]).pieces) == 2


@pytest.mark.parametrize(
    ("pieces", "field"),
    [
        ([SCARVES, replace(BRACELET, units=2)], "pieces.1.units"),
        ([BRACELET, SCARVES, BRACELET], "pieces.2.sku"),
        ([BRACELET, replace(SCARVES, currency="CHF")], "pieces.1.currency"),
    ],
)
def test_an_assortment_that_cannot_be(pieces: list[Piece], field: str) -> None:
    assert refused(CalendarEventInvalid, lambda: bring(after([scheduled]), SHOW, pieces)) == field


def test_all_that_is_brought_is_valued_in_one_currency_which_changes_for_all_at_once() -> None:
    there = after([scheduled, AssortmentBrought(SHOW, (BRACELET, SCARVES))])
    in_francs = [replace(each, currency="CHF") for each in (BRACELET, SCARVES)]
    assert refused(CalendarEventInvalid, lambda: bring(there, SHOW, in_francs[:1])) == "pieces.0.currency"
    assert bring(there, SHOW, in_francs) == [AssortmentBrought(SHOW, tuple(in_francs))]


def test_a_piece_is_taken_out_once_and_may_be_brought_again() -> None:
    id = piece_id(SHOW, "B-7", "S-0007")
    there = [scheduled, AssortmentBrought(SHOW, (BRACELET,))]
    assert take_out(after(there), SHOW, id) == [PieceTakenOut(SHOW, id)]
    gone = after([*there, PieceTakenOut(SHOW, id)])
    assert take_out(gone, SHOW, id) == []
    assert bring(gone, SHOW, [BRACELET]) == [AssortmentBrought(SHOW, (BRACELET,))]
    assert refused(PieceUnknown, lambda: take_out(after(there), SHOW, CLUB)) == "piece_id"


@pytest.mark.feature("BO-01", "BO-02")
def test_a_store_and_each_of_its_associates_have_a_target() -> None:
    now = after([scheduled, TargetSet(SHOW, "paris-1", None, *TARGET)])
    assert set_target(now, SHOW, "paris-1", None, TARGET) == []
    assert set_target(now, SHOW, "paris-1", "ines", TARGET) == [TargetSet(SHOW, "paris-1", "ines", *TARGET)]
    more = Target(Decimal("30000.00"), "EUR")
    assert set_target(now, SHOW, "paris-1", None, more) == [TargetSet(SHOW, "paris-1", None, *more)]
    assert remove_target(now, SHOW, "paris-1", "ines") == []
    assert remove_target(now, SHOW, "paris-1", None) == [TargetRemoved(SHOW, "paris-1", None)]
    nothing = Target(Decimal("0.00"), "EUR")
    assert refused(CalendarEventInvalid, lambda: set_target(now, SHOW, "paris-1", None, nothing)) == "amount"


def test_to_a_cancelled_event_nothing_more_is_brought_and_what_is_there_can_be_put_right() -> None:
    there: list[Event] = [scheduled, AssortmentBrought(SHOW, (BRACELET,)), TargetSet(SHOW, "paris-1", None, *TARGET)]
    cancelled = after([*there, CalendarEventCancelled(SHOW, None)])
    assert refused(CalendarEventIsCancelled, lambda: bring(cancelled, SHOW, [SCARVES])) == "calendar_event_id"
    refused(CalendarEventIsCancelled, lambda: set_target(cancelled, SHOW, "paris-1", "ines", TARGET))
    assert take_out(cancelled, SHOW, piece_id(SHOW, "B-7", "S-0007"))
    assert remove_target(cancelled, SHOW, "paris-1", None)


DECISIONS: list[Callable[[CalendarEvent], list[Event]]] = [
    lambda now: describe(now, SHOW, "Aurélie", "gala", None),
    lambda now: move(now, SHOW, EVENING),
    lambda now: rescope(now, SHOW, PARIS),
    lambda now: put_on(now, SHOW, CLUB),
    lambda now: take_off(now, SHOW, CLUB),
    lambda now: cancel(now, SHOW, None),
    lambda now: reinstate(now, SHOW),
    lambda now: bring(now, SHOW, [SCARVES]),
    lambda now: take_out(now, SHOW, CLUB),
    lambda now: set_target(now, SHOW, "paris-1", None, TARGET),
    lambda now: remove_target(now, SHOW, "paris-1", None),
]


@pytest.mark.parametrize("decide", DECISIONS)
def test_nothing_is_decided_about_an_event_that_nobody_scheduled(
    decide: Callable[[CalendarEvent], list[Event]],
) -> None:
    assert refused(CalendarEventUnknown, lambda: decide(after([]))) == "calendar_event_id"


@given(seed=st.integers(0, 2**63))
def test_whatever_is_decided_asking_twice_is_no_news(seed: int) -> None:
    chance = Random(seed)
    id, _ = at_random.NOUN.stream(chance)
    events: list[object] = []
    for number in range(30):
        decide, state = chance.choice(at_random.NOUN.decisions), chance.getstate()
        try:
            news = decide(chance, after(events), id, UUID(int=number))
        except Refusal:
            continue
        events += news
        chance.setstate(state)
        assert decide(chance, after(events), id, UUID(int=number)) == []
