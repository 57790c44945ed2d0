"""What events sold, on PostgreSQL: after any decisions the same as a fresh count from the whole log."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.event_policy import HOUSE_EVENTS
from queries.page import Paging
from queries.sell_through.credits import Credit, Credits
from queries.sell_through.shapes import Money, SellThrough
from tests.support.asking import ASSOCIATE, SEAL, TODAY, Book, shaped
from tests.support.decisions import affiliation, calendar_event, client, contact, house, invitation, membership, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, SALES
from tests.support.oracles_event_people import OFFERED, offered_to
from tests.support.oracles_sell_through import credits_of, sell_through_of
from tests.support.records import Journal

Database = Callable[[], str]


def _some_sale(chance: Random) -> tuple[UUID, UUID]:
    id = UUID(int=SALES[0].int + chance.randrange(80))
    return id, id


# More sales than meet elsewhere, most of them stated, so that there is something to count.
_SALES = [*[sale.RECORDING] * 15, sale.NOUN, sale.NOUN, *[sale.ATTRIBUTION] * 8]
NOUNS = [
    client.NOUN,
    *(replace(noun, stream=_some_sale) for noun in _SALES),
    calendar_event.NOUN,
    calendar_event.NOUN,
    invitation.NOUN,
    contact.OUTREACH,
]


def happened(seed: int) -> Journal:
    return random_journal(Random(seed), 2, 1500, NOUNS)


@pytest.mark.feature("CS-29", "BO-01", "BO-02", "BO-06", "BO-27", "N-05")
def test_what_an_event_sold_is_what_the_whole_log_says(database: Database) -> None:
    seen: Counter[str] = Counter()
    for seed in range(4):
        with Book(database(), happened(seed)) as book:
            log = book.journal.recorded()
            for id in CALENDAR_EVENTS:
                expected = sell_through_of(log, id, HOUSE_EVENTS)
                if expected is None:
                    assert book.sell_through(id) is None
                    assert book.credits(id) is None
                    continue
                with book.statements() as sent:
                    told, credits = book.sell_through(id), book.credits(id)
                assert len(sent) == 2, "one statement each"
                assert told is not None
                assert credits is not None
                assert told == shaped(SellThrough, expected)
                assert credits == shaped(Credits, {"items": credits_of(log, id), "next_cursor": None})
                _adds_up(told, credits)
                assert [*_walked(book, id)] == credits.items
                seen += _seen(told)
    assert {name for name, times in seen.items() if not times} == set(), seen


@pytest.mark.feature("CS-28")
def test_at_the_till_her_events_are_offered_the_nearest_first(database: Database) -> None:
    nouns = [client.NOUN, sale.NOUN, calendar_event.NOUN, invitation.NOUN, membership.NOUN, affiliation.NOUN]
    seen: Counter[str] = Counter()
    for seed in range(2):
        with Book(database(), random_journal(Random(seed), 2, 700, [*nouns, house.STORE, house.REGION])) as book:
            log = book.journal.recorded()
            for client_id, days in product(CLIENTS, (0, -40, -260)):
                on = TODAY + timedelta(days)
                expected = offered_to(log, client_id, on, ASSOCIATE)
                with book.statements() as sent:
                    told = book.attributable(client_id, on)
                assert len(sent) == 1
                items = told and [each.model_dump(include=set(OFFERED)) for each in told.items]
                assert items == expected
                for each in told.items if told else []:
                    seen.update(each.standing, reached=each.reached, guests=len(each.guest_of), over=each.days < 0)
    assert {name for name in ("listed", "attended", "reached", "guests", "over") if not seen[name]} == set(), seen


def _adds_up(told: SellThrough, credits: Credits) -> None:
    """Whichever way it is broken down, it is the same; and no more is sold than was brought."""
    figures: dict[str, Any] = {"assortment": told.assortment.sold, "orders": told.orders, "other": told.other}
    for figure, whole in figures.items():
        counts = [(each, one) for each in credits.items for one in each.counts if one.figure == figure]
        assert sum(one.pieces for _, one in counts) == whole.all.pieces
        for parts in ([getattr(whole, when) for when in ("before", "during", "after")], *_broken_down(told, figure)):
            assert sum(part.pieces for part in parts) == whole.all.pieces
            assert _together(part.net for part in parts) == _together([whole.all.net])
        assert _together(getattr(each, figure) for each in told.by_associate) == _together([whole.all.net])
    for percent in (told.assortment.percent, *(each.percent for each in told.assortment.value_percent)):
        assert percent is None or 0 <= Decimal(percent) <= 100


def _broken_down(told: SellThrough, figure: str) -> Iterator[list[Any]]:
    yield [getattr(each, figure) for each in told.by_store]
    yield [getattr(each, figure) for each in told.by_designer]


def _together(amounts: Iterable[list[Money]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in amounts:
        found.update({money.currency: money.net for money in each})
    return Counter({currency: net for currency, net in found.items() if net})


def _walked(book: Book, id: UUID) -> Iterator[Credit]:
    cursor: str | None = None
    while True:
        page = book.credits(id, paging=Paging(SEAL, 5, cursor))
        assert page
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _seen(told: SellThrough) -> dict[str, int]:
    split = [each for each in told.by_associate if each.assortment and each.other]
    return {
        "assortment": told.assortment.sold.all.pieces,
        "orders": told.orders.all.pieces,
        "other": told.other.all.pieces,
        "before": told.other.before.pieces + told.assortment.sold.before.pieces,
        "during": told.other.during.pieces + told.assortment.sold.during.pieces,
        "after": told.other.after.pieces + told.assortment.sold.after.pieces,
        "split": len(split),
        "bought": told.response.bought,
        "without": told.response.came_without_and_bought,
        "others": told.response.others_bought,
        "targets": sum(target.sold > 0 for target in told.targets),
        "open": sum(target.open > 0 for target in told.targets),
        "contacts": told.contacts.bought,
        "unstated": sum(each.pieces for each in told.unstated.clients),
        "numbered": len(told.unstated.pieces),
    }
