"""Writes folded batches set-wise: one statement per table and kind of change, the rows as one JSON document.

PostgreSQL turns the document into typed rows (`json_to_recordset`), arrays, documents and NULL among them, at the speed
of `unnest` over arrays; a column that a row leaves out is NULL. Rows are written in the order of their key, so that two
projectors which move the same totals wait for each other instead of for ever.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any, Final

import orjson
import psycopg
from psycopg.types.json import Json
from sqlalchemy import (
    JSON,
    Select,
    Subquery,
    Table,
    TableValuedAlias,
    UpdateBase,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import dialect

from consumers.fold import Patch, Row, TableWrites
from projections.projection import Copied, is_owned, key_columns, shape

_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]


def write(connection: psycopg.Connection[Any], writes: TableWrites) -> None:
    """Writes what one batch asks of one table, in the transaction that is open.

    Raises `TypeError` or `ValueError` for a value that no column could hold.
    """
    table = writes.table
    if writes.owners:
        _execute(connection, _delete(table, key_columns(table)[:1]), writes.owners)
    if writes.drops:
        _execute(connection, _delete(table, key_columns(table)), writes.drops)
    for patch, rows in writes.patches.items():
        _execute(connection, _update(table, patch), rows)
    if writes.rows:
        _execute(connection, _upsert(table), writes.rows)
    for copy in shape(table).copies:
        if changed := list(_changed(writes, copy)):
            _execute(connection, _recopy(copy), changed)


def _changed(writes: TableWrites, copy: Table) -> Iterator[Row]:
    """The owners of whom this may leave something else to be copied there."""
    copied = shape(copy).copied
    patched = (
        rows for patch, rows in writes.patches.items() if copied and not patch.columns.isdisjoint(copied.columns)
    )
    [key], [owner] = key_columns(writes.table), key_columns(copy)[:1]
    for row in chain(writes.owners, writes.drops, writes.rows, *patched):
        yield {owner: row[key]}


def document(rows: Sequence[Row]) -> Json:
    """Rows as one parameter for `json_to_recordset`."""
    return Json(rows, dumps=_dumps)


def _execute(connection: psycopg.Connection[Any], statement: bytes, rows: Sequence[Row]) -> None:
    connection.execute(statement, {"rows": document(rows)})


def _dumps(rows: Sequence[Row]) -> bytes:
    return orjson.dumps(rows, default=_exactly)


def _exactly(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


@cache
def _upsert(table: Table) -> bytes:
    key, copied = key_columns(table), shape(table).copied
    said = [name for name in table.columns.keys() if name not in (copied.columns if copied else ())]  # noqa: SIM118
    rows = _rows(table, said)
    columns, new_rows = said, select(rows)
    if copied:
        columns = [*said, *copied.columns]
        new_rows = _with_copied(new_rows, rows, copied)
    statement = insert(table).from_select(columns, new_rows.order_by(*(rows.c[name] for name in key)))
    new = statement.excluded
    changed = {name: new[name] if is_owned(table) else table.c[name] + new[name] for name in columns if name not in key}
    if not changed:
        return _compiled(statement.on_conflict_do_nothing())
    return _compiled(statement.on_conflict_do_update(index_elements=key, set_=changed))


@cache
def _update(table: Table, patch: Patch) -> bytes:
    key = key_columns(table)
    new = _in_order(table, [*key, *sorted(patch.columns)], key)
    changed = {name: table.c[name] + new.c[name] if name in patch.deltas else new.c[name] for name in patch.columns}
    return _compiled(update(table).values(changed).where(*(table.c[name] == new.c[name] for name in key)))


@cache
def _recopy(table: Table) -> bytes:
    copied, [owner] = shape(table).copied, key_columns(table)[:1]
    assert copied
    rows = _rows(table, [owner])
    new = _with_copied(select(rows), rows, copied).order_by(rows.c[owner]).subquery("new")
    changed = or_(*(table.c[name].is_distinct_from(new.c[name]) for name in copied.columns))
    values = {name: new.c[name] for name in copied.columns}
    return _compiled(update(table).values(values).where(table.c[owner] == new.c[owner], changed))


def _with_copied(new: Select[Any], rows: TableValuedAlias, copied: Copied) -> Select[Any]:
    """The new rows with what is copied of each row's owner."""
    [key], [owner] = key_columns(copied.of), list(rows.c)[:1]
    return new.add_columns(*copied.of.c[*copied.columns]).select_from(
        rows.outerjoin(copied.of, copied.of.c[key] == owner)
    )


@cache
def _delete(table: Table, key: tuple[str, ...]) -> bytes:
    new = _in_order(table, key, key)
    return _compiled(delete(table).where(*(table.c[name] == new.c[name] for name in key)))


def _rows(table: Table, columns: Sequence[str]) -> TableValuedAlias:
    typed = (column(name, table.c[name].type) for name in columns)
    return func.json_to_recordset(bindparam("rows", type_=JSON)).table_valued(*typed).render_derived("r", True)


def _in_order(table: Table, columns: Sequence[str], key: Sequence[str]) -> Subquery:
    rows = _rows(table, columns)
    return select(rows).order_by(*(rows.c[name] for name in key)).subquery("new")


def _compiled(statement: UpdateBase) -> bytes:
    return str(statement.compile(dialect=_DIALECT)).encode()
