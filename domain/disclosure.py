"""Personal data that was told in clear, outside the house's own pages: to whom, why, and of which events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class DisclosureMade:
    """Of the events chosen like this, what is personal was told in clear to whoever recorded it. `why` is not personal.

    `first` and `last` are positions in the log, both among them, `last` that of the last event there was; `since` and
    `before` are when they were recorded. `names` are stored names, none meaning all.
    """

    disclosure_id: UUID
    why: str
    first: int
    last: int
    since: datetime | None
    before: datetime | None
    names: tuple[str, ...]
    client_id: UUID | None
    stream_id: UUID | None


Event: TypeAlias = DisclosureMade

# ---------------------------------------------------------------------------------------------------------------- state


def after(events: Iterable[object]) -> DisclosureMade | None:
    """The disclosure these events are about; None before it is made."""
    return next((event for event in events if isinstance(event, Event)), None)


# ------------------------------------------------------------------------------------------------------------ decisions


def make(now: DisclosureMade | None, disclosure: DisclosureMade) -> list[Event]:
    return [disclosure] if now is None else []
