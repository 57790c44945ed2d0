"""How the house is told: streams from their beginning, each event decided after those before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

from commands.ports import Stream

SOURCE: Final = "example-house"


@dataclass(frozen=True, slots=True)
class Story:
    """One stream from its beginning: a client, a link, or a sale and what became of it."""

    stream: Stream
    events: tuple[object, ...]


def told(id: UUID, *events: object) -> Story:
    """What begins by itself, whatever was there before."""
    return Story(Stream(id, id), events)


class Telling:
    """Events as they are decided one after the other, from nothing. `key` is the stream's, by default its own id."""

    def __init__(self, id: UUID, nothing: Any, evolve: Callable[[Any, Any], Any], key: UUID | None = None) -> None:
        self.id = id
        self.now = nothing
        self._evolve = evolve
        self._stream = Stream(id, key or id)
        self._events: list[object] = []

    def then(self, events: Sequence[object]) -> None:
        self._events.extend(events)
        for event in events:
            self.now = self._evolve(self.now, event)

    def story(self) -> Story:
        return Story(self._stream, tuple(self._events))


def chance_of(number: str) -> Random:
    """The chance of one part of the house, the same for everybody who tells it."""
    return Random(number)  # noqa: S311 - a story, not a secret
