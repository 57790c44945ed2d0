"""Random decisions about organizations."""

from random import Random
from uuid import UUID

from domain import organization
from domain.organization import World
from domain.scope import Reach, Scope
from tests.support.decisions.nouns import ORGANIZATIONS, STORES, WORDS, Noun

_SCOPES = [
    Scope(Reach.NATIONAL),
    Scope(Reach.REGIONAL, "europe"),
    *(Scope(Reach.STORE, None, store) for store in STORES),
]


def _found(chance: Random, now: organization.Organization, id: UUID, new: UUID) -> list[organization.Event]:
    founded = organization.OrganizationFounded(
        id,
        chance.choice(WORDS),
        chance.choice(organization.KINDS),
        chance.choice([None, *World]),
        chance.choice(_SCOPES),
        chance.choice([None, *ORGANIZATIONS]),
    )
    return organization.found(now, founded)


def _rename(chance: Random, now: organization.Organization, id: UUID, new: UUID) -> list[organization.Event]:
    return organization.rename(now, id, chance.choice(WORDS))


def _rescope(chance: Random, now: organization.Organization, id: UUID, new: UUID) -> list[organization.Event]:
    return organization.rescope(now, id, chance.choice(_SCOPES))


def _close(chance: Random, now: organization.Organization, id: UUID, new: UUID) -> list[organization.Event]:
    return organization.close(now, id)


def _reopen(chance: Random, now: organization.Organization, id: UUID, new: UUID) -> list[organization.Event]:
    return organization.reopen(now, id)


NOUN = Noun(
    lambda chance: (which := chance.choice(ORGANIZATIONS), which),
    organization.after,
    [_found, _found, _rename, _rescope, _close, _reopen],
)
