"""Organizations, memberships and notes: rows say what a slow reading of the whole log says, after any decisions."""

from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.access import Caller, Privacy, Role, reads_note
from domain.client.events import ClientRegistered, PersonNoted
from projections.client_history import client_history, entry
from projections.membership import membership, organization, term
from projections.note import note, notes, wording
from projections.projection import Recorded, Table
from tests.support.decisions import client as clients
from tests.support.decisions import membership as memberships
from tests.support.decisions import note as decided
from tests.support.decisions import organization as organizations
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, ORGANIZATIONS, Noun
from tests.support.oracles_circles import notes_of, organization_of, terms_of
from tests.support.projections import applied_one_by_one

random_logs = settings(max_examples=100, phases=(Phase.generate,))
seeds = given(seed=st.integers(0, 2**63))
READERS = [*decided.ASSOCIATES, Caller("manager", Role.MANAGER, "geneva"), Caller("auditor", Role.AUDITOR)]

Rows = list[dict[str, Any]]


def projected(seed: int, *nouns: Noun) -> tuple[list[Recorded], dict[str, Rows]]:
    log = random_journal(Random(seed), 1, 80, list(nouns)).recorded()
    projections = (membership, notes, client_history)
    asked = [asked for recorded in log for each in projections for asked in each.changes(recorded)]
    return log, {name: list(rows.values()) for name, rows in applied_one_by_one(asked).items()}


def of(tables: dict[str, Rows], table: Table, **where: Any) -> Rows:
    return [row for row in tables.get(table.name, []) if where.items() <= row.items()]


@random_logs
@seeds
def test_an_organization_stands_as_the_last_event_left_it(seed: int) -> None:
    log, tables = projected(seed, organizations.NOUN)

    for id in ORGANIZATIONS:
        rows = of(tables, organization, organization_id=id)
        found = [{name: value for name, value in row.items() if name != "folded"} for row in rows]
        assert found == [each for each in [organization_of(log, id)] if each]


@random_logs
@seeds
def test_terms_begun_ended_corrected_and_taken_back_equal_a_fresh_fold(seed: int) -> None:
    log, tables = projected(seed, memberships.NOUN, clients.NOUN)

    key = lambda row: (row["membership_id"], row["term"])  # noqa: E731 - used twice, here only
    taken_up = {it.key: it.event.store_id for it in log if isinstance(it.event, ClientRegistered | PersonNoted)}
    said = [{**each, "store_id": taken_up.get(each["client_id"])} for each in terms_of(log)]
    assert sorted(of(tables, term), key=key) == sorted(said, key=key)


@random_logs
@seeds
def test_each_reads_the_notes_and_the_wordings_that_are_for_her(seed: int) -> None:
    log, tables = projected(seed, decided.NOUN)

    for who in READERS:
        for client_id in CLIENTS:
            found = [_note(tables, row, who) for row in of(tables, note, client_id=client_id) if _reads(who, row)]
            newest_first = sorted(found, key=lambda each: each["written_at"], reverse=True)
            assert newest_first == notes_of(log, client_id, who)


@random_logs
@seeds
def test_a_withdrawn_text_is_gone_and_every_event_of_a_note_is_known_as_such(seed: int) -> None:
    _, tables = projected(seed, decided.NOUN)

    gone = [row["note_id"] for row in of(tables, note) if row["withdrawn_at"]]
    assert {row["text"] for row in of(tables, wording) if row["note_id"] in gone} <= {None}
    assert all(row["note_id"] == row["stream_id"] for row in of(tables, entry))


def _reads(who: Caller, row: dict[str, Any], keeper: str | None = None) -> bool:
    return reads_note(who, keeper or row["keeper"], Privacy(row["privacy"]), row["circle"])


def _note(tables: dict[str, Rows], row: dict[str, Any], who: Caller) -> dict[str, Any]:
    said = sorted(of(tables, wording, note_id=row["note_id"]), key=lambda each: each["wording"])
    [in_force] = [each for each in said if each["wording"] == row["wording"]]
    shown = {name: row[name] for name in row.keys() - {"client_id", "wording", "stream_version"}}
    return {
        **shown,
        "text": in_force["text"],
        "version": row["stream_version"],
        "wordings": [
            {name: each[name] for name in ("text", "said_at", "said_by", "position")}
            for each in said
            if _reads(who, each, row["keeper"])
        ],
    }
