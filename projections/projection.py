"""What a projection is: tables, and one pure function per event that asks for row changes.

A projection never runs SQL and never reads. It is given one event and `Rows`, on which it asks for changes; the runner
(`consumers/runner.py`) folds a whole batch of them in memory and writes it set-wise (`infra/sql/writing.py`).

A table is *owned* or *shared*. A row of an owned table belongs to one stream key: its first column is that key, filled
in by the runner, so its events come in order and every change is allowed. A shared table holds totals over everyone,
fed by many streams in any order: only `add` is allowed, and nothing personal may be in key or delta.

Columns of an owned table may be *copied*: they say what the owner's row in another table does. No event names them,
whatever writes keeps them the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, MetaData, Numeric, SmallInteger, Uuid
from sqlalchemy import Table as Table  # noqa: PLC0414 - consumers hand tables through without knowing SQL

Event = TypeVar("Event")
Key = tuple[Any, ...]

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Recorded(NamedTuple):
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


class RowChange(NamedTuple):
    """One asked-for change. `key` is the whole primary key in column order (owned: the owner first), for `drop_all` the
    owner alone; `values` holds every column named, those of the key among them."""

    table: Table
    op: Op
    key: Key
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Copied:
    """Which columns of a table say what those of the same name do in the owner's row of another one, `of`."""

    of: Table
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What fold and writer ask of a table, worked out once.

    `owner` is the column of the owner, none if the table is shared; `key_of` picks the key out of named columns;
    `columns` are those that an event may name; `defaults` are the columns that a row put or begun without them does not
    leave NULL; `copies` are the tables that copy from it.
    """

    owner: str | None
    key: tuple[str, ...]
    columns: frozenset[str]
    defaults: Mapping[str, Any]
    key_of: Callable[[Mapping[str, Any]], Key]
    copied: Copied | None
    copies: list[Table]


def shape(table: Table) -> Shape:
    known: Shape = table.info["shape"]
    return known


class Rows:
    """Collects the row changes that one event asks for."""

    __slots__ = ("changes", "recorded")

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.changes: list[RowChange] = []

    def put(self, table: Table, columns: Mapping[str, Any] = _NONE, /, **named: Any) -> None:
        """Sets the whole row: columns not named become NULL (or their default). Owned tables only.

        Here as in `patch` and `add`, columns that are known as a mapping already are given as one.
        """
        self._ask(table, Op.PUT, {**columns, **named})

    def patch(self, table: Table, columns: Mapping[str, Any] = _NONE, /, **named: Any) -> None:
        """Sets the named columns of a row that exists; a missing row stays missing. Owned tables only."""
        self._ask(table, Op.PATCH, {**columns, **named})

    def add(self, table: Table, columns: Mapping[str, Any] = _NONE, /, **named: Any) -> None:
        """Moves numbers by a delta. A missing row of a shared table begins at zero; of an owned one stays missing."""
        moved = {**columns, **named}
        self._ask(table, Op.ADD, moved)
        facts = shape(table)
        for column, delta in moved.items():
            if column not in facts.key and not _is_exact(delta):
                raise TypeError(f"{table.name}.{column} is moved by an exact number only")

    def drop(self, table: Table, /, **key: Any) -> None:
        """Removes one row. Owned tables only."""
        self._ask(table, Op.DROP, key)

    def drop_all(self, table: Table) -> None:
        """Removes every row of the event's own owner from an owned table."""
        if (owner := shape(table).owner) is None:
            raise _only_added(table)
        key = self.recorded.key
        self.changes.append(RowChange(table, Op.DROP_ALL, (key,), {owner: key}))

    def _ask(self, table: Table, op: Op, columns: dict[str, Any]) -> None:
        facts: Shape = table.info["shape"]  # a call of `shape` for each row would be felt
        if (owner := facts.owner) is not None:
            if owner in columns:
                raise TypeError(f"{table.name}.{owner} is the owner, which is filled in")
            columns[owner] = self.recorded.key
        elif op is not Op.ADD:
            raise _only_added(table)
        if not facts.columns.issuperset(columns):
            raise TypeError(f"{table.name} has no column {', '.join(sorted(columns.keys() - facts.columns))}")
        try:
            key = facts.key_of(columns)
        except KeyError as missing:
            raise TypeError(f"{table.name} needs its key column {missing}") from None
        self.changes.append(RowChange(table, op, key, columns))


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

    @cached_property
    def tables(self) -> list[Table]:
        """Every table in a fixed order, complete once the module that declares them is imported."""
        return self.metadata.sorted_tables

    def owned(
        self, name: str, owner: str, *columns: Any, covered: Sequence[str] = (), copied: Iterable[Column[Any]] = ()
    ) -> Table:
        """A table whose rows each belong to one stream key, which stands in the column `owner`.

        The index of the key holds the columns `covered` too: rows of very many owners are found there with what is
        asked of them, where a visit to each row would be one to a page of its own. For the same end it has the columns
        `copied` of another table, in which an owner has one row: NULL without it, and named by no event.
        """
        elsewhere = list(copied)
        same, copies = _copied(elsewhere), [Column(each.name, each.type) for each in elsewhere]
        table = self._table(name, [Column(owner, Uuid, primary_key=True), *columns, *copies], owned=True, copied=same)
        table.primary_key.dialect_options["postgresql"]["include"] = list(covered)
        if same is not None:
            table.add_is_dependent_on(same.of)  # which is written first
            shape(same.of).copies.append(table)
        return table

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

    def _table(self, name: str, columns: list[Any], *, owned: bool, copied: Copied | None = None) -> Table:
        table = Table(f"{name}_v{self.version}", self.metadata, *columns)
        # Plain strings: SQLAlchemy's names are of a type of its own, which is slower and no key for JSON.
        columns_by_name = {str(column.name): column for column in table.columns}
        defaults: dict[str, Any] = {}
        for column_name, column in columns_by_name.items():
            _require_exact(column)
            if not owned and not column.primary_key:
                _require_total(column)
                defaults[column_name] = 0
            elif column.default is not None or column.server_default is not None:
                defaults[column_name] = _default(column)
        key = tuple(str(column.name) for column in table.primary_key)
        owner = key[0] if owned else None
        named = frozenset(columns_by_name).difference(copied.columns if copied else ())
        table.info["shape"] = Shape(owner, key, named, defaults, _picking(key), copied, [])
        return table


def is_owned(table: Table) -> bool:
    return shape(table).owner is not None


def key_columns(table: Table) -> tuple[str, ...]:
    return shape(table).key


def _only_added(table: Table) -> TypeError:
    return TypeError(f"{table.name} is shared: only add is allowed")


def _copied(columns: Sequence[Column[Any]]) -> Copied | None:
    if not columns:
        return None
    [of] = {column.table for column in columns}
    if shape(of).key != (shape(of).owner,):
        raise TypeError(f"{of.name} has no one row of each owner, which could be copied")
    return Copied(of, tuple(str(column.name) for column in columns))


def _picking(key: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Key]:
    if len(key) == 1:
        return lambda columns: (columns[key[0]],)
    return itemgetter(*key)


def _default(column: Column[Any]) -> Any:
    """A default is a plain value, so that the fold knows it; one that the server fills in it could not add to."""
    if column.server_default is not None or not getattr(column.default, "is_scalar", False):
        raise TypeError(f"{column.table.name}.{column.name}: a default is a plain value")
    return getattr(column.default, "arg", None)


def _is_exact(delta: object) -> bool:
    return delta.is_finite() if isinstance(delta, Decimal) else isinstance(delta, int)


def _require_total(column: Column[Any]) -> None:
    if not isinstance(column.type, SmallInteger | Integer | BigInteger | Numeric):
        raise TypeError(f"{column.table.name}.{column.name}: a shared table holds exact numbers")
    column.nullable = False


def _require_exact(column: Column[Any]) -> None:
    """Rounding at every write would not give what rounding once per batch gives."""
    if isinstance(column.type, Numeric) and column.type.scale is not None:
        raise TypeError(f"{column.table.name}.{column.name}: a numeric without a scale, rounded where it is shown")
