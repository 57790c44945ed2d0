"""Who sees whom: the queries' predicate and the commands' rule agree in random worlds, for everybody and on any day."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, select

from commands.ports import Change, Stream
from commands.visibility import hidden
from domain import affiliation, associate
from domain.access import RIGHTS, Policy, Right, Role, Sharing, Viewer, sees_book, sees_store
from domain.client.events import ClientRegistered, PersonNoted
from domain.client.facts import Name
from projections.affiliations import affiliation as term
from projections.client_card import card
from projections.house import associate as known_associate
from projections.house import store as known_store
from projections.purchase_history import sale
from queries import visibility
from queries.affiliation import IN_FORCE, primary
from tests.support.asking import Book
from tests.support.decisions import affiliation as affiliations
from tests.support.decisions import client, house
from tests.support.decisions import sale as sales
from tests.support.decisions.affiliation import ASSOCIATES, CATEGORIES, DAYS
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, STORES
from tests.support.memory import MemoryStreams, ports, request
from tests.support.records import Journal

Database = Callable[[], str]

NOUNS = [client.NOUN, client.NOUN, affiliations.NOUN, affiliations.NOUN, sales.NOUN, house.STORE, house.ASSOCIATE]
READERS = [role for role in Role if Right.READ_CLIENTS in RIGHTS[role]]
CALLERS = [*product([*ASSOCIATES, "nobody"], [None, *STORES], [None, "ines"])]


class World:
    """The same random events as rows and as streams."""

    def __init__(self, journal: Journal, book: Book) -> None:
        self.book = book
        self.streams = MemoryStreams()
        for each in journal.recorded():
            stream = Stream(each.stream_id, each.key)
            self.streams.append([Change(stream, each.stream_version - 1, (each.event,))], request())

    def seen(self, statement: Select[Any], viewer: Viewer) -> set[Any]:
        return {row[0] for row in self.book.rows(statement, visibility.parameters(viewer))}

    def shown(self, viewer: Viewer) -> set[UUID]:
        """The people whom a command of this caller may be about."""
        world = ports(self.streams, viewer.now, viewer.policy)
        known = {row[0] for row in self.book.rows(select(card.c.client_id), {})}
        return known - hidden(world, request(viewer), CLIENTS)


@pytest.fixture(params=range(3))
def world(request: pytest.FixtureRequest, database: Database) -> Iterator[World]:
    journal = random_journal(Random(request.param), 1, 250, NOUNS)
    with Book(database(), journal) as book:
        yield World(journal, book)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def viewers(chance: Random, number: int) -> list[Viewer]:
    """Callers of every role, at every level, on several days."""
    some = []
    for role, sharing in product(READERS, Sharing):
        policy = Policy({role: sharing}, 24)
        for who, store_id, on_behalf_of in chance.sample(CALLERS, number):
            some.append(Viewer(who, role, store_id, on_behalf_of, policy=policy, now=noon(chance.choice(DAYS))))
    return some


@pytest.mark.feature("CS-06")
def test_queries_and_commands_agree_who_sees_whom(world: World) -> None:
    clients = select(card.c.client_id).where(visibility.client(card.c.client_id))
    everyone = {row[0] for row in world.book.rows(select(card.c.client_id), {})}
    partly = 0
    for viewer in viewers(Random(1), 8):
        seen = world.seen(clients, viewer)
        assert seen == world.shown(viewer), viewer
        assert seen == everyone or viewer.sharing is not Sharing.HOUSE
        partly += seen not in (set(), everyone)
    assert partly > 10


def test_a_sale_is_seen_by_who_sees_whose_it_is(world: World) -> None:
    sold = select(sale.c.sale_id).where(visibility.sale(sale.c.client_id))
    all_sales = world.book.rows(select(sale.c.sale_id, sale.c.client_id), {})
    for viewer in viewers(Random(2), 3):
        shown = world.shown(viewer)
        wanted = {
            row.sale_id
            for row in all_sales
            if row.client_id is None or row.client_id in shown or viewer.sharing is Sharing.HOUSE
        }
        assert world.seen(sold, viewer) == wanted, viewer


@pytest.mark.feature("CS-62")
def test_queries_and_commands_agree_whose_book_one_sees(world: World) -> None:
    books = select(known_associate.c.key).where(visibility.book(known_associate.c.key, known_associate.c.associate_id))
    for viewer in viewers(Random(3), 4):
        wanted = set()
        for id in ASSOCIATES:
            now = associate.after(world.streams.events(associate.stream_id(id)))
            if now.joined and sees_book(viewer, id, now.store_on(viewer.today)):
                wanted.add(associate.stream_id(id))
        assert world.seen(books, viewer) == wanted, viewer


def test_queries_and_commands_agree_whose_store_one_sees(world: World) -> None:
    stores = select(known_store.c.store_id)
    known = {row[0] for row in world.book.rows(stores, {})}
    assert known
    seen = set()
    for viewer in viewers(Random(4), 6):
        shown = world.seen(stores.where(visibility.store(known_store.c.store_id)), viewer)
        assert shown == {id for id in known if sees_store(viewer, id)}, viewer
        seen.add(frozenset(shown))
    assert len(seen) > 1


@pytest.mark.feature("N-13")
def test_rows_say_who_serves_whom_on_any_day_as_the_events_do(world: World) -> None:
    found = select(term.c.affiliation_id).where(term.c.client_id == card.c.client_id, IN_FORCE)
    asked = 0
    for client_id, on in product(CLIENTS, DAYS):
        now = affiliation.after(world.streams.events(affiliation.stream_id(client_id)))
        values = {"on": on}
        ids = world.book.rows(found.where(card.c.client_id == client_id), values)
        who = world.book.rows(select(primary(card.c.client_id)).where(card.c.client_id == client_id), values)
        if not world.book.rows(select(card.c.client_id).where(card.c.client_id == client_id), {}):
            continue
        assert {row[0] for row in ids} == {each.id for each in affiliation.in_force(now, on)}
        assert [row[0] for row in who] == [affiliation.primary(now, on)]
        asked += bool(ids)
        for category in CATEGORIES:
            told = world.book.associates(client_id, on, category)
            assert told
            assert sorted({each.associate_id for each in told.items}) == affiliation.serving(now, on, category)
            assert told.primary == affiliation.primary(now, on)
    assert asked


def test_somebody_who_is_no_client_is_seen_through_the_client(database: Database) -> None:
    anne, ben = CLIENTS[0], CLIENTS[1]
    journal = Journal()
    journal.happened(anne, ClientRegistered(anne, "geneva", Name("Roe"), None))
    journal.happened(ben, PersonNoted(ben, anne, "osaka", Name("Roe", "Ben")))
    begun = affiliation.AffiliationBegun(anne, UUID(int=1), "ines", "osaka", affiliation.EVERYTHING, None, None)
    journal.happened(anne, begun, affiliation.stream_id(anne))
    clients = select(card.c.client_id).where(visibility.client(card.c.client_id))
    with Book(database(), journal) as book:
        world = World(journal, book)
        for who, sharing, store_id, wanted in [
            ("ines", Sharing.OWN, None, {anne, ben}),
            ("marc", Sharing.OWN, "osaka", set()),
            ("marc", Sharing.STORE, "osaka", {anne, ben}),
            ("marc", Sharing.STORE, "geneva", {anne, ben}),
            ("marc", Sharing.STORE, "rome", set()),
        ]:
            policy = Policy({Role.ASSOCIATE: sharing}, 24)
            viewer = Viewer(who, Role.ASSOCIATE, store_id, policy=policy, now=noon(DAYS[0]))
            assert world.seen(clients, viewer) == world.shown(viewer) == wanted, viewer
