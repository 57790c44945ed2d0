"""Decisions about an outreach, by example, and what holds of any channel and outcome."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact import Channel, Direction, Outcome, Purpose, settles
from domain.outreach import (
    Event,
    OutcomeCorrected,
    Outreach,
    OutreachRecorded,
    OutreachWithdrawn,
    after,
    correct_outcome,
    record,
    withdraw,
)
from domain.refusals import OutreachInvalid, OutreachUnknown
from domain.tickler_cause import About

ANNE, BEN, ID = UUID(int=1), UUID(int=2), UUID(int=3)
BIRTHDAY = About("birthday-call", str(ANNE), "2026")

call = OutreachRecorded(
    ANNE,
    ID,
    "ines",
    "paris-1",
    datetime(2026, 3, 2, 15, 30, tzinfo=UTC),
    Direction.OUT,
    Channel.CALL,
    Purpose.CONVERSATIONAL,
    Outcome.REACHED,
    None,
    (),
    None,
    (BIRTHDAY,),
    None,
)
mail = replace(call, channel=Channel.MAIL, outcome=Outcome.SENT)
bounced = OutcomeCorrected(ANNE, ID, Outcome.BOUNCED, Outcome.SENT)
withdrawn = OutreachWithdrawn(ANNE, ID)


@pytest.mark.feature("CS-59")
def test_a_call_is_recorded_once() -> None:
    assert record(after([]), call) == [call]
    assert record(after([call]), call) == []
    with pytest.raises(OutreachInvalid) as refused:
        record(after([call]), mail)
    assert refused.value.field == "outreach_id"


@pytest.mark.feature("CS-59")
def test_a_mail_that_came_back_is_corrected() -> None:
    assert correct_outcome(after([mail]), ANNE, Outcome.BOUNCED) == [bounced]
    assert correct_outcome(after([mail, bounced]), ANNE, Outcome.BOUNCED) == []
    assert after([mail, bounced]).outcome is Outcome.BOUNCED
    with pytest.raises(OutreachInvalid) as refused:
        correct_outcome(after([mail]), ANNE, Outcome.MESSAGE_LEFT)
    assert refused.value.field == "outcome"


@pytest.mark.feature("CS-59")
def test_what_was_recorded_by_mistake_never_was() -> None:
    assert withdraw(after([call]), ANNE) == [withdrawn]
    assert withdraw(after([call, withdrawn]), ANNE) == []
    with pytest.raises(OutreachUnknown):
        correct_outcome(after([call, withdrawn]), ANNE, Outcome.NO_ANSWER)


def test_an_outreach_is_to_one_client() -> None:
    decisions: list[Callable[[Outreach, UUID], list[Event]]] = [
        lambda now, who: correct_outcome(now, who, Outcome.NO_ANSWER),
        withdraw,
    ]
    for decide in decisions:
        for now, who in ((after([]), ANNE), (after([call]), BEN)):
            with pytest.raises(OutreachUnknown) as refused:
                decide(now, who)
            assert refused.value.field == "outreach_id"


@pytest.mark.parametrize(
    ("direction", "channel", "outcome"),
    [
        (Direction.OUT, Channel.CALL, Outcome.SENT),
        (Direction.OUT, Channel.VISIT, Outcome.BOUNCED),
        (Direction.OUT, Channel.MAIL, Outcome.WRONG_NUMBER),
        (Direction.OUT, Channel.LETTER, Outcome.WRONG_NUMBER),
        (Direction.OUT, Channel.LETTER, Outcome.NO_ANSWER),
        (Direction.OUT, Channel.CHAT, Outcome.MESSAGE_LEFT),
        (Direction.IN, Channel.CALL, Outcome.MESSAGE_LEFT),
        (Direction.IN, Channel.MAIL, Outcome.SENT),
        (Direction.IN, Channel.TEXT, Outcome.NO_ANSWER),
    ],
)
def test_not_everything_can_come_of_every_contact(direction: Direction, channel: Channel, outcome: Outcome) -> None:
    with pytest.raises(OutreachInvalid) as refused:
        record(after([]), replace(call, direction=direction, channel=channel, outcome=outcome))
    assert refused.value.field == "outcome"


def test_one_contact_names_a_tickler_once_and_not_too_many() -> None:
    many = tuple(About("birthday-call", str(ANNE), str(year)) for year in range(51))
    for ticklers in (many, (BIRTHDAY, BIRTHDAY)):
        with pytest.raises(OutreachInvalid) as refused:
            record(after([]), replace(call, ticklers=ticklers))
        assert refused.value.field == "ticklers"
    assert record(after([]), replace(call, ticklers=many[:50]))


@pytest.mark.feature("X-22")
@pytest.mark.parametrize(
    ("channel", "outcome", "settled"),
    [
        (Channel.CALL, Outcome.REACHED, True),
        (Channel.CALL, Outcome.MESSAGE_LEFT, False),
        (Channel.CALL, Outcome.NO_ANSWER, False),
        (Channel.VISIT, Outcome.REACHED, True),
        (Channel.TEXT, Outcome.SENT, True),
        (Channel.TEXT, Outcome.WRONG_NUMBER, False),
        (Channel.MAIL, Outcome.SENT, True),
        (Channel.MAIL, Outcome.BOUNCED, False),
        (Channel.LETTER, Outcome.REACHED, True),
        (Channel.CHAT, Outcome.SENT, True),
    ],
)
def test_a_voicemail_settles_nothing(channel: Channel, outcome: Outcome, *, settled: bool) -> None:
    assert settles(channel, outcome) is settled


@given(
    direction=st.sampled_from(Direction),
    channel=st.sampled_from(Channel),
    outcomes=st.lists(st.sampled_from(Outcome), max_size=6),
    withdrawn_after=st.integers(0, 6),
)
def test_only_what_can_have_come_of_it_is_ever_known(
    direction: Direction, channel: Channel, outcomes: list[Outcome], withdrawn_after: int
) -> None:
    first = replace(call, direction=direction, channel=channel)
    events = record(after([]), first)
    for at, outcome in enumerate(outcomes):
        if at == withdrawn_after:
            events += withdraw(after(events), ANNE)
        was = after(events).outcome
        try:
            events += (news := correct_outcome(after(events), ANNE, outcome))
        except (OutreachInvalid, OutreachUnknown):
            assert after(events).outcome is was
            continue
        now = after(events)
        assert (now.outcome, now.withdrawn) == (outcome, False)
        assert bool(news) == (was is not outcome)
        assert correct_outcome(now, ANNE, outcome) == []
        assert record(after([]), replace(first, outcome=outcome)) == [replace(first, outcome=outcome)]
