"""Personal data in events: which fields hold it, and whose it is.

A personal field has the type `Personal[T]`: its value, or `Erased` once the person's key is destroyed, so that every
reader has to face the marker. It stands at an event's top level only (`domain/catalog.py` refuses anything else), and
belongs to the person whose id is in the field that the event names as `PERSON`; `Annotated[Personal[T], Of("field")]`
names another person.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar


@dataclass(frozen=True, slots=True)
class Erased:
    """What is left of a personal field after its person was erased. It is shown, and never stored."""

    erased: Literal[True]


ERASED = Erased(True)


@dataclass(frozen=True, slots=True)
class Of:
    """Names the field of the event that holds the id of the person a personal field belongs to."""

    field: str


class _Mark:
    """The type of `PERSONAL`, the annotation by which the codec finds what to seal."""


PERSONAL = _Mark()

T = TypeVar("T")
Personal = Annotated[T | Erased, PERSONAL]


def unless_erased(said: T | Erased) -> T | None:
    """What a personal field says, or nothing once its person was erased."""
    return None if isinstance(said, Erased) else said
