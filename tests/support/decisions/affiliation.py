"""Random decisions about who serves a client, on a few days, so that what they lead to overlaps."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain import affiliation
from domain.affiliation import (
    EVERYTHING,
    AffiliationBegun,
    AffiliationCorrected,
    Affiliations,
    Event,
    PrimaryNamed,
    Scope,
)
from domain.handover import Handover, hand_over
from tests.support.decisions.nouns import CLIENTS, STORES, Noun

DAYS = [date(2026, 3, 8) + timedelta(day) for day in range(12)]
ASSOCIATES = ["ines", "marc", "yuki"]
CATEGORIES = ["jewelry", "watches"]
SCOPES = [EVERYTHING, EVERYTHING, Scope(("jewelry",)), Scope(("jewelry", "watches")), Scope(None, ("watches",))]

WHOSE = {affiliation.stream_id(client_id): client_id for client_id in CLIENTS}

Days = tuple[date | None, date | None]


def some_days(chance: Random) -> Days:
    since, until = sorted(chance.choices(DAYS, k=2))
    return chance.choice([None, since, since]), chance.choice([None, until, until])


def random_handover(chance: Random, reassignment_id: UUID) -> Handover:
    since, until = some_days(chance)
    giver, taker = chance.choice(ASSOCIATES), chance.choice(ASSOCIATES)
    part = chance.choice([None, None, ("jewelry",), ("jewelry", "watches")])
    return Handover(reassignment_id, giver, taker, chance.choice(STORES), part, since or DAYS[0], until)


def _begin(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    who, where = chance.choice(ASSOCIATES), chance.choice([None, *STORES])
    days = some_days(chance)
    return affiliation.begin(now, AffiliationBegun(WHOSE[stream], new, who, where, chance.choice(SCOPES), *days))


def _end(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    return affiliation.end(now, WHOSE[stream], _one_of(chance, now, new), chance.choice(DAYS))


def _correct(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    id = _one_of(chance, now, new)
    who = now.by_id[id].associate_id if id in now.by_id else "nobody"
    days = some_days(chance)
    corrected = AffiliationCorrected(WHOSE[stream], id, who, chance.choice(STORES), chance.choice(SCOPES), *days)
    return affiliation.correct(now, corrected)


def _withdraw(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    return affiliation.withdraw(now, WHOSE[stream], _one_of(chance, now, new))


def _name_primary(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    named = PrimaryNamed(WHOSE[stream], chance.choice([None, *ASSOCIATES]), *some_days(chance))
    return affiliation.name_primary(now, named, replacing=chance.random() < 0.7)


def _hand_over(chance: Random, now: Affiliations, stream: UUID, new: UUID) -> list[Event]:
    return hand_over(now, WHOSE[stream], random_handover(chance, new))


def _one_of(chance: Random, now: Affiliations, new: UUID) -> UUID:
    return chance.choice([*now.by_id, *now.by_id, *sorted(now.withdrawn), new])


def _stream(chance: Random) -> tuple[UUID, UUID]:
    client_id = chance.choice(CLIENTS)
    return affiliation.stream_id(client_id), client_id


NOUN = Noun(_stream, affiliation.after, [_begin, _begin, _end, _correct, _withdraw, _name_primary, _hand_over])
