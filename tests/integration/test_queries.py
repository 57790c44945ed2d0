"""Queries on PostgreSQL: after any decisions they answer what a slow reading of the whole log answers."""

from collections.abc import Callable
from random import Random

import pytest

from queries.client_card import ClientCard
from queries.purchase_history import Purchases
from queries.sale import Sale
from tests.support.asking import Book, shaped
from tests.support.decisions import client, gift, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES
from tests.support.oracles import card_of, purchases_of, sale_of
from tests.support.oracles_history import history_of

Database = Callable[[], str]


@pytest.mark.parametrize("seed", range(4))
def test_queries_answer_what_the_whole_log_says(database: Database, seed: int) -> None:
    with Book(database(), random_journal(Random(seed), 2, 300, [client.NOUN, sale.NOUN, gift.NOUN])) as book:
        log = book.journal.recorded()
        known = 0

        for client_id in CLIENTS:
            card = card_of(log, client_id)
            if card is None:
                assert {book.profile(client_id), book.purchases(client_id), book.history(client_id)} == {None}
                continue
            known += 1
            profile = book.profile(client_id)
            assert profile
            assert ClientCard(**{name: getattr(profile, name) for name in ClientCard.model_fields}) == shaped(
                ClientCard, card
            )
            bought = {"items": purchases_of(log, client_id), "next_cursor": None}
            assert book.purchases(client_id) == shaped(Purchases, bought)
            told = book.history(client_id)
            assert told
            assert [each.position for each in told.items] == [each.position for each in history_of(log, client_id)]

        for sale_id in SALES:
            sold = sale_of(log, sale_id)
            assert book.sale(sale_id) == (shaped(Sale, sold) if sold else None)

        assert known
