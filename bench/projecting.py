"""Filling the read models of clients and sales from the start of a log.

Beside the library's ProjectionRunner over the same log, with the same projections, statements and decoding, one
transaction for each event; and beside a bare loop of a hundred lines less: the same batches, decoding, decryption and
statements, rows built by hand, no fold, nothing parked, nothing counted.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection as LibraryProjection
from eventsourcing.projection import ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row
from typing_extensions import override

from bench.by_hand import cards_by_hand, purchases_by_hand
from bench.measure import Figure, compared, in_turn, rates, seconds
from bench.opened import fill, opened
from bench.sales import OPENED, history
from consumers.fold import fold
from domain.access import Caller, Role
from domain.catalog import CATALOG
from infra.log.application import Log
from infra.log.mapper import OfStream
from infra.log.streams import record
from infra.sql import read_models
from infra.sql.engine import projecting_connection
from infra.sql.writing import write
from infra.wiring import House, request
from infra.work import work_in_batches
from projections.client_card import client_card
from projections.projection import Recorded
from projections.purchase_history import purchase_history

EVENTS = 18_000
LIBRARY_EVENTS = 1_800
ROUNDS = 3
INTERNAL = sorted(CATALOG.internal)


def projecting(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    # As in the process that projects; the peers, in this same process, have it easier too.
    with work_in_batches(), opened(new_database, home) as house:
        events = fill(house, history(EVENTS), request(Caller("feed:bench", Role.ASSOCIATE)))
        for batch in (500, 2000):
            yield rates(
                "project",
                f"batches of {batch}",
                "a bare loop, the same decode, decryption and statements",
                ">= 0.5",
                events,
                partial(_ours, house, new_database, batch),
                partial(_bare, house, new_database, batch),
                ROUNDS,
            )
        pairs = in_turn(
            "rebuild",
            ROUNDS,
            lambda: events / _ours(house, new_database, 2000),
            lambda: LIBRARY_EVENTS / _library(house, new_database()),
        )
        yield compared(
            "rebuild",
            f"{events:,} events from the start",
            "the library's ProjectionRunner, the same work",
            "per second",
            ">= 20",
            pairs,
        )


def _ours(house: House, new_database: Callable[[], str], batch: int) -> float:
    url = new_database()
    read_models.migrate(url, [client_card, purchase_history])
    with house.projector([client_card.name, purchase_history.name], batch, read_url=url) as runner:

        def run() -> None:
            while runner.step():
                pass

        return seconds(run)


def _bare(house: House, new_database: Callable[[], str], batch: int) -> float:
    url = new_database()
    read_models.migrate(url, [client_card, purchase_history])

    def run() -> None:
        after = 0
        with projecting_connection(url) as connection:
            while rows := house.log.recorder.read_batch(after, batch, INTERNAL):
                decoded = house.codec.decode([record(row) for row in rows])
                after = rows[-1][0]
                for writes in (cards_by_hand(decoded), purchases_by_hand(decoded)):
                    with connection.transaction():
                        for each in writes:
                            write(connection, each)

    return seconds(run)


class View(PostgresTrackingRecorder):
    """The read models, written one event at a time together with the library's tracking."""

    def apply(self, recorded: Recorded, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for projection in (client_card, purchase_history):
                for writes in fold(projection.tables, projection.changes(recorded)):
                    with cursor.connection.cursor(row_factory=tuple_row):
                        write(cursor.connection, writes)


class OneByOne(LibraryProjection[View]):
    @override
    def process_event(self, domain_event: OfStream, tracking: Tracking) -> None:
        it = domain_event
        recorded = Recorded(
            tracking.notification_id,
            it.originator_id,
            it.originator_id,
            it.originator_version,
            "",
            it.event,
            it.originator_id,
            OPENED,
            "bench",
        )
        self.view.apply(recorded, tracking)


def _library(house: House, url: str) -> float:
    read_models.migrate(url, [client_card, purchase_history])
    where = conninfo_to_dict(url)

    class SameLog(Log):
        name = Log.name

        def __init__(self, _env: Any) -> None:
            super().__init__(house.databases.log, 2, house.codec)

    rows = house.log.recorder.read_batch(0, LIBRARY_EVENTS, INTERNAL)

    def run() -> None:
        with ProjectionRunner(
            application_class=SameLog,
            projection_class=OneByOne,
            view_class=View,
            env={
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(where["dbname"]),
                "POSTGRES_HOST": str(where["host"]),
                "POSTGRES_USER": str(where["user"]),
                "POSTGRES_PASSWORD": "",
            },
        ) as runner:
            runner.wait(rows[-1][0], timeout=120)

    return seconds(run)
