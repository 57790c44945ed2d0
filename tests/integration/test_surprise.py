"""Nobody reads in a client's file what others give her before its day: with and without it, every question about her
has the same answer."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain import tickler_rule_versions as versions
from domain.access import Role
from domain.client import state
from domain.gift_policy import shows_to_recipient
from domain.personal import Erased
from domain.refusals import AssociateUnknown
from domain.sale import state as sales
from domain.sale.events import GiftMarked
from domain.sale.state import Sale
from domain.tickler_rule import CategoryDays, Cause, Lapse, Owner, Rule, RuleSet
from queries.counter import CounterGifts, CounterProfile, CounterPurchases, View, profile_at_counter
from queries.gifts import Filters as Gifts
from queries.gifts import gifts
from queries.purchase_history import Filters, purchases
from queries.tickler.listing import Wanted, ticklers_of_client
from queries.tickler.shape import Ticklers
from tests.support.asking import ASSOCIATE, AUDITOR, EVERYTHING, TODAY, Book, viewer
from tests.support.decisions import affiliation, client, gift, link, sale
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES
from tests.support.records import Journal

Database = Callable[[], str]

NOUNS = [client.LIVING, link.LASTING, affiliation.NOUN, sale.NOUN, gift.NOUN, gift.NOUN]
RULES = [
    Rule(Cause.PURCHASE, "Say thank you", 1, 1, 6, Owner.SELLER),
    Rule(Cause.OWNED, "Offer to check it", 0, 14, 30, Owner.CATEGORY, every_months=3),
    Rule(Cause.OWN_DATE, "Call", 0, 3, 7, by_category=(CategoryDays("Ada", -9),)),
    Rule(Cause.LINKED_DATE, "Propose a gift", -28, 14, 42),
    Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse(None, 2, 24, Decimal("0.5"))),
    Rule(Cause.REGISTRATION, "Welcome her", 2, 0, 28),
]
HEAD_OFFICE = viewer("head-office-1", Role.HEAD_OFFICE)


def without(journal: Journal, streams: set[UUID]) -> Journal:
    """The same as if these streams had never been; whatever else happened has its place in the log."""
    less = Journal(journal.partitions)
    less.records = [each for each in journal.records if each.stream_id not in streams]
    less.decode = journal.decode  # type: ignore[method-assign]
    return less


def sale_of(journal: Journal, sale_id: UUID) -> Sale:
    return sales.after(each.event for each in journal.recorded() if each.stream_id == sale_id)


def surprises(journal: Journal, client_id: UUID) -> set[UUID]:
    """The sales of which something is given to her that she may not know yet, and nothing that she may know."""
    found = set()
    for sale_id in SALES:
        marks = [each for each in sale_of(journal, sale_id).marks.values() if isinstance(each, GiftMarked)]
        to_her = [each for each in marks if each.recipient_id == client_id]
        known = [each for each in marks if client_id in [giver.client_id for giver in each.givers]]
        known += [each for each in to_her if released(each)]
        if to_her and not known:
            found.add(sale_id)
    return found


def released(mark: GiftMarked) -> bool:
    on = None if isinstance(mark.released_on, Erased) else mark.released_on
    return shows_to_recipient(on, TODAY, discreet=mark.discreet)


def file_of(book: Book, client_id: UUID, moments: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every question about a client, and its answer."""
    yield "profile", book.profile(client_id)
    yield "purchases", book.purchases(client_id)
    yield "timeline", book.timeline(client_id)
    yield "history", book.history(client_id, who=AUDITOR)
    yield "family", book.family(client_id)
    yield "occasions", book.occasions(client_id)
    yield "calendar", book.client_calendar(client_id)
    yield "gift occasions", book.gift_occasions(client_id)
    yield "proposals", book.proposals(client_id)
    yield "totals", book.totals(client_id)
    yield "gifts", book.gifts(client_id)
    yield "owned", book.owned(client_id)
    yield "returns", book.returns(client_id)
    yield "ticklers", _to_do(book, client_id)
    yield "at the counter", _at_counter(book, client_id)
    for associate_id in ASSOCIATES:
        yield f"book of {associate_id}", _in_book(book, associate_id, client_id)
    for moment in moments:
        yield f"purchases known at {moment}", book.purchases(client_id, known_at=moment)
        yield f"totals known at {moment}", book.totals(client_id, None, moment)
    bought = book.purchases(client_id)
    for sale_id in sorted({each.sale_id for each in bought.items} if bought else ()):
        yield f"sale {sale_id}", book.sale(sale_id)
        yield f"proposals of {sale_id}", book.proposals_of_sale(sale_id)


def _in_book(book: Book, associate_id: str, client_id: UUID) -> list[Any]:
    with suppress(AssociateUnknown):
        if served := book.book(associate_id, who=HEAD_OFFICE):
            return [each for each in served.items if each.client_id == client_id]
    return []


def _to_do(book: Book, client_id: UUID) -> Ticklers | None:
    """Whatever there is to do for her in these two years, by rules about all that there is."""
    ever = Wanted(since=TODAY - timedelta(366), until=TODAY + timedelta(366))
    return book.asked(Ticklers, lambda engine: ticklers_of_client(engine, ASSOCIATE, client_id, ever, EVERYTHING))


def _at_counter(book: Book, client_id: UUID) -> list[Any]:
    view = View.COUNTER
    return [
        book.asked(CounterProfile, lambda engine: profile_at_counter(engine, ASSOCIATE, client_id)),
        book.asked(
            CounterPurchases, lambda engine: purchases(engine, ASSOCIATE, client_id, Filters(), EVERYTHING, view)
        ),
        book.asked(CounterGifts, lambda engine: gifts(engine, ASSOCIATE, client_id, Gifts(), EVERYTHING, view)),
    ]


def once_hers(journal: Journal, sale_id: UUID, client_id: UUID) -> bool:
    """Whether goods of a sale stood on her before they were given to her."""
    its = [each.event for each in journal.recorded() if each.stream_id == sale_id]
    then = (sales.after(its[:length]) for length in range(1, len(its)))
    return any(now.client_id == client_id and any(now.moved(line).quantity for line in now.lines) for now in then)


def houses(number: int) -> Iterator[tuple[Journal, UUID, set[UUID]]]:
    """So many random houses in which something is given to a client that she may not know of, of a sale that was hers
    before; each with the client and all such sales."""
    found = 0
    for seed in range(1000):
        journal = random_journal(Random(seed), 2, 500, NOUNS)
        for place, rule in enumerate(RULES):
            rule_id = f"rule-{place}"
            journal.happened(versions.stream_id(rule_id), RuleSet(rule_id, 1, rule, date(2020, 1, 1)))
        for client_id in CLIENTS:
            secret = surprises(journal, client_id)
            registered = state.after(
                each.event for each in journal.recorded() if each.stream_id == client_id
            ).registered
            if registered and any(once_hers(journal, sale_id, client_id) for sale_id in secret):
                yield journal, client_id, secret
                found += 1
                if found == number:
                    return


HOUSES = 3


@pytest.mark.feature("N-09")
def test_with_and_without_the_surprise_her_file_is_the_same(database: Database) -> None:
    compared = 0
    for journal, client_id, secret in houses(HOUSES):
        moments = [each.recorded_at for each in journal.recorded() if each.stream_id in secret]
        with Book(database(), journal) as noisy, Book(database(), without(journal, secret)) as quiet:
            told, wanted = (dict(file_of(book, client_id, moments)) for book in (noisy, quiet))
        assert told == wanted
        assert told["profile"] is not None
        compared += 1
    assert compared == HOUSES
