"""Notes, memberships and organizations asked of PostgreSQL: the same as a slow reading of the whole log."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from domain.access import HOUSE_POLICY, Policy, Role, Sharing, Viewer
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from queries.page import Paging
from tests.support.asking import SEAL, Book, viewer
from tests.support.decisions import membership, note, organization
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, ORGANIZATIONS
from tests.support.oracles_circles import notes_of, organization_of, terms_of, told_of_notes
from tests.support.records import Journal

Database = Callable[[], str]

AUDITOR = viewer("associate-2", Role.AUDITOR)  # she is in circles, too
READERS = [
    *(viewer(each.id, each.role, each.store_id) for each in note.ASSOCIATES[:2]),
    viewer("manager", Role.MANAGER, "geneva"),
    viewer("assistant", Role.ASSOCIATE, "geneva", on_behalf_of="associate-0"),
    AUDITOR,
]


def happened(seed: int, *nouns: Any) -> Journal:
    """Clients of two stores, and what was decided about these nouns."""
    journal = random_journal(Random(seed), 1, 150, nouns)
    for number, client_id in enumerate(CLIENTS):
        registered = ClientRegistered(client_id, ["geneva", "osaka"][number % 2], Name("Dupont"), None)
        journal.happened(client_id, registered)
    return journal


@pytest.mark.feature("CS-04", "CS-05")
@pytest.mark.parametrize("seed", range(4))
def test_each_reads_the_notes_that_are_for_her_and_no_others(database: Database, seed: int) -> None:
    journal = happened(seed, note.NOUN)
    log = journal.recorded()
    ids = {each.stream_id for each in log} - {*CLIENTS}
    with Book(database(), journal) as book:
        for who in READERS:
            for client_id in CLIENTS:
                expected = {each["note_id"]: each for each in notes_of(log, client_id, who)}
                walked: list[Any] = []
                cursor = None
                while len(walked) == 0 or cursor:
                    page = book.notes(client_id, who, Paging(SEAL, 1, cursor))
                    assert page
                    walked += page.items
                    if (cursor := page.next_cursor) is None:
                        break
                assert [each.note_id for each in walked] == list(expected)
                for each in walked:
                    shown = each.model_dump()
                    assert shown == {name: expected[each.note_id][name] for name in shown}
                for note_id in ids:
                    one = book.note(client_id, note_id, who)
                    assert (one is not None) == (note_id in expected)
                    if one:
                        wordings = [{**each, "position": 0} for each in one.model_dump()["wordings"]]
                        told = [{**each, "position": 0} for each in expected[note_id]["wordings"]]
                        assert (wordings, one.version) == (told, expected[note_id]["version"])


@pytest.mark.feature("CS-05")
@pytest.mark.parametrize("seed", range(4))
def test_the_history_tells_the_auditor_of_those_notes_that_she_may_read(database: Database, seed: int) -> None:
    journal = happened(seed, note.NOUN)
    with Book(database(), journal) as book:
        for who in (AUDITOR, viewer("auditor-1", Role.AUDITOR)):
            for client_id in CLIENTS:
                history = book.history(client_id, who=who)
                assert history
                told = sorted(each.position for each in history.items if each.stream_id != client_id)
                assert told == told_of_notes(journal.recorded(), client_id, who)


@pytest.mark.feature("CS-14", "CS-18")
@pytest.mark.parametrize("seed", range(2))
def test_on_any_date_both_sides_of_a_membership_agree(database: Database, seed: int) -> None:
    journal = happened(seed, organization.NOUN, membership.NOUN)
    log = journal.recorded()
    with Book(database(), journal) as book:
        for on in (None, date(2026, 3, 1), date(2026, 3, 12), date(2026, 3, 28)):
            terms = terms_of(log, on)
            wanted: dict[str, Any] = {"on": on} if on else {}
            for organization_id in ORGANIZATIONS:
                members = book.members(organization_id, **wanted)
                if organization_of(log, organization_id) is None:
                    assert members is None
                    continue
                assert members
                found = [(each.client_id, each.tie, each.term, each.since, each.until) for each in members.items]
                expected = [each for each in terms if each["organization_id"] == organization_id]
                columns = ("client_id", "tie", "term", "since", "until")
                key = lambda row: (row[0], row[1], row[2])  # noqa: E731
                assert sorted(found, key=key) == sorted((tuple(each[c] for c in columns) for each in expected), key=key)
            for client_id in CLIENTS:
                hers = book.organizations(client_id, on)
                assert hers
                known = [each for each in terms if organization_of(log, each["organization_id"])]
                assert {(each.membership_id, each.term) for each in hers.items} == {
                    (each["membership_id"], each["term"]) for each in known if each["client_id"] == client_id
                }
                for each in hers.items:
                    its = organization_of(log, each.organization_id)
                    assert its
                    assert (each.name, each.kind, each.closed) == (its["name"], its["kind"], its["closed"])


def test_who_sees_only_her_stores_clients_sees_only_those_members_and_their_notes(database: Database) -> None:
    journal = happened(1, organization.NOUN, membership.NOUN, note.NOUN)
    policy = Policy({**HOUSE_POLICY.sharing, Role.ASSOCIATE: Sharing.STORE}, 24)
    who: Viewer = viewer("associate-0", Role.ASSOCIATE, "osaka", policy=policy)
    seen, hidden = CLIENTS[1], (CLIENTS[0], CLIENTS[2])
    with Book(database(), journal) as book:
        everybody = {id: book.members(id) for id in ORGANIZATIONS}
        assert {each.client_id for page in everybody.values() if page for each in page.items} >= {seen, *hidden}
        for organization_id, page in everybody.items():
            limited = book.members(organization_id, who)
            assert (limited is None) == (page is None)
            assert (
                limited is None
                or page is None
                or limited.items == [each for each in page.items if each.client_id == seen]
            )
        for client_id in hidden:
            assert book.notes(client_id, who) is None
            assert book.organizations(client_id, None, who) is None
            assert {book.note(client_id, each.stream_id, who) for each in journal.recorded()} == {None}
        assert book.notes(seen, who) is not None
