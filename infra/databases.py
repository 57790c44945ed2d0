"""Where the three databases are: the log, the person keys and the read models, each on its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import conninfo, sql

from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Databases:
    """libpq URIs or connection strings."""

    log: str
    keys: str
    read: str


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """The databases of these settings, made where they are missing; an embedded server runs as long as the context."""
    if settings.database_url is None:
        server = EmbeddedPostgres.start(settings.home / "postgres")
        try:
            yield Databases(*(server.create_database(name) for name in ("carnet", "carnet_keys", "carnet_read")))
        finally:
            server.stop()
    else:
        found = Databases(
            settings.database_url,
            settings.keys_url or _beside(settings.database_url, "keys"),
            settings.read_url or _beside(settings.database_url, "read"),
        )
        for url in (found.log, found.keys, found.read):
            _create_missing(url)
        yield found


def _beside(url: str, suffix: str) -> str:
    return conninfo.make_conninfo(url, dbname=f"{_name(url)}_{suffix}")


def _create_missing(url: str) -> None:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        # A failed connection has no sqlstate: whether the database is missing, the server itself has to say.
        with psycopg.connect(conninfo.make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (_name(url),)).fetchone() is not None:
                raise
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name(url))))


def _name(url: str) -> str:
    return str(conninfo.conninfo_to_dict(url)["dbname"])
