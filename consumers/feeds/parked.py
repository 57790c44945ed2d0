"""The seam to where pieces of a feed wait that could not be taken: kept sealed, for a time, until what they wait for is
known or somebody has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Aside:
    """A piece to put aside: what was `said`, and why it was not taken. Only `said` may be personal.

    `waits_for` is the stream whose first event makes another try worth while, `about` the short id of what that is.
    """

    format: str
    number: str
    said: bytes
    reason: str
    detail: str
    waits_for: UUID | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class ParkedPiece:
    """One that waits, until `expires_at` at the latest."""

    id: UUID
    aside: Aside
    parked_at: datetime
    expires_at: datetime


class Parked(Protocol):
    """Every method raises `Unavailable` if it is out of reach."""

    def put(self, pieces: Sequence[Aside]) -> None:
        """Keeps them. The same that was said before is kept once, with the reason it has now."""
        ...

    def due(self, format: str, limit: int) -> list[ParkedPiece]:
        """Those of which what they wait for is known by now, unless they were tried in vain a moment ago."""
        ...

    def all(self, format: str | None = None) -> list[ParkedPiece]:
        """All that wait, oldest first."""
        ...

    def settle(self, pieces: Sequence[UUID]) -> None:
        """These need not be kept any longer."""
        ...

    def expire(self) -> int:
        """Deletes those whose time is over, and says how many."""
        ...
