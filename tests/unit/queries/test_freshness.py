"""A query with a position waits for all that it reads, and says how far behind it is if that takes too long."""

import asyncio
from dataclasses import dataclass, field

import pytest

from domain.refusals import ReadModelBehind
from infra.sql.engine import read_engine
from infra.web.sealing import CursorSeal
from projections.client_card import client_card
from projections.projection import Projection, Recorded
from projections.purchase_history import purchase_history
from queries.freshness import PATIENCE, caught_up
from queries.ports import Reading


@dataclass
class Known:
    """`queries.ports.Waiting` that knows where every projection is, and does not wait."""

    at: dict[str, int]
    asked: list[tuple[str, int, int, float]] = field(default_factory=list)

    async def reached(self, projection: Projection, partition: int, position: int, timeout: float) -> int | None:
        self.asked.append((projection.name, partition, position, timeout))
        return None if self.at[projection.name] >= position else self.at[projection.name]


async def no_events(positions: object) -> list[Recorded | Exception]:
    return []


def wait(known: Known, token: str | None) -> None:
    nowhere = read_engine("postgresql://nobody@/nothing?host=/nowhere", 1)
    reading = Reading(nowhere, CursorSeal(bytes(32)), known, lambda token: (3, int(token)), no_events)
    asyncio.run(caught_up(reading, token, client_card, purchase_history))


def test_without_a_position_nothing_is_waited_for() -> None:
    known = Known({})
    wait(known, None)
    assert known.asked == []


def test_every_projection_that_is_read_is_waited_for() -> None:
    known = Known({"client_card": 7, "purchase_history": 8})
    wait(known, "7")
    assert known.asked == [("client_card", 3, 7, PATIENCE), ("purchase_history", 3, 7, PATIENCE)]


def test_who_is_too_early_learns_how_far_it_is() -> None:
    with pytest.raises(ReadModelBehind, match=r"position 9; purchase_history is at 8") as refused:
        wait(Known({"client_card": 9, "purchase_history": 8}), "9")

    assert refused.value.field == "Carnet-Position"
