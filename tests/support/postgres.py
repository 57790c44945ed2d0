"""Fresh databases for tests on the PostgreSQL under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol
from uuid import uuid4

import psycopg

_LEAVE_ALONE: Final = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Server(Protocol):
    def create_database(self, name: str) -> str: ...


class Databases:
    """Empty databases of one server, used again once they are emptied: dropping one costs the server a checkpoint."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._idle: list[str] = []

    @contextmanager
    def fresh(self) -> Iterator[str]:
        url = self._idle.pop() if self._idle else self._server.create_database(f"test_{uuid4().hex}")
        yield url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_LEAVE_ALONE)
            connection.execute("DROP SCHEMA IF EXISTS public, carnet_building, carnet_former CASCADE")
            connection.execute("CREATE SCHEMA public")
        self._idle.append(url)
