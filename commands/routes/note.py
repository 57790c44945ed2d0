"""The routes of commands about a client's notes."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import note
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import ClientUnknown, NoteInvalid, NoteIsWithdrawn, NoteNotYours, NoteUnknown

_OF_A_NOTE: Final = [
    f"{operation}(client_id, note_id)"
    for operation in ("get_note", "correct_note", "change_privacy", "hand_over_note", "withdraw_note")
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["notes"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one = "/clients/{client_id}/notes/{note_id}"

    @desk.makes(router, "/clients/{client_id}/notes", "Write a note", ClientUnknown, NoteInvalid, leads_to=_OF_A_NOTE)
    async def write_note(client_id: UUID, body: note.WriteNote, request: Annotated[Request, creating]) -> Response:
        command = partial(note.write, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/notes", command)

    @desk.changes(
        router.put, f"{one}/text", "Correct a note", ClientUnknown, NoteUnknown, NoteNotYours, NoteIsWithdrawn
    )
    async def correct_note(
        client_id: UUID, note_id: UUID, body: note.CorrectNote, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(note.correct, client_id, note_id, body, ports, request))

    @desk.changes(
        router.put, f"{one}/privacy", "Say who reads a note", ClientUnknown, NoteUnknown, NoteNotYours, NoteInvalid
    )
    async def change_privacy(
        client_id: UUID, note_id: UUID, body: note.ChangePrivacy, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(note.change_privacy, client_id, note_id, body, ports, request))

    @desk.changes(
        router.post, f"{one}/handover", "Give a note to another associate", ClientUnknown, NoteUnknown, NoteNotYours
    )
    async def hand_over_note(
        client_id: UUID, note_id: UUID, body: note.HandOverNote, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(note.hand_over, client_id, note_id, body, ports, request))

    @desk.changes(router.post, f"{one}/withdrawal", "Withdraw a note", ClientUnknown, NoteUnknown, NoteNotYours)
    async def withdraw_note(client_id: UUID, note_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(note.withdraw, client_id, note_id, ports, request))

    return router
