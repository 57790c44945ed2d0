"""Whom a calendar event reaches, by example and as the slowest reading of the rule says."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar_event import scheduling, state
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.reach import Client, reaches
from domain.calendar_event.state import CalendarEvent
from domain.days import holds
from domain.membership import Term
from domain.scope import Reach, Scope
from tests.support.clocks import by_clock, held

SHOW, AURELIE, CLUB = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY = date(2026, 11, 2)
EVENING = held("2026-11-14T18:00", "2026-11-14T22:00")
PARIS = Scope(Reach.STORE, None, "paris-1")


def event(scope: Scope = PARIS, *on: UUID, **more: Any) -> CalendarEvent:
    scheduled = CalendarEventScheduled(SHOW, "Aurélie", "trunk-show", on or (AURELIE,), scope, EVENING, None)
    return replace(state.after([scheduled]), **more)


NATIONAL = event(Scope(Reach.NATIONAL))
MEMBER = Client([(AURELIE, Term(None, None))], "rome-1")


def reached(by: CalendarEvent, client: Client, stores: Sequence[str] = ("paris-1",)) -> bool:
    return reaches(by, client, stores, TODAY, 24)


@pytest.mark.feature("CS-20", "CS-24")
def test_a_member_is_reached_if_she_is_one_on_one_of_its_days() -> None:
    day = date(2026, 11, 14)
    for since, until, expected in (
        (None, None, True),
        (day, None, True),
        (None, day, True),
        (day + timedelta(1), None, False),
        (None, day - timedelta(1), False),
    ):
        client = Client([(AURELIE, Term(since, until))])
        assert reached(NATIONAL, client) is expected
        assert not reached(event(Scope(Reach.NATIONAL), CLUB), client)


def test_it_reaches_neither_the_dead_nor_anybody_once_it_is_cancelled() -> None:
    listed = replace(MEMBER, listed=True)
    assert reached(NATIONAL, listed)
    assert not reached(NATIONAL, replace(listed, died=True))
    assert not reached(replace(NATIONAL, cancelled=True), listed)


@pytest.mark.feature("CS-31")
def test_the_event_of_a_store_reaches_those_members_who_are_of_it() -> None:
    assert not reached(event(), MEMBER)
    assert reached(event(), replace(MEMBER, store_id="paris-1"))
    assert reached(event(), replace(MEMBER, served=[("paris-1", Term(None, None))]))
    later, nowhere = ("paris-1", Term(date(2026, 12, 1), None)), (None, Term(None, None))
    assert not reached(event(), replace(MEMBER, served=[later, nowhere]))
    assert not reached(event(), Client([], "paris-1", served=[("paris-1", Term(None, None))]))
    assert reached(event(), Client(listed=True))


def test_a_store_is_hers_if_she_shopped_there_of_late_and_the_one_that_registered_her_until_she_shops() -> None:
    of_paris = replace(MEMBER, store_id="paris-1")
    lately, long_ago = datetime(2024, 11, 2, tzinfo=UTC), datetime(2024, 11, 1, 23, 59, tzinfo=UTC)
    assert reached(event(), replace(MEMBER, shopped=[("paris-1", lately)]))
    assert not reached(event(), replace(MEMBER, shopped=[("paris-1", long_ago)]))
    assert not reached(event(), replace(of_paris, shopped=[("rome-1", lately)]))
    assert reached(event(), replace(of_paris, shopped=[("rome-1", long_ago)]))


def test_of_an_event_that_is_over_the_months_are_those_before_it_and_what_was_sold_there_brought_nobody() -> None:
    then = event(held=held("2023-05-04T18:00", "2023-05-04T22:00"))
    assert reached(then, replace(MEMBER, shopped=[("paris-1", datetime(2021, 5, 4, tzinfo=UTC))]))
    assert not reached(then, replace(MEMBER, shopped=[("paris-1", datetime(2023, 5, 4, 18, tzinfo=UTC))]))


def test_a_regions_event_reaches_those_of_any_of_its_stores() -> None:
    europe = event(Scope(Reach.REGIONAL, "europe"))
    assert reached(europe, MEMBER, ["paris-1", "rome-1"])
    assert not reached(europe, MEMBER, ["paris-1", "geneva-1"])
    assert not reached(europe, MEMBER, [])


# ------------------------------------------------------------------------------------------------------- the slow rule


def noon(day: date) -> datetime:
    return by_clock(f"{day}T12:00")


STORES = ["paris-1", "rome-1", "osaka-1"]
_days = st.dates(date(2026, 11, 1), date(2026, 11, 20))
_terms = st.builds(
    lambda days, unknown: Term(None if "since" in unknown else min(days), None if "until" in unknown else max(days)),
    st.tuples(_days, _days),
    st.sets(st.sampled_from(["since", "until"])),
)
_times = st.datetimes(by_clock("2026-08-01"), by_clock("2026-11-20"), timezones=st.just(UTC))
_clients = st.builds(
    Client,
    st.lists(st.tuples(st.sampled_from([AURELIE, CLUB]), _terms), max_size=3),
    st.sampled_from([None, *STORES]),
    st.lists(st.tuples(st.sampled_from(STORES), _times), max_size=4),
    st.lists(st.tuples(st.sampled_from([None, *STORES]), _terms), max_size=2),
    st.booleans(),
    st.booleans(),
)
_held = st.builds(
    lambda day, hours, zone: scheduling.held(noon(day), noon(day) + timedelta(hours=hours), zone),
    st.dates(date(2026, 11, 1), date(2026, 11, 18)),
    st.sampled_from([2, 12, 40]),
    st.sampled_from(["Europe/Paris", "Pacific/Auckland", "Pacific/Honolulu"]),
)
_events = st.builds(
    lambda scope, held, cancelled: event(scope, held=held, cancelled=cancelled),
    st.sampled_from([PARIS, Scope(Reach.REGIONAL, "europe"), Scope(Reach.NATIONAL)]),
    _held,
    st.sampled_from([False, False, False, True]),
)


@given(client=_clients, event=_events, today=_days)
def test_whom_it_reaches_is_what_the_rule_says_word_by_word(client: Client, event: CalendarEvent, today: date) -> None:
    stores = {"paris-1", "rome-1"} if event.scope == Scope(Reach.REGIONAL, "europe") else {"paris-1"}
    assert event.held
    assert event.scope
    first, last = event.held.first_day, event.held.last_day
    days = [first + timedelta(number) for number in range((last - first).days + 1)]

    def on_a_day(term: Term) -> bool:
        return any(holds(*term, day) for day in days)

    linked = any(on_a_day(term) for organization, term in client.terms if organization == AURELIE)
    # Two months back, of days that every month has.
    back = min(today, first)
    since = datetime(back.year, back.month - 2, back.day, tzinfo=UTC)
    lately = Counter(store for store, at in client.shopped if since <= at < event.held.starts_at)
    home = lately.most_common(1)[0][0] if lately else client.store_id
    shopped = bool(lately.keys() & stores)
    served = any(store in stores and on_a_day(term) for store, term in client.served)
    by_scope = event.scope.reach is Reach.NATIONAL or home in stores or shopped or served
    expected = not event.cancelled and not client.died and (client.listed or (linked and by_scope))

    assert reaches(event, client, stores, today, 2) is expected


# ------------------------------------------------------------------------------------------------------- in any order


@pytest.mark.feature("CS-20")
@given(order=st.permutations(range(5)), client=_clients, when=_held, cancelled=st.booleans())
def test_moved_put_on_calendars_and_cancelled_in_any_order_it_reaches_the_same(
    order: Sequence[int], client: Client, when: Any, cancelled: bool
) -> None:
    changes: list[Any] = [
        lambda now: scheduling.move(now, SHOW, when),
        lambda now: scheduling.put_on(now, SHOW, AURELIE),
        lambda now: scheduling.take_off(now, SHOW, CLUB),
        lambda now: scheduling.rescope(now, SHOW, Scope(Reach.NATIONAL)),
        lambda now: scheduling.cancel(now, SHOW, None) if cancelled else [],
    ]
    events: list[Any] = [CalendarEventScheduled(SHOW, "Aurélie", "gala", (CLUB,), PARIS, EVENING, None)]
    for number in order:
        events += changes[number](state.after(events))

    direct = event(Scope(Reach.NATIONAL), AURELIE, held=when, cancelled=cancelled)
    assert reaches(state.after(events), client, STORES, TODAY, 24) is reaches(direct, client, STORES, TODAY, 24)
