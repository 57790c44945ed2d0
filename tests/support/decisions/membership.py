"""Random decisions about memberships: few clients, organizations and days, so that terms meet."""

from datetime import date
from random import Random
from uuid import UUID

from domain import membership
from domain.membership import Term, Tie
from tests.support.decisions.nouns import CLIENTS, ORGANIZATIONS, Noun

_BY_ID = {
    membership.membership_id(who, where, tie): (who, where, tie)
    for who in CLIENTS
    for where in ORGANIZATIONS
    for tie in Tie
}


def _begin(chance: Random, now: membership.Membership, id: UUID, new: UUID) -> list[membership.Event]:
    return membership.begin(now, *_BY_ID[id], _term(chance))


def _end(chance: Random, now: membership.Membership, id: UUID, new: UUID) -> list[membership.Event]:
    return membership.end(now, _BY_ID[id][0], _day(chance))


def _correct(chance: Random, now: membership.Membership, id: UUID, new: UUID) -> list[membership.Event]:
    return membership.correct(now, _BY_ID[id][0], chance.randrange(4), _term(chance))


def _take_back(chance: Random, now: membership.Membership, id: UUID, new: UUID) -> list[membership.Event]:
    return membership.take_back(now, _BY_ID[id][0], chance.randrange(4))


def _term(chance: Random) -> Term:
    since = _day(chance)
    return Term(chance.choice([None, since]), chance.choice([None, since.replace(day=min(since.day + 3, 28))]))


def _day(chance: Random) -> date:
    return date(2026, 3, chance.randrange(1, 29))


NOUN = Noun(
    lambda chance: (id := chance.choice(list(_BY_ID)), _BY_ID[id][0]),
    membership.after,
    [_begin, _begin, _begin, _end, _correct, _take_back],
)
