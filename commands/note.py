"""Commands about a note: write it, and, for who keeps it, correct, withdraw and give it away.

To who may not read it a note is one that was never written, whatever she asks.
"""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Body, Prose, Word, example
from commands.needs import known_client
from commands.ports import Done, Ports, Request, Stream
from domain import note
from domain.access import Privacy, Right, require
from domain.note import Note

# --------------------------------------------------------------------------------------------------------------- bodies


class Readers(Body):
    """Who reads the note: everybody who sees the client, only you, or you and a circle of associates."""

    privacy: Privacy
    circle: Annotated[
        tuple[Word, ...], Field(max_length=50, description="Ids of the associates, if it is for a circle.")
    ] = ()


class WriteNote(Readers):
    model_config = example(text="Prefers to be called in the evening.", privacy="open")
    text: Prose


class CorrectNote(Body):
    """What the note says from now on; the earlier wording stays with those who could read it."""

    model_config = example(text="Prefers to be called in the morning.")
    text: Prose


class ChangePrivacy(Readers):
    """Who reads the note, and its present wording, from now on."""

    model_config = example(privacy="circle", circle=["associate-2", "associate-3"])


class HandOverNote(Body):
    """Who keeps the note from now on. If it is private, nobody else reads it then, you included."""

    model_config = example(to="associate-2")
    to: Word


# ------------------------------------------------------------------------------------------------------------- handlers


def write(client_id: UUID, body: WriteNote, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    id, author = ports.new_id(), request.caller.id
    decision = Decision(
        Stream(id, client_id),
        note.after,
        lambda now: note.write(now, client_id, id, author, body.text, body.privacy, body.circle),
        id,
        needs={client_id: known_client},
    )
    return execute(ports, request, decision)


def correct(client_id: UUID, note_id: UUID, body: CorrectNote, ports: Ports, request: Request) -> Done:
    return _changed(
        client_id, note_id, lambda now: note.correct(now, client_id, request.caller, body.text), ports, request
    )


def change_privacy(client_id: UUID, note_id: UUID, body: ChangePrivacy, ports: Ports, request: Request) -> Done:
    return _changed(
        client_id,
        note_id,
        lambda now: note.change_privacy(now, client_id, request.caller, body.privacy, body.circle),
        ports,
        request,
    )


def hand_over(client_id: UUID, note_id: UUID, body: HandOverNote, ports: Ports, request: Request) -> Done:
    return _changed(
        client_id, note_id, lambda now: note.hand_over(now, client_id, request.caller, body.to), ports, request
    )


def withdraw(client_id: UUID, note_id: UUID, ports: Ports, request: Request) -> Done:
    return _changed(client_id, note_id, lambda now: note.withdraw(now, client_id, request.caller), ports, request)


def _changed(
    client_id: UUID, note_id: UUID, decide: Callable[[Note], list[note.Event]], ports: Ports, request: Request
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = Decision(
        Stream(note_id, client_id),
        note.after,
        decide,
        note_id,
        needs={client_id: known_client},
        guard=lambda now: note.require_readable(now, client_id, request.caller),
    )
    return execute(ports, request, decision)
