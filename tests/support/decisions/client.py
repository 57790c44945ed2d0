"""Random decisions about clients."""

from datetime import date
from random import Random
from uuid import UUID

from domain import client
from tests.support.decisions.nouns import CLIENTS, STORES, WORDS, Noun


def _register(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    reference = chance.choice([None, client.Reference("till", chance.choice(WORDS))])
    name = chance.choice([None, _name(chance)])
    return client.register(now, client.ClientRegistered(id, chance.choice([None, *STORES]), name, reference))


def _correct_name(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.correct_name(now, id, _name(chance))


def _add_contact_point(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    kind, value = chance.choice(
        [
            (client.ContactKind.EMAIL, "ada@example.com"),
            (client.ContactKind.EMAIL, "zoë@example.com"),
            (client.ContactKind.PHONE, "+41227000000"),
        ]
    )
    return client.add_contact_point(now, id, new, kind, value)


def _remove_contact_point(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.remove_contact_point(now, id, chance.choice([*now.contact_points, new]))


def _add_address(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    lines = tuple(chance.choices(WORDS, k=chance.randrange(3)))
    address = client.PostalAddress(chance.choice(["CH", "JP"]), lines, chance.choice([None, *WORDS]))
    since = chance.choice([None, date(2020, 2, 29)])
    kind = chance.choice(list(client.AddressType))
    return client.add_address(now, client.AddressAdded(id, new, kind, address, since, None))


def _remove_address(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.remove_address(now, id, chance.choice([*now.addresses, new]))


def _name(chance: Random) -> client.Name:
    return client.Name(chance.choice(WORDS), chance.choice([None, *WORDS]), chance.choice([None, "Dr"]))


NOUN = Noun(
    lambda chance: (who := chance.choice(CLIENTS), who),
    client.after,
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
