"""Folds the row changes of a whole batch, by table and key, into the fewest set-wise writes with the same effect.

Written in the order owner drops, drops, patches, rows, the result equals applying one change at a time, however the
changes are split into batches. A row known to be gone needs no write: a later patch or delta finds nothing, as it would
in the table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from projections.projection import Key, Op, RowChange, Shape, Table, shape

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Patch:
    """The shape of a patch: which columns, outside the key, are set, and which are moved by a delta."""

    columns: frozenset[str]
    deltas: frozenset[str]


@dataclass(frozen=True, slots=True)
class TableWrites:
    """What one batch writes to one table. Every row names its key columns; `owners` name the owner alone.

    `rows` of an owned table replace what stands there, whole, columns not named being NULL; those of a shared table are
    added to what stands there, every column named.
    """

    table: Table
    owners: list[Row] = field(default_factory=list)
    drops: list[Row] = field(default_factory=list)
    patches: dict[Patch, list[Row]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def fold(tables: Sequence[Table], changes: Iterable[RowChange]) -> list[TableWrites]:
    """The writes for each table that the changes touch, in the order of `tables`."""
    by_table: dict[Table, _Owned | _Shared] = {}
    for change in changes:
        table = by_table.get(change.table)
        if table is None:
            facts = shape(change.table)
            table = by_table[change.table] = _Shared(facts) if facts.owner is None else _Owned(facts)
        table.ask(change)
    return [by_table[table].writes(table) for table in tables if table in by_table]


class _Pending:
    """What is known of an owned row that is not whole: columns patched or moved by `deltas`, or that it is gone."""

    __slots__ = ("deltas", "gone", "values")

    def __init__(self, values: Row, deltas: frozenset[str] = frozenset(), *, gone: bool = False) -> None:
        self.values = values
        self.deltas = deltas
        self.gone = gone


class _Owned:
    """Rows by owner, then key, as they are if they are whole: dropping all of an owner's forgets what was asked for
    them so far."""

    def __init__(self, facts: Shape) -> None:
        self._defaults = facts.defaults
        self._key = frozenset(facts.key)
        self._rows: dict[UUID, dict[Key, Row | _Pending]] = defaultdict(dict)
        self._emptied: dict[UUID, Row] = {}

    def ask(self, change: RowChange) -> None:
        _, op, key, values = change
        rows = self._rows[key[0]]
        if op is Op.PUT:
            rows[key] = {**self._defaults, **values} if self._defaults else values
        elif op is Op.DROP:
            rows[key] = _Pending(values, gone=True)
        elif op is Op.DROP_ALL:
            rows.clear()
            self._emptied[key[0]] = values
        elif (row := rows.get(key)) is None:
            if key[0] not in self._emptied:
                rows[key] = _Pending(values, frozenset(values.keys() - self._key) if op is Op.ADD else frozenset())
        elif not isinstance(row, _Pending):
            rows[key] = {**row, **(values if op is Op.PATCH else self._moved(row, values))}
        elif row.gone:
            pass
        elif op is Op.PATCH:
            row.values = {**row.values, **values}
            row.deltas = row.deltas.difference(values)
        else:
            known = {column: delta for column, delta in values.items() if column in row.values}
            row.deltas |= values.keys() - known.keys()
            row.values = {**values, **row.values, **self._moved(row.values, known)}

    def writes(self, table: Table) -> TableWrites:
        written = TableWrites(table, owners=list(self._emptied.values()))
        for rows in self._rows.values():
            for row in rows.values():
                if not isinstance(row, _Pending):
                    written.rows.append(row)
                elif row.gone:
                    written.drops.append(row.values)
                elif columns := row.values.keys() - self._key:
                    written.patches.setdefault(Patch(frozenset(columns), row.deltas), []).append(row.values)
        return written

    def _moved(self, row: Row, deltas: Row) -> Row:
        """What these columns are after it: NULL if they were."""
        return {
            column: None if (was := row.get(column)) is None else was + delta
            for column, delta in deltas.items()
            if column not in self._key
        }


class _Shared:
    """Deltas by key, summed; a column that nothing moves is moved by zero, so that one statement writes them all."""

    def __init__(self, facts: Shape) -> None:
        self._facts = facts
        self._rows: dict[Key, dict[str, Any]] = {}

    def ask(self, change: RowChange) -> None:
        row = self._rows.get(change.key)
        if row is None:
            self._rows[change.key] = {**self._facts.defaults, **change.values}
            return
        for column, delta in change.values.items():
            if column not in self._facts.key:
                row[column] += delta

    def writes(self, table: Table) -> TableWrites:
        return TableWrites(table, rows=list(self._rows.values()))
