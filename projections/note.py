"""What is noted about a client, who may read it, and what was said before?

A wording keeps those for whom it was said, so that who may read the note now does not learn what was said before, when
she could not. Who keeps the note reads every wording.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.note import NoteCorrected, NoteHandedOver, NotePrivacyChanged, NoteWithdrawn, NoteWritten
from domain.personal import unless_erased
from projections.projection import Projection, Rows

notes: Final = Projection("note", 1)

note: Final = notes.owned(
    "note",
    "client_id",
    Column("note_id", Uuid, primary_key=True),
    Column("author", Text),
    Column("keeper", Text),
    Column("privacy", Text),
    Column("circle", ARRAY(Text)),
    Column("wording", Integer),  # the number of that in force
    Column("written_at", DateTime(timezone=True)),
    Column("corrected_at", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{note.name}_newest", note.c.client_id, note.c.written_at.desc(), note.c.note_id)

wording: Final = notes.owned(
    "note_wording",
    "client_id",
    Column("note_id", Uuid, primary_key=True),
    Column("wording", Integer, primary_key=True),
    Column("text", Text),  # none once the note is withdrawn, or the client erased
    Column("privacy", Text),
    Column("circle", ARRAY(Text)),
    Column("said_at", DateTime(timezone=True)),
    Column("said_by", Text),
    Column("position", BigInteger),  # of the event that says it
)


@notes.on(NoteWritten)
def written(event: NoteWritten, rows: Rows) -> None:
    rows.put(
        note,
        note_id=event.note_id,
        author=event.author,
        keeper=event.author,
        privacy=event.privacy.value,
        circle=list(event.circle),
        wording=1,
        written_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )
    _said(event, 1, rows)


@notes.on(NoteCorrected)
def corrected(event: NoteCorrected, rows: Rows) -> None:
    it = rows.recorded
    rows.patch(
        note,
        note_id=event.note_id,
        wording=event.wording,
        corrected_at=it.recorded_at,
        stream_version=it.stream_version,
    )
    _said(event, event.wording, rows)


@notes.on(NotePrivacyChanged)
def privacy_changed(event: NotePrivacyChanged, rows: Rows) -> None:
    readers = {"privacy": event.privacy.value, "circle": list(event.circle)}
    rows.patch(note, note_id=event.note_id, **readers, stream_version=rows.recorded.stream_version)
    rows.patch(wording, note_id=event.note_id, wording=event.wording, **readers)


@notes.on(NoteHandedOver)
def handed_over(event: NoteHandedOver, rows: Rows) -> None:
    rows.patch(note, note_id=event.note_id, keeper=event.keeper, stream_version=rows.recorded.stream_version)


@notes.on(NoteWithdrawn)
def withdrawn(event: NoteWithdrawn, rows: Rows) -> None:
    it = rows.recorded
    rows.patch(note, note_id=event.note_id, withdrawn_at=it.recorded_at, stream_version=it.stream_version)
    for number in range(1, event.wordings + 1):
        rows.patch(wording, note_id=event.note_id, wording=number, text=None)


def _said(event: NoteWritten | NoteCorrected, number: int, rows: Rows) -> None:
    rows.put(
        wording,
        note_id=event.note_id,
        wording=number,
        text=unless_erased(event.text),
        privacy=event.privacy.value,
        circle=list(event.circle),
        said_at=rows.recorded.recorded_at,
        said_by=rows.recorded.actor,
        position=rows.recorded.position,
    )
