"""How far the read models are behind the log, hop by hop: for `carnet status`, `/ready` and `/metrics`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.catalog import CATALOG
from infra.log.application import Log
from infra.log.document import read_meta, split
from infra.sql.read_models import ProjectionStatus
from infra.sql.read_models import status as projection_status
from projections.registry import PROJECTIONS

_INTERNAL: Final = sorted(CATALOG.internal)


@dataclass(frozen=True, slots=True)
class ProjectionLag:
    """Where one projection stands. `behind` is in positions, `behind_seconds` the age of the oldest event to come."""

    projection: str
    version: int
    position: int
    behind: int
    behind_seconds: float
    parked_keys: int
    paused: bool


@dataclass(frozen=True, slots=True)
class Status:
    """`end` is the position of the log's last event, as the log itself says."""

    incarnation: UUID
    end: int
    projections: list[ProjectionLag]

    @property
    def healthy(self) -> bool:
        return not any(each.paused or each.parked_keys for each in self.projections)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_status(log: Log, read_url: str, clock: Callable[[], datetime]) -> Status:
    """Looks at both ends. A projection that has never run stands at the beginning."""
    end = log.recorder.end(_INTERNAL)
    with psycopg.connect(read_url) as connection:
        found = {(each.projection, each.version): each for each in projection_status(connection)}
    lags = []
    for projection in PROJECTIONS:
        never = ProjectionStatus(projection.name, projection.version, {}, 0, False)
        each = found.get((projection.name, projection.version), never)
        position = min(each.positions.values(), default=0)
        lags.append(
            ProjectionLag(
                each.projection,
                each.version,
                position,
                max(0, end - position),
                _age_of_next(log, position, clock) if position < end else 0.0,
                each.parked_keys,
                each.paused,
            )
        )
    return Status(log.incarnation, end, lags)


def describe(status: Status) -> str:
    """For a person at a terminal."""
    lines = [f"log            at {status.end}"]
    for each in status.projections:
        state = "paused" if each.paused else "up to date" if not each.behind else f"{each.behind} behind"
        age = f", {each.behind_seconds:.1f} s" if each.behind else ""
        parked = f", {each.parked_keys} clients or sales parked" if each.parked_keys else ""
        lines.append(f"{each.projection:18} v{each.version} at {each.position}: {state}{age}{parked}")
    return "\n".join(lines)


def _age_of_next(log: Log, position: int, clock: Callable[[], datetime]) -> float:
    rows = log.recorder.read_batch(position, 1, _INTERNAL)
    if not rows:
        return 0.0
    meta, _, _ = split(rows[0][-1])
    return max(0.0, (clock() - read_meta(meta).recorded_at).total_seconds())
