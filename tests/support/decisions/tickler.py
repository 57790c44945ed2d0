"""Random decisions about ticklers and follow-ups: few of each, several associates, so that what they do meets."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain import follow_up, tickler
from domain.access import Caller, Role
from domain.follow_up import FollowUp, FollowUpWritten, Wording
from domain.tickler import Tickler, Which
from domain.tickler_cause import About, tickler_id
from tests.support.decisions.nouns import CLIENTS, WORDS, Noun

ASSOCIATES = [Caller(f"associate-{number}", Role.ASSOCIATE, "geneva") for number in range(3)]
FOLLOW_UPS = {UUID(int=0xF0110 + number): CLIENTS[number % len(CLIENTS)] for number in range(4)}
TODAY = date(2026, 3, 2)
_ABOUTS = [
    About("birthday-call", str(UUID(int=0xDA7E)), "2026"),
    About("ring-check", str(UUID(int=0x21A6)), "3"),
    *(follow_up.about(id) for id in FOLLOW_UPS),
]
TICKLERS = {
    each.tickler_id: each
    for client_id in CLIENTS
    for about in _ABOUTS
    for each in [Which(client_id, tickler_id(client_id, about), about)]
}


def _complete(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.complete(now, TICKLERS[id], _who(chance).id, chance.choice([None, *WORDS]))


def _dismiss(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.dismiss(now, TICKLERS[id], _who(chance).id, chance.choice([None, *WORDS]))


def _snooze(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.snooze(now, TICKLERS[id], _who(chance).id, _day(chance), TODAY)


def _hand_over(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.hand_over(now, TICKLERS[id], _who(chance).id)


def _take(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.take(now, TICKLERS[id], _who(chance).id)


def _reopen(chance: Random, now: Tickler, id: UUID, new: UUID) -> list[tickler.Event]:
    return tickler.reopen(now, TICKLERS[id])


def _write(chance: Random, now: FollowUp, id: UUID, new: UUID) -> list[follow_up.Event]:
    author, owner = _who(chance).id, _who(chance).id
    said = _said(chance)
    event = FollowUpWritten(
        FOLLOW_UPS[id], id, author, owner, said.due_on, said.expires_on, chance.choice([None, new]), str(said.text)
    )
    return follow_up.write(now, event)


def _correct(chance: Random, now: FollowUp, id: UUID, new: UUID) -> list[follow_up.Event]:
    owner = chance.choice([None, _who(chance).id])
    return follow_up.correct(now, FOLLOW_UPS[id], _who(chance), owner, _said(chance))


def _withdraw(chance: Random, now: FollowUp, id: UUID, new: UUID) -> list[follow_up.Event]:
    return follow_up.withdraw(now, FOLLOW_UPS[id], _who(chance), None)


def _said(chance: Random) -> Wording:
    due_on = _day(chance)
    return Wording(due_on, chance.choice([None, due_on + timedelta(chance.randint(-1, 9))]), chance.choice(WORDS))


def _who(chance: Random) -> Caller:
    return chance.choice(ASSOCIATES)


def _day(chance: Random) -> date:
    return TODAY + timedelta(chance.randint(-2, 12))


NOUN = Noun(
    lambda chance: (id := chance.choice(list(TICKLERS)), TICKLERS[id].client_id),
    tickler.after,
    [_complete, _dismiss, _snooze, _hand_over, _take, _reopen, _reopen],
)
FOLLOW_UP = Noun(
    lambda chance: (id := chance.choice(list(FOLLOW_UPS)), FOLLOW_UPS[id]),
    follow_up.after,
    [_write, _write, _correct, _correct, _withdraw],
)
