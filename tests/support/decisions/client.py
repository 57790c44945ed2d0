"""Random decisions about clients."""

from datetime import date
from random import Random
from uuid import UUID

from domain.client import addresses, events, facts, life, names, registration, state, traits
from domain.days import CalendarDay
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
    return addresses.add_contact_point(now, id, new, kind, value)


def _remove_contact_point(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return addresses.remove_contact_point(now, id, chance.choice([*now.contact_points, new]))


def _add_address(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    lines = tuple(chance.choices(WORDS, k=chance.randrange(3)))
    address = facts.PostalAddress(chance.choice(["CH", "JP"]), lines, chance.choice([None, *WORDS]))
    since = chance.choice([None, date(2020, 2, 29)])
    kind = chance.choice(list(facts.AddressType))
    return addresses.add_address(now, events.AddressAdded(id, new, kind, address, since, None))


def _remove_address(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return addresses.remove_address(now, id, chance.choice([*now.addresses, new]))


def _note(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    store = chance.choice([None, *STORES])
    return registration.note(now, events.PersonNoted(id, chance.choice(CLIENTS), store, _name(chance)))


def _take_up(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return registration.take_up(now, id, chance.choice([None, *STORES]))


def _set_contact_state(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    which = chance.choice([*now.contact_points, new])
    return addresses.set_contact_state(now, id, which, chance.choice(list(facts.ContactState)))


def _set_surprises(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    which = chance.choice([*now.contact_points, new])
    return addresses.set_surprises(now, id, which, not_for_surprises=chance.random() < 0.5)


def _set_residency(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    since, until = (chance.choice([None, date(2020, 2, 29), date(2021, 7, 1)]) for _ in range(2))
    return addresses.set_residency(now, id, chance.choice([*now.addresses, new]), since, until)


def _add_name(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    kind, reading = chance.choice(list(facts.NameKind)), chance.choice([None, *WORDS])
    since = chance.choice([None, date(2020, 2, 29)])
    script = chance.choice([None, "Jpan"])
    return names.add_name(now, events.NameAdded(id, new, kind, _name(chance), reading, script, since, None))


def _remove_name(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return names.remove_name(now, id, chance.choice([*now.names, new]))


def _set_salutation(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return names.set_salutation(now, id, chance.choice([None, *WORDS]))


def _add_date(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    kind, label = chance.choice(list(facts.DateKind)), chance.choice([None, *WORDS])
    day = CalendarDay(2, chance.choice([None, 29]), chance.choice([None, 1964]))
    return life.add_date(now, events.DateAdded(id, new, kind, label, day, chance.random() < 0.8))


def _remove_date(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return life.remove_date(now, id, chance.choice([*now.dates, new]))


def _add_trait(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return traits.add_trait(now, id, new, chance.choice(list(facts.TraitKind)), chance.choice(WORDS))


def _remove_trait(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return traits.remove_trait(now, id, chance.choice([*now.traits, new]))


def _record_death(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return life.record_death(now, id, chance.choice([None, date(2020, 2, 29)]))


def _withdraw_death(chance: Random, now: state.Client, id: UUID, new: UUID) -> list[events.Event]:
    return life.withdraw_death(now, id)


def _name(chance: Random) -> facts.Name:
    return facts.Name(chance.choice(WORDS), chance.choice([None, *WORDS]), chance.choice([None, "Dr"]))


NOUN = Noun(
    lambda chance: (who := chance.choice(CLIENTS), who),
    state.after,
    [
        *[_register] * 4,
        _note,
        _take_up,
        _correct_name,
        *[_add_contact_point] * 2,
        _remove_contact_point,
        _set_contact_state,
        _set_surprises,
        *[_add_address] * 2,
        _remove_address,
        _set_residency,
        *[_add_name] * 2,
        _remove_name,
        _set_salutation,
        *[_add_date] * 2,
        _remove_date,
        *[_add_trait] * 2,
        _remove_trait,
        _record_death,
        _withdraw_death,
    ],
)

LIVING = Noun(NOUN.stream, NOUN.after, NOUN.decisions[:-2])
"""Clients of whom none dies."""
