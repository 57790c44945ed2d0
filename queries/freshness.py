"""A query with a `Carnet-Position` waits until what it reads has come so far; it holds no connection meanwhile."""

from asyncio import gather
from typing import Final

from domain.refusals import ReadModelBehind
from projections.projection import Projection
from queries.ports import Reading

PATIENCE: Final = 0.5
"""How long a query waits at most, in seconds."""


async def caught_up(reading: Reading, token: str | None, *projections: Projection) -> None:
    """Returns as soon as all the projections know of the position; refuses with `PositionInvalid`, or with
    `ReadModelBehind` if they are not there in time."""
    if token is None:
        return
    partition, position = reading.position(token)
    waiting = (reading.waiting.reached(projection, partition, position, PATIENCE) for projection in projections)
    for projection, at in zip(projections, await gather(*waiting), strict=True):
        if at is not None:
            raise ReadModelBehind(
                f"Asked for position {position}; {projection.name} is at {at} and catching up. Ask again, or ask "
                "without Carnet-Position for what is known now.",
                "Carnet-Position",
            )
