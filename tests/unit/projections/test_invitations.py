"""Invitations: in whatever order things are said, rows are what a fresh fold of each stream is."""

from collections import defaultdict
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.invitation.state import Invitation, after
from domain.personal import Erased
from projections.invitations import guest, invitation, invitations, preview, sending
from tests.support.decisions.invitation import NOUN
from tests.support.decisions.journal import random_journal
from tests.support.projections import applied_one_by_one


@pytest.mark.feature("BO-03", "BO-04", "BO-05")
@settings(max_examples=100, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_in_any_order_rows_are_what_a_fresh_fold_says(seed: int) -> None:
    log = random_journal(Random(seed), 1, 150, [NOUN]).recorded()
    tables = applied_one_by_one(asked for recorded in log for asked in invitations.changes(recorded))
    streams: dict[UUID, list[Any]] = defaultdict(list)
    for recorded in log:
        streams[recorded.stream_id].append(recorded.event)

    rows = {row["invitation_id"]: row for row in tables.get(invitation.name, {}).values()}
    assert {id: _told(row) for id, row in rows.items()} == {id: _folded(after(of)) for id, of in streams.items()}
    folded = [(events[0], after(events)) for events in streams.values()]
    assert {key: row["pieces"] for key, row in tables.get(preview.name, {}).items()} == {
        (of.client_id, of.calendar_event_id, id): _pieces(each)
        for of, now in folded
        for id, each in now.previews.items()
        if each.pieces
    }
    assert all(not isinstance(row["remark"], Erased) for row in tables.get(preview.name, {}).values())
    assert set(tables.get(sending.name, {})) == {
        (of.client_id, of.calendar_event_id, id) for of, now in folded for id in now.sent
    }
    assert set(tables.get(guest.name, {})) == {
        (of.client_id, of.calendar_event_id, id) for of, now in folded for id in now.guests
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    on_list = (row["party"], row["seats"], row["through"]) if row["listed"] else None
    answer = None if row["answered_at"] is None else (row["accepted"], row["accepted_seats"], row["answered_at"])
    came = None if row["attended_at"] is None else (row["people"], row["attended_at"])
    return {"listed": on_list, "answer": answer, "came": came}


def _folded(now: Invitation) -> dict[str, Any]:
    on_list = now.listed and (now.listed.party, now.listed.seats, now.listed.through)
    answer = now.answer and (now.answer.accepted, now.answer.seats, now.answer.at)
    came = now.attended and (now.attended.people, now.attended.at)
    return {"listed": on_list, "answer": answer, "came": came}


def _pieces(event: Any) -> list[dict[str, Any]]:
    return [
        {"sku": each.sku, "serial_number": each.serial_number, "interested": each.interested} for each in event.pieces
    ]
