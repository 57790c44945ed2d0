"""The lists of ticklers on PostgreSQL: whatever happened, they are what a slow reading of the whole log says."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.access import Role
from domain.tickler import Which
from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause
from queries.tickler.listing import Wanted, ticklers_at_store, ticklers_of_associate, ticklers_of_client
from queries.tickler.shape import Ticklers
from queries.tickler.state import How, State
from tests.support.asking import ASSOCIATE, EVERYTHING, TODAY, Book, shaped, viewer
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.nouns import STORES
from tests.support.oracles_tickled import World
from tests.support.oracles_tickler_lists import Standing, at_store, of_associate, of_client
from tests.support.oracles_tickler_needs import told
from tests.support.oracles_ticklers import ticklers_of
from tests.support.records import Journal
from tests.support.tickled import PEOPLE, ZONES, acted, random_house

Database = Callable[[], str]
HEAD_OFFICE = viewer("head-office-1", Role.HEAD_OFFICE)
UTC = ZoneInfo("UTC")
AROUND = Wanted(since=TODAY - timedelta(40), until=TODAY + timedelta(40))
DONE = Wanted(on=TODAY + timedelta(9), states=(State.COMPLETED, State.COMING))


def house_of(seed: int) -> Journal:
    """A random house in which associates did something about what there was to do."""
    chance = Random(seed)
    journal = random_house(chance, 900)
    world = World(journal.recorded(), ASSOCIATE, UTC)
    found = [each for client_id in PEOPLE for each in ticklers_of(world, client_id)]
    which = [Which(each.client_id, each.id, each.about) for each in found]
    acted(chance, journal, chance.sample(which, k=min(200, len(which))))
    return journal


def agrees(world: World, found: list[Standing], answer: Ticklers | None) -> Ticklers:
    assert answer
    page = [told(world, each) for each in found[: EVERYTHING.limit]]
    items: dict[str, Any] = {"on": answer.on, "items": page, "next_cursor": answer.next_cursor}
    assert answer == shaped(Ticklers, items)
    assert (answer.next_cursor is not None) == (len(found) > EVERYTHING.limit)
    return answer


@pytest.mark.feature("CS-26", "X-08", "X-09", "X-10", "X-11", "X-15", "X-17", "X-19", "N-05", "N-14")
def test_what_is_to_do_is_what_the_whole_log_says(database: Database) -> None:
    seen: Counter[str] = Counter()
    for seed in range(9):
        journal = house_of(seed)
        world = World(journal.recorded(), ASSOCIATE, UTC)
        with Book(database(), journal) as book:

            def of(client_id: UUID, wanted: Wanted) -> Ticklers | None:
                asked = client_id, wanted, EVERYTHING
                return book.asked(Ticklers, lambda engine: ticklers_of_client(engine, ASSOCIATE, *asked))

            for wanted in (Wanted(), AROUND, DONE):
                for client_id in PEOPLE:
                    answer = of(client_id, wanted)
                    if world.person(client_id).registered is None:
                        assert answer is None
                        continue
                    agreed = agrees(world, of_client(world, client_id, wanted), answer)
                    seen.update(each.why.kind for each in agreed.items)
                    seen.update(f"by {each.ended.how}" for each in agreed.items if each.ended)
                    seen.update(each.state for each in agreed.items)
    assert seen.keys() >= {*Cause, OWN_WORDS, *State, *(f"by {how}" for how in How)}


@pytest.mark.feature("CS-26")
def test_each_tickler_shows_to_who_serves_her_for_it_and_is_of_one_or_of_the_store(database: Database) -> None:
    journal = house_of(9)
    log = journal.recorded()
    worlds = [World(log, HEAD_OFFICE, ZoneInfo(ZONES[store_id])) for store_id in STORES]
    shown: Counter[tuple[str, str | None]] = Counter()
    with Book(database(), journal) as book:

        def hers(number: int, wanted: Wanted) -> Ticklers:
            who, world = ASSOCIATES[number], worlds[number % 2]
            asked = who, wanted, EVERYTHING
            answer = book.asked(Ticklers, lambda engine: ticklers_of_associate(engine, HEAD_OFFICE, *asked))
            return agrees(world, of_associate(world, PEOPLE, who, wanted), answer)

        def theirs(number: int, wanted: Wanted) -> Ticklers:
            where, world = STORES[number], worlds[number]
            asked = where, wanted, EVERYTHING
            answer = book.asked(Ticklers, lambda engine: ticklers_at_store(engine, HEAD_OFFICE, *asked))
            return agrees(world, at_store(world, PEOPLE, where, wanted), answer)

        for number in range(len(ASSOCIATES)):
            shown.update(("hers", each.owner.associate_id) for each in hers(number, AROUND).items)
        assert {each.owner.associate_id for each in hers(1, AROUND._replace(mine=True)).items} == {ASSOCIATES[1]}
        for number in range(len(STORES)):
            shown.update(("there", each.owner.associate_id) for each in theirs(number, AROUND).items)
            nobodys = theirs(number, AROUND._replace(mine=True)).items
            assert {(each.owner.associate_id, each.owner.store_id) for each in nobodys} <= {(None, STORES[number])}
    assert {who for which, who in shown if which == "hers"} >= {None, *ASSOCIATES}
    assert {who for which, who in shown if which == "there"} >= {None, "ines", "marc"}
