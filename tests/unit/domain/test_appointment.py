"""Decisions about an appointment, by example, and what holds of any."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.appointment import (
    Appointment,
    AppointmentCancelled,
    AppointmentKept,
    AppointmentMade,
    AppointmentMissed,
    AppointmentMoved,
    Event,
    after,
    cancel,
    keep,
    make,
    miss,
    move,
)
from domain.calendar_event.facts import Held
from domain.refusals import AppointmentInvalid, AppointmentIsCancelled, AppointmentUnknown, Refusal
from tests.support.decisions.contact import APPOINTMENT

ANNE, BEN, ID = UUID(int=1), UUID(int=2), UUID(int=3)
# Half past midnight in Tokyo, which is the day before in UTC.
MIDNIGHT = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIME = Held(MIDNIGHT, MIDNIGHT + HOUR, "Asia/Tokyo")
LATER = Held(MIDNIGHT + 20 * HOUR, MIDNIGHT + 21 * HOUR, "Asia/Tokyo")

made = AppointmentMade(ANNE, ID, "ines", "ginza", TIME, True, None, None)
moved = AppointmentMoved(ANNE, ID, LATER, TIME)
cancelled, kept, missed = (each(ANNE, ID) for each in (AppointmentCancelled, AppointmentKept, AppointmentMissed))


@pytest.mark.feature("BO-26")
def test_an_appointment_is_made_once_and_moved() -> None:
    assert make(after([]), made) == [made]
    assert make(after([made]), made) == []
    assert move(after([made]), ANNE, LATER) == [moved]
    assert move(after([made, moved]), ANNE, LATER) == []
    assert after([made, moved]).time == LATER
    with pytest.raises(AppointmentInvalid) as refused:
        make(after([made]), replace(made, out_of_hours=False))
    assert refused.value.field == "appointment_id"


@pytest.mark.parametrize("ends_at", [MIDNIGHT, MIDNIGHT - HOUR, MIDNIGHT + 25 * HOUR])
def test_an_appointment_ends_after_it_begins_within_a_day(ends_at: datetime) -> None:
    time = replace(TIME, ends_at=ends_at)
    with pytest.raises(AppointmentInvalid) as refused:
        make(after([]), replace(made, time=time))
    assert refused.value.field == "ends"
    with pytest.raises(AppointmentInvalid) as refused:
        move(after([made]), ANNE, time)
    assert refused.value.field == "ends"


@pytest.mark.feature("BO-26")
def test_whoever_came_late_is_not_said_to_have_missed_it() -> None:
    assert miss(after([made]), ANNE, MIDNIGHT) == [missed]
    assert keep(after([made, missed]), ANNE, MIDNIGHT + HOUR) == [kept]
    assert keep(after([made, missed, kept]), ANNE, MIDNIGHT + HOUR) == []
    assert miss(after([made, kept]), ANNE, MIDNIGHT) == [missed]
    assert miss(after([made, missed]), ANNE, MIDNIGHT) == []


def test_nothing_is_kept_before_its_day_at_the_store_or_missed_before_it_begins() -> None:
    on_its_day = MIDNIGHT - timedelta(minutes=30)
    assert keep(after([made]), ANNE, on_its_day) == [kept]
    with pytest.raises(AppointmentInvalid) as refused:
        keep(after([made]), ANNE, on_its_day - timedelta(seconds=1))
    assert refused.value.field == "kept"
    with pytest.raises(AppointmentInvalid) as refused:
        miss(after([made]), ANNE, MIDNIGHT - timedelta(seconds=1))
    assert refused.value.field == "kept"


def test_what_was_cancelled_is_neither_moved_nor_kept() -> None:
    now = after([made, cancelled])
    assert cancel(after([made]), ANNE) == [cancelled]
    assert cancel(now, ANNE) == []
    with pytest.raises(AppointmentIsCancelled):
        move(now, ANNE, LATER)
    for say in (keep, miss):
        with pytest.raises(AppointmentIsCancelled):
            say(now, ANNE, MIDNIGHT)


def test_what_is_over_is_not_moved_and_what_was_kept_not_cancelled() -> None:
    for over in (kept, missed):
        with pytest.raises(AppointmentInvalid):
            move(after([made, over]), ANNE, LATER)
    with pytest.raises(AppointmentInvalid):
        cancel(after([made, kept]), ANNE)
    assert cancel(after([made, missed]), ANNE) == [cancelled]


def test_an_appointment_is_of_one_client() -> None:
    decisions: list[Callable[[Appointment, UUID], list[Event]]] = [
        lambda now, who: move(now, who, LATER),
        cancel,
        lambda now, who: keep(now, who, MIDNIGHT),
        lambda now, who: miss(now, who, MIDNIGHT),
    ]
    for decide in decisions:
        for now, who in ((after([]), ANNE), (after([made]), BEN)):
            with pytest.raises(AppointmentUnknown) as refused:
                decide(now, who)
            assert refused.value.field == "appointment_id"


@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_an_appointment_has_one_end_and_what_is_said_again_is_no_news(seed: int) -> None:
    chance = Random(seed)
    stream, _ = APPOINTMENT.stream(chance)
    events: list[object] = []
    for number in range(20):
        decide, again = chance.choice(APPOINTMENT.decisions), Random(number)
        try:
            news = decide(again, after(events), stream, UUID(int=number))
        except Refusal:
            continue
        was, now = after(events), after([*events, *news])
        assert not decide(Random(number), now, stream, UUID(int=number))
        assert not (was.cancelled and news), "what was cancelled stays so"
        assert now.time == was.time or was.kept is None, "what is over stays when it was"
        assert not (now.cancelled and now.kept)
        events += news
