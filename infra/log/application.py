"""The log: where the eventsourcing library's application is put together from its parts and ours.

The library's are the tables, the connection pool, the event store, the notification log, subscriptions and tracking;
ours the recorder's append and batch reads (`recorder.py`) and what an event looks like (`codec.py`).
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Mapper
from eventsourcing.postgres import BasePostgresFactory, PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg import Connection
from psycopg.rows import dict_row
from typing_extensions import override

from infra.log.arriving import require_arrived
from infra.log.codec import Codec
from infra.log.mapper import CodecMapper
from infra.log.recorder import LogRecorder

LOCK_SECONDS: Final = 3
WAIT_SECONDS: Final = 5.0
MIGRATION_LOCK: Final = 0x4341524E45540002

_INCARNATION: Final = """
CREATE TABLE IF NOT EXISTS carnet_incarnation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL DEFAULT gen_random_uuid()
)"""
_BEGUN: Final = "INSERT INTO carnet_incarnation DEFAULT VALUES ON CONFLICT DO NOTHING"


class Datastore(PostgresDatastore):
    """The library's pool of connections, reached by a libpq URI with whatever options it has."""

    def __init__(self, url: str, connections: int) -> None:
        super().__init__(
            dbname="",
            host="",
            port="",
            user="",
            password="",
            connect_timeout=WAIT_SECONDS,
            idle_in_transaction_session_timeout=WAIT_SECONDS,
            pool_size=connections,
        )
        self.pool.conninfo = url
        self.pool.kwargs = {"row_factory": dict_row}

    @override
    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        configure = super().after_connect_func()

        def after_connect(connection: Connection[Any]) -> None:
            configure(connection)
            connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")

        return after_connect


class Factory(PostgresFactory):
    process_recorder_class = LogRecorder

    def __init__(self, env: Environment, datastore: Datastore) -> None:
        super(BasePostgresFactory, self).__init__(env)
        self.datastore = datastore


class Log(Application[UUID]):
    """Made by `open`. `incarnation` tells this log from one restored in its place: positions of one mean nothing in
    the other."""

    name = "carnet"
    recorder: LogRecorder
    incarnation: UUID

    def __init__(self, url: str, connections: int, codec: Codec | None, *, create_table: bool = False) -> None:
        self.url = url
        self._connections = connections
        self._codec = codec
        super().__init__({Factory.CREATE_TABLE: "y" if create_table else "n"})

    @classmethod
    def open(cls, url: str, connections: int = 4, codec: Codec | None = None) -> "Log":
        """Connects; `LookupError` if the log was never migrated, `Arriving` if it is not all there yet.

        `connections` bounds how many threads use it at once. Only the library's own ways of reading need the codec.
        """
        with psycopg.connect(url) as connection:
            require_arrived(connection)
            if connection.execute("SELECT to_regclass('carnet_incarnation')").fetchone() == (None,):
                raise LookupError("there is no log in this database yet: it has not been migrated")
            (incarnation,) = connection.execute("SELECT id FROM carnet_incarnation").fetchone() or (None,)
        log = cls(url, connections, codec)
        log.incarnation = incarnation
        return log

    @classmethod
    def migrate(cls, url: str) -> None:
        """Makes the tables that are missing; several processes may do so at once. Raises `Arriving`."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
            require_arrived(connection)
            cls.make_tables(url)
            connection.execute(_BEGUN)

    @classmethod
    def make_tables(cls, url: str) -> None:
        """Makes the tables that are missing, for a log that brings its incarnation along."""
        cls(url, 1, None, create_table=True).close()
        with psycopg.connect(url) as connection:
            connection.execute(_INCARNATION)

    @override
    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what is given: the library would let any variable of the environment override it."""
        return Environment(name, env)

    @override
    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return Factory(env, Datastore(self.url, self._connections))

    @override
    def construct_mapper(self) -> Mapper[UUID]:
        return CodecMapper(self._codec)

    @override
    def construct_recorder(self) -> LogRecorder:
        recorder = self.factory.process_recorder()
        assert isinstance(recorder, LogRecorder)
        return recorder
