"""Calendars asked of PostgreSQL: the same as a slow reading of the whole log."""

from collections.abc import Callable
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import Date, bindparam, select

from domain.access import HOUSE_POLICY, Policy, Role, Viewer
from domain.calendar_event.facts import Held
from domain.calendar_event.state import CalendarEvent
from domain.days import overlaps
from domain.invitation.events import Party, PutOnList, TakenOffList, invitation_id
from domain.membership import Tie
from projections.client_card import card
from queries import invitable, reach
from queries.invitable import INVITABLE
from tests.support.asking import Book, viewer
from tests.support.decisions import affiliation, calendar_event, client, house, membership, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, ORGANIZATIONS
from tests.support.oracles_calendar import calendar_events, reached
from tests.support.oracles_circles import terms_of
from tests.support.records import Journal

Database = Callable[[], str]

# Of so few months that some of her sales are too long ago.
WHO: Viewer = viewer("ines", Role.ASSOCIATE, policy=Policy(HOUSE_POLICY.sharing, 6))
SPANS = [
    (date(2025, 1, 1), date(2026, 12, 31)),
    (date(2026, 3, 1), date(2026, 3, 9)),
    (date(2026, 3, 12), date(2026, 3, 12)),
    (date(2025, 5, 1), date(2025, 6, 30)),
]
_REACHED = reach.reached(select(card.c.client_id), bindparam("first", type_=Date), bindparam("last", type_=Date))


def happened(seed: int, decisions: int = 600) -> Journal:
    """Decisions about clients and their calendars; some clients were added to the list of an event."""
    chance = Random(seed)
    nouns: list[Any] = [calendar_event.NOUN, membership.NOUN, client.NOUN, affiliation.NOUN, sale.NOUN]
    journal = random_journal(chance, 2, decisions, [*nouns, house.STORE, house.REGION])
    for _ in range(6):
        client_id, event_id = chance.choice(CLIENTS), chance.choice(CALENDAR_EVENTS)
        id = invitation_id(event_id, client_id)
        journal.happened(client_id, PutOnList(client_id, id, event_id, Party.CLIENT, 1, None), id)
        if chance.random() < 0.3:
            journal.happened(client_id, TakenOffList(client_id, id, event_id), id)
    return journal


@pytest.mark.feature("CS-20", "CS-24", "CS-31")
@pytest.mark.parametrize("seed", range(6))
def test_an_event_reaches_those_whom_the_whole_log_says(database: Database, seed: int) -> None:
    journal = happened(seed)
    with Book(database(), journal) as book:
        for first, last in SPANS:
            expected = {
                (client_id, id)
                for client_id in CLIENTS
                for id, event in reached(journal.recorded(), client_id, WHO).items()
                if _held_on(event, first, last)
            }
            rows = book.rows(_REACHED, {**reach.parameters(WHO), "first": first, "last": last})
            assert len(rows) == len({*rows})
            assert {(row.client_id, row.calendar_event_id) for row in rows} == expected


@pytest.mark.feature("BO-03")
@pytest.mark.parametrize("seed", [3, 7])
def test_of_an_organization_those_are_invited_together_whom_the_event_reaches(database: Database, seed: int) -> None:
    journal = happened(seed)
    log = journal.recorded()
    keeps = viewer("boss", Role.MANAGER, policy=WHO.policy)
    with Book(database(), journal) as book:
        found = 0
        for id, event in calendar_events(log).items():
            for organization_id, tie in product(ORGANIZATIONS, [None, *Tie]):
                members = {
                    each["client_id"]
                    for each in terms_of(log)
                    if each["organization_id"] == organization_id and tie in (None, each["tie"])
                    if event.held and overlaps(each["since"], each["until"], event.held.first_day, event.held.last_day)
                }
                expected = {each for each in members if id in reached(log, each, keeps)}
                asked = {"calendar_event_id": id, "organization_id": organization_id, "tie": tie and tie.value}
                rows = book.rows(INVITABLE, {**invitable.parameters(keeps), **asked, "most": 10})
                assert [row.client_id for row in rows] == sorted(expected)
                found += len(rows)
        assert found


def _held_on(event: CalendarEvent, first: date, last: date) -> bool:
    held = event.held
    return isinstance(held, Held) and held.first_day <= last and first <= held.last_day
