"""What events sold, on PostgreSQL: after any decisions the same as a fresh count from the whole log."""

import re
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

from domain.access import Policy, Role, Sharing
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.event_policy import HOUSE_EVENTS
from domain.invitation.events import GuestBrought, invitation_id
from domain.scope import Reach, Scope
from projections.house import store
from queries import reach, visibility
from queries.attributable import _OFFERED
from queries.page import Paging
from queries.sell_through.credits import Credit, Credits, _credits
from queries.sell_through.sell_through import _EVENT
from queries.sell_through.shapes import Money, SellThrough
from tests.support.asking import ASSOCIATE, SEAL, TODAY, Book, shaped, viewer
from tests.support.decisions import affiliation, calendar_event, client, contact, house, invitation, membership, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, SALES
from tests.support.oracles_event_people import OFFERED, offered_to
from tests.support.oracles_sell_through import credits_of, sell_through_of
from tests.support.records import NOON, Journal

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


@pytest.mark.feature("CS-06")
def test_totals_are_everybodys_and_no_credit_tells_of_a_client_whom_the_caller_does_not_see(database: Database) -> None:
    stranger = viewer("stranger", Role.ASSOCIATE, "rome", policy=Policy({}, 24))
    hidden = 0
    with Book(database(), happened(0)) as book:
        for id in CALENDAR_EVENTS:
            assert book.sell_through(id, stranger) == book.sell_through(id)
            seen, all_of_them = book.credits(id, stranger), book.credits(id)
            assert (seen is None) == (all_of_them is None)
            if seen is not None and all_of_them is not None:
                assert seen.items == [each for each in all_of_them.items if each.client_id is None]
                hidden += len(all_of_them.items) - len(seen.items)
        assert hidden
        assert [book.attributable(client_id, TODAY, stranger) for client_id in CLIENTS] == [None] * 3


def test_whose_guest_she_is_is_told_to_who_sees_her_host(database: Database) -> None:
    host, guest, *_ = CLIENTS
    [id, *_] = CALENDAR_EVENTS
    held = Held(NOON, NOON + timedelta(hours=3), "Europe/Paris")
    journal = Journal()
    for client_id, store_id in ((host, "paris"), (guest, "rome")):
        journal.happened(client_id, ClientRegistered(client_id, store_id, Name("Leclerc"), None))
    journal.happened(id, CalendarEventScheduled(id, "Gala", "gala", (), Scope(Reach.NATIONAL), held, None))
    between = invitation_id(id, host)
    journal.happened(host, GuestBrought(host, between, id, guest), between)
    with Book(database(), journal) as book:
        told = {}
        for store_id in ("paris", "rome"):
            who = viewer("ines", Role.ASSOCIATE, store_id, policy=Policy({Role.ASSOCIATE: Sharing.STORE}, 24))
            told[store_id] = book.attributable(guest, who=who)
        everybody = book.attributable(guest)
    assert told["paris"] is None
    assert told["rome"] is not None
    assert everybody is not None
    assert [each.guest_of for each in told["rome"].items] == [[]]
    assert [each.guest_of[0].client_id for each in everybody.items] == [host]


def test_nothing_of_an_event_is_looked_for_in_a_whole_table(database: Database) -> None:
    who = {**visibility.parameters(ASSOCIATE), **reach.parameters(ASSOCIATE), "client_id": CLIENTS[0]}
    days = {"on": TODAY, "since": TODAY, "days_after": 60}
    place = {"fetch": 51, "most": 20, "after_at": NOON, "after_sale": SALES[0], "after_ordinal": 1}
    values = {**who, **days, **place, "calendar_event_id": CALENDAR_EVENTS[0]}
    with Book(database()) as book:
        for statement in (_EVENT, _credits(continued=True), _OFFERED):
            scanned = set(re.findall(r"Seq Scan on (\w+)", book.plan(statement, values)))
            assert scanned <= {store.name}, "of stores there are few"


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
