"""Families on PostgreSQL: after any decisions they are what a slow reading of the whole log says they are."""

from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from queries.family import Family
from queries.sale import Sale
from tests.support.asking import Book, shaped
from tests.support.decisions import client, link, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES
from tests.support.oracles import sale_of
from tests.support.oracles_family import family_of

Database = Callable[[], str]
DAYS = [date(2020, 2, 28), date(2021, 7, 1), date(2026, 3, 2), date(2060, 1, 1)]


@pytest.mark.feature("CS-32")
@pytest.mark.parametrize("seed", range(3))
def test_a_family_is_what_the_whole_log_says(database: Database, seed: int) -> None:
    nouns = [client.NOUN, link.NOUN, link.KINDS, sale.NOUN]
    with Book(database(), random_journal(Random(seed), 2, 400, nouns)) as book:
        log = book.journal.recorded()
        seen = 0

        for client_id in CLIENTS:
            for on in DAYS:
                for all_terms in (False, True):
                    told = family_of(log, client_id, on, all_terms=all_terms)
                    answer = book.family(client_id, on, all_terms=all_terms)
                    if told is None:
                        assert answer is None
                        continue
                    assert answer
                    assert answer.salutation in told["salutation"]
                    assert answer == shaped(Family, {**told, "salutation": answer.salutation})
                    seen += len(answer.items)
        for sale_id in SALES:
            sold = sale_of(log, sale_id)
            assert book.sale(sale_id) == (shaped(Sale, sold) if sold else None)
        assert seen


@pytest.mark.feature("BO-07")
@pytest.mark.parametrize("seed", range(3))
def test_both_sides_of_a_link_always_agree(database: Database, seed: int) -> None:
    with Book(database(), random_journal(Random(seed), 2, 400, [client.NOUN, link.NOUN])) as book:
        sides = {
            (each.link_id, each.term, client_id): each
            for client_id in CLIENTS
            if (answer := book.family(client_id, DAYS[1], all_terms=True))
            for each in answer.items
        }
        for (link_id, term, client_id), mine in sides.items():
            theirs = sides.get((link_id, term, mine.client_id))
            if theirs is None:
                assert book.family(mine.client_id) is None, "a person who is no client has no file of her own"
                continue
            assert theirs.client_id == client_id
            assert (theirs.relation, theirs.reverse) == (mine.reverse, mine.relation)
            same = ("circle", "since", "until", "in_force", "reason", "begun_at", "ended_at")
            assert [getattr(theirs, each) for each in same] == [getattr(mine, each) for each in same]
        assert sides
