"""Which pieces she was shown before the event, and which of them she would like to have."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.invitation.events import Event, PiecesPreviewed, Shown
from domain.invitation.state import Invitation
from domain.refusals import InvitationInvalid, InvitationUnknown

MOST_PIECES: Final = 200


def preview(now: Invitation, event: PiecesPreviewed) -> list[Event]:
    """To anybody, on the list or not: what she likes may be why she is put on it."""
    _check(event.pieces)
    if not event.pieces:
        raise InvitationInvalid("A preview shows a piece at least.", "pieces")
    return _told(now, event)


def correct_preview(
    now: Invitation, preview_id: UUID, pieces: tuple[Shown, ...], remark: str | None, at: datetime | None
) -> list[Event]:
    """What was shown, and what she thought of it, as it should have been said; without pieces it never was. When it was
    stays as it is unless that is said too, and so does who showed them."""
    known = now.previews.get(preview_id)
    if known is None:
        raise InvitationUnknown("She was shown nothing with this id.", "preview_id")
    _check(pieces)
    return _told(now, replace(known, pieces=pieces, remark=remark, at=at or known.at))


def _told(now: Invitation, event: PiecesPreviewed) -> list[Event]:
    return [] if now.previews.get(event.preview_id) == event else [event]


def _check(pieces: tuple[Shown, ...]) -> None:
    if len(pieces) > MOST_PIECES:
        raise InvitationInvalid(f"A preview shows {MOST_PIECES} pieces at most.", "pieces")
    named = [(piece.sku, piece.serial_number) for piece in pieces]
    if len(set(named)) < len(named):
        raise InvitationInvalid("A piece is named once.", "pieces")
