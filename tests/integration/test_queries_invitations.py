"""Invitations asked of PostgreSQL: the same as a slow reading of the whole log, page by page as at once."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.access import HOUSE_POLICY, Policy, Role, Sharing, Viewer
from queries.interest import Interest, interest
from queries.invitation import ClientInvitations, Invitations, client_invitations, invitations
from queries.invited import Standing
from queries.page import Paging
from tests.support.asking import ASSOCIATE, EVERYTHING, SEAL, Book, viewer
from tests.support.decisions import calendar_event, client, contact, invitation
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS
from tests.support.oracles_invitations import Log, between, client_of, invited, wanted

Database = Callable[[], str]
NOUNS = [client.NOUN, calendar_event.NOUN, invitation.NOUN, invitation.NOUN, invitation.NOUN, contact.OUTREACH]
OSAKA = Policy({**HOUSE_POLICY.sharing, Role.ASSOCIATE: Sharing.STORE}, 24)
VIEWERS = [ASSOCIATE, viewer("yuki", Role.ASSOCIATE, "osaka", policy=OSAKA)]


class Asked:
    def __init__(self, book: Book, who: Viewer) -> None:
        self._book, self._who = book, who

    def of_event(self, id: UUID, standing: Standing | None = None, paging: Paging = EVERYTHING) -> Invitations | None:
        return self._book.asked(Invitations, lambda engine: invitations(engine, self._who, id, standing, paging))

    def of_client(
        self, id: UUID, standing: Standing | None = None, paging: Paging = EVERYTHING
    ) -> ClientInvitations | None:
        return self._book.asked(
            ClientInvitations, lambda engine: client_invitations(engine, self._who, id, standing, paging)
        )

    def interest(self, id: UUID, paging: Paging = EVERYTHING) -> Interest | None:
        return self._book.asked(Interest, lambda engine: interest(engine, self._who, id, paging))


def sees(log: Log, who: Viewer) -> Callable[[UUID], bool]:
    """In a house where nobody serves anybody: a client of her store, and whom the house knows through one."""

    def seen(id: UUID) -> bool:
        now = client_of(log, id)
        if now.noted and not now.registered:
            now = client_of(log, now.noted.through)
        if now.registered is None:
            return False
        return who.policy is HOUSE_POLICY or now.registered.store_id == who.store_id

    return seen


def told(each: Any) -> dict[str, Any]:
    """As the oracle says it: lists of one moment in an order of their own."""
    shown: dict[str, Any] = each.model_dump()
    shown["sendings"] = sorted(shown["sendings"], key=lambda sending: sending["outreach_id"])
    shown["previews"] = sorted(shown["previews"], key=lambda preview: preview["preview_id"])
    shown["guests"] = sorted(guest["client_id"] for guest in shown["guests"])
    return {name: value for name, value in shown.items() if name not in ("client_id", "name", "calendar_event")}


def walked(ask: Callable[[Paging], Any]) -> list[Any]:
    items: list[Any] = []
    cursor = None
    while True:
        page = ask(Paging(SEAL, 1, cursor))
        items += page.items
        if (cursor := page.next_cursor) is None:
            return items


@pytest.mark.feature("BO-03", "BO-04", "BO-05")
@pytest.mark.parametrize("seed", range(4))
def test_who_is_invited_and_what_is_wanted_is_what_the_whole_log_says(database: Database, seed: int) -> None:
    journal = random_journal(Random(seed), 1, 700, NOUNS)
    log = journal.recorded()
    with Book(database(), journal) as book:
        for who in VIEWERS:
            asked, seen = Asked(book, who), sees(log, who)
            for id in CALENDAR_EVENTS:
                _agrees_of_event(asked, log, seen, id)
            for client_id in CLIENTS:
                _agrees_of_client(asked, log, seen, client_id)


def _agrees_of_event(asked: Asked, log: Log, seen: Callable[[UUID], bool], id: UUID) -> None:
    expected, found, pieces = invited(log, id, CLIENTS, seen), asked.of_event(id), asked.interest(id)
    if expected is None:
        assert (found, pieces) == (None, None)
        return
    assert found
    assert {each.client_id: told(each) for each in found.items} == expected
    assert walked(lambda paging: asked.of_event(id, None, paging)) == found.items
    for standing in Standing:
        page = asked.of_event(id, standing)
        assert page
        assert page.items == [each for each in found.items if standing in each.standing]
    assert pieces
    by_piece = {
        (each.sku, each.serial_number or ""): {one.client_id for one in each.wanted_by} for each in pieces.items
    }
    assert by_piece == wanted(log, id, CLIENTS, seen)
    assert walked(lambda paging: asked.interest(id, paging)) == pieces.items


def _agrees_of_client(asked: Asked, log: Log, seen: Callable[[UUID], bool], client_id: UUID) -> None:
    hers = asked.of_client(client_id)
    assert (hers is None) == (not (seen(client_id) and client_of(log, client_id).registered))
    if hers is None:
        return
    expected = {id: between(log, id, client_id, seen) for id in CALENDAR_EVENTS}
    assert {each.calendar_event.calendar_event_id: told(each) for each in hers.items} == {
        id: each for id, each in expected.items() if each and each["standing"]
    }
    assert walked(lambda paging: asked.of_client(client_id, None, paging)) == hers.items


def test_the_random_histories_have_all_that_is_asked_about() -> None:
    """Else the answers would agree on nothing."""
    standings: set[str] = set()
    pieces: set[Any] = set()
    for seed in range(4):
        log = random_journal(Random(seed), 1, 700, NOUNS).recorded()
        for id in CALENDAR_EVENTS:
            for each in (invited(log, id, CLIENTS, lambda _: True) or {}).values():
                standings |= {*each["standing"], *(name for name in ("guests", "previews", "sendings") if each[name])}
            pieces |= set(wanted(log, id, CLIENTS, lambda _: True))
    assert standings == {*Standing, "guests", "previews", "sendings"}
    assert len(pieces) >= 3


def test_each_question_is_one_statement(database: Database) -> None:
    with Book(database(), random_journal(Random(0), 1, 300, NOUNS)) as book:
        asked = Asked(book, ASSOCIATE)
        questions: Sequence[Callable[[], Any]] = [
            lambda: asked.of_event(CALENDAR_EVENTS[0]),
            lambda: asked.of_client(CLIENTS[0]),
            lambda: asked.interest(CALENDAR_EVENTS[0]),
        ]
        for question in questions:
            with book.statements() as sent:
                question()
            assert len(sent) == 1
