"""Where the three databases are: the log, the person keys and the read models, each on its own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import conninfo, errors, sql

from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import Settings

_EMBEDDED: Final = ("carnet", "carnet_keys", "carnet_read")


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
            yield Databases(*(server.create_database(name) for name in _EMBEDDED))
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


@contextmanager
def existing(place: str, keys_url: str | None = None, read_url: str | None = None) -> Iterator[Databases]:
    """The databases of a house that is there, by its data directory (`CARNET_HOME`) or by the libpq URI of its log.
    Nothing is made. Raises `LookupError` if there is none."""
    if "://" in place or "=" in place:
        yield Databases(place, keys_url or _beside(place, "keys"), read_url or _beside(place, "read"))
        return
    data = Path(place) / "postgres"
    if not (data / "PG_VERSION").exists():
        raise LookupError(f"there is no house in {place}")
    server = EmbeddedPostgres.start(data)
    try:
        yield Databases(*(server.url(name) for name in _EMBEDDED))
    finally:
        server.stop()


def existing_of(settings: Settings) -> AbstractContextManager[Databases]:
    """Those of these settings, as they are there."""
    return existing(settings.database_url or str(settings.home), settings.keys_url, settings.read_url)


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
            # Processes that begin together: another one may make it just now.
            with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name(url))))


def _name(url: str) -> str:
    return str(conninfo.conninfo_to_dict(url)["dbname"])
