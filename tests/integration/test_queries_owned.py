"""What a client has and what she brought back, on PostgreSQL: after any decisions what the whole log says."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count, islice
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.occasion import Source
from domain.sale.events import ClientAttached, GiftMarked, GiftReleaseSet, LinesHandedOver, LinesReturned, SaleRecorded
from domain.sale.facts import (
    Attribute,
    GiftOccasion,
    Giver,
    HandedOverLine,
    Handover,
    Line,
    ReturnedLine,
    SaleReference,
)
from projections.projection import Recorded
from queries.owned import Owned
from queries.page import Paging
from queries.returns import Returns
from tests.support.asking import SEAL, TODAY, Book, shaped
from tests.support.decisions import client, gift, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS
from tests.support.oracles import card_of
from tests.support.oracles_spending import owned_of, returns_of
from tests.support.records import NOON, Journal

Database = Callable[[], str]
MARC, ANNE, SALE, BRACELET, WATCH = (UUID(int=number) for number in range(1, 6))


def telling_histories() -> Iterator[Journal]:
    """Histories after which somebody has what she bought, and somebody what she was given."""
    for seed in count():
        decided = random_journal(Random(seed), 2, 160, [client.NOUN, sale.NOUN, sale.NOUN, gift.NOUN])
        log = decided.recorded()
        known = [client_id for client_id in CLIENTS if card_of(log, client_id)]
        if {each["source"] for client_id in known for each in owned_of(log, client_id, TODAY)} == {"bought", "gift"}:
            yield decided


@pytest.mark.feature("CS-53", "CS-54")
def test_what_she_has_and_brought_back_is_what_the_whole_log_says(database: Database) -> None:
    for decided in islice(telling_histories(), 3):
        log = decided.recorded()
        with Book(database(), decided) as book:
            for client_id in CLIENTS:
                if card_of(log, client_id) is None:
                    assert (book.owned(client_id), book.returns(client_id)) == (None, None)
                else:
                    _answers_what_is_told(book, log, client_id)


def _answers_what_is_told(book: Book, log: list[Recorded], client_id: UUID) -> None:
    told = returns_of(log, client_id)
    assert book.returns(client_id) == shaped(Returns, {"items": told, "next_cursor": None})
    has, answer = owned_of(log, client_id, TODAY), book.owned(client_id)
    assert answer
    uncounted: dict[str, Any] = {"by_category": [], "by_brand": [], "by_attribute": []}
    assert answer.model_copy(update=uncounted) == shaped(Owned, {"items": has, "next_cursor": None, **uncounted})
    for name in ("category", "brand"):
        pieces: Counter[Any] = Counter()
        for each in has:
            pieces[each[name]] += each["quantity"]
        assert {each.name: each.pieces for each in getattr(answer, f"by_{name}")} == pieces
    of_attribute: Counter[Any] = Counter()
    for each in has:
        for said in each["attributes"]:
            of_attribute[said["name"], said["value"]] += each["quantity"]
    assert {(each.name, each.value): each.pieces for each in answer.by_attribute} == of_attribute


def bought(*lines: Line) -> Journal:
    """Marc bought these, and Anne is a client too."""
    journal = Journal()
    for client_id, family in ((MARC, "Marc"), (ANNE, "Anne")):
        journal.happened(client_id, ClientRegistered(client_id, "paris-1", Name(family), None))
    reference = SaleReference("till", "1")
    journal.happened(SALE, SaleRecorded(SALE, reference, "paris-1", NOON - timedelta(60), "EUR", MARC, lines))
    return journal


RING = Line(
    1, "R-1", "Ring", 3, Decimal("100.00"), Decimal("300.00"), True, "Aurélie", "rings", "gold",
    attributes=(Attribute("stone", "emerald"), Attribute("size", "52")),
)  # fmt: skip
CLOCK = Line(
    2, "W-1", "Watch", 1, Decimal("900.00"), Decimal("900.00"), True, "Lumen", "watches", handover=Handover.ORDERED
)


def marked(quantity: int = 1, **other: Any) -> GiftMarked:
    occasion = GiftOccasion(Source.OWN, "birthday", TODAY - timedelta(20))
    given = GiftMarked(
        SALE, BRACELET, 1, quantity, (Giver(MARC),), ANNE, ANNE, occasion, TODAY, "7QK4-X2MN-0WTZ", discreet=False
    )
    return replace(given, **other)


def has(book: Book, client_id: UUID, **filters: Any) -> list[tuple[str, str, int]]:
    answer = book.owned(client_id, **filters)
    assert answer
    return [(each.source, each.sku, each.quantity) for each in answer.items]


@pytest.mark.feature("CS-53", "N-09")
def test_a_gift_is_hers_once_it_is_released_and_no_longer_his(database: Database) -> None:
    journal = bought(RING)
    with Book(database(), journal) as book:
        assert has(book, MARC) == [("bought", "R-1", 3)]
        journal.happened(SALE, marked(2, released_on=TODAY + timedelta(1)))
        book.project()
        assert (has(book, MARC), has(book, ANNE)) == ([("bought", "R-1", 1)], [])
        [before] = [book.owned(ANNE)]
        assert before
        assert (before.by_brand, before.by_category, before.by_attribute) == ([], [], [])

        journal.happened(SALE, GiftReleaseSet(SALE, BRACELET, ANNE, TODAY, discreet=False))
        book.project()
        assert has(book, ANNE) == [("gift", "R-1", 2)]
        [gift] = book.owned(ANNE).items  # type: ignore[union-attr]
        assert (gift.sale_id, gift.ordinal, gift.since.date()) == (None, None, TODAY - timedelta(20))

        back = ReturnedLine(1, 1, Decimal("100.00"), "R-1", True, "Aurélie", "rings", "gold", (), "size", BRACELET)
        journal.happened(SALE, LinesReturned(SALE, WATCH, "lyon", "paris-1", NOON, "EUR", MARC, (back,), ANNE))
        book.project()
        assert (has(book, MARC), has(book, ANNE)) == ([("bought", "R-1", 1)], [("gift", "R-1", 1)])
        [told] = book.returns(MARC).items  # type: ignore[union-attr]
        assert (told.reason, told.do_not_mention) == ("size", True)
        assert book.returns(ANNE).items == []  # type: ignore[union-attr]

        journal.happened(SALE, GiftReleaseSet(SALE, BRACELET, ANNE, TODAY, discreet=True))
        book.project()
        assert has(book, ANNE) == []


@pytest.mark.feature("FL-C20")
def test_what_is_given_counts_with_who_gives_it_by_her_parts_to_the_cent(database: Database) -> None:
    journal = bought(replace(RING, net=Decimal("100.00")))
    paul = UUID(int=9)
    journal.happened(paul, ClientRegistered(paul, "paris-1", Name("Paul"), None))
    journal.happened(SALE, marked(2, givers=(Giver(MARC), Giver(paul, 2))))
    journal.happened(SALE, marked(1, mark_id=WATCH, recipient_id=None, concerns_id=MARC))
    with Book(database(), journal) as book:
        given = {}
        for client_id in (MARC, paul, ANNE):
            totals = book.totals(client_id)
            assert totals
            assert totals.given is not None
            given[client_id] = [(each.months_6.gifts, each.ever.net) for each in totals.given]
        assert given[ANNE] == []
        assert given[paul] == [(1, Decimal("44.45"))]
        assert given[MARC] == [(2, Decimal("55.55"))]
        old = book.totals(MARC, TODAY - timedelta(90))
        assert old
        assert old.given == []


@pytest.mark.feature("N-09", "N-17")
def test_what_stood_on_her_before_it_was_a_gift_to_her_is_not_told_as_known_then_either(database: Database) -> None:
    journal = bought(RING)
    journal.happened(SALE, ClientAttached(SALE, ANNE, MARC))
    then = journal.recorded()[-1].recorded_at
    journal.happened(SALE, ClientAttached(SALE, MARC, ANNE))
    with Book(database(), journal) as book:
        assert len(book.purchases(ANNE, known_at=then).items) == 1  # type: ignore[union-attr]
        journal.happened(SALE, marked())
        book.project()
        assert book.purchases(ANNE, known_at=then).items == []  # type: ignore[union-attr]
        totals = book.totals(ANNE, known_at=then)
        assert totals
        assert (totals.last_sale, totals.spent) == (None, [])


@pytest.mark.feature("CS-53")
def test_what_she_has_is_filtered_as_it_was_sold_and_counted(database: Database) -> None:
    journal = bought(RING, CLOCK)
    with Book(database(), journal) as book:
        assert has(book, MARC) == [("bought", "R-1", 3)]
        journal.happened(
            SALE, LinesHandedOver(SALE, WATCH, "lyon", NOON, MARC, (HandedOverLine(2, 1, Decimal("900.00")),))
        )
        book.project()
        assert has(book, MARC) == [("bought", "W-1", 1), ("bought", "R-1", 3)]
        assert has(book, MARC, category="watches") == has(book, MARC, brand="Lumen") == [("bought", "W-1", 1)]
        assert has(book, MARC, attributes=(("stone", "emerald"), ("size", "52"))) == [("bought", "R-1", 3)]
        assert has(book, MARC, attributes=(("stone", "52"),)) == has(book, MARC, type="silver") == []
        answer = book.owned(MARC, Paging(SEAL, 1))
        assert answer
        assert [(each.name, each.pieces) for each in answer.by_category] == [("rings", 3), ("watches", 1)]
        assert [(each.name, each.value, each.pieces) for each in answer.by_attribute] == [
            ("size", "52", 3),
            ("stone", "emerald", 3),
        ]
        rest = book.owned(MARC, Paging(SEAL, 1, answer.next_cursor))
        assert rest
        assert [each.sku for each in (*answer.items, *rest.items)] == ["W-1", "R-1"]
        assert rest.next_cursor is None
