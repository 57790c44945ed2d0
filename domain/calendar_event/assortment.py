"""Decisions about what is brought to a calendar event, piece by piece, and about what it is to sell.

To one that is cancelled nothing more is brought, and it gets no targets; what is there can still be put right.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from domain.calendar_event.events import AssortmentBrought, Event, PieceTakenOut, TargetRemoved, TargetSet
from domain.calendar_event.facts import Piece, piece_id
from domain.calendar_event.state import CalendarEvent, Target, require_held, require_known
from domain.refusals import CalendarEventInvalid, PieceUnknown


def bring(now: CalendarEvent, id: UUID, pieces: Sequence[Piece]) -> list[Event]:
    """Pieces that were not on the assortment, or of which something else is known now. All of it has one currency, so
    that retail values add up."""
    require_held(now)
    brought: dict[UUID, Piece] = {}
    for number, piece in enumerate(pieces):
        known_as = piece_id(id, piece.sku, piece.serial_number)
        if piece.serial_number is not None and piece.units != 1:
            raise CalendarEventInvalid("A serial number is that of one piece.", f"pieces.{number}.units")
        if known_as in brought:
            raise CalendarEventInvalid("This piece is named twice.", f"pieces.{number}.sku")
        brought[known_as] = piece
    kept = [piece.currency for known_as, piece in now.pieces.items() if known_as not in brought]
    currency = next((each for each in [*kept, *(piece.currency for piece in pieces)]), None)
    for number, piece in enumerate(pieces):
        if piece.currency != currency:
            raise CalendarEventInvalid(f"This assortment is valued in {currency}.", f"pieces.{number}.currency")
    news = tuple(piece for known_as, piece in brought.items() if now.pieces.get(known_as) != piece)
    return [AssortmentBrought(id, news)] if news else []


def take_out(now: CalendarEvent, id: UUID, piece: UUID) -> list[Event]:
    require_known(now)
    if piece in now.pieces:
        return [PieceTakenOut(id, piece)]
    if piece in now.ever_brought:
        return []
    raise PieceUnknown("No piece with this id was brought to this event.", "piece_id")


def set_target(now: CalendarEvent, id: UUID, store_id: str, associate_id: str | None, target: Target) -> list[Event]:
    """What a store, or one of its associates, is to sell."""
    require_held(now)
    if target.amount <= Decimal(0):
        raise CalendarEventInvalid("A target is more than nothing; take it away instead.", "amount")
    if now.targets.get((store_id, associate_id)) == target:
        return []
    return [TargetSet(id, store_id, associate_id, *target)]


def remove_target(now: CalendarEvent, id: UUID, store_id: str, associate_id: str | None) -> list[Event]:
    require_known(now)
    return [TargetRemoved(id, store_id, associate_id)] if (store_id, associate_id) in now.targets else []
