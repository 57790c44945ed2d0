"""Purchases and totals on PostgreSQL, now and as they were known: after any decisions what the whole log says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from random import Random
from uuid import UUID

import pytest

from domain.access import Role
from domain.refusals import AssociateUnknown
from queries.page import Paging
from queries.purchase_history import Purchases
from queries.spending import InCurrency
from queries.totals import Totals
from tests.support.asking import SEAL, TODAY, Book, shaped, viewer
from tests.support.decisions import affiliation, client, sale
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES, Noun
from tests.support.oracles import card_of, purchases_of
from tests.support.oracles_spending import sold_by, totals_of
from tests.support.records import Journal

Database = Callable[[], str]


def _some_sale(chance: Random) -> tuple[UUID, UUID]:
    id = UUID(int=SALES[0].int + chance.randrange(12))
    return id, id


# More sales than meet elsewhere, so that there is something to add up.
NOUNS = [client.NOUN, *[replace(sale.NOUN, stream=_some_sale)] * 3]


def telling_history(number: int, *others: Noun) -> Journal:
    """One of the histories after which clients have bought something, here and there."""
    decided = (random_journal(Random(seed), 2, 400, [*NOUNS, *others]) for seed in count())
    told = (
        journal
        for journal in decided
        if sum(len(purchases_of(journal.recorded(), id)) for id in CLIENTS if card_of(journal.recorded(), id)) > 9
    )
    return next(islice(told, number, None))


@pytest.mark.feature("FL-C14", "FL-C17", "FL-C18", "FL-C19", "FL-C20", "FL-12", "N-17")
@pytest.mark.parametrize("seed", range(3))
def test_totals_are_what_moved_as_known_now_and_then(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), telling_history(seed)) as book:
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
@pytest.mark.parametrize("seed", range(3))
def test_purchases_are_what_was_known_then(database: Database, seed: int) -> None:
    chance = Random(seed)
    with Book(database(), telling_history(seed)) as book:
        log = book.journal.recorded()
        seen = 0
        for client_id in CLIENTS:
            if card_of(log, client_id) is None:
                continue
            for each in chance.sample(log, k=8):
                known = [past for past in log if past.recorded_at <= each.recorded_at]
                items = purchases_of(known, client_id) or []
                bought = {"items": items, "next_cursor": None}
                assert book.purchases(client_id, known_at=each.recorded_at) == shaped(Purchases, bought)
                seen += len(items)
        assert seen


@pytest.mark.feature("FL-C14", "FL-C17", "FL-C20")
@pytest.mark.parametrize("seed", range(3))
def test_a_book_adds_up_the_whole_page_as_each_client_alone(database: Database, seed: int) -> None:
    with Book(database(), telling_history(seed, affiliation.NOUN, affiliation.NOUN)) as book:
        seen = 0
        for associate_id in ASSOCIATES:
            for on in (TODAY, TODAY - timedelta(150)):
                with book.statements() as sent:
                    served = book.book(associate_id, on, viewer(associate_id, Role.ASSOCIATE))
                assert len(sent) == 1
                assert served
                for each in served.items:
                    alone = book.totals(each.client_id, on)
                    assert alone
                    assert each.last_sale == alone.last_sale
                    assert each.spent == [
                        InCurrency(**{name: getattr(spent, name) for name in InCurrency.model_fields})
                        for spent in alone.spent
                    ]
                    seen += len(each.spent)
        assert seen


@pytest.mark.parametrize("seed", range(3))
def test_to_whom_an_associate_sold_is_what_the_whole_log_says(database: Database, seed: int) -> None:
    with Book(database(), telling_history(seed)) as book:
        log = book.journal.recorded()
        seen = 0
        for associate_id in ("a", "b"):
            herself = viewer(associate_id, Role.ASSOCIATE)
            known = [client_id for client_id in CLIENTS if card_of(log, client_id)]
            told = [sold for client_id in known if (sold := sold_by(log, client_id, associate_id))]
            told.sort(key=lambda each: each["client_id"])
            told.sort(key=lambda each: each["last_at"], reverse=True)
            answer = book.sold_to(associate_id, herself)
            assert answer
            assert [each.model_dump(exclude={"name", "served"}) for each in answer.items] == told
            assert not any(each.served for each in answer.items)
            assert book.sold_to(associate_id, herself, served=True).items == []  # type: ignore[union-attr]
            seen += len(told)

            walked: list[UUID] = []
            cursor: str | None = None
            for _ in told:
                page = book.sold_to(associate_id, herself, Paging(SEAL, 1, cursor))
                assert page
                walked += [each.client_id for each in page.items]
                cursor = page.next_cursor
            assert walked == [each["client_id"] for each in told]
        assert seen


def test_to_whom_she_sold_is_told_to_who_sees_her_book(database: Database) -> None:
    with Book(database()) as book:
        assert book.sold_to("a", viewer("a", Role.ASSOCIATE))
        with pytest.raises(AssociateUnknown):
            book.sold_to("a", viewer("b", Role.ASSOCIATE))
