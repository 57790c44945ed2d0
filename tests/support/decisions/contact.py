"""Random decisions about outreach: few clients, associates and days, so that contacts meet."""

from datetime import timedelta
from random import Random
from uuid import UUID

from domain import outreach
from domain.outreach import Channel, Direction, Outcome, Purpose
from domain.tickler_cause import About
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.nouns import CLIENTS, STORES, WORDS, Noun
from tests.support.records import NOON

_CALENDAR_EVENTS = [None, UUID(int=0xCA1), UUID(int=0xCA2)]
_TO = {UUID(int=0x07EAC40 + number): CLIENTS[number % len(CLIENTS)] for number in range(30)}


def _record(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    event = outreach.OutreachRecorded(
        _TO[id],
        id,
        chance.choice(ASSOCIATES),
        chance.choice([None, *STORES]),
        NOON - timedelta(hours=chance.randrange(24 * 40)),
        chance.choice(list(Direction)),
        chance.choice(list(Channel)),
        chance.choice(list(Purpose)),
        chance.choice(list(Outcome)),
        chance.choice([None, new]),
        tuple(chance.choices(["B-7", "S-1"], k=chance.randrange(3))),
        chance.choice(_CALENDAR_EVENTS),
        tuple(About("birthday", str(_TO[id]), str(2020 + year)) for year in range(chance.randrange(3))),
        chance.choice([None, *WORDS]),
    )
    return outreach.record(now, event)


def _correct_outcome(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    return outreach.correct_outcome(now, _TO[id], chance.choice(list(Outcome)))


def _withdraw(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    return outreach.withdraw(now, _TO[id])


OUTREACH = Noun(
    lambda chance: (id := chance.choice(list(_TO)), _TO[id]),
    outreach.after,
    [*[_record] * 6, *[_correct_outcome] * 2, _withdraw],
)
