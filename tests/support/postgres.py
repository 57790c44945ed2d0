"""Fresh databases for tests on the PostgreSQL under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import uuid4


class Server(Protocol):
    def create_database(self, name: str) -> str: ...

    def drop_database(self, name: str) -> None: ...


@contextmanager
def fresh_database(server: Server) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    url = server.create_database(name)
    try:
        yield url
    finally:
        server.drop_database(name)
