"""Slow, simple answers about organizations, memberships and notes: one reading of the whole list of events each."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain import membership, note, organization
from domain.access import Caller, reads_note
from domain.membership import MembershipBegun
from domain.personal import Erased
from projections.projection import Recorded

Answer = dict[str, Any]


def organization_of(log: Sequence[Recorded], organization_id: UUID) -> Answer | None:
    """An organization as the last event left it."""
    its = [each for each in log if each.stream_id == organization_id]
    now = organization.after(each.event for each in its)
    if now.founded is None or now.scope is None:
        return None
    return {
        "organization_id": organization_id,
        "name": now.name,
        "kind": now.founded.kind,
        "world": now.founded.world,
        "reach": now.scope.reach,
        "region_id": now.scope.region_id,
        "store_id": now.scope.store_id,
        "part_of": now.founded.part_of,
        "closed": now.closed,
        "founded_at": its[0].recorded_at,
        "founded_by": its[0].actor,
        "stream_version": len(its),
    }


def terms_of(log: Sequence[Recorded], on: date | None = None) -> list[Answer]:
    """Every term of every membership, or those that hold on a day."""
    found: list[Answer] = []
    for stream_id in dict.fromkeys(each.stream_id for each in log):
        its = [each for each in log if each.stream_id == stream_id]
        now = membership.after(each.event for each in its)
        if now.begun is None:
            continue
        begun_at = {each.event.term: each.recorded_at for each in its if isinstance(each.event, MembershipBegun)}
        found += [
            {
                "client_id": now.begun.client_id,
                "membership_id": stream_id,
                "term": number,
                "organization_id": now.begun.organization_id,
                "tie": now.begun.tie,
                "since": since,
                "until": until,
                "begun_at": begun_at[number],
            }
            for number, (since, until) in now.terms.items()
            if on is None or (since or on) <= on <= (until or on)
        ]
    return found


def notes_of(log: Sequence[Recorded], client_id: UUID, who: Caller) -> list[Answer]:
    """What this caller reads about a client, newest first: each note with its wordings, as far as they are for her."""
    found = []
    for stream_id in dict.fromkeys(each.stream_id for each in log):
        its = [each for each in log if each.stream_id == stream_id]
        now = note.after(each.event for each in its)
        if now.written is None or now.written.client_id != client_id:
            continue
        if reads_note(who, now.keeper, now.privacy, now.circle):
            found.append(_note(now, its, who))
    return sorted(found, key=lambda each: each["written_at"], reverse=True)


def told_of_notes(log: Sequence[Recorded], client_id: UUID, who: Caller) -> list[int]:
    """The positions of the events about notes that a client's history may show to this caller."""
    told = []
    for each in notes_of(log, client_id, who):
        its = [event for event in log if event.stream_id == each["note_id"]]
        hidden = {event.position for event, *_ in _wordings(its)} - {said["position"] for said in each["wordings"]}
        told += [event.position for event in its if event.position not in hidden]
    return sorted(told)


def _note(now: note.Note, its: Sequence[Recorded], who: Caller) -> Answer:
    assert now.written is not None
    text = None if now.withdrawn or isinstance(now.text, Erased) else now.text
    corrected = [each.recorded_at for each in its if isinstance(each.event, note.NoteCorrected)]
    withdrawn = [each.recorded_at for each in its if isinstance(each.event, note.NoteWithdrawn)]
    return {
        "note_id": now.written.note_id,
        "author": now.written.author,
        "keeper": now.keeper,
        "privacy": now.privacy,
        "circle": list(now.circle),
        "text": text,
        "written_at": its[0].recorded_at,
        "corrected_at": corrected[-1] if corrected else None,
        "withdrawn_at": withdrawn[-1] if withdrawn else None,
        "version": len(its),
        "wordings": [
            {
                "text": None if now.withdrawn or isinstance(said, Erased) else said,
                "said_at": each.recorded_at,
                "said_by": each.actor,
                "position": each.position,
            }
            for each, said, last in _wordings(its)
            if reads_note(who, now.keeper, last.privacy, last.circle)
        ],
    }


def _wordings(its: Sequence[Recorded]) -> list[tuple[Recorded, str | Erased, note.Note]]:
    """Each event that says something, what it says, and the note as it was when that was last what the note said."""
    at = [number for number, each in enumerate(its) if isinstance(each.event, note.NoteWritten | note.NoteCorrected)]
    return [
        (its[start], its[start].event.text, note.after(each.event for each in its[:end]))  # type: ignore[attr-defined]
        for start, end in zip(at, [*at[1:], len(its)], strict=True)
    ]
