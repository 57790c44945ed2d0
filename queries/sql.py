"""What several queries do in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, Select, Text, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine


async def read(engine: AsyncEngine, statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """All rows of one statement, which is a transaction of its own; the connection is given back at once."""
    async with engine.connect() as connection:
        return (await connection.execute(statement, dict(values))).all()


def listed(rows: Select[Any]) -> ColumnElement[str]:
    """The rows as the text of one JSON array, an object each; `[]` if there are none."""
    each = rows.subquery()
    array = func.json_agg(each.table_valued())
    return func.coalesce(select(cast(array, Text)).scalar_subquery(), literal_column("'[]'"))
