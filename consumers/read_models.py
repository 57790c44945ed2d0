"""The seam to the read models: where a projection stands, and one batch written as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from consumers.fold import TableWrites
from consumers.source import Record
from projections.projection import Projection


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a projection is in one partition: the highest position applied, and where to read on.

    `generation` changes whenever somebody else decides about the parked events of this partition or lets a paused
    projection go on, so that a runner which does not know it yet cannot write.
    """

    position: int = 0
    next_offset: int = 0
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a projection stands in some partitions, and the keys whose events are parked there."""

    progress: dict[int, Progress]
    parked: frozenset[UUID]
    paused: bool


class Reason(StrEnum):
    """Why an event is parked. `BLOCKED`: an earlier event of its key is."""

    DECODE = "decode"
    HANDLER = "handler"
    DATABASE = "database"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not be projected: a reference to it and the class of what went wrong, never what it said."""

    record: Record
    reason: Reason
    error: str | None = None
    sqlstate: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one transaction writes: each partition moved on from what is known of it, rows, dead letters."""

    known: dict[int, Progress]
    reached: dict[int, Progress]
    writes: Sequence[TableWrites]
    letters: Sequence[DeadLetter]


class Overtaken(Exception):
    """A partition is no longer where this runner left it. Nothing was written; what is known has to be loaded again."""


class Unwritable(Exception):
    """The rows themselves cannot be stored. Nothing was written. Carries no values: error class and sqlstate only."""

    def __init__(self, error: str, sqlstate: str | None = None) -> None:
        super().__init__(error if sqlstate is None else f"{error} {sqlstate}")
        self.error = error
        self.sqlstate = sqlstate


class ReadModels(Protocol):
    """Where projections are kept. Every method raises `Unavailable` when the store is out of reach for now."""

    def load(self, projection: Projection, partitions: Sequence[int]) -> Standing:
        """Where the projection stands; a partition it never saw stands at the beginning."""
        ...

    def commit(self, projection: Projection, batch: Batch) -> None:
        """Writes a batch, all or nothing, and tells those who wait. Raises `Overtaken` and `Unwritable`."""
        ...

    def advance(self, moves: Sequence[tuple[Projection, Batch]]) -> None:
        """Moves several projections on whose batches hold neither rows nor dead letters, all or none, and tells those
        who wait. Raises `Overtaken`."""
        ...

    def pause(self, projection: Projection) -> None:
        """No runner writes this projection any more until somebody lets it go on."""
        ...
