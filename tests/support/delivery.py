"""The delivery property that every projection passes: however events arrive, the rows are those of one at a time.

However: partitions in any order, batches of any size, anything already delivered delivered again, by a runner that is
replaced now and then. The seed says everything; `delivery(seed, ...)` repeats it.
"""

from collections.abc import Sequence
from random import Random

from consumers.outcome import Outcome
from consumers.read_models import ReadModels
from consumers.runner import Runner
from consumers.source import Record
from projections.projection import Projection
from tests.support.decisions.journal import random_journal
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import Journal


def delivery(seed: int, projections: Sequence[Projection], read_models: ReadModels, decisions: int) -> Tables:
    """Delivers a random history in a random way; returns the rows that there should be."""
    chance = Random(seed)
    journal = random_journal(chance, partitions=chance.randrange(1, 4), decisions=decisions)
    return deliver(journal, chance, projections, read_models)


def deliver(journal: Journal, chance: Random, projections: Sequence[Projection], read_models: ReadModels) -> Tables:
    source = _Arriving(journal, chance)
    while source.left():
        some = (
            chance.sample(projections, k=chance.randrange(1, len(projections) + 1))
            if chance.random() < 0.3
            else projections
        )
        runner = Runner(source, journal.decode, read_models, some, count=_parks_nothing, monotonic=lambda: 0.0)
        for _ in range(chance.randrange(1, 8)):
            runner.step()
    # Whatever a runner of some projections left to the others.
    source.finish()
    runner = Runner(source, journal.decode, read_models, projections, count=_parks_nothing, monotonic=lambda: 0.0)
    while runner.step():
        pass
    return applied_one_by_one(
        [asked for recorded in journal.recorded() for each in projections for asked in each.changes(recorded)]
    )


class _Arriving:
    """A source that gives each partition's records in order, partitions in any, and now and then some again."""

    def __init__(self, journal: Journal, chance: Random) -> None:
        self.partitions: Sequence[int] = range(journal.partitions)
        self._chance = chance
        self._records = [[r for r in journal.records if r.partition == p] for p in self.partitions]
        self._next = [0 for _ in self.partitions]
        self._orderly = False

    def left(self) -> bool:
        return any(at < len(records) for at, records in zip(self._next, self._records, strict=True))

    def finish(self) -> None:
        self._orderly = True

    def seek(self, next_offsets: dict[int, int]) -> None:
        for partition, offset in next_offsets.items():
            self._next[partition] = sum(record.offset < offset for record in self._records[partition])

    def poll(self, limit: int, timeout: float) -> list[Record]:
        batch: list[Record] = []
        for _ in range(self._chance.randrange(1, 5)):
            partition = self._chance.choice(self.partitions)
            if not self._orderly and self._chance.random() < 0.3:
                self._next[partition] = self._chance.randrange(self._next[partition] + 1)
            batch += self._take(partition, self._chance.randrange(6))
        return batch or [record for partition in self.partitions for record in self._take(partition, limit)]

    def close(self) -> None:
        pass

    def _take(self, partition: int, most: int) -> list[Record]:
        at = self._next[partition]
        taken = self._records[partition][at : at + most]
        self._next[partition] = at + len(taken)
        return taken


def _parks_nothing(projection: str, outcome: Outcome, n: int) -> None:
    assert outcome is not Outcome.PARKED or n == 0, f"{projection} parked {n} events"
