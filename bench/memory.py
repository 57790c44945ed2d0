"""A server as somebody would run it for a large house, and a database as that server has it after a while."""

import os
from pathlib import Path
from typing import Final

import psycopg

from infra.embedded.postgres import EmbeddedPostgres

_PART: Final = 1 << 24
_FILES: Final = """
    SELECT current_setting('data_directory'), pg_relation_filepath(oid)
    FROM pg_class WHERE relkind IN ('r', 'i', 't') AND pg_relation_filepath(oid) LIKE 'base/%'
"""


def give_memory(server: EmbeddedPostgres) -> None:
    """A quarter of the machine's memory for its buffers, as PostgreSQL's manual has it; unasked it takes 128 MB."""
    quarter = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{quarter >> 20}MB'".encode())
    server.kill()
    server.restart()


def huge_pages() -> bool:
    """Whether this machine has memory in huge pages reserved, which the server takes if there is enough: for as much as
    it is given here its manual advises so."""
    told = Path("/proc/meminfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return any(line.startswith("HugePages_Total") and int(line.split()[1]) > 0 for line in lines)


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
