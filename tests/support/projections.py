"""Sample projections with owned and shared tables, and what row changes mean, applied one at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, DateTime, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from projections.projection import Key, Op, Projection, RowChange, Rows, Table, is_owned, key_columns, shape

Tables = dict[str, dict[Key, dict[str, Any]]]


def applied_one_by_one(changes: Iterable[RowChange], before: Tables | None = None) -> Tables:
    """The tables after these changes: no batches, no folding. What every cleverer way must equal."""
    tables: Tables = defaultdict(dict, {name: dict(rows) for name, rows in (before or {}).items()})
    touched = set[Table]()
    for table, op, key, values in changes:
        touched |= {table, *shape(table).copies}
        rows = tables[table.name]
        match op:
            case Op.PUT:
                rows[key] = whole_row(table, values)
            case Op.PATCH:
                if key in rows:
                    rows[key] = {**rows[key], **values}
            case Op.ADD:
                if key not in rows and not is_owned(table):
                    rows[key] = whole_row(table, dict(zip(key_columns(table), key, strict=True)))
                if key in rows:
                    rows[key] = moved(table, rows[key], values)
            case Op.DROP:
                rows.pop(key, None)
            case Op.DROP_ALL:
                for other in [other for other in rows if other[0] == key[0]]:
                    del rows[other]
    for table in touched:
        copy(tables, table)
    return {name: rows for name, rows in tables.items() if rows}


def copy(tables: Tables, table: Table) -> None:
    """Fills the columns that are copied from the owner's row elsewhere."""
    if copied := shape(table).copied:
        for key, row in tables[table.name].items():
            said = tables[copied.of.name].get(key[:1], {})
            tables[table.name][key] = {**row, **{name: said.get(name) for name in copied.columns}}


def whole_row(table: Table, values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(table.columns.keys()), **shape(table).defaults, **values}


def moved(table: Table, row: dict[str, Any], deltas: Any) -> dict[str, Any]:
    """The row with deltas added, as SQL adds: NULL stays NULL."""
    changed = {
        column: None if row[column] is None else row[column] + delta
        for column, delta in deltas.items()
        if column not in key_columns(table)
    }
    return {**row, **changed}


# --------------------------------------------------------------------------------------------------------- the sample


@dataclass(frozen=True, slots=True)
class Opened:
    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    ordinal: int
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Raised:
    ordinal: int
    by: Decimal


@dataclass(frozen=True, slots=True)
class Struck:
    ordinal: int


@dataclass(frozen=True, slots=True)
class Closed:
    pass


@dataclass(frozen=True, slots=True)
class Cursed:
    """Whatever handles it raises."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """An event that the sample does not care about."""


ledger: Final = Projection("ledger", 1)

book: Final = ledger.owned(
    "book",
    "owner_id",
    Column("title", Text, nullable=False),
    Column("labels", ARRAY(Text)),
    Column("lines", Integer, default=0),
    Column("opened_at", DateTime(timezone=True)),
    Column("due", Date),
    Column("more", JSONB),
)
line: Final = ledger.owned(
    "book_line",
    "owner_id",
    Column("ordinal", Integer, primary_key=True),
    Column("amount", Numeric),
    Column("text", Text),
)
slip: Final = ledger.owned(
    "book_slip",
    "owner_id",
    Column("ordinal", Integer, primary_key=True),
    Column("text", Text),
    copied=book.c["title", "lines"],
)
totals: Final = ledger.shared(
    "book_total", Column("ordinal", Integer, primary_key=True), Column("lines", Integer), Column("amount", Numeric)
)


@ledger.on(Opened)
def opened(event: Opened, rows: Rows) -> None:
    at = rows.recorded.recorded_at
    rows.put(book, title=event.title, labels=event.labels, opened_at=at, due=at.date(), more={"by": ["a", None]})


@ledger.on(Noted)
def noted(event: Noted, rows: Rows) -> None:
    rows.put(line, ordinal=event.ordinal, amount=event.amount, text=event.text)
    rows.add(book, lines=1)
    rows.add(totals, ordinal=event.ordinal, lines=1, amount=event.amount)


@ledger.on(Raised)
def raised(event: Raised, rows: Rows) -> None:
    rows.add(line, ordinal=event.ordinal, amount=event.by)
    rows.add(totals, ordinal=event.ordinal, amount=event.by)


@ledger.on(Struck)
def struck(event: Struck, rows: Rows) -> None:
    rows.drop(line, ordinal=event.ordinal)
    rows.patch(book, due=None)


@ledger.on(Closed)
def closed(event: Closed, rows: Rows) -> None:
    rows.drop_all(line)
    rows.patch(book, title="closed")


@ledger.on(Cursed)
def cursed(event: Cursed, rows: Rows) -> None:
    rows.patch(book, title="never seen: what an event asked for before it failed is not written")
    raise LookupError("a message that could quote a value")


counts: Final = Projection("counts", 3)

count: Final = counts.shared("happened", Column("what", Text, primary_key=True), Column("times", Integer))


@counts.on(Opened, Noted, Raised, Struck, Closed, Cursed)
def happened(event: object, rows: Rows) -> None:
    rows.add(count, what=type(event).__name__, times=1)


def owner(number: int) -> UUID:
    return UUID(int=number + 1)
