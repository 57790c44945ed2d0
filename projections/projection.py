"""What a projection is: tables, and one pure function per event that asks for row changes.

A projection never runs SQL and never reads. It is given one event and `Rows`, on which it asks for changes; the runner
(`consumers/runner.py`) folds a whole batch of them in memory and writes it set-wise (`infra/sql/writing.py`).

A table is *owned* or *shared*. A row of an owned table belongs to one stream key: its first column is that key, filled
in by the runner, so its events come in order and every change is allowed. A shared table holds totals over everyone,
fed by many streams in any order: only `add` is allowed, and nothing personal may be in key or delta.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Uuid

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it came out of the log, with what the log knows about it.

    `key` is the stream's key and so the owner of every owned row; `name` the stored name; `event` the domain event.
    """

    position: int
    key: UUID
    stream_id: UUID
    stream_version: int
    name: str
    event: object
    event_id: UUID
    recorded_at: datetime
    actor: str
    on_behalf_of: str | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


class Op(StrEnum):
    PUT = "put"
    PATCH = "patch"
    ADD = "add"
    DROP = "drop"
    DROP_ALL = "drop_all"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One asked-for change. `key` is the whole primary key in column order (owned: the owner first); for `drop_all` it
    is the owner alone."""

    table: Table
    op: Op
    key: tuple[Any, ...]
    values: Mapping[str, Any]


class Rows:
    """Collects the row changes that one event asks for."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.changes: list[RowChange] = []

    def put(self, table: Table, **columns: Any) -> None:
        """Sets the whole row: columns not named become NULL (or their default). Owned tables only."""
        self._ask(table, Op.PUT, columns, owned=True)

    def patch(self, table: Table, **columns: Any) -> None:
        """Sets the named columns of a row that exists; a missing row stays missing. Owned tables only."""
        self._ask(table, Op.PATCH, columns, owned=True)

    def add(self, table: Table, **columns: Any) -> None:
        """Moves numbers by a delta. A missing row of a shared table begins at zero; of an owned one stays missing."""
        self._ask(table, Op.ADD, columns)

    def drop(self, table: Table, **key: Any) -> None:
        """Removes one row. Owned tables only."""
        self._ask(table, Op.DROP, key, owned=True)

    def drop_all(self, table: Table) -> None:
        """Removes every row of the event's own owner from an owned table."""
        _require_owned(table)
        self.changes.append(RowChange(table, Op.DROP_ALL, (self.recorded.key,), {}))

    def _ask(self, table: Table, op: Op, columns: dict[str, Any], *, owned: bool = False) -> None:
        if owned:
            _require_owned(table)
        key: list[Any] = [self.recorded.key] if is_owned(table) else []
        for column in key_columns(table)[len(key) :]:
            key.append(columns.pop(column))
        self.changes.append(RowChange(table, op, tuple(key), columns))


class Projection:
    """Tables that answer one question, and how each event changes them.

    `version` is part of every table's name: a change of shape or meaning is a new version, filled from the start of the
    log beside the old one.
    """

    def __init__(self, name: str, version: int) -> None:
        self.name = name
        self.version = version
        self.metadata = MetaData()
        self.handlers: dict[type, Callable[[Any, Rows], None]] = {}

    @property
    def tables(self) -> list[Table]:
        return self.metadata.sorted_tables

    def owned(self, name: str, owner: str, *columns: Any) -> Table:
        """A table whose rows each belong to one stream key, which stands in the column `owner`."""
        return self._table(name, [Column(owner, Uuid, primary_key=True), *columns], owned=True)

    def shared(self, name: str, *columns: Any) -> Table:
        """A table of totals over everyone; every column outside the key is a number, not null, that starts at zero."""
        return self._table(name, list(columns), owned=False)

    def on(self, *events: type[Event]) -> Callable[[Callable[[Event, Rows], None]], Callable[[Event, Rows], None]]:
        """Registers a function for these events. One function per event and projection."""

        def register(handler: Callable[[Event, Rows], None]) -> Callable[[Event, Rows], None]:
            for event in events:
                if event in self.handlers:
                    raise TypeError(f"{self.name} handles {event.__qualname__} twice")
                self.handlers[event] = handler
            return handler

        return register

    def changes(self, recorded: Recorded) -> list[RowChange]:
        """What one event asks for; nothing if this projection does not care about it."""
        handler = self.handlers.get(type(recorded.event))
        if handler is None:
            return []
        rows = Rows(recorded)
        handler(recorded.event, rows)
        return rows.changes

    def _table(self, name: str, columns: list[Any], *, owned: bool) -> Table:
        return Table(f"{name}_v{self.version}", self.metadata, *columns, info={"owned": owned})


def is_owned(table: Table) -> bool:
    return bool(table.info["owned"])


def key_columns(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _require_owned(table: Table) -> None:
    if not is_owned(table):
        raise TypeError(f"{table.name} is shared: only add is allowed")
