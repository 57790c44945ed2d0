"""The routes of queries about a client's notes."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response

from domain.access import Viewer
from domain.refusals import ClientUnknown, CursorInvalid, NoteUnknown
from projections.client_card import client_card as card
from projections.note import notes
from queries.freshness import caught_up
from queries.note import Notes, NoteWithWordings, notes_of, one_note
from queries.routes.shelf import ETAG, LINK, Page, Position, Shelf, paged, versioned


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["notes"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/notes",
        **gives(Notes, "What is noted about a client", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_notes(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, notes)
        paging = shelf.paging(page)
        return paged(http, await notes_of(reading.engine, who, client_id, paging))

    @router.get(
        "/clients/{client_id}/notes/{note_id}",
        **gives(NoteWithWordings, "One note and everything it said", ClientUnknown, NoteUnknown, headers=ETAG),
    )
    async def get_note(
        client_id: UUID, note_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, notes)
        return versioned(await one_note(reading.engine, who, client_id, note_id))

    return router
