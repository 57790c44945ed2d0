"""When an event is held, written as the clocks show it."""

from datetime import datetime

from domain.calendar_event import scheduling
from domain.calendar_event.facts import Held


def by_clock(shown: str) -> datetime:
    """What clocks show, like 2026-11-14T18:00."""
    return datetime.fromisoformat(shown)


def held(starts: str, ends: str, time_zone: str = "Europe/Paris") -> Held:
    return scheduling.held(by_clock(starts), by_clock(ends), time_zone)
