"""Commands about what a client was shown before a calendar event, and which of it she would like to have."""

from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.between import between, decided
from commands.contact import passed
from commands.fields import Body, Moment, Prose, Switch, Word, example
from commands.ports import Done, Ports, Request
from domain.calendar_event import state as calendar_event
from domain.calendar_event.state import CalendarEvent
from domain.invitation import events, previewing, timing
from domain.invitation.previewing import MOST_PIECES
from domain.refusals import InvitationInvalid

# --------------------------------------------------------------------------------------------------------------- bodies


class Shown(Body):
    """A piece, by its serial number where it has one, and whether she would like to have it."""

    sku: Word
    serial_number: Word | None = None
    interested: Switch

    def value(self) -> events.Shown:
        return events.Shown(self.sku, self.serial_number, self.interested)


class OfPreview(Body):
    pieces: Annotated[tuple[Shown, ...], Field(max_length=MOST_PIECES)]
    remark: Prose | None = None

    def shown(self) -> tuple[events.Shown, ...]:
        return tuple(piece.value() for piece in self.pieces)


class Preview(OfPreview):
    """Pieces that she was shown before the event, and which of them she would like to have."""

    model_config = example(
        pieces=[{"sku": "B-7", "serial_number": "S-0007", "interested": True}, {"sku": "R-17", "interested": False}],
        remark="For her daughter",
    )
    at: Annotated[Moment | None, Field(description="Before the event begins. Default: now.")] = None


class CorrectPreview(OfPreview):
    """What was shown, and what she thought of it, as it should have been said. Without pieces it never was."""

    model_config = example(pieces=[{"sku": "B-7", "serial_number": "S-0007", "interested": False}])
    at: Annotated[Moment | None, Field(description="Before the event begins. Default: as it was said.")] = None


# ------------------------------------------------------------------------------------------------------------- handlers


def record(calendar_event_id: UUID, client_id: UUID, body: Preview, ports: Ports, request: Request) -> Done:
    it, id = between(client_id, calendar_event_id), ports.new_id()
    at = passed(body.at, ports, InvitationInvalid)
    event = events.PiecesPreviewed(*it, id, request.caller.acts_as, at, body.shown(), body.remark)
    decide = partial(previewing.preview, event=event)
    return decided(it.decision(decide, lambda held: timing.require_before(held, at), subject_id=id), ports, request)


def correct(
    calendar_event_id: UUID, client_id: UUID, preview_id: UUID, body: CorrectPreview, ports: Ports, request: Request
) -> Done:
    at = body.at and passed(body.at, ports, InvitationInvalid)

    def check(held: CalendarEvent) -> None:
        calendar_event.require_known(held)
        if at is not None:
            timing.require_before(held, at)

    decide = partial(previewing.correct_preview, preview_id=preview_id, pieces=body.shown(), remark=body.remark, at=at)
    return decided(between(client_id, calendar_event_id).decision(decide, check, subject_id=preview_id), ports, request)
