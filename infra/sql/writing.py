"""Writes folded batches set-wise: one statement per table and kind of change, the rows as one JSON document.

PostgreSQL turns the document into typed rows (`json_to_recordset`), arrays, documents and NULL among them, at the speed
of `unnest` over arrays; a column that a row leaves out is NULL. Rows are written in the order of their key, so that two
projectors which move the same totals wait for each other instead of for ever.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

import orjson
import psycopg
from psycopg.types.json import Json
from sqlalchemy import (
    JSON,
    Subquery,
    Table,
    TableValuedAlias,
    UpdateBase,
    bindparam,
    column,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import dialect

from consumers.fold import Patch, Row, TableWrites
from projections.projection import is_owned, key_columns

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
    columns = list(table.columns.keys())
    key = key_columns(table)
    rows = _rows(table, columns)
    statement = insert(table).from_select(columns, select(rows).order_by(*(rows.c[name] for name in key)))
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
