"""A contact with a client, out or in, on any channel: what it was for, what came of it, and what it settled."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.personal import Personal
from domain.tickler_cause import About

# ---------------------------------------------------------------------------------------------------------------- facts


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class Channel(StrEnum):
    CALL = "call"
    VISIT = "visit"
    TEXT = "text"
    MAIL = "mail"
    LETTER = "letter"
    CHAT = "chat"


class Purpose(StrEnum):
    """Its kind: advertising, about something she ordered or booked, or one person talking to another."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    CONVERSATIONAL = "conversational"


class Outcome(StrEnum):
    """`sent` is what is known of something written as long as nothing else is."""

    REACHED = "reached"
    SENT = "sent"
    MESSAGE_LEFT = "message-left"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    BOUNCED = "bounced"


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class OutreachRecorded:
    """`items` are the ids of what was shown. `ticklers` are those that it settles, if it settles any."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    outreach_id: UUID
    associate_id: str
    store_id: str | None
    at: datetime
    direction: Direction
    channel: Channel
    purpose: Purpose
    outcome: Outcome
    contact_point_id: UUID | None
    items: tuple[str, ...]
    calendar_event_id: UUID | None
    ticklers: tuple[About, ...]
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class OutcomeCorrected:
    """What came of it is known better now, like a letter that came back."""

    client_id: UUID
    outreach_id: UUID
    outcome: Outcome
    previous: Outcome


@dataclass(frozen=True, slots=True)
class OutreachWithdrawn:
    """It never was: it was recorded by mistake."""

    client_id: UUID
    outreach_id: UUID


Event: TypeAlias = OutreachRecorded | OutcomeCorrected | OutreachWithdrawn
