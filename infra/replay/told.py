"""Replayed events, and where they go."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from consumers.source import Record
from infra.log.document import split


class Told(NamedTuple):
    """An event as it is replayed: as it is stored, or with what is personal in clear."""

    record: Record
    revealed: bytes | None = None

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Three JSON objects: what the log knows, what is clear and what is personal. `ValueError` if it is damaged."""
        meta, data, personal = split(self.record.state)
        return meta, data, personal if self.revealed is None else self.revealed


class Output(Protocol):
    """Takes events in order. What it was given counts once it is finished; until then it leaves nothing behind."""

    def write(self, told: Sequence[Told]) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


class NoOutput(Exception):
    """There is no such place for events, or something is there already."""
