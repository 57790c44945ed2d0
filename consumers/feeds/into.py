"""What every import of a table has in common: where its rows go, and what is counted of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Generic, Self, TypeVar

from commands.ports import Done
from consumers.feeds.invoices import Rejected
from domain.refusals import Refusal

Fed = TypeVar("Fed")


@dataclass(frozen=True, slots=True)
class Into(Generic[Fed]):
    """Where an import goes: `record` stores a batch, `reject` is given every row that is not recorded, and `progress`
    how many rows are done of how many."""

    record: Callable[[Sequence[Fed]], Sequence[Done | Refusal]]
    reject: Callable[[Rejected], None]
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass(slots=True)
class Counted:
    """What became of the rows, each in one of the counts but for `rows`, which is all of them."""

    def add(self, other: Self) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
