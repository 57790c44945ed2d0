"""What several queries do in SQL.

PostgreSQL writes the JSON of an answer itself: each SELECT names what its shape names, and nothing is taken apart and
put together again on the way.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

EMPTY: Final[ColumnElement[Any]] = literal_column("'[]'::json")
"""An empty JSON array."""


async def read(engine: AsyncEngine, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """All rows of one statement, which is a transaction of its own; the connection is given back at once."""

    def rows() -> Sequence[Row[Any]]:
        with engine.sync_engine.connect() as connection:
            return connection.execute(statement, dict(values)).all()

    # Checking out, executing and giving back in one switch of context; `AsyncConnection` makes one for each.
    return await greenlet_spawn(rows)


def shown(row: Subquery) -> ColumnElement[str]:
    """A row as the text of a JSON object."""
    return cast(func.row_to_json(row.table_valued()), Text)


def listed(rows: Select[Any]) -> ColumnElement[Any]:
    """The rows as one JSON array, an object each; empty if there are none."""
    array = select(func.json_agg(rows.subquery().table_valued())).scalar_subquery()
    return func.coalesce(array, EMPTY)


def listed_by(rows: Subquery, key: str) -> Subquery:
    """The rows of each key as one JSON array, `listed`, an object each."""
    array = func.json_agg(rows.table_valued()).label("listed")
    return select(rows.c[key], array).group_by(rows.c[key]).subquery(f"{rows.name}_listed")


def combined(**columns: ColumnElement[Any]) -> ColumnElement[Any]:
    """Columns as one JSON object, NULL where the first of them is."""
    first = next(iter(columns.values()))
    named = [part for name, column in columns.items() for part in (literal_column(f"'{name}'"), column)]
    return case((first.is_not(None), func.json_build_object(*named)))


def holds(since: ColumnElement[Any], until: ColumnElement[Any], on: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether what lasts from a day to a day, both inclusive and either unknown, holds on this day."""
    return and_(or_(since.is_(None), since <= on), or_(until.is_(None), on <= until))


def overlaps(
    since: ColumnElement[Any], until: ColumnElement[Any], first: ColumnElement[Any], last: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether what lasts from a day to a day, as in `holds`, does on any day from the first to the last, which may be
    NULL, as no limit."""
    return and_(
        or_(until.is_(None), first.is_(None), until >= first), or_(since.is_(None), last.is_(None), since <= last)
    )


def for_each(rows: Select[Any], name: str) -> FromClause:
    """Rows that are looked up for each row before them: of many, PostgreSQL would rather read through a whole table."""
    return rows.offset(literal_column("0")).lateral(name)


def by_key(rows: Select[Any]) -> ColumnElement[bool]:
    """Whether there is one of these rows, looked up for each row that it is asked of: the offset keeps PostgreSQL from
    finding out about everybody in the house first, which it does for many."""
    return rows.offset(literal_column("0")).exists()


def amount(column: ColumnElement[Any]) -> ColumnElement[str]:
    """An amount as text: exact, whatever reads it."""
    return cast(column, Text)


def texts(of: Iterable[str]) -> ColumnElement[Any]:
    """Texts as one array, a single parameter however many they are."""
    return literal(list(of), ARRAY(Text))


def contains(column: ColumnElement[Any], wanted: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a JSON array holds objects with all that the wanted ones say."""
    return column.bool_op("@>")(wanted)
