"""The read models in memory: what `infra/sql/read_models.py` does, without SQL."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from consumers.fold import TableWrites
from consumers.read_models import Batch, DeadLetter, Overtaken, Progress, Standing
from projections.projection import Projection, is_owned, key_columns, shape
from tests.support.projections import Tables, copy, moved

Which = tuple[str, int]


class MemoryReadModels:
    def __init__(self) -> None:
        self.tables: Tables = defaultdict(dict)
        self.letters: dict[Which, dict[int, DeadLetter]] = defaultdict(dict)
        self.progress: dict[Which, dict[int, Progress]] = defaultdict(dict)
        self.paused: set[Which] = set()

    def load(self, projection: Projection, partitions: Sequence[int]) -> Standing:
        which = (projection.name, projection.version)
        progress = {partition: self.progress[which].setdefault(partition, Progress()) for partition in partitions}
        parked: frozenset[UUID] = frozenset(
            letter.record.key for letter in self.letters[which].values() if letter.record.partition in progress
        )
        return Standing(progress, parked, which in self.paused)

    def commit(self, projection: Projection, batch: Batch) -> None:
        which = (projection.name, projection.version)
        self.advance([(projection, batch)])
        for writes in batch.writes:
            self._write(writes)
        self.letters[which].update({letter.record.position: letter for letter in batch.letters})

    def advance(self, moves: Sequence[tuple[Projection, Batch]]) -> None:
        for projection, batch in moves:
            which = (projection.name, projection.version)
            for partition, known in batch.known.items():
                there = self.progress[which][partition]
                same = (there.position, there.generation) == (known.position, known.generation)
                if which in self.paused or not same:
                    raise Overtaken(projection.name)
        for projection, batch in moves:
            self.progress[projection.name, projection.version].update(batch.reached)

    def pause(self, projection: Projection) -> None:
        self.paused.add((projection.name, projection.version))

    def rows(self) -> Tables:
        return {name: rows for name, rows in self.tables.items() if rows}

    def _write(self, writes: TableWrites) -> None:
        """In the order that the statements have."""
        table = writes.table
        key = key_columns(table)
        rows = self.tables[table.name]
        emptied = {row[key[0]] for row in writes.owners}
        for other in [other for other in rows if other[0] in emptied]:
            del rows[other]
        for row in writes.drops:
            rows.pop(tuple(row[column] for column in key), None)
        for patch, patches in writes.patches.items():
            for row in patches:
                at = tuple(row[column] for column in key)
                if at in rows:
                    deltas = {column: row[column] for column in patch.deltas}
                    values = {column: row[column] for column in patch.columns - patch.deltas}
                    rows[at] = {**moved(table, rows[at], deltas), **values}
        for row in writes.rows:
            at = tuple(row[column] for column in key)
            if is_owned(table) or at not in rows:
                rows[at] = {**dict.fromkeys(table.columns.keys()), **row}
            else:
                rows[at] = moved(table, rows[at], row)
        for each in (table, *shape(table).copies):
            copy(self.tables, each)
