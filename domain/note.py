"""A note about a client, written by an associate: open, private, or for a circle.

Whoever wrote it keeps it, until she hands it over; only who keeps it changes anything about it. What was said before is
never lost: each wording stays, and may be read by those who may read the note now and could have read that wording.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.access import Caller, Privacy, reads_note
from domain.personal import Erased, Personal
from domain.refusals import NoteInvalid, NoteIsWithdrawn, NoteNotYours, NoteUnknown

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """The first wording. `circle` names associates, and nobody unless the privacy is `circle`."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    note_id: UUID
    author: str
    privacy: Privacy
    circle: tuple[str, ...]
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class NoteCorrected:
    """What the note says from now on, for whom it says it. Wordings are counted from 1, that of `NoteWritten`."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    note_id: UUID
    wording: int
    privacy: Privacy
    circle: tuple[str, ...]
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class NotePrivacyChanged:
    """Others may read the note from now on, and of its wordings the one in force, which has this number."""

    client_id: UUID
    note_id: UUID
    wording: int
    privacy: Privacy
    circle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteHandedOver:
    """`keeper` keeps the note from now on, with all its wordings; `previous_keeper` gave it away."""

    client_id: UUID
    note_id: UUID
    keeper: str
    previous_keeper: str


@dataclass(frozen=True, slots=True)
class NoteWithdrawn:
    """What the note said, in all its wordings, is not shown any more; that there was one, and whose, is."""

    client_id: UUID
    note_id: UUID
    wordings: int


Event: TypeAlias = NoteWritten | NoteCorrected | NotePrivacyChanged | NoteHandedOver | NoteWithdrawn

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Note:
    """`text` is the wording in force, and `wordings` how many there are."""

    written: NoteWritten | None = None
    keeper: str = ""
    privacy: Privacy = Privacy.PRIVATE
    circle: tuple[str, ...] = ()
    text: str | Erased | None = None
    wordings: int = 0
    withdrawn: bool = False


def evolve(was: Note, event: Event) -> Note:
    match event:
        case NoteWritten(author=author, privacy=privacy, circle=circle, text=text):
            return Note(event, author, privacy, circle, text, 1)
        case NoteCorrected(text=text, wording=wording):
            return replace(was, text=text, wordings=wording)
        case NotePrivacyChanged(privacy=privacy, circle=circle):
            return replace(was, privacy=privacy, circle=circle)
        case NoteHandedOver(keeper=keeper):
            return replace(was, keeper=keeper)
        case NoteWithdrawn():
            return replace(was, withdrawn=True)


def after(events: Iterable[object]) -> Note:
    """The note these events are about; what an id of another noun leads to is no note."""
    now = Note()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions


def write(
    now: Note, client_id: UUID, note_id: UUID, author: str, text: str, privacy: Privacy, circle: Iterable[str]
) -> list[Event]:
    event = NoteWritten(client_id, note_id, author, privacy, _circle(author, privacy, circle), text)
    if now.written is None:
        return [event]
    if now.written == event:
        return []
    raise NoteInvalid("There is a note with this id already.", "note_id")


def correct(now: Note, client_id: UUID, caller: Caller, text: str) -> list[Event]:
    written = _kept(now, client_id, caller)
    if now.withdrawn:
        raise NoteIsWithdrawn("A note that was withdrawn says nothing any more; write another one.", "note_id")
    if now.text == text:
        return []
    return [NoteCorrected(client_id, written.note_id, now.wordings + 1, now.privacy, now.circle, text)]


def change_privacy(now: Note, client_id: UUID, caller: Caller, privacy: Privacy, circle: Iterable[str]) -> list[Event]:
    written = _kept(now, client_id, caller)
    named = _circle(now.keeper, privacy, circle)
    if (now.privacy, now.circle) == (privacy, named):
        return []
    return [NotePrivacyChanged(client_id, written.note_id, now.wordings, privacy, named)]


def hand_over(now: Note, client_id: UUID, caller: Caller, keeper: str) -> list[Event]:
    """Only who keeps a note gives it away, to whomever she names; nobody takes it from her."""
    written = require_readable(now, client_id, caller)
    if now.keeper == keeper:
        return []
    _kept(now, client_id, caller)
    return [NoteHandedOver(client_id, written.note_id, keeper, now.keeper)]


def withdraw(now: Note, client_id: UUID, caller: Caller) -> list[Event]:
    written = _kept(now, client_id, caller)
    return [] if now.withdrawn else [NoteWithdrawn(client_id, written.note_id, now.wordings)]


def require_readable(now: Note, client_id: UUID, caller: Caller) -> NoteWritten:
    """The first event; refuses with `NoteUnknown` unless this is a note about the client that the caller may read.

    That the caller sees the client at all is for whoever asks to make sure of.
    """
    written = now.written
    if written is None or written.client_id != client_id or not reads_note(caller, now.keeper, now.privacy, now.circle):
        raise NoteUnknown("There is no note with this id.", "note_id")
    return written


def _kept(now: Note, client_id: UUID, caller: Caller) -> NoteWritten:
    written = require_readable(now, client_id, caller)
    if now.keeper != caller.id:
        raise NoteNotYours("Only who keeps a note changes it.", "note_id")
    return written


def _circle(keeper: str, privacy: Privacy, circle: Iterable[str]) -> tuple[str, ...]:
    named = tuple(sorted({*circle} - {keeper}))
    if (privacy is Privacy.CIRCLE) != bool(named):
        raise NoteInvalid("A circle, and nothing else, names associates other than yourself.", "circle")
    return named
