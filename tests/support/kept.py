"""What a house keeps, as tests look at it: every row of the log and the keys."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from infra.databases import Databases

Rows = Mapping[str, list[tuple[Any, ...]]]


def rows(databases: Databases) -> Rows:
    """Every row of every table of the log and the keys, and the sequence of positions."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for url in (databases.log, databases.keys):
        with psycopg.connect(url) as connection:
            names = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')"
            )
            for (name,) in names.fetchall():
                told = connection.execute(SQL("SELECT * FROM {} ORDER BY 1, 2").format(Identifier(name))).fetchall()
                # How many numbers are logged ahead says nothing.
                found[name] = [row[::2] for row in told] if name.endswith("_seq") else told
    return found
