"""Contacts on PostgreSQL: after any decisions they are what a slow reading of the whole log says they are."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.access import HOUSE_POLICY, Policy, Role, Sharing, Viewer
from domain.appointment import AppointmentCancelled, AppointmentMade, AppointmentMissed
from domain.calendar_event.facts import Held
from domain.client.events import ClientRegistered
from domain.contact import settles
from domain.refusals import AssociateUnknown, DayInvalid, StoreUnknown
from domain.store import StoreOpened, stream_id
from projections.client_card import card
from projections.contacts import outreach
from queries.actions import Actions
from queries.appointment import Appointments
from queries.contactable import Conversation, ReachedAt, last_conversations, reached_at
from queries.outreach import SETTLES, Outreaches
from queries.page import Paging
from tests.support.asking import ASSOCIATE, AUDITOR, SEAL, TODAY, Book, shaped, viewer
from tests.support.decisions import affiliation, client, contact, house
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, STORES
from tests.support.oracles import card_of
from tests.support.oracles_contacts import actions, appointments_of, last_conversation, outreach_of
from tests.support.oracles_contacts import reached_at as best_points
from tests.support.records import NOON, Journal

Database = Callable[[], str]
HEAD = viewer("head", Role.HEAD_OFFICE)
OF = select(card.c.client_id).where(card.c.is_client)


NOUNS = [client.NOUN, contact.OUTREACH, contact.VISIT, contact.APPOINTMENT, affiliation.NOUN, house.STORE]


def happened(seed: int) -> Journal:
    return random_journal(Random(seed), 2, 500, NOUNS)


@pytest.mark.parametrize("seed", range(3))
def test_whoever_calls_sees_what_was_said_last_and_where_she_is_reached(database: Database, seed: int) -> None:
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        said = {each.client_id: each for each in book.rows(last_conversations(OF), {})}
        seen = 0
        for client_id in CLIENTS:
            told = last_conversation(log, client_id)
            assert _as(Conversation, said.get(client_id)) == _only(Conversation, told)
            for surprise in (False, True):
                found = {each.client_id: each for each in book.rows(reached_at(OF, surprise=surprise), {})}
                points = best_points(log, client_id, surprise=surprise)
                assert _as(ReachedAt, found.get(client_id)) == _only(ReachedAt, points[0] if points else None)
                seen += bool(told) + len(points)
        assert seen


@pytest.mark.feature("CS-59", "X-26")
@pytest.mark.parametrize("seed", range(3))
def test_the_contacts_with_a_client_are_what_the_whole_log_says(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        seen = 0
        for client_id in CLIENTS:
            told = outreach_of(log, client_id)
            if card_of(log, client_id) is None:
                assert book.outreach(client_id) is None
                continue
            assert book.outreach(client_id) == shaped(Outreaches, {"items": told, "next_cursor": None})
            for name in ("channel", "purpose", "direction"):
                wanted = {name: chance.choice([each[name] for each in told])} if told else {}
                answer = book.outreach(client_id, **wanted)
                assert answer
                of_that = [each for each in told if wanted.items() <= each.items()]
                assert [each.outreach_id for each in answer.items] == [each["outreach_id"] for each in of_that]
            assert walked(partial(book.outreach, client_id, ASSOCIATE)) == [each["outreach_id"] for each in told]
            seen += len(told)
        assert seen


@pytest.mark.feature("BO-26")
@pytest.mark.parametrize("seed", range(3))
def test_the_appointments_of_a_client_a_store_and_an_associate_are_what_the_whole_log_says(
    database: Database, seed: int
) -> None:
    chance = Random(seed)
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        known = [client_id for client_id in CLIENTS if card_of(log, client_id)]
        everything = sorted(
            (each for client_id in known for each in appointments_of(log, client_id)),
            key=lambda each: (each["starts_at"], each["client_id"], each["appointment_id"]),
        )
        times = [each["starts_at"] for each in everything]
        assert len({each["standing"] for each in everything}) > 1
        for since, before in ((None, None), (chance.choice(times), None), (None, chance.choice(times))):
            there = [
                each
                for each in everything
                if (since is None or since <= each["starts_at"]) and (before is None or each["starts_at"] < before)
            ]
            asked: list[tuple[str, Any, Callable[..., Appointments | None]]] = [
                *(("client_id", id, partial(book.appointments, id)) for id in known),
                *(("store_id", id, partial(book.appointments_at, id, at_work(id))) for id in STORES),
                *(("associate_id", id, partial(book.appointments_with, id, at_work(None, id))) for id in ASSOCIATES),
            ]
            for name, id, ask in asked:
                told = [each for each in there if each[name] == id]
                assert ask(since=since, before=before) == shaped(Appointments, {"items": told, "next_cursor": None})
        for store_id in STORES:
            told = [each["appointment_id"] for each in everything if each["store_id"] == store_id]
            assert walked(partial(book.appointments_at, store_id, at_work(store_id))) == told


@pytest.mark.feature("CS-60")
@pytest.mark.parametrize("seed", range(3))
def test_a_report_counts_what_was_done_for_the_clients_whom_the_caller_sees(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        numbers = set()
        for _ in range(8):
            first = TODAY - timedelta(days=chance.randrange(40))
            last = first + timedelta(days=chance.randrange(30))
            store_id, associate_id = chance.choice(STORES), chance.choice(ASSOCIATES)
            policy = chance.choice([HOUSE_POLICY, Policy({Role.ASSOCIATE: Sharing.OWN}, 24)])
            herself = viewer(associate_id, Role.ASSOCIATE, store_id, policy=policy)
            seen = [id for id in CLIENTS if policy is HOUSE_POLICY or book.profile(id, herself)]
            at_store = actions(log, seen, {"store_id": store_id}, first, last)
            hers = actions(log, seen, {"associate_id": associate_id}, first, last)
            with book.statements() as sent:
                assert book.actions_at(store_id, herself, first, last) == shaped(Actions, at_store)
                assert book.actions_of(associate_id, herself, first, last) == shaped(Actions, hers)
            assert len(sent) == 2
            numbers.add(len(at_store["outreach"]))
        assert len(numbers) > 2


def test_what_was_missed_because_it_was_cancelled_is_cancelled(database: Database) -> None:
    anne, it = CLIENTS[0], UUID(int=0xA)
    journal = Journal()
    journal.happened(anne, ClientRegistered(anne, "geneva", None, None))
    time = Held(NOON, NOON + timedelta(hours=1), "Europe/Zurich")
    for event in (
        AppointmentMade(anne, it, "ines", "geneva", time, False, None, None),
        AppointmentMissed(anne, it),
        AppointmentCancelled(anne, it),
    ):
        journal.happened(anne, event, it)
    with Book(database(), journal) as book:
        answer, report = book.appointments(anne), book.actions_of("ines", at_work(None, "ines"))
        assert answer
        assert report
        assert [each.standing for each in answer.items] == ["cancelled"]
        assert (report.appointments.made, report.appointments.cancelled, report.appointments.missed) == (1, 1, 0)


def test_what_is_done_at_a_store_is_told_to_who_works_there(database: Database) -> None:
    journal = Journal()
    opened = StoreOpened("geneva", "Rhône", None, "CH", "Genève", "Europe/Zurich", None)
    journal.happened(stream_id("geneva"), opened)
    with Book(database(), journal) as book:
        for ask in (book.actions_at, book.appointments_at):
            for role in (Role.ASSOCIATE, Role.MANAGER):
                assert ask("geneva", viewer("ines", role, "geneva"))
            for who in (viewer("ines", Role.MANAGER, "osaka"), viewer("ines", Role.ASSOCIATE), AUDITOR):
                with pytest.raises(StoreUnknown):
                    ask("geneva", who)
            assert ask("geneva", HEAD)
            with pytest.raises(StoreUnknown):
                ask("atlantis", HEAD)
        for tell in (book.actions_of, book.appointments_with):
            assert tell("ines", viewer("ines", Role.ASSOCIATE))
            for who in (viewer("marc", Role.ASSOCIATE), viewer("marc", Role.MANAGER, "geneva"), AUDITOR):
                with pytest.raises(AssociateUnknown):
                    tell("ines", who)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "to"),
        (date(2025, 1, 1), date(2026, 3, 1), "to"),
        (date(1899, 12, 31), date(1900, 1, 1), "from"),
        (date(2201, 1, 1), None, "from"),
    ],
)
def test_a_report_is_of_days_in_order_and_of_a_year_at_most(
    database: Database, first: date, last: date | None, field: str
) -> None:
    with Book(database()) as book:
        with pytest.raises(DayInvalid) as refused:
            book.actions_of("ines", viewer("ines", Role.ASSOCIATE), first, last)
        assert refused.value.field == field


def at_work(store_id: str | None, id: str = "somebody") -> Viewer:
    return viewer(id, Role.ASSOCIATE, store_id)


def walked(ask: Callable[..., Any]) -> list[UUID]:
    """The ids of everything, a page of one after the other."""
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = ask(paging=Paging(SEAL, 1, cursor))
        found += [getattr(each, "outreach_id", None) or each.appointment_id for each in page.items]
        if (cursor := page.next_cursor) is None:
            return found


@pytest.mark.feature("X-22")
@pytest.mark.parametrize("seed", range(3))
def test_what_settles_a_tickler_is_the_rule_of_the_domain(database: Database, seed: int) -> None:
    with Book(database(), happened(seed)) as book:
        log = book.journal.recorded()
        hers = [each for client_id in CLIENTS for each in outreach_of(log, client_id)]
        told = {each["outreach_id"] for each in hers if settles(each["channel"], each["outcome"])}
        assert {each.outreach_id for each in book.rows(select(outreach.c.outreach_id).where(SETTLES), {})} == told
        assert 0 < len(told) < len(hers)


def _as(shape: type[Any], row: Any) -> Any:
    return row and {name: getattr(row, name) for name in shape.model_fields}


def _only(shape: type[Any], told: Any) -> Any:
    return told and {name: told[name] for name in shape.model_fields}
