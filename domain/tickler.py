"""What people do with a tickler: complete it, dismiss it, put it off, hand it over, take it.

That there is one follows from rules and causes when it is asked for; only what is done with it is an event.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.personal import Personal
from domain.tickler_cause import About

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class TicklerCompleted:
    """It is done, without a contact behind it: that an outreach settles it stands on the outreach."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class TicklerDismissed:
    """It is not to be done."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    reason: Personal[str | None]


@dataclass(frozen=True, slots=True)
class TicklerSnoozed:
    """It is due on this day instead; the latest day counts."""

    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str
    until: date


@dataclass(frozen=True, slots=True)
class TicklerHandedOver:
    """It is this associate's from now on."""

    client_id: UUID
    tickler_id: UUID
    about: About
    to: str
    previous: str | None


@dataclass(frozen=True, slots=True)
class TicklerTaken:
    """It was nobody's but the store's, and is this associate's now."""

    client_id: UUID
    tickler_id: UUID
    about: About
    associate_id: str


@dataclass(frozen=True, slots=True)
class TicklerReopened:
    """It is to be done after all."""

    client_id: UUID
    tickler_id: UUID
    about: About


Event: TypeAlias = (
    TicklerCompleted | TicklerDismissed | TicklerSnoozed | TicklerHandedOver | TicklerTaken | TicklerReopened
)
