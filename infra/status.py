"""How far the read models are behind the log, hop by hop: for `/ready`, `/metrics` and whoever waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final
from uuid import UUID

import psycopg

from domain.catalog import CATALOG
from infra.broker.position import Relayed, read_relayed
from infra.broker.topics import Topics
from infra.log.application import Log
from infra.log.document import read_meta, split
from infra.log.source import PARTITION
from infra.oncall.hops import Lag
from infra.sql.beside import Beside, positions
from infra.sql.read_models import ProjectionStatus
from infra.sql.read_models import status as projection_status
from infra.wiring import House, now
from projections.registry import PROJECTIONS

INTERNAL: Final = sorted(CATALOG.internal)
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class ProjectionLag:
    """Where one projection stands. `behind` is in positions, `behind_seconds` the age of the oldest event to come.

    `rebuilt` is how much of it, from 0 to 1, another generation has by now that is being built; None if none is.
    `former`: the generation that served before is kept.
    """

    projection: str
    version: int
    position: int
    behind: int
    behind_seconds: float
    parked_keys: int
    paused: bool
    rebuilt: float | None = None
    former: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """`end` is the position of the log's last event, as the log itself says; `relay` is None without Kafka."""

    incarnation: UUID
    end: int
    relay: Lag | None
    projections: list[ProjectionLag]


def read_status(house: House) -> Status:
    """Looks at every hop. A projection that has never run stands at the beginning. Raises `Unavailable`."""
    log, kafka = house.log, house.settings.kafka
    end = log.recorder.end(INTERNAL)
    relayed = read_relayed(kafka, house.topics) if kafka else None
    with psycopg.connect(house.databases.read) as connection:
        found = {(each.projection, each.version): each for each in projection_status(connection)}
        beside = positions(connection)
    lags = []
    for projection in PROJECTIONS:
        never = ProjectionStatus(projection.name, projection.version, {}, 0, False)
        each = found.get((projection.name, projection.version), never)
        position = relayed.reached(each.positions) if relayed else each.positions.get(PARTITION, 0)
        name, version = each.projection, each.version
        whole = sum(each.positions.values()) or (sum(relayed.ends) if relayed else end)
        lags.append(
            ProjectionLag(
                name,
                version,
                position,
                *behind(log, position, end),
                each.parked_keys,
                each.paused,
                rebuilt(beside, name, version, whole),
                (name, version, Beside.FORMER) in beside,
            )
        )
    return Status(log.incarnation, end, _relay_lag(log, relayed, end) if kafka else None, lags)


def rebuilt(beside: Mapping[tuple[str, int, Beside], int], name: str, version: int, whole: int) -> float | None:
    """How much of `whole`, the sum of positions, a generation that is being built has, from 0 to 1."""
    built = beside.get((name, version, Beside.BUILDING))
    return None if built is None else round(min(1.0, built / max(1, whole)), 3)


def wait_for(house: House, seconds: float) -> tuple[Status, bool]:
    """Looks until every projection knows all that the log holds at the first look, for so many seconds at most; whether
    they all do. Not waited for, nothing is late. Raises `Unavailable`."""
    deadline = monotonic() + seconds
    found = read_status(house)
    end = found.end
    while seconds and any(each.position < end for each in found.projections):
        if monotonic() > deadline:
            return found, False
        sleep(_LOOK_SECONDS)
        found = read_status(house)
    return found, True


def read_relay_lag(log: Log, kafka: str, topics: Topics) -> Lag:
    """Looks at the relay's hop only, for which no keys and no read models are needed. Raises `Unavailable`."""
    end = log.recorder.end(INTERNAL)
    return _relay_lag(log, read_relayed(kafka, topics), end)


def _relay_lag(log: Log, relayed: Relayed | None, end: int) -> Lag:
    sent = relayed.position if relayed else 0
    return Lag(sent, *behind(log, sent, end))


def behind(log: Log, position: int, end: int) -> tuple[int, float]:
    """How many positions from `position` to the end, and how old the first event after it is, in seconds."""
    rows = log.recorder.read_batch(position, 1, INTERNAL) if position < end else []
    if not rows:
        return 0, 0.0
    meta, _, _ = split(rows[0][-1])
    return end - position, max(0.0, (now() - read_meta(meta).recorded_at).total_seconds())
