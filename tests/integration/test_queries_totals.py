"""Purchases and totals on PostgreSQL, now and as they were known: after any decisions what the whole log says."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from queries.purchase_history import Purchases
from queries.totals import Totals
from tests.support.asking import TODAY, Book, shaped
from tests.support.decisions import client, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS
from tests.support.oracles import card_of, purchases_of
from tests.support.oracles_spending import totals_of

Database = Callable[[], str]


@pytest.mark.feature("FL-C14", "FL-C17", "FL-C18", "FL-C19", "FL-C20", "FL-12", "N-17")
@pytest.mark.parametrize("seed", range(4))
def test_totals_are_what_moved_as_known_now_and_then(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), random_journal(chance, 2, 300, [client.NOUN, sale.NOUN, sale.NOUN])) as book:
        log = book.journal.recorded()
        spent = 0
        for client_id in CLIENTS:
            if card_of(log, client_id) is None:
                continue
            for on in (TODAY, TODAY - timedelta(100), TODAY - timedelta(200)):
                for known_at in (None, chance.choice(log).recorded_at):
                    known = [each for each in log if known_at is None or each.recorded_at <= known_at]
                    answered = book.totals(client_id, on, known_at)
                    expected = {"on": on, "known_at": known_at, **totals_of(known, client_id, on)}
                    assert answered
                    assert answered.model_copy(update={"given": None}) == shaped(Totals, {**expected, "given": None})
                    spent += len(answered.spent)
        assert spent


@pytest.mark.feature("N-17")
@pytest.mark.parametrize("seed", range(4))
def test_purchases_are_what_was_known_then(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), random_journal(chance, 2, 300, [client.NOUN, sale.NOUN, sale.NOUN])) as book:
        log = book.journal.recorded()
        seen = 0
        for client_id in CLIENTS:
            if card_of(log, client_id) is None:
                continue
            for each in chance.sample(log, k=8):
                known = [past for past in log if past.recorded_at <= each.recorded_at]
                bought = {"items": purchases_of(known, client_id), "next_cursor": None}
                assert book.purchases(client_id, known_at=each.recorded_at) == shaped(Purchases, bought)
                seen += len(bought["items"])
        assert seen
