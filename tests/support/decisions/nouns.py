"""What random decisions are about: a few clients and sales, so that the events they lead to meet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

CLIENTS = [UUID(int=0xC0 + number) for number in range(3)]
SALES = [UUID(int=0x5A1E0 + number) for number in range(4)]
ORGANIZATIONS = [UUID(int=0x06A0 + number) for number in range(3)]
CALENDAR_EVENTS = [UUID(int=0xCA1 + number) for number in range(4)]
WORDS = ["Ada", "Zoë", "O'Neil", 'a "quoted" \\ word', "", "{brace,s}", "name 王"]
STORES = ["geneva", "osaka"]

Decide = Callable[[Random, Any, UUID, UUID], Sequence[object]]
"""Decides at random: chance, the state, the stream's id, and an id for whatever is new."""


@dataclass(frozen=True, slots=True)
class Noun:
    """How to decide about a noun at random: `stream` picks a stream's id and its key."""

    stream: Callable[[Random], tuple[UUID, UUID]]
    after: Callable[[Iterable[Any]], Any]
    decisions: Sequence[Decide]
