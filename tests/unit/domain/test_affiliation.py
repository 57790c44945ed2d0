"""Who serves a client on which day, whatever was begun, ended, corrected, moved and handed over in whatever order."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import affiliation
from domain.affiliation import (
    EVERYTHING,
    AffiliationBegun,
    AffiliationCorrected,
    AffiliationEnded,
    Affiliations,
    AffiliationWithdrawn,
    Event,
    PrimaryNamed,
    Scope,
)
from domain.handover import Handover, hand_over
from domain.refusals import AffiliationInvalid, AffiliationOverlaps, NotServing, PrimaryTaken, Refusal
from tests.support.decisions.affiliation import CATEGORIES, DAYS, NOUN, WHOSE, random_handover
from tests.support.decisions.nouns import Decide

STREAM, ANNE = next(iter(WHOSE.items()))
# A day before and a day after all that is decided about.
ALL_DAYS = [DAYS[0] - timedelta(1), *DAYS, DAYS[-1] + timedelta(1)]
ANYTHING = [*CATEGORIES, None]

histories = st.tuples(st.integers(0, 2**63), st.integers(1, 25))


class Place(NamedTuple):
    """One affiliation as one day knows it."""

    who: str
    store_id: str | None
    categories: frozenset[str | None]
    covers: str | None


class Day(NamedTuple):
    places: list[Place]
    primary: str | None
    named: str | None


def _order(place: Place) -> tuple[str, ...]:
    return place.who, str(place.store_id), str(place.covers), *sorted(map(str, place.categories))


def days_of(now: Affiliations) -> dict[date, Day]:
    """Everything that can be asked, day by day."""
    return {on: Day(_places(now, on), affiliation.primary(now, on), _named(now, on)) for on in ALL_DAYS}


def _named(now: Affiliations, on: date) -> str | None:
    named = [each for each in now.primary if (each.since or on) <= on <= (each.until or on)]
    return named[-1].associate_id if named else None


def _places(now: Affiliations, on: date) -> list[Place]:
    return sorted((_place(each) for each in affiliation.in_force(now, on)), key=_order)


def _place(each: affiliation.Affiliation | AffiliationBegun) -> Place:
    categories = frozenset(category for category in ANYTHING if each.scope.covers(category))
    return Place(each.associate_id, each.store_id, categories, each.covers)


def decided(seed: int, decisions: int) -> list[Event]:
    """What so many random decisions lead to."""
    chance = Random(seed)
    events: list[Event] = []
    for number in range(decisions):
        try:
            decide = chance.choice(NOUN.decisions)
            events += cast("list[Event]", decide(chance, affiliation.after(events), STREAM, UUID(int=number + 1)))
        except Refusal:
            continue
    return events


@given(histories)
def test_any_order_of_decisions_reads_as_a_calendar_kept_by_hand(history: tuple[int, int]) -> None:
    begun: dict[UUID, AffiliationBegun] = {}
    calendar: dict[date, dict[UUID, Place]] = {on: {} for on in ALL_DAYS}
    named: dict[date, str | None] = {}

    def write(id: UUID, place: Place, since: date | None, until: date | None) -> None:
        for on in ALL_DAYS:
            calendar[on].pop(id, None)
            if (since or on) <= on <= (until or on):
                calendar[on][id] = place

    events = decided(*history)
    for at, event in enumerate(events, 1):
        match event:
            case AffiliationBegun(affiliation_id=id):
                begun[id] = event
                write(id, _place(event), event.since, event.until)
            case AffiliationEnded(affiliation_id=id, until=until):
                write(id, _place(begun[id]), begun[id].since, until)
            case AffiliationCorrected(affiliation_id=id):
                known = begun[id]
                begun[id] = AffiliationBegun(
                    ANNE, id, known.associate_id, event.store_id, event.scope, event.since, event.until, known.covers
                )
                write(id, _place(begun[id]), event.since, event.until)
            case AffiliationWithdrawn(affiliation_id=id):
                write(id, _place(begun[id]), date.max, date.min)
            case PrimaryNamed(associate_id=who, since=since, until=until):
                named |= {on: who for on in ALL_DAYS if (since or on) <= on <= (until or on)}

        now = affiliation.after(events[:at])
        for on in ALL_DAYS:
            places = sorted(calendar[on].values(), key=_order)
            serves = {place.who for place in places}
            assert _places(now, on) == places
            assert affiliation.primary(now, on) == (named.get(on) if named.get(on) in serves else None)
            for category in ANYTHING:
                assert affiliation.serving(now, on, category) == sorted(
                    {place.who for place in places if category in place.categories}
                )


@given(histories, st.integers(0, 2**63))
def test_a_handover_gives_just_what_was_ordered_on_just_these_days(history: tuple[int, int], seed: int) -> None:
    events = decided(*history)
    before = days_of(affiliation.after(events))
    order = random_handover(Random(seed), UUID(int=999))
    try:
        news = hand_over(affiliation.after(events), ANNE, order)
    except NotServing:
        news = []
    after = days_of(affiliation.after([*events, *news]))

    part = frozenset(ANYTHING if order.categories is None else order.categories)
    for on in ALL_DAYS:
        if on < order.since or (order.until and order.until < on):
            assert after[on] == before[on]
            continue
        places = [place for was in before[on].places for place in _passed_on(was, part, order)]
        assert after[on].places == sorted(places, key=_order)
        serve = {place.who for place in places}
        passes = before[on].primary == order.giver and order.giver not in serve
        named = order.taker if passes else before[on].named
        assert after[on].primary == (named if named in serve else None)
    assert hand_over(affiliation.after([*events, *news]), ANNE, order) == [] if news else True


def _passed_on(was: Place, part: frozenset[str | None], order: Handover) -> list[Place]:
    if was.who != order.giver or (was.who, was.store_id) == (order.taker, order.store_id) or not was.categories & part:
        return [was]
    covers = order.giver if order.until and order.taker != order.giver else was.covers
    given = Place(order.taker, order.store_id, was.categories & part, covers)
    return [given, was._replace(categories=was.categories - part)] if was.categories - part else [given]


@given(histories)
def test_folding_one_by_one_is_folding_at_once(history: tuple[int, int]) -> None:
    now = Affiliations()
    events = decided(*history)
    for event in events:
        now = affiliation.evolve(now, event)
    assert now == affiliation.after(events)


@given(histories, st.integers(0, 2**63))
def test_asking_the_same_again_is_no_news(history: tuple[int, int], seed: int) -> None:
    events = decided(*history)
    decide = Random(seed).choice(NOUN.decisions)
    try:
        news = _asked(decide, seed, events)
    except Refusal:
        return
    # Chance chooses the same again only among the same.
    if affiliation.after([*events, *news]).by_id.keys() == affiliation.after(events).by_id.keys():
        assert _asked(decide, seed, [*events, *news]) == []


def _asked(decide: Decide, seed: int, events: list[Event]) -> list[Any]:
    return list(decide(Random(seed), affiliation.after(events), STREAM, UUID(int=500)))


@given(histories)
def test_beginning_the_same_again_is_no_news(history: tuple[int, int]) -> None:
    for event in decided(*history):
        if isinstance(event, AffiliationBegun) and event.reassignment_id is None:
            assert affiliation.begin(affiliation.after([event]), replace(event, affiliation_id=UUID(int=501))) == []


# --------------------------------------------------------------------------------------------------- the same, told


MARCH = date(2026, 3, 1)


def begun(who: str, scope: Scope = EVERYTHING, **days: date) -> AffiliationBegun:
    id = UUID(int=sum(map(ord, f"{who}{scope}{days}")))
    return AffiliationBegun(ANNE, id, who, "paris-1", scope, days.get("since"), days.get("until"))


def order(**other: object) -> Handover:
    terms = {"categories": None, "since": MARCH, "until": None, **other}
    return Handover(UUID(int=77), "ines", "marc", "rome-1", **terms)  # type: ignore[arg-type]


@pytest.mark.feature("CS-01", "CS-02", "CS-03")
def test_several_associates_serve_one_client_each_for_her_own_things() -> None:
    now = affiliation.after(
        [begun("ines"), begun("marc", Scope(("cosmetics",))), begun("yuki", Scope(None, ("watches",)))]
    )

    assert affiliation.serving(now, MARCH) == ["ines", "yuki"]
    assert affiliation.serving(now, MARCH, "cosmetics") == ["ines", "marc", "yuki"]
    assert affiliation.serving(now, MARCH, "watches") == ["ines"]


@pytest.mark.feature("X-39", "N-13")
def test_a_cover_ends_by_itself_and_the_primary_associate_is_back() -> None:
    events: list[Event] = [begun("ines"), PrimaryNamed(ANNE, "ines", None, None)]
    events += hand_over(affiliation.after(events), ANNE, order(until=date(2026, 3, 14)))
    now = affiliation.after(events)

    def on(day: date) -> tuple[list[str], str | None]:
        return affiliation.serving(now, day), affiliation.primary(now, day)

    assert on(date(2026, 2, 28)) == (["ines"], "ines")
    assert on(date(2026, 3, 1)) == on(date(2026, 3, 14)) == (["marc"], "marc")
    assert on(date(2026, 3, 15)) == (["ines"], "ines")
    [cover] = affiliation.in_force(now, date(2026, 3, 7))
    assert (cover.covers, cover.store_id) == ("ines", "rome-1")


@pytest.mark.feature("X-39")
def test_a_part_is_handed_over_and_the_rest_stays_with_the_primary_associate() -> None:
    events: list[Event] = [begun("ines"), PrimaryNamed(ANNE, "ines", None, None)]
    events += hand_over(affiliation.after(events), ANNE, order(categories=("watches",)))
    now = affiliation.after(events)

    assert (affiliation.serving(now, MARCH, "watches"), affiliation.serving(now, MARCH)) == (["marc"], ["ines"])
    assert affiliation.primary(now, MARCH) == "ines"


def test_who_does_not_serve_hands_nothing_over() -> None:
    now = affiliation.after([begun("ines", until=date(2026, 2, 1)), begun("yuki")])
    with pytest.raises(NotServing):
        hand_over(now, ANNE, order())


@pytest.mark.feature("FL-13")
def test_only_who_serves_the_client_is_her_sales_person_and_one_is_enough() -> None:
    now = affiliation.after([begun("ines"), begun("marc"), PrimaryNamed(ANNE, "ines", None, None)])

    with pytest.raises(NotServing):
        affiliation.name_primary(now, PrimaryNamed(ANNE, "yuki", None, None), replacing=True)
    with pytest.raises(PrimaryTaken):
        affiliation.name_primary(now, PrimaryNamed(ANNE, "marc", MARCH, None), replacing=False)
    named = affiliation.name_primary(now, PrimaryNamed(ANNE, "marc", MARCH, None), replacing=True)
    assert affiliation.primary(affiliation.after([*_events(now), *named]), MARCH) == "marc"


def _events(now: Affiliations) -> list[Event]:
    return [begun("ines"), begun("marc"), *now.primary]


def test_nobody_serves_twice_for_the_same_or_backwards() -> None:
    now = affiliation.after([begun("ines", since=MARCH)])
    for twice in (begun("ines"), begun("ines", Scope(("watches",)), since=date(2027, 1, 1))):
        with pytest.raises(AffiliationOverlaps):
            affiliation.begin(now, twice)
    for impossible in (begun("marc", since=MARCH, until=date(2026, 2, 28)), begun("marc", Scope(()))):
        with pytest.raises(AffiliationInvalid):
            affiliation.begin(now, impossible)
    assert affiliation.begin(now, begun("ines", until=date(2026, 2, 28)))
