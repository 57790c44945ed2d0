"""Filling the read models of clients and sales from the start of a log.

Beside the library's ProjectionRunner over the same log, with the same projections, statements and decoding, one
transaction for each event; and beside a bare loop of a hundred lines less: the same batches, decoding, decryption and
statements, rows built by hand, no fold, nothing parked, nothing counted.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection as LibraryProjection
from eventsourcing.projection import ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row
from typing_extensions import override

from bench.measure import Figure, compared, seconds
from bench.opened import fill, opened
from bench.sales import OPENED, history
from consumers.fold import Patch, TableWrites, fold
from domain.access import Caller, Role
from domain.catalog import CATALOG
from domain.client import AddressAdded, ClientRegistered, ContactPointAdded, Name, Reference
from domain.personal import Erased
from domain.sale import SaleRecorded
from infra.log.application import Log
from infra.log.mapper import OfStream
from infra.log.streams import record
from infra.sql import read_models
from infra.sql.engine import projecting_connection
from infra.sql.writing import write
from infra.wiring import House, request
from infra.work import rare_collections
from projections import client_card as cards
from projections import purchase_history as purchases
from projections.client_card import client_card
from projections.projection import Recorded
from projections.purchase_history import purchase_history
from projections.spelling import contact_keys, name_keys

EVENTS = 18_000
LIBRARY_EVENTS = 1_800
ROUNDS = 3
INTERNAL = sorted(CATALOG.internal)


def projecting(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    # As in the process that projects; the peers, in this same process, have it easier too.
    with rare_collections(), opened(new_database, home) as house:
        events = fill(house, history(EVENTS), request(Caller("feed:bench", Role.ASSOCIATE)))
        end = house.log.recorder.end(INTERNAL)
        for batch in (500, 2000):
            pairs = []
            for each in range(ROUNDS + 1):
                ours = events / _ours(house, new_database(), batch, end)
                bare = events / _bare(house, new_database(), batch)
                if each:
                    pairs.append((ours, bare))
            yield compared(
                "project",
                f"batches of {batch}",
                "a bare loop, the same decode, decryption and statements",
                "per second",
                ">= 0.5",
                pairs,
            )
        pairs = []
        for each in range(ROUNDS + 1):
            ours = events / _ours(house, new_database(), 2000, end)
            theirs = LIBRARY_EVENTS / _library(house, new_database())
            if each:
                pairs.append((ours, theirs))
        yield compared(
            "rebuild",
            f"{events:,} events from the start",
            "the library's ProjectionRunner, the same work",
            "per second",
            ">= 20",
            pairs,
        )


def _ours(house: House, url: str, batch: int, end: int) -> float:
    read_models.migrate(url, [client_card, purchase_history])
    with house.projector([client_card.name, purchase_history.name], batch, read_url=url) as runner:

        def run() -> None:
            while runner.step():
                pass

        return seconds(run)


def _bare(house: House, url: str, batch: int) -> float:
    read_models.migrate(url, [client_card, purchase_history])

    def run() -> None:
        after = 0
        with projecting_connection(url) as connection:
            while rows := house.log.recorder.read_batch(after, batch, INTERNAL):
                decoded = house.codec.decode([record(row) for row in rows])
                after = rows[-1][0]
                for writes in (_cards(decoded), _purchases(decoded)):
                    with connection.transaction():
                        for each in writes:
                            write(connection, each)

    return seconds(run)


def _cards(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    card, contact, address = (TableWrites(table) for table in (cards.card, cards.contact_point, cards.address))
    versions: dict[UUID, dict[str, Any]] = {}
    for it in decoded:
        assert isinstance(it, Recorded)
        event = it.event
        if isinstance(event, ClientRegistered):
            name, reference = event.name, event.reference
            assert isinstance(name, Name)
            assert isinstance(reference, Reference)
            versions[it.key] = {
                "client_id": it.key,
                "family": name.family,
                "given": name.given,
                "title": name.title,
                "reference_source": reference.source,
                "reference_number": reference.number,
                "erased": False,
                "store_id": event.store_id,
                "registered_at": it.recorded_at,
                "registered_by": it.actor,
                "keys": name_keys(name.given, name.family),
                "stream_version": 1,
            }
            card.rows.append(versions[it.key])
        elif isinstance(event, ContactPointAdded) and not isinstance(event.value, Erased):
            contact.rows.append(
                {
                    "client_id": it.key,
                    "contact_point_id": event.contact_point_id,
                    "kind": event.kind.value,
                    "value": event.value,
                    "added_at": it.recorded_at,
                    "keys": contact_keys(event.kind, event.value),
                }
            )
        elif isinstance(event, AddressAdded) and not isinstance(event.address, Erased):
            where = event.address
            address.rows.append(
                {
                    "client_id": it.key,
                    "address_id": event.address_id,
                    "type": event.type.value,
                    "lines": list(where.lines),
                    "city": where.city,
                    "region": where.region,
                    "postal_code": where.postal_code,
                    "country": where.country,
                    "added_at": it.recorded_at,
                }
            )
        else:
            continue
        if it.key in versions:
            versions[it.key]["stream_version"] = it.stream_version
        else:
            patch = card.patches.setdefault(Patch(frozenset({"stream_version"}), frozenset()), [])
            patch.append({"client_id": it.key, "stream_version": it.stream_version})
    return [card, contact, address]


def _purchases(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    sale, line = TableWrites(purchases.sale), TableWrites(purchases.line)
    for it in decoded:
        assert isinstance(it, Recorded)
        event = it.event
        if isinstance(event, SaleRecorded):
            sale.rows.append(
                {
                    "sale_id": it.key,
                    "client_id": event.client_id,
                    "kind": purchases.SALE,
                    "source": event.reference.source,
                    "number": event.reference.number,
                    "store_id": event.store_id,
                    "occurred_at": event.occurred_at,
                    "currency": event.currency,
                    "recorded_at": it.recorded_at,
                    "stream_version": it.stream_version,
                }
            )
            line.rows.extend(
                {
                    "sale_id": it.key,
                    "ordinal": each.ordinal,
                    "sku": each.sku,
                    "description": each.description,
                    "brand": each.brand,
                    "category": each.category,
                    "type": each.type,
                    "moves_goods": each.moves_goods,
                    "sellers": [seller.associate_id for seller in each.sellers],
                    "seller_parts": [seller.parts for seller in each.sellers],
                    "unit_price": each.unit_price,
                    "quantity": each.quantity,
                    "net": each.net,
                    "returned_quantity": 0,
                    "returned_net": 0,
                }
                for each in event.lines
            )
    return [sale, line]


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
