"""The people of the example house are believable: their families, who serves them, and what is known of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeGuard, TypeVar
from uuid import UUID

import pytest

from domain import affiliation
from domain.access import Privacy
from domain.affiliation import EVERYTHING, AffiliationBegun, PrimaryNamed
from domain.associate import AssociateLeft
from domain.client.events import (
    ClientRegistered,
    ContactStateSet,
    DateAdded,
    DeathRecorded,
    NameAdded,
    PersonNoted,
    ResidencySet,
    SalutationSet,
    SurprisesSet,
    TraitAdded,
)
from domain.client.facts import ContactState, Name, NameKind, TraitKind
from domain.days import CalendarDay
from domain.link import EndReason, LinkBegun, LinkEnded
from domain.membership import MembershipBegun, Tie
from domain.note import NoteHandedOver, NoteWritten
from domain.sale.events import SaleRecorded
from infra.demo.history import stories
from infra.demo.service import AWAY, LEFT
from infra.demo.shopping import LAST_DAY
from infra.demo.staff import staff

T = TypeVar("T")


def told(seed: int = 7, clients: int = 400) -> Iterator[Any]:
    for _, together in stories(seed, clients):
        for story in together:
            yield from story.events


@pytest.fixture(scope="module")
def history() -> list[Any]:
    return list(told())


def of(history: list[Any], kind: type[T]) -> list[T]:
    return [event for event in history if isinstance(event, kind)]


@pytest.mark.parametrize("seed", range(5))
def test_every_house_has_three_generations_a_widower_and_somebody_who_married_again(seed: int) -> None:
    history = list(told(seed, 12))
    words = {word for event in of(history, LinkBegun) for word in (event.client_is, event.other_is)}
    died = of(history, DeathRecorded)[-1].client_id
    [widower] = [event for event in of(history, LinkBegun) if event.kind == "spouse" and died in _two(event)]
    divorced = of(history, LinkEnded)[-1]
    leap = [event for event in of(history, DateAdded) if isinstance(event.day, CalendarDay) and event.day.day == 29]

    assert {"grandmother", "grandfather"} & words
    assert {"granddaughter", "grandson"} & words
    assert widower.client_is == "husband" or widower.other_is == "husband"
    assert divorced.reason is EndReason.DIVORCE
    assert sum(divorced.client_id in _two(event) for event in of(history, LinkBegun) if event.kind == "spouse") == 2
    assert any(isinstance(event.day, CalendarDay) and event.day.month == 2 for event in leap)


def _two(event: LinkBegun) -> set[UUID]:
    return {event.client_id, event.other_id}


def test_everybody_has_a_primary_associate_and_most_have_something_that_is_known(history: list[Any]) -> None:
    kinds = Counter(type(event) for event in history)
    everybody = {event.client_id for event in of(history, ClientRegistered)}
    days = [event.day for event in of(history, DateAdded) if isinstance(event.day, CalendarDay)]

    assert {event.client_id for event in of(history, PrimaryNamed)} == everybody
    assert any(event.scope != EVERYTHING for event in of(history, AffiliationBegun))
    assert {event.kind for event in of(history, TraitAdded)} == set(TraitKind)
    assert {event.state for event in of(history, ContactStateSet)} == set(ContactState) - {ContactState.UNCONFIRMED}
    assert {event.tie for event in of(history, MembershipBegun)} == set(Tie)
    assert {event.privacy for event in of(history, NoteWritten)} == set(Privacy)
    assert {event.kind for event in of(history, NameAdded)} == {NameKind.MAIDEN, NameKind.LEGAL}
    assert any(day.day is None for day in days)
    assert any(day.year is None and day.day for day in days)
    assert all(kinds[kind] for kind in (PersonNoted, SurprisesSet, ResidencySet, SalutationSet, NoteHandedOver))


def test_who_left_serves_and_sells_no_more(history: list[Any]) -> None:
    [left] = [event for story in staff() for event in story.events if isinstance(event, AssociateLeft)]
    affiliations = defaultdict(list)
    for event in history:
        if isinstance(event, affiliation.Event):
            affiliations[event.client_id].append(event)
    hers = [
        now
        for now in map(affiliation.after, affiliations.values())
        if affiliation.primary(now, left.left_on) == left.associate_id
    ]

    assert len(hers) > 5
    assert {affiliation.primary(now, LEFT.since) for now in hers} == set(LEFT.takers)
    assert {affiliation.primary(now, AWAY.since) for now in hers} == {*AWAY.takers, LEFT.takers[1]}
    assert {affiliation.primary(now, LAST_DAY) for now in hers} == set(LEFT.takers)
    for sold in of(history, SaleRecorded):
        if sold.occurred_at.date() > left.left_on:
            assert left.associate_id not in {seller.associate_id for line in sold.lines for seller in line.sellers}


def test_the_dead_buy_nothing(history: list[Any]) -> None:
    died = {event.client_id: event.on for event in of(history, DeathRecorded) if isinstance(event.on, date)}
    bought = [
        (event.occurred_at.date(), died[event.client_id])
        for event in of(history, SaleRecorded)
        if event.client_id is not None and event.client_id in died
    ]

    assert [day for day, last in bought if day >= last] == []
    assert bought


def test_nobody_in_a_household_is_called_like_another() -> None:
    for _, together in stories(7, 400):
        names = {event.client_id: event.name for story in together for event in story.events if _names(event)}
        given = [name.given for name in names.values() if isinstance(name, Name)]
        assert len(set(given)) == len(given)


def _names(event: object) -> TypeGuard[ClientRegistered | PersonNoted]:
    return isinstance(event, ClientRegistered | PersonNoted)
