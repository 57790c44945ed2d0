"""The tables of projections: made where they are missing, and looked at before anything is written into them."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]

_THERE: Final = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)"
# Columns in the index of the key are named by their place, 1 for the first: the key, then what it covers. The server
# itself says which type a name means.
_DIFFERING: Final = """
    WITH wanted AS (
        SELECT r."table", r."column", to_regtype(r.type)::oid AS type, r.required, r.place
        FROM json_to_recordset(%(columns)s)
            AS r("table" text, "column" text, type text, required boolean, place integer)
    ), there AS (
        SELECT c.relname::text AS "table", a.attname::text AS "column", a.atttypid AS type, a.attnotnull AS required,
            1 + array_position(i.indkey::smallint[], a.attnum) AS place
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%(tables)s)
    )
    SELECT "table", "column", CASE WHEN there.type IS NULL THEN 'missing' WHEN wanted.type IS NULL THEN 'too many'
        ELSE 'another type, or nullable or in the index of the key where it should not be' END
    FROM wanted FULL JOIN there USING ("table", "column")
    WHERE (wanted.type, wanted.required, wanted.place) IS DISTINCT FROM (there.type, there.required, there.place)
    ORDER BY 1, 2
"""


class Misshapen(Exception):
    """A table is not what this release makes: its shape has changed without a new version of its projection."""


def make(connection: psycopg.Connection[Any], tables: Sequence[Table], *, indexed: bool = True) -> None:
    """Makes what is missing of these tables where this connection looks, without their indexes unless `indexed`.

    Raises `Misshapen`.
    """
    there = _there(connection, [table.name for table in tables])
    for table in tables:
        if table.name not in there:
            connection.execute(str(CreateTable(table).compile(dialect=_DIALECT)).encode())
    _require_shape(connection, tables)
    if indexed:
        for _, statement in missing_indexes(connection, tables):
            connection.execute(statement)


def missing_indexes(connection: psycopg.Connection[Any], tables: Sequence[Table]) -> list[tuple[str, bytes]]:
    """The indexes that these tables should have and do not: the name of each, and how it is made."""
    indexes = {str(index.name): index for table in tables for index in table.indexes}
    there = _there(connection, list(indexes))
    missing = ((name, index) for name, index in sorted(indexes.items()) if name not in there)
    return [(name, str(CreateIndex(index).compile(dialect=_DIALECT)).encode()) for name, index in missing]


def _key_index(table: Table) -> list[str]:
    key = table.primary_key
    return [*key.columns.keys(), *(key.dialect_options["postgresql"]["include"] or ())]


def _there(connection: psycopg.Connection[Any], names: list[str]) -> set[str]:
    return {name for (name,) in connection.execute(_THERE, [names])}


def _require_shape(connection: psycopg.Connection[Any], tables: Sequence[Table]) -> None:
    columns = [
        {
            "table": table.name,
            "column": str(column.name),
            "type": column.type.compile(dialect=_DIALECT),
            "required": not column.nullable,
            "place": index.index(column.name) + 1 if column.name in index else None,
        }
        for table in tables
        for index in [_key_index(table)]
        for column in table.columns
    ]
    names = [table.name for table in tables]
    differing = connection.execute(_DIFFERING, {"columns": Json(columns), "tables": names}).fetchall()
    if differing:
        told = "; ".join(f"{table}.{column}: {why}" for table, column, why in differing)
        raise Misshapen(f"{told}. A table that changes its shape becomes a new version of its projection")
