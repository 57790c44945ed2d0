"""A follow-up that an associate wrote, for herself or a colleague: a tickler of her own words."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.personal import Personal

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class FollowUpWritten:
    """`owner` is whose it is, `author` who wrote it. After `expires_on` it is over by itself."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    follow_up_id: UUID
    author: str
    owner: str
    due_on: date
    expires_on: date | None
    calendar_event_id: UUID | None
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class FollowUpCorrected:
    """What it says from now on."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    follow_up_id: UUID
    due_on: date
    expires_on: date | None
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class FollowUpWithdrawn:
    client_id: UUID
    follow_up_id: UUID


Event: TypeAlias = FollowUpWritten | FollowUpCorrected | FollowUpWithdrawn
