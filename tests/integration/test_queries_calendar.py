"""Calendars asked of PostgreSQL: the same as a slow reading of the whole log."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import Date, bindparam, select

from domain.access import HOUSE_POLICY, Policy, Role, Sharing, Viewer
from domain.calendar_event.facts import piece_id
from domain.calendar_event.state import CalendarEvent
from domain.client.events import DeathRecorded
from domain.days import overlaps
from domain.membership import Tie
from projections.client_card import card
from queries import invitable, reach
from queries.client_calendar import EventDay
from queries.invitable import INVITABLE
from queries.page import Paging
from tests.support.asking import SEAL, Book, viewer
from tests.support.crowd import CROWD, crowd
from tests.support.decisions import (
    affiliation,
    calendar_event,
    client,
    house,
    invitation,
    link,
    membership,
    organization,
    sale,
)
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, ORGANIZATIONS, STORES
from tests.support.oracles_calendar import calendar_events, on_days, reached, stores_of, through, told_of
from tests.support.oracles_circles import terms_of
from tests.support.postgres import Databases
from tests.support.records import Journal

# Of so few months that some of her sales are too long ago.
WHO: Viewer = viewer("ines", Role.ASSOCIATE, policy=Policy(HOUSE_POLICY.sharing, 6))
EVER = (date(2025, 1, 1), date(2027, 12, 31))
SPANS = [
    EVER,
    (date(2026, 3, 1), date(2026, 3, 9)),
    (date(2026, 3, 12), date(2026, 3, 12)),
    (date(2025, 5, 1), date(2025, 6, 30)),
]
IN_A_CROWD = viewer("ines", Role.ASSOCIATE, policy=Policy(HOUSE_POLICY.sharing, 12))
IN_MARCH = [EVER, (date(2026, 3, 14), date(2026, 3, 14)), (date(2025, 3, 10), date(2025, 3, 12))]
NOUNS: list[Any] = [
    calendar_event.NOUN,
    membership.NOUN,
    invitation.NOUN,
    affiliation.NOUN,
    sale.NOUN,
    link.NOUN,
    organization.NOUN,
    house.STORE,
    house.REGION,
]
FIRST, LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
LIVING = select(*card.c["client_id", "store_id"]).where(card.c.is_client, ~card.c.died)
# Of anybody, and of whom a list knows to be clients who live: the same.
REACHED = [reach.reached(select(card.c.client_id), FIRST, LAST), reach.reached(LIVING, FIRST, LAST, living=True)]


def happened(seed: int) -> Journal:
    """Decisions about clients and their calendars; in half of the worlds nobody dies."""
    return random_journal(Random(seed), 2, 900, [*NOUNS, client.NOUN if seed % 2 else client.LIVING])


@pytest.fixture(scope="module", params=range(4))
def book(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Book]:
    with databases.fresh() as url, Book(url, happened(request.param)) as book:
        yield book


@pytest.mark.feature("CS-20", "CS-24", "CS-31")
def test_an_event_reaches_those_whom_the_whole_log_says(book: Book) -> None:
    hers = {client_id: reached(book.journal.recorded(), client_id, WHO) for client_id in CLIENTS}
    for (first, last), statement in product(SPANS, REACHED):
        rows = book.rows(statement, {**reach.parameters(WHO), "first": first, "last": last})
        assert len(rows) == len({*rows})
        assert {(row.client_id, row.calendar_event_id) for row in rows} == {
            (client_id, id) for client_id, events in hers.items() for id in on_days(events, first, last)
        }


@pytest.mark.feature("BO-03")
def test_of_an_organization_those_are_invited_together_whom_the_event_reaches(book: Book) -> None:
    log = book.journal.recorded()
    keeps = viewer("boss", Role.MANAGER, policy=WHO.policy)
    hers, terms = {client_id: reached(log, client_id, keeps) for client_id in CLIENTS}, terms_of(log)
    found = 0
    for id, event in calendar_events(log).items():
        for organization_id, tie in product(ORGANIZATIONS, [None, *Tie]):
            members = {
                each["client_id"]
                for each in terms
                if each["organization_id"] == organization_id and tie in (None, each["tie"])
                if event.held and overlaps(each["since"], each["until"], event.held.first_day, event.held.last_day)
            }
            expected = {each for each in members if id in hers[each]}
            asked = {"calendar_event_id": id, "organization_id": organization_id, "tie": tie and tie.value}
            rows = book.rows(INVITABLE, {**invitable.parameters(keeps), **asked, "most": 10})
            assert [row.client_id for row in rows] == sorted(expected)
            found += len(rows)
    assert found


@pytest.mark.feature("CS-20", "CS-24", "CS-31")
@pytest.mark.parametrize("seed", range(3))
def test_of_a_crowd_an_event_reaches_whom_the_rule_says(databases: Databases, seed: int) -> None:
    with databases.fresh() as url, Book(url, crowd(seed)) as book:
        log = book.journal.recorded()
        hers = {client_id: reached(log, client_id, IN_A_CROWD) for client_id in CROWD}
        for (first, last), statement in product(IN_MARCH, REACHED):
            rows = book.rows(statement, {**reach.parameters(IN_A_CROWD), "first": first, "last": last})
            assert {(row.client_id, row.calendar_event_id) for row in rows} == {
                (client_id, id) for client_id, events in hers.items() for id in on_days(events, first, last)
            }
            assert ids(book.calendar_events(first=first, last=last)) == on_days(calendar_events(log), first, last)


@pytest.mark.feature("CS-20")
def test_a_clients_calendar_holds_what_reaches_her_and_her_occasions_in_day_order(book: Book) -> None:
    log = book.journal.recorded()
    seen = 0
    for client_id, (first, last) in product(CLIENTS, SPANS):
        answer, occasions = book.client_calendar(client_id, first, last, WHO), book.occasions(client_id, first, last)
        assert (answer is None) == (occasions is None)
        if answer is None or occasions is None:
            continue
        hers = reached(log, client_id, WHO)
        shown = [each for each in answer.items if isinstance(each, EventDay)]
        assert [each.calendar_event.calendar_event_id for each in shown] == on_days(hers, first, last)
        for each in shown:
            event_id = each.calendar_event.calendar_event_id
            told = each.calendar_event.model_dump()
            assert sorted(told.pop("through")) == through(log, client_id, hers[event_id])
            assert by_id(told) == told_of(log, event_id)
            assert each.day == each.calendar_event.held.first_day
        assert [each.occasion for each in answer.items if not isinstance(each, EventDay)] == occasions.items
        assert answer.unknown_feasts == occasions.unknown_feasts
        days = [each.day for each in answer.items]
        assert days == sorted(days)
        seen += len(shown) and len(occasions.items)
    died = [each for each in log if isinstance(each.event, DeathRecorded)]
    assert seen or died


@pytest.mark.feature("CS-19", "CS-25", "CS-31")
def test_the_calendars_of_the_house_and_of_organizations_hold_what_the_whole_log_says(book: Book) -> None:
    log = book.journal.recorded()
    events = calendar_events(log)
    assert events
    for id in CALENDAR_EVENTS:
        one = book.calendar_event(id)
        assert (one is not None) == (id in events)
        if one:
            told = one.model_dump(exclude={"assortment", "scheduled_at", "scheduled_by", "version"})
            assert by_id(told) == told_of(log, id)
            assert one.version == len([each for each in log if each.stream_id == id])
    for first, last in SPANS:
        found = book.calendar_events(first=first, last=last)
        assert [by_id(each.model_dump()) for each in found.items] == [
            told_of(log, id) for id in on_days(events, first, last)
        ]
        for organization_id in ORGANIZATIONS:
            its = {id: event for id, event in events.items() if organization_id in event.organizations}
            calendar = book.organization_calendar(organization_id, first, last)
            assert (calendar is None) == (book.members(organization_id) is None)
            if calendar:
                assert ids(calendar) == on_days(its, first, last)
            assert ids(book.calendar_events(first=first, last=last, organization_id=organization_id)) == on_days(
                its, first, last
            )
    for store_id in [*STORES, "nowhere"]:
        there = {id: event for id, event in events.items() if _reaches_store(log, event, store_id)}
        assert ids(book.calendar_events(store_id=store_id)) == on_days(there, *EVER)
    for kind in {event.kind for event in events.values()}:
        of_kind = {id: event for id, event in events.items() if event.kind == kind}
        assert ids(book.calendar_events(kind=kind)) == on_days(of_kind, *EVER)
    walked: list[Any] = []
    cursor = None
    while len(walked) < len(events):
        page = book.calendar_events(paging=Paging(SEAL, 1, cursor))
        walked += ids(page)
        cursor = page.next_cursor
    assert (walked, cursor) == (on_days(events, *EVER), None)


@pytest.mark.feature("BO-01", "BO-02")
def test_what_is_brought_and_what_is_to_be_sold_is_what_the_whole_log_says(book: Book) -> None:
    for id, event in calendar_events(book.journal.recorded()).items():
        one, brought, to_sell = book.calendar_event(id), book.assortment(id), book.targets(id)
        assert one
        assert brought
        assert to_sell
        assert {each.piece_id: (each.sku, each.units, each.consigned) for each in brought.items} == {
            piece_id(id, piece.sku, piece.serial_number): (piece.sku, piece.units, piece.consigned)
            for piece in event.pieces.values()
        }
        told = one.assortment
        assert (told.pieces, told.units) == (len(event.pieces), sum(each.units for each in event.pieces.values()))
        assert float(told.value) == sum(each.units * each.unit_value for each in event.pieces.values())
        assert told.currency == next((each.currency for each in event.pieces.values()), None)
        assert [(each.store_id, each.associate_id, each.amount) for each in to_sell.items] == sorted(
            ((*whose, str(target.amount)) for whose, target in event.targets.items()),
            key=lambda each: (each[0], each[1] or ""),
        )


def test_of_whom_the_caller_does_not_see_there_is_no_calendar(book: Book) -> None:
    policy = Policy({**HOUSE_POLICY.sharing, Role.ASSOCIATE: Sharing.STORE}, 24)
    who = viewer("nobody", Role.ASSOCIATE, "osaka", policy=policy)
    seen = {id for id in CLIENTS if book.profile(id, who)}
    for client_id in CLIENTS:
        assert (book.client_calendar(client_id, who=who) is not None) == (client_id in seen)


def by_id(told: dict[str, Any]) -> dict[str, Any]:
    """Its organizations in the order of their ids."""
    return {**told, "organizations": sorted(told["organizations"], key=lambda each: str(each["organization_id"]))}


def ids(found: Any) -> list[Any]:
    return [each.calendar_event_id for each in found.items]


def _reaches_store(log: Any, event: CalendarEvent, store_id: str) -> bool:
    assert event.scope
    return event.scope.reach == "national" or store_id in stores_of(log, event.scope)
