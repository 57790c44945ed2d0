"""The read models of two houses row by row: one was moved, the other made its own from the same events.

Counts and sums of hashes first. Where they differ the rows are read side by side: two servers may hash in different
ways, but a row is a row. Told are keys and names of columns, never what a row says.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import Table

from infra.moving.ends import read_only
from infra.moving.kept import Connection
from infra.sql.comparing import SHOWN, Comparison, Difference, shown_keys
from projections.projection import Projection, key_columns

_SUM: Final = "SELECT count(*), sum(hash_record_extended(ROW({columns}), 0)) FROM {table}"
# In the order of the bytes of the keys, which is the same on every server.
_ROWS: Final = "SELECT record_send(ROW({key})), {columns} FROM {table} ORDER BY 1"

Row = tuple[Any, ...]


def compared(
    there_url: str, here_url: str, projections: Sequence[Projection], tell: Callable[[str, str], None]
) -> Comparison:
    """All rows of these projections: what was `there`, and what is `here` now. Tables that are not in both are left
    out, as those of another release."""
    with ExitStack() as stack:
        there, here = (stack.enter_context(closing(_connected(url))) for url in (there_url, here_url))
        rows, differences, left_out = 0, list[Difference](), list[str]()
        for table in (table for each in projections for table in each.tables):
            if not (_has(there, table) and _has(here, table)):
                left_out.append(table.name)
                continue
            tell("comparing", table.name)
            ours, theirs = _sum(there, table), _sum(here, table)
            rows += ours[0]
            if ours != theirs and (difference := _difference(there, here, table)).rows:
                differences.append(difference)
    return Comparison(rows, differences, 0, left_out)


def _connected(url: str) -> Connection:
    connection = psycopg.connect(read_only(url), client_encoding="utf8", autocommit=True)
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return connection


def _has(connection: Connection, table: Table) -> bool:
    return connection.execute("SELECT to_regclass(%s)", (table.name,)).fetchone() != (None,)


def _sum(connection: Connection, table: Table) -> tuple[int, Any]:
    statement = SQL(_SUM).format(columns=_names(table.columns.keys()), table=Identifier(table.name))
    ((rows, sum),) = connection.execute(statement).fetchall()
    return rows, sum


def _difference(there: Connection, here: Connection, table: Table) -> Difference:
    names, shown = table.columns.keys(), shown_keys(table)
    many, first = 0, list[dict[str, Any]]()
    for was, now in _side_by_side(_rows(there, table), _rows(here, table)):
        if was == now:
            continue
        many += 1
        if len(first) < SHOWN:
            row = dict(zip(names, was or now or (), strict=True))
            first.append({**{name: row[name] for name in shown}, "is": _what(names, was, now)})
    return Difference(table.name, many, first)


def _what(names: Sequence[str], was: Row | None, now: Row | None) -> str:
    if was is None or now is None:
        return "added" if was is None else "missing"
    changed = [name for name, before, after in zip(names, was, now, strict=True) if before != after]
    return f"changed in {', '.join(changed)}"


def _side_by_side(there: Iterator[Row], here: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Both in the order of their first columns, which are left out; None where one has nothing."""
    was, now = next(there, None), next(here, None)
    while was is not None or now is not None:
        if now is None or (was is not None and was[0] < now[0]):
            assert was is not None
            yield was[1:], None
            was = next(there, None)
        elif was is None or now[0] < was[0]:
            yield None, now[1:]
            now = next(here, None)
        else:
            yield was[1:], now[1:]
            was, now = next(there, None), next(here, None)


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    statement = SQL(_ROWS).format(
        key=_names(key_columns(table)), columns=_names(table.columns.keys()), table=Identifier(table.name)
    )
    with connection.cursor(table.name) as cursor:
        cursor.execute(statement)
        yield from cursor


def _names(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))
