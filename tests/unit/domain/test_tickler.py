"""Decisions about ticklers and follow-ups, by example, and whatever is decided before."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain import follow_up
from domain.access import Caller, Role
from domain.follow_up import FollowUpCorrected, FollowUpWithdrawn, FollowUpWritten, Wording
from domain.personal import ERASED
from domain.refusals import (
    FollowUpInvalid,
    FollowUpUnknown,
    NotAllowed,
    Refusal,
    TicklerHasEnded,
    TicklerInvalid,
    TicklerIsTaken,
    TicklerUnknown,
)
from domain.tickler import (
    Ending,
    Event,
    Tickler,
    TicklerCompleted,
    TicklerDismissed,
    TicklerHandedOver,
    TicklerReopened,
    TicklerSnoozed,
    TicklerTaken,
    Which,
    after,
    complete,
    dismiss,
    hand_over,
    reopen,
    snooze,
    take,
)
from domain.tickler_cause import About, tickler_id
from tests.support.decisions import tickler
from tests.support.decisions.nouns import Noun

ANNE, BEN = UUID(int=1), UUID(int=2)
ABOUT = About("birthday-call", str(UUID(int=3)), "2026")
CALL = Which(ANNE, tickler_id(ANNE, ABOUT), ABOUT)
TODAY, LATER = date(2026, 3, 2), date(2026, 3, 9)

completed = TicklerCompleted(*CALL, "ines", "She called herself.")
dismissed = TicklerDismissed(*CALL, "ines", None)
snoozed = TicklerSnoozed(*CALL, "ines", LATER)
given_to_marc = TicklerHandedOver(*CALL, "marc", None)
taken = TicklerTaken(*CALL, "ines")
reopened = TicklerReopened(*CALL)

Decide = Callable[[Tickler, Which], list[Event]]
ACTS: dict[str, Decide] = {
    "complete": lambda now, which: complete(now, which, "ines", "She called herself."),
    "dismiss": lambda now, which: dismiss(now, which, "ines", None),
    "snooze": lambda now, which: snooze(now, which, "ines", LATER, TODAY),
    "hand over": lambda now, which: hand_over(now, which, "marc"),
    "take": lambda now, which: take(now, which, "ines"),
    "reopen": reopen,
}


@pytest.mark.feature("X-10")
def test_done_and_not_to_be_done_are_different_ends() -> None:
    assert ACTS["complete"](after([]), CALL) == [completed]
    assert ACTS["dismiss"](after([]), CALL) == [dismissed]
    assert complete(after([completed]), CALL, "marc", "She called.") == []
    assert dismiss(after([dismissed]), CALL, "marc", "She moved away.") == []


@pytest.mark.feature("X-10")
@pytest.mark.parametrize("act", ["complete", "dismiss", "snooze", "hand over", "take"])
@pytest.mark.parametrize("end", [completed, dismissed], ids=["completed", "dismissed"])
def test_what_has_ended_is_reopened_before_anything_else_is_done_with_it(act: str, end: Event) -> None:
    ended, decide = after([end]), ACTS[act]
    if act != {Ending.COMPLETED: "complete", Ending.DISMISSED: "dismiss"}[ended.ended or Ending.COMPLETED]:
        with pytest.raises(TicklerHasEnded) as refused:
            decide(ended, CALL)
        assert refused.value.field == "tickler_id"
    assert reopen(ended, CALL) == [reopened]
    assert decide(after([end, reopened]), CALL)


@pytest.mark.feature("X-09")
def test_it_is_put_off_to_a_day_after_today_and_the_last_one_said_counts() -> None:
    assert snooze(after([]), CALL, "ines", LATER, TODAY) == [snoozed]
    assert snooze(after([snoozed]), CALL, "ines", LATER, TODAY) == []
    sooner = TicklerSnoozed(*CALL, "marc", TODAY + timedelta(1))
    assert snooze(after([snoozed]), CALL, "marc", TODAY + timedelta(1), TODAY) == [sooner]
    assert after([snoozed, sooner]).snoozed_until == TODAY + timedelta(1)
    with pytest.raises(TicklerInvalid) as refused:
        snooze(after([]), CALL, "ines", TODAY, TODAY)
    assert refused.value.field == "until"


@pytest.mark.feature("X-14")
def test_one_associate_takes_a_tickler_of_the_store_and_may_hand_it_over() -> None:
    assert take(after([]), CALL, "ines") == [taken]
    assert take(after([taken]), CALL, "ines") == []
    with pytest.raises(TicklerIsTaken):
        take(after([taken]), CALL, "marc")
    assert hand_over(after([taken]), CALL, "marc") == [TicklerHandedOver(*CALL, "marc", "ines")]
    with pytest.raises(TicklerIsTaken):
        take(after([taken, given_to_marc]), CALL, "ines")
    assert hand_over(after([given_to_marc]), CALL, "marc") == []
    assert take(after([given_to_marc]), CALL, "ines", gone="marc") == [taken]
    with pytest.raises(TicklerIsTaken):
        take(after([given_to_marc, taken]), CALL, "lea", gone="marc")


def test_what_nobody_ended_is_not_reopened() -> None:
    with pytest.raises(TicklerInvalid):
        reopen(after([]), CALL)
    assert reopen(after([snoozed]), CALL) == []
    assert after([snoozed, taken, completed, reopened]) == Tickler(True, None, LATER, "ines")


@pytest.mark.parametrize("act", ACTS)
def test_a_tickler_is_what_its_client_its_rule_and_its_cause_make_it(act: str) -> None:
    others = (CALL._replace(client_id=BEN), CALL._replace(tickler_id=BEN), CALL._replace(about=About("x", "y", "z")))
    for other in others:
        for events in ([], [completed], [snoozed]):
            with pytest.raises(TicklerUnknown) as refused:
                ACTS[act](after(events), other)
            assert refused.value.field == "tickler_id"


RING = UUID(int=7)
INES, MARC, LEA = (Caller(name, Role.ASSOCIATE, "paris-1") for name in ("ines", "marc", "lea"))
ASSISTANT = Caller("assistant", Role.ASSOCIATE, "paris-1", on_behalf_of="ines")
written = FollowUpWritten(ANNE, RING, "ines", "marc", TODAY, None, None, "Ask about the ring")
SAID = Wording(LATER, LATER, "Ask about the brooch")
corrected = FollowUpCorrected(ANNE, RING, *SAID)
withdrawn = FollowUpWithdrawn(ANNE, RING)


def test_a_follow_up_is_written_for_oneself_or_a_colleague() -> None:
    assert follow_up.write(follow_up.after([]), written) == [written]
    assert follow_up.write(follow_up.after([written]), written) == []
    with pytest.raises(FollowUpInvalid):
        follow_up.write(follow_up.after([corrected, written]), replace(written, text="Another"))
    with pytest.raises(FollowUpInvalid) as refused:
        follow_up.write(follow_up.after([]), replace(written, expires_on=TODAY - timedelta(1)))
    assert refused.value.field == "expires_on"


def test_a_follow_up_is_corrected_by_who_wrote_it_and_whose_it_is() -> None:
    now = follow_up.after([written])
    for caller, owner in ((INES, None), (MARC, None), (ASSISTANT, None), (LEA, "lea")):
        assert follow_up.correct(now, ANNE, caller, owner, SAID) == [corrected]
        assert follow_up.withdraw(now, ANNE, caller, owner) == [withdrawn]
    for owner in (None, "marc"):
        with pytest.raises(NotAllowed):
            follow_up.correct(now, ANNE, LEA, owner, SAID)
        with pytest.raises(NotAllowed):
            follow_up.withdraw(now, ANNE, LEA, owner)


def test_what_a_follow_up_says_already_is_no_news_and_one_that_was_withdrawn_says_nothing() -> None:
    assert follow_up.correct(follow_up.after([written, corrected]), ANNE, INES, None, SAID) == []
    gone = follow_up.after([written, withdrawn])
    assert follow_up.withdraw(gone, ANNE, INES, None) == []
    with pytest.raises(FollowUpUnknown):
        follow_up.correct(gone, ANNE, INES, None, SAID)
    with pytest.raises(FollowUpInvalid):
        follow_up.correct(follow_up.after([written]), ANNE, INES, None, Wording(LATER, TODAY, "Ask"))


def test_a_follow_up_is_one_clients_and_outlives_what_it_said() -> None:
    with pytest.raises(FollowUpUnknown):
        follow_up.correct(follow_up.after([written]), BEN, INES, None, SAID)
    with pytest.raises(FollowUpUnknown):
        follow_up.withdraw(follow_up.after([]), ANNE, INES, None)
    erased = replace(written, text=ERASED)
    assert follow_up.correct(follow_up.after([erased]), ANNE, INES, None, SAID) == [corrected]


@pytest.mark.parametrize("noun", [tickler.NOUN, tickler.FOLLOW_UP], ids=["tickler", "follow-up"])
@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_asking_the_same_again_is_no_news(noun: Noun, seed: int) -> None:
    chance = Random(seed)
    stream, _ = noun.stream(chance)
    events: list[object] = []
    for number in range(1, 20):
        decide, drawn = chance.choice(noun.decisions), chance.random()
        with suppress(Refusal):
            events += decide(Random(drawn), noun.after(events), stream, UUID(int=number))
            assert decide(Random(drawn), noun.after(events), stream, UUID(int=number)) == []


@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_whoever_asks_in_whatever_order_a_tickler_ends_once_and_has_one_owner(seed: int) -> None:
    chance = Random(seed)
    stream, _ = tickler.NOUN.stream(chance)
    events: list[Any] = []
    for number in range(1, 30):
        with suppress(Refusal):
            events += chance.choice(tickler.NOUN.decisions)(chance, after(events), stream, UUID(int=number))
    ended: Event | None = None
    owner: str | None = None
    told: list[Event] = events
    for event in told:
        assert (ended is None) != isinstance(event, TicklerReopened)
        match event:
            case TicklerCompleted() | TicklerDismissed():
                ended = event
            case TicklerReopened():
                ended = None
            case TicklerHandedOver(to=to, previous=previous):
                assert (previous, to != owner) == (owner, True)
                owner = to
            case TicklerTaken(associate_id=by):
                assert owner is None
                owner = by
            case TicklerSnoozed():
                pass
    assert (after(events).ended is not None, after(events).owner) == (ended is not None, owner)
