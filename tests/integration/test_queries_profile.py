"""Profiles and timelines on PostgreSQL: after any decisions they are what a slow reading of the whole log says."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.access import HOUSE_POLICY, Policy, Role, Sharing
from domain.refusals import CursorInvalid
from queries import visibility
from queries.page import Paging
from queries.profile import Profile
from queries.stores_shopped import home_since
from queries.timeline.line import Kind
from queries.timeline.timeline import Timeline, _timeline
from tests.support.asking import ASSOCIATE, AUDITOR, SEAL, TODAY, Book, read_whole, shaped, viewer
from tests.support.decisions import (
    affiliation,
    calendar_event,
    client,
    contact,
    gift,
    house,
    invitation,
    link,
    membership,
    note,
    organization,
    sale,
)
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS
from tests.support.oracles import card_of
from tests.support.oracles_profile import profile_of, timeline_of
from tests.support.records import NOON, Journal

Database = Callable[[], str]
READERS = [viewer("associate-0", Role.ASSOCIATE), viewer("associate-1", Role.MANAGER), AUDITOR]
HOME_SINCE = home_since(TODAY, HOUSE_POLICY.home_store_months)


# Whatever a profile and a timeline tell of, and what is rare more often.
NOUNS = [
    client.NOUN,
    *[sale.NOUN] * 3,
    gift.NOUN,
    link.NOUN,
    link.KINDS,
    organization.NOUN,
    membership.NOUN,
    note.NOUN,
    *[affiliation.NOUN] * 2,
    house.ASSOCIATE,
    contact.OUTREACH,
    contact.VISIT,
    contact.APPOINTMENT,
    calendar_event.NOUN,
    invitation.NOUN,
]


def happened(seed: int) -> Journal:
    return random_journal(Random(seed), 2, 1200, NOUNS)


SEEDS = [14, 15, 18]


@pytest.fixture(params=SEEDS)
def book(request: pytest.FixtureRequest, database: Database) -> Iterator[Book]:
    """Decisions enough about everything there is, so that everything happens that can."""
    with Book(database(), happened(request.param)) as book:
        yield book


@pytest.mark.feature("CS-32", "CS-33", "CS-45", "FL-C02", "FL-C03")
def test_a_profile_is_what_the_whole_log_says(book: Book) -> None:
    log = book.journal.recorded()
    for client_id in CLIENTS:
        for who in READERS:
            told, answer = profile_of(log, client_id, who, HOME_SINCE), book.profile(client_id, who)
            if told is None or answer is None:
                assert (told, answer) == (None, None)
                continue
            assert answer.card_salutation in told["card_salutation"]
            answer.associates.sort(key=lambda each: each.affiliation_id)
            answer.organizations.sort(key=lambda each: (each.membership_id, each.term))
            assert answer == shaped(Profile, {**told, "card_salutation": answer.card_salutation})


@pytest.mark.feature("NJ-14")
def test_a_timeline_is_what_the_whole_log_says(book: Book) -> None:
    log = book.journal.recorded()
    for client_id in CLIENTS:
        for who in READERS:
            told, answer = timeline_of(log, client_id, who), book.timeline(client_id, who=who)
            if told is None or answer is None:
                assert (told, answer) == (None, None)
                continue
            assert answer == shaped(Timeline, {"items": told, "next_cursor": None})


def test_on_these_timelines_is_every_kind_of_line() -> None:
    """Else they would agree on nothing."""
    logs = [happened(seed).recorded() for seed in SEEDS]
    told = [timeline_of(log, client_id, READERS[0]) or [] for log in logs for client_id in CLIENTS]
    assert {line["kind"] for lines in told for line in lines} == {*Kind}


@pytest.mark.feature("NJ-14")
def test_pages_put_together_are_the_whole_whatever_the_limit_and_the_filters(book: Book) -> None:
    chance = Random(1)
    for client_id in CLIENTS:
        everything = timeline_of(book.journal.recorded(), client_id, ASSOCIATE)
        if everything is None:
            continue
        for limit in (1, 2, 3, 7, 200):
            kinds = tuple(chance.sample([*Kind], chance.randrange(1, len(Kind) + 1)))
            since = chance.choice([None, NOON - timedelta(days=400), NOON])
            before = chance.choice([None, NOON + timedelta(minutes=10)])
            wanted = [
                (each["at"], each["kind"], each["id"])
                for each in everything
                if each["kind"] in kinds
                and (since is None or each["at"] >= since)
                and (before is None or each["at"] < before)
            ]
            assert walked(book, client_id, limit, kinds=kinds, since=since, before=before) == wanted


def walked(book: Book, client_id: UUID, limit: int, **filters: Any) -> list[tuple[datetime, Kind, str]]:
    """Every line, page by page."""
    found: list[tuple[datetime, Kind, str]] = []
    cursor: str | None = None
    while True:
        page = book.timeline(client_id, Paging(SEAL, limit, cursor), **filters)
        assert page
        assert len(page.items) <= limit
        found += [(each.at, each.kind, each.id) for each in page.items]
        if (cursor := page.next_cursor) is None:
            return found


def test_a_cursor_continues_the_same_timeline_only(database: Database) -> None:
    with Book(database(), happened(0)) as book:
        one, other = [id for id in CLIENTS if book.profile(id)][:2]
        page = book.timeline(one, Paging(SEAL, 1))
        assert page
        again = Paging(SEAL, 1, page.next_cursor)
        assert book.timeline(one, again)
        asked: list[dict[str, Any]] = [
            {"client_id": other},
            {"who": AUDITOR},
            {"kinds": (Kind.NOTE,)},
            {"since": NOON},
        ]
        for each in asked:
            with pytest.raises(CursorInvalid):
                book.timeline(**{"client_id": one, "paging": again, **each})


def test_whatever_is_known_of_her_it_takes_one_statement_and_the_one_rule(database: Database) -> None:
    stranger = viewer("stranger", Role.ASSOCIATE, policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    with Book(database(), happened(2)) as book:
        known = [id for id in CLIENTS if card_of(book.journal.recorded(), id)]
        assert known
        for client_id in known:
            with book.statements() as sent:
                assert book.profile(client_id)
                assert book.timeline(client_id)
            assert len(sent) == 2
            assert book.profile(client_id, stranger) is None
            assert book.timeline(client_id, who=stranger) is None


@pytest.mark.parametrize("given", [frozenset[str](), frozenset({"since", "before", "after_at"})])
def test_no_kind_of_line_is_looked_for_in_a_whole_table(database: Database, given: frozenset[str]) -> None:
    values = {
        **visibility.parameters(ASSOCIATE),
        "client_id": CLIENTS[0],
        "kinds": [*Kind],
        "fetch": 51,
        "since": NOON,
        "before": NOON,
        "after_at": NOON,
        "after_kind": "sale",
        "after_id": "",
    }
    with Book(database()) as book:
        plan = book.plan(_timeline(given), values)

    assert read_whole(plan) == []
    assert plan.count("Index Cond") >= len(Kind)
