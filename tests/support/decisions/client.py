"""Random decisions about clients."""

from datetime import date
from random import Random
from uuid import UUID

from domain.client import events, facts, reach, registration, state
from tests.support.decisions.nouns import CLIENTS, STORES, WORDS, Noun


def _register(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    reference = chance.choice([None, facts.Reference("till", chance.choice(WORDS))])
    name = chance.choice([None, _name(chance)])
    return registration.register(now, events.ClientRegistered(id, chance.choice([None, *STORES]), name, reference))


def _correct_name(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return registration.correct_name(now, id, _name(chance))


def _add_contact_point(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    kind, value = chance.choice(
        [
            (facts.ContactKind.EMAIL, "ada@example.com"),
            (facts.ContactKind.EMAIL, "zoë@example.com"),
            (facts.ContactKind.PHONE, "+41227000000"),
        ]
    )
    return reach.add_contact_point(now, id, new, kind, value)


def _remove_contact_point(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return reach.remove_contact_point(now, id, chance.choice([*now.contact_points, new]))


def _add_address(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    lines = tuple(chance.choices(WORDS, k=chance.randrange(3)))
    address = facts.PostalAddress(chance.choice(["CH", "JP"]), lines, chance.choice([None, *WORDS]))
    since = chance.choice([None, date(2020, 2, 29)])
    kind = chance.choice(list(facts.AddressType))
    return reach.add_address(now, events.AddressAdded(id, new, kind, address, since, None))


def _remove_address(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return reach.remove_address(now, id, chance.choice([*now.addresses, new]))


def _name(chance: Random) -> facts.Name:
    return facts.Name(chance.choice(WORDS), chance.choice([None, *WORDS]), chance.choice([None, "Dr"]))


NOUN = Noun(
    lambda chance: (who := chance.choice(CLIENTS), who),
    state.after,
    [
        _register,
        _register,
        _correct_name,
        _add_contact_point,
        _remove_contact_point,
        _add_address,
        _remove_address,
    ],
)
