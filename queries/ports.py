"""What the read side asks of the world."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from projections.projection import Projection, Recorded

Json = dict[str, Any]
"""An answer as its shape says it, made of what `orjson` writes."""


class Versioned(NamedTuple):
    """One thing as the JSON text of its shape, and the version that its `ETag` names."""

    version: int
    shown: str


def example(**fields: Any) -> ConfigDict:
    """The configuration of a shape with an example of an answer."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def example_of(shape: type[BaseModel]) -> Json:
    """The example of a shape that has one."""
    found: Json = shape.model_json_schema()["examples"][0]
    return found


class Seal(Protocol):
    """Makes text that its holder can neither read nor change."""

    def close(self, content: bytes, context: bytes) -> str:
        """The content, sealed, as text that may stand in a URL."""
        ...

    def open(self, sealed: str, context: bytes) -> bytes:
        """The content; raises `ValueError` unless this very seal closed it in this very context."""
        ...


class Waiting(Protocol):
    """Knows how far the projections are, without asking the database for each request."""

    async def reached(self, projection: Projection, partition: int, position: int, timeout: float) -> int | None:
        """None as soon as the projection has applied this position of this partition; after `timeout` seconds the
        position that it is at instead."""
        ...


ReadPosition = Callable[[str], tuple[int, int]]
"""Partition and position of a `Carnet-Position` token; refuses with `PositionInvalid` what was not given out here."""

ReadEvents = Callable[[Sequence[int]], Awaitable[Sequence[Recorded | Exception]]]
"""The events at these positions of the log, in any order, without those that are not there; in the place of one that
cannot be decoded its exception. Does not block the event loop."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a query may use that is not its own argument. `engine` reads the read models, each statement a
    transaction of its own."""

    engine: AsyncEngine
    seal: Seal
    waiting: Waiting
    position: ReadPosition
    events: ReadEvents
