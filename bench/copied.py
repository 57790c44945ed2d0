"""Rows of one house in the tables of another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql


@contextmanager
def unindexed(
    target: psycopg.Connection[Any], table: str, wanted: Callable[[str], bool] = lambda _: True
) -> Iterator[None]:
    """A table without its indexes, of which those that are `wanted` by their definition are made at the end."""
    indexes = target.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%_pkey'", (table,)
    ).fetchall()
    for name, _ in indexes:
        target.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        if wanted(definition):
            target.execute(definition)


def copy(source: psycopg.Connection[Any], target: psycopg.Connection[Any], table: str, into: str | None = None) -> None:
    """All rows of a table, into the one of that name unless another is named."""
    out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    taken = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(into or table))
    with source.cursor().copy(out) as rows, target.cursor().copy(taken) as written:
        for part in rows:
            written.write(part)
