"""What is noted about a client, among what the caller may read?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Privacy, Viewer
from domain.refusals import ClientUnknown, NoteUnknown
from projections.client_card import card
from projections.note import note, wording
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, Versioned, example
from queries.sql import listed, read, shown

EXAMPLE_NOTE: Final[Json] = {
    "note_id": "c0ffee00-1f2e-4d3c-8b4a-5968778695a4",
    "author": "associate-1",
    "keeper": "associate-1",
    "privacy": "circle",
    "circle": ["associate-2", "manager-1"],
    "text": "Prefers to be called in the morning.",
    "written_at": "2026-03-02T14:00:00+00:00",
    "corrected_at": "2026-03-09T10:00:00+00:00",
    "withdrawn_at": None,
}


class Note(BaseModel):
    """One note, as it stands now."""

    note_id: UUID
    author: Annotated[str, Field(description="The associate who wrote it first.")]
    keeper: Annotated[str, Field(description="Who keeps it now: the author, until she hands it over.")]
    privacy: Privacy
    circle: Annotated[list[str], Field(description="Who else reads it, if it is for a circle.")]
    text: Annotated[str | None, Field(description="Null once it was withdrawn, or the client's data erased.")]
    written_at: datetime
    corrected_at: Annotated[datetime | None, Field(description="When it was corrected last, if ever.")]
    withdrawn_at: datetime | None


class Wording(BaseModel):
    """What a note said, from when on, and who said it."""

    text: str | None
    said_at: datetime
    said_by: str


class NoteWithWordings(Note):
    """One note with everything it said so far, oldest first, as far as the caller may read it."""

    model_config = example(
        **EXAMPLE_NOTE,
        version=2,
        wordings=[
            {
                "text": "Prefers to be called in the evening.",
                "said_at": "2026-03-02T14:00:00+00:00",
                "said_by": "associate-1",
            },
            {
                "text": "Prefers to be called in the morning.",
                "said_at": "2026-03-09T10:00:00+00:00",
                "said_by": "associate-1",
            },
        ],
    )
    version: Annotated[int, Field(description="The version of the note, as in `ETag`.")]
    wordings: list[Wording]


class Notes(BaseModel):
    """What the caller may read about a client, newest first."""

    model_config = example(items=[EXAMPLE_NOTE], next_cursor=None)
    items: list[Note]
    next_cursor: str | None


SEEN: Final = visibility.note(note.c.keeper, note.c.privacy, note.c.circle)
NOTE: Final = (
    *note.c["note_id", "author", "keeper", "privacy", "circle"],
    wording.c.text,
    *note.c["written_at", "corrected_at", "withdrawn_at"],
)
SAYS: Final[ColumnElement[bool]] = and_(
    wording.c.client_id == note.c.client_id,
    wording.c.note_id == note.c.note_id,
    wording.c.wording == note.c.wording,
)
# Newest first and, of one moment, in the order of the key; the first part is what the index can use.
_BEHIND: Final = and_(
    note.c.written_at <= bindparam("after_at"),
    or_(note.c.written_at < bindparam("after_at"), note.c.note_id > bindparam("after_note")),
)
_said: Final = wording.alias("said")
_WORDINGS: Final = (
    select(*_said.c["text", "said_at", "said_by"])
    .where(_said.c.client_id == note.c.client_id, _said.c.note_id == note.c.note_id)
    .where(visibility.note(note.c.keeper, _said.c.privacy, _said.c.circle))
    .order_by(_said.c.wording)
    .correlate(note)
)
_ROW: Final = (
    select(*NOTE, note.c.stream_version.label("version"), listed(_WORDINGS).label("wordings"))
    .join_from(note, wording, SAYS)
    .where(note.c.client_id == bindparam("client_id"), note.c.note_id == bindparam("note_id"), SEEN)
    .subquery("one")
)
_ONE: Final = (
    select(_ROW.c.version, case((_ROW.c.note_id.is_not(None), shown(_ROW))).label("shown"))
    .select_from(card.outerjoin(_ROW, true()))
    .where(visibility.HER_FILE)
)


@cache
def _notes(*, continued: bool) -> Select[Any]:
    """A page of her notes; of a client without any for the caller, one row that has no note."""
    page = (
        select(*NOTE)
        .join_from(note, wording, SAYS)
        .where(note.c.client_id == bindparam("client_id"), SEEN)
        .order_by(note.c.written_at.desc(), note.c.note_id)
        .limit(bindparam("fetch"))
    )
    of_page = (page.where(_BEHIND) if continued else page).subquery("page")
    return (
        select(*of_page.c["written_at", "note_id"], shown(of_page).label("shown"))
        .select_from(card.outerjoin(of_page, true()))
        .where(visibility.HER_FILE)
        .order_by(of_page.c.written_at.desc(), of_page.c.note_id)
    )


async def notes_of(engine: AsyncEngine, caller: Viewer, client_id: UUID, paging: Paging) -> Json:
    """A page of what the caller may read about a client; refuses with `ClientUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller), "client_id": client_id}
    page = bound(paging, caller, "notes", client_id)
    place = page.after()
    if place:
        values |= {"after_at": datetime.fromisoformat(place[0]), "after_note": UUID(place[1])}
    found = await read(engine, _notes(continued=place is not None), {**values, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    written = [] if found[0].note_id is None else found
    return page.answer(written, lambda row: orjson.Fragment(row.shown), lambda row: [row.written_at, row.note_id])


async def one_note(engine: AsyncEngine, caller: Viewer, client_id: UUID, note_id: UUID) -> Versioned:
    """One note; refuses with `ClientUnknown`, or with `NoteUnknown` if there is none, or none for this caller."""
    values = {**visibility.parameters(caller), "client_id": client_id, "note_id": note_id}
    found = await read(engine, _ONE, values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    if found[0].shown is None:
        raise NoteUnknown("There is no note with this id.", "note_id")
    return Versioned(found[0].version, found[0].shown)
