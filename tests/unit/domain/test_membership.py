"""Decisions about a membership, by example, and what holds of any terms."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.membership import (
    Event,
    Membership,
    MembershipBegun,
    MembershipCorrected,
    MembershipEnded,
    MembershipTakenBack,
    Term,
    Tie,
    after,
    begin,
    correct,
    end,
    membership_id,
    take_back,
)
from domain.refusals import MembershipHasEnded, MembershipInvalid, MembershipOverlaps, MembershipUnknown, Refusal
from tests.support.decisions.membership import NOUN

ANNE, CLUB = UUID(int=1), UUID(int=2)
ID = membership_id(ANNE, CLUB, Tie.BELONGING)
MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))

begun = MembershipBegun(ANNE, ID, CLUB, Tie.BELONGING, 1, MAY, None)
ended = MembershipEnded(ANNE, ID, 1, JUNE)


def starts(now: Membership, since: date | None, until: date | None = None) -> list[Event]:
    return begin(now, ANNE, CLUB, Tie.BELONGING, Term(since, until))


@pytest.mark.feature("CS-14", "CS-18")
def test_belonging_and_interest_are_two_memberships() -> None:
    assert membership_id(ANNE, CLUB, Tie.BELONGING) != membership_id(ANNE, CLUB, Tie.INTEREST)
    assert starts(after([]), MAY) == [begun]
    assert starts(after([begun]), MAY) == []


@pytest.mark.feature("CS-14")
def test_a_membership_is_begun_ended_and_begun_again() -> None:
    assert end(after([begun]), ANNE, JUNE) == [ended]
    assert end(after([begun, ended]), ANNE, JUNE) == []
    [again] = starts(after([begun, ended]), JULY)
    assert again == MembershipBegun(ANNE, ID, CLUB, Tie.BELONGING, 2, JULY, None)
    assert after([begun, ended, again]).terms == {1: Term(MAY, JUNE), 2: Term(JULY, None)}


@pytest.mark.parametrize(("since", "until"), [(None, None), (JUNE, None), (JUNE, JULY), (None, MAY)])
def test_two_terms_never_overlap(since: date | None, until: date | None) -> None:
    with pytest.raises(MembershipOverlaps) as refused:
        starts(after([begun, ended]), since, until)
    assert refused.value.field == "since"


def test_what_is_over_can_be_recorded_later() -> None:
    [earlier] = starts(after([begun]), None, MAY - timedelta(days=1))
    assert isinstance(earlier, MembershipBegun)
    assert (earlier.term, earlier.until) == (2, MAY - timedelta(days=1))


def test_nothing_ends_before_it_begins_or_twice() -> None:
    with pytest.raises(MembershipInvalid) as refused:
        end(after([begun]), ANNE, MAY - timedelta(days=1))
    assert refused.value.field == "until"
    with pytest.raises(MembershipHasEnded):
        end(after([begun, ended]), ANNE, JULY)
    with pytest.raises(MembershipInvalid):
        starts(after([]), JUNE, MAY)


def test_a_wrong_month_is_corrected_later() -> None:
    right = MembershipCorrected(ANNE, ID, 1, JUNE, AUGUST)
    assert correct(after([begun, ended]), ANNE, 1, Term(JUNE, AUGUST)) == [right]
    assert correct(after([begun, ended, right]), ANNE, 1, Term(JUNE, AUGUST)) == []
    with pytest.raises(MembershipUnknown) as refused:
        correct(after([begun]), ANNE, 2, Term(JUNE, None))
    assert refused.value.field == "term"
    [again] = starts(after([begun, ended]), JULY)
    with pytest.raises(MembershipOverlaps):
        correct(after([begun, ended, again]), ANNE, 1, Term(MAY, AUGUST))


def test_what_was_recorded_by_mistake_is_taken_back() -> None:
    back = MembershipTakenBack(ANNE, ID, 1)
    assert take_back(after([begun]), ANNE, 1) == [back]
    assert take_back(after([begun, back]), ANNE, 1) == []
    [again] = starts(after([begun, back]), MAY)
    assert isinstance(again, MembershipBegun)
    assert again.term == 2


def test_a_membership_is_of_one_client() -> None:
    decisions: list[Callable[[Membership, UUID], object]] = [
        lambda now, who: end(now, who, JUNE),
        lambda now, who: correct(now, who, 1, Term(JUNE, None)),
        lambda now, who: take_back(now, who, 1),
    ]
    for decide in decisions:
        for now, who in ((after([]), ANNE), (after([begun]), CLUB)):
            with pytest.raises(MembershipUnknown) as refused:
                decide(now, who)
            assert refused.value.field == "membership_id"


@settings(max_examples=200, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_on_any_day_a_client_has_a_tie_once_or_not_at_all(seed: int) -> None:
    chance = Random(seed)
    stream, _ = NOUN.stream(chance)
    events: list[object] = []
    for number in range(20):
        try:
            events += chance.choice(NOUN.decisions)(chance, after(events), stream, UUID(int=number))
        except Refusal:
            continue
    terms = after(events).terms.values()
    for day in (date(2026, 2, 20) + timedelta(days=each) for each in range(60)):
        assert sum((since or day) <= day <= (until or day) for since, until in terms) <= 1
