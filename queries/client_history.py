"""What happened to this client's data, when, and through whom?

The read model says which events tell it; what they say is decoded from the log itself, so that what was erased there
is erased here.
"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, ColumnElement, Select, Uuid, bindparam, cast, null, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Right, Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.client_history import entry, party
from projections.note import note, wording
from projections.projection import Recorded
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, ReadEvents, example
from queries.sql import read


class Entry(BaseModel):
    """One event: what it is called, when it was recorded, who caused it, and everything that it says."""

    position: Annotated[int, Field(description="Its place in the whole log.")]
    name: Annotated[str, Field(examples=["client.name-corrected.v1"])]
    stream_id: UUID
    stream_version: int
    recorded_at: datetime
    actor: str
    on_behalf_of: str | None
    event_id: UUID | None
    correlation_id: Annotated[UUID | None, Field(description="The request that it belongs to.")]
    causation_id: Annotated[UUID | None, Field(description="The event that it follows from.")]
    data: Annotated[
        dict[str, Any] | None,
        Field(description='What the event says; an erased field is `{"erased": true}`. Null if it cannot be read.'),
    ]


class ClientHistory(BaseModel):
    """Every event of the client, and of every sale that stands or ever stood on her up to when it left her, newest
    first. What others give her is no part of it.

    Of notes only what the caller may read: nobody is told that there are others.
    """

    model_config = example(
        items=[
            {
                "position": 1042,
                "name": "client.name-corrected.v1",
                "stream_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "stream_version": 4,
                "recorded_at": "2026-03-09T10:00:00+00:00",
                "actor": "associate-1",
                "on_behalf_of": None,
                "event_id": "7c1d9e2f-3a4b-4c5d-8e6f-0a1b2c3d4e5f",
                "correlation_id": "1f2e3d4c-5b6a-4978-8a9b-0c1d2e3f4a5b",
                "causation_id": None,
                "data": {
                    "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                    "name": {"family": "Dupond", "given": "Marie-Claire", "title": "Mme"},
                },
            }
        ],
        next_cursor=None,
    )
    items: list[Entry]
    next_cursor: str | None


# An event about a note is for who reads the note, as it is after this event, and reads what this very event says.
_TELLS_OF_A_NOTE: Final = (
    select(note.c.note_id)
    .where(note.c.client_id == entry.c.key, note.c.note_id == entry.c.note_id)
    .where(note.c.stream_version >= entry.c.stream_version)
    .where(visibility.note(note.c.keeper, note.c.privacy, note.c.circle))
    .where(
        ~select(wording.c.note_id)
        .where(wording.c.client_id == note.c.client_id, wording.c.note_id == note.c.note_id)
        .where(wording.c.position == entry.c.position)
        .where(~visibility.note(note.c.keeper, wording.c.privacy, wording.c.circle))
        .correlate(note, entry)
        .exists()
    )
    .correlate(entry)
    .exists()
)
_CLIENT_ID: Final[ColumnElement[UUID]] = bindparam("client_id", type_=Uuid)
_NEVER: Final = cast(null(), BigInteger)
_HERS: Final = union_all(
    select(_CLIENT_ID.label("key"), _NEVER.label("since"), _NEVER.label("until")),
    select(*party.c["key", "since", "until"]).where(
        party.c.client_id == _CLIENT_ID, visibility.no_surprise(party.c.key, party.c.client_id)
    ),
).subquery("hers")
# Of a sale that left her nothing of later, and of gifts only those that are told of while it stood on her.
_WHILE_HERS: Final = (
    or_(_HERS.c.until.is_(None), entry.c.position <= _HERS.c.until),
    or_(entry.c.of_gift.is_(False), entry.c.position >= _HERS.c.since),
)


@cache
def _history(*, continued: bool) -> Select[Any]:
    """A page of references; of a client who is known but has none there, one row without a position."""
    page = (
        select(entry)
        .join(_HERS, _HERS.c.key == entry.c.key)
        .where(*_WHILE_HERS, or_(entry.c.note_id.is_(None), _TELLS_OF_A_NOTE))
        .order_by(entry.c.position.desc())
        .limit(bindparam("fetch"))
    )
    if continued:
        page = page.where(entry.c.position < bindparam("before"))
    of_page = page.subquery("page")
    return (
        select(*of_page.c)
        .select_from(card.outerjoin(of_page, true()))
        .where(visibility.HER_FILE)
        .order_by(of_page.c.position.desc())
    )


async def client_history(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, paging: Paging, events: ReadEvents
) -> Json:
    """A page of a client's history, for who may read it; refuses with `ClientUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller, Right.READ_HISTORY), "client_id": client_id}
    page = bound(paging, caller, "history", client_id)
    place = page.after()
    if place:
        values["before"] = place[0]
    found = await read(engine, _history(continued=place is not None), {**values, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    entries = [] if found[0].position is None else found
    told = await events([row.position for row in entries[: paging.limit]])
    by_position = {each.position: each for each in told if isinstance(each, Recorded)}
    return page.answer(entries, lambda row: _entry(row, by_position.get(row.position)), lambda row: [row.position])


def _entry(row: Any, told: Recorded | None) -> Json:
    return {
        "position": row.position,
        "name": row.name,
        "stream_id": row.stream_id,
        "stream_version": row.stream_version,
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "on_behalf_of": told and told.on_behalf_of,
        "event_id": told and told.event_id,
        "correlation_id": told and told.correlation_id,
        "causation_id": told and told.causation_id,
        "data": told and told.event,
    }
