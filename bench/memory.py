"""A database as its server has it after a while: in memory, where the machine has enough of it."""

from pathlib import Path
from typing import Final

import psycopg

_PART: Final = 1 << 24
_FILES: Final = """
    SELECT current_setting('data_directory'), pg_relation_filepath(oid)
    FROM pg_class WHERE relkind IN ('r', 'i', 't') AND pg_relation_filepath(oid) LIKE 'base/%%'
"""


def in_memory(url: str) -> None:
    """Reads every file of this database once, so that who asks does not wait for the disk."""
    with psycopg.connect(url) as connection:
        found = connection.execute(_FILES).fetchall()
    for data, path in found:
        first = Path(data, path)
        for file in (first, *first.parent.glob(f"{first.name}.*")):
            with file.open("rb") as parts:
                while parts.read(_PART):
                    pass
