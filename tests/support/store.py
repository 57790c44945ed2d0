"""Read models in PostgreSQL as tests look at them: every row, every letter."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from infra.sql.read_models import migrate
from projections.projection import Projection, key_columns
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import Journal


class Store:
    """A database with the tables of some projections, and what stands in them."""

    def __init__(self, url: str, projections: Sequence[Projection]) -> None:
        self.url = url
        self.projections = projections
        migrate(url, projections)

    def rows(self) -> Tables:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            found = {
                table.name: {
                    tuple(row[column] for column in key_columns(table)): row
                    for row in connection.execute(f"SELECT * FROM {table.name}".encode())
                }
                for projection in self.projections
                for table in projection.tables
            }
        return {name: rows for name, rows in found.items() if rows}

    def letters(self) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(
                "SELECT projection, position, reason, error, sqlstate FROM dead_letters ORDER BY 1, 2"
            ).fetchall()


def expected(journal: Journal, *projections: Projection) -> Tables:
    """What a fresh fold of the journal gives."""
    return applied_one_by_one(
        [asked for recorded in journal.recorded() for each in projections for asked in each.changes(recorded)]
    )


def as_stored(tables: Tables) -> Tables:
    """PostgreSQL gives an array back as a list."""

    def value(given: Any) -> Any:
        return [value(each) for each in given] if isinstance(given, tuple | list) else given

    return {
        name: {key: {column: value(given) for column, given in row.items()} for key, row in rows.items()}
        for name, rows in tables.items()
    }
