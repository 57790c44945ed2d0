"""Two generations of a projection row by row, as they are at one moment and at the same positions.

Counts and sums of hashes first, one scan of each table; where they differ the rows are joined, and the first of them
named by their keys. What a row says is never told, nor what could be personal in a key.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import Table, Text

from infra.sql import offsets
from infra.sql.beside import Beside
from projections.projection import Projection, is_owned, key_columns

SHOWN: Final = 10

_PARKED: Final = """
    SELECT DISTINCT key FROM {letters}
    WHERE projection = %(projection)s AND version = %(version)s AND resolution IS NULL
"""
_SUM: Final = "SELECT count(*), sum(hash_record_extended(ROW({columns}), 0)) FROM {table} WHERE {known}"
_DIFFERING: Final = """
    SELECT count(*) OVER (), {shown}, ours.there IS NULL, theirs.there IS NULL
    FROM (SELECT true AS there, {columns} FROM {ours} WHERE {known}) AS ours
    FULL JOIN (SELECT true AS there, {columns} FROM {theirs} WHERE {known}) AS theirs USING ({key})
    WHERE ROW({of_ours}) IS DISTINCT FROM ROW({of_theirs}) ORDER BY {key} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of a table that are not the same, and the keys of the first: `missing` in the new generation, `added`, or
    `changed`."""

    table: str
    rows: int
    first: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared: `rows` of the generation that serves. Rows of the `parked` keys were left out, for one of the
    generations has not come past their events; so were the totals in the tables `left_out`, if there are any such."""

    rows: int
    differences: Sequence[Difference]
    parked: int
    left_out: Sequence[str]

    @property
    def equal(self) -> bool:
        return not self.differences


class Snapshot:
    """Both generations as they were when it was taken. Made by `taken`."""

    def __init__(self, connection: psycopg.Connection[Any], projection: Projection, beside: Beside) -> None:
        self._connection = connection
        self._projection = projection
        ((self._serving,),) = connection.execute("SELECT current_schema()").fetchall()
        self._beside = beside
        self._parked = sorted({*self._parked_in(self._serving), *self._parked_in(beside)})

    @classmethod
    @contextmanager
    def taken(cls, url: str, projection: Projection, beside: Beside) -> Iterator["Snapshot"]:
        """Raises an error of psycopg when the server is out of reach."""
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("SET max_parallel_workers_per_gather = 0")
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield cls(connection, projection, beside)

    def compared(self) -> Iterator[str]:
        """Compares table by table, saying which comes next; `result` holds what was found."""
        rows, differences, left_out = 0, list[Difference](), list[str]()
        for table in self._projection.tables:
            if self._parked and not is_owned(table):
                left_out.append(table.name)
                continue
            yield table.name
            ours, theirs = (self._sum(schema, table) for schema in (self._serving, self._beside))
            rows += ours[0]
            if ours != theirs and (difference := self._difference(table)).rows:
                differences.append(difference)
        self.result = Comparison(rows, differences, len(self._parked), left_out)

    def _parked_in(self, schema: str) -> list[UUID]:
        statement = SQL(_PARKED).format(letters=Identifier(schema, offsets.dead_letters.name))
        of = {"projection": self._projection.name, "version": self._projection.version}
        return [key for (key,) in self._connection.execute(statement, of)]

    def _sum(self, schema: str, table: Table) -> tuple[int, Any]:
        statement = SQL(_SUM).format(
            columns=_names(table.columns.keys()), table=Identifier(schema, table.name), known=_known(table)
        )
        row = self._connection.execute(statement, {"parked": self._parked}).fetchone()
        assert row is not None
        return row[0], row[1]

    def _difference(self, table: Table) -> Difference:
        key = key_columns(table)
        told = ["there", *(name for name in table.columns.keys() if name not in key)]  # noqa: SIM118 - no mapping
        shown = shown_keys(table)
        statement = SQL(_DIFFERING).format(
            shown=_names(shown),
            columns=_names(table.columns.keys()),
            ours=Identifier(self._serving, table.name),
            theirs=Identifier(self._beside, table.name),
            known=_known(table),
            key=_names(key),
            of_ours=_names(told, "ours"),
            of_theirs=_names(told, "theirs"),
        )
        rows = self._connection.execute(statement, {"parked": self._parked, "limit": SHOWN}).fetchall()
        first = [
            {**dict(zip(shown, named, strict=True)), "is": "added" if added else "missing" if missing else "changed"}
            for _, *named, added, missing in rows
        ]
        return Difference(table.name, rows[0][0] if rows else 0, first)


def shown_keys(table: Table) -> list[str]:
    """The columns of a key by which a row may be named: an owned row's text could be personal."""
    return [name for name in key_columns(table) if not is_owned(table) or not isinstance(table.c[name].type, Text)]


def _names(columns: Sequence[str], of: str | None = None) -> Composed:
    return SQL(", ").join(Identifier(of, name) if of else Identifier(name) for name in columns)


def _known(table: Table) -> Composed:
    """Of no key that is parked: its rows hold what came before."""
    return SQL("{} <> ALL(%(parked)s::uuid[])").format(Identifier(key_columns(table)[0])) if is_owned(table) else _TRUE


_TRUE: Final = SQL("{}").format(SQL("true"))
