"""A visit to a store that ended without a sale: what was shown, and why not. It is no outreach."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.personal import Personal

# ---------------------------------------------------------------------------------------------------------------- facts

REASONS: Final = ("price", "size", "not-in-stock", "wants-to-think", "only-looking")
"""Why nothing was bought, as the house says it; any other word is a reason of the retailer's own."""

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class VisitRecorded:
    """`items` are the ids of what was shown."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    visit_id: UUID
    associate_id: str
    store_id: str
    at: datetime
    items: tuple[str, ...]
    reason: str | None
    calendar_event_id: UUID | None
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class VisitWithdrawn:
    """It never was: it was recorded by mistake."""

    client_id: UUID
    visit_id: UUID


Event: TypeAlias = VisitRecorded | VisitWithdrawn
