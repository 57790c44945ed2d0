"""Our recorder: the library's, with an append of one statement, and reads of many streams or events at once.

Positions must become visible in their order: a reader that has seen position 7 never looks for 6 again. So an append
holds an advisory lock from before it draws its positions until it has committed. Unlike the library's table lock it
costs no round trip of its own and does not meet VACUUM or an index build.

Nothing here is decorated with the library's `@retry`, which would multiply a lock time-out by ten.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal
from typing_extensions import override

from commands.ports import Offset, OffsetTaken

APPEND_LOCK: Final = 0x4341524E45540001

Row = tuple[int, UUID, int, str, bytes]
"""Position, stream, version, stored name, state."""

# The common table expression runs once and first: every row is joined to it before it draws its position.
_APPEND: Final = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock({lock}), pg_notify({channel}, ''))
INSERT INTO {table} (originator_id, originator_version, topic, state)
SELECT event.* FROM turn, unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[]) AS event
RETURNING notification_id"""
_TURN: Final = "SELECT pg_advisory_xact_lock({lock})"
_COLUMNS: Final = "SELECT notification_id, originator_id, originator_version, topic, state FROM {table} "
_STREAMS: Final = _COLUMNS + "WHERE originator_id = ANY(%b::uuid[]) ORDER BY originator_id, originator_version"
_BATCH: Final = _COLUMNS + (
    "WHERE notification_id > %b::bigint AND topic <> ALL(%b::text[]) ORDER BY notification_id LIMIT %b::bigint"
)
_POSITIONS: Final = _COLUMNS + "WHERE notification_id = ANY(%b::bigint[]) ORDER BY notification_id"
_TRACKED: Final = """
SELECT application_name, max(notification_id) AS last FROM {table}
WHERE application_name = ANY(%b::text[]) GROUP BY application_name"""
_END: Final = "SELECT notification_id FROM {table} WHERE topic <> ALL(%b::text[]) ORDER BY notification_id DESC LIMIT 1"


class LogRecorder(PostgresProcessRecorder):
    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = "stored_events",
        tracking_table_name: str = "notification_tracking",
    ) -> None:
        super().__init__(datastore, events_table_name=events_table_name, tracking_table_name=tracking_table_name)
        self._append = self._statement(_APPEND)
        self._turn = self._statement(_TURN)
        self._streams = self._statement(_STREAMS)
        self._batch = self._statement(_BATCH)
        self._positions = self._statement(_POSITIONS)
        self._end = self._statement(_END)
        self._tracked = SQL(_TRACKED).format(table=Identifier(self.datastore.schema, self.tracking_table_name))

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        """Appends events, and `tracking=` if given, in one transaction, and returns their positions in the same order.

        Raises the library's `IntegrityError` if a version is taken (or the tracking is stale), and its
        `OperationalError`, caused by `LockNotAvailable`, if other appends take too long. Nothing is stored then.
        """
        tracking: Tracking | None = kwargs.get("tracking")
        with self.datastore.get_connection() as connection:
            if tracking is None:
                return self._insert(connection, stored_events)
            with connection.transaction(), connection.cursor() as cursor:
                self._insert_tracking(cursor, tracking)
                return self._insert(connection, stored_events)

    def insert_fed(self, stored_events: Sequence[StoredEvent], offset: Offset) -> list[int]:
        """The same of what a feed told, where this is its offset. Raises `OffsetTaken` if it does not follow."""
        with self.datastore.get_connection() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.execute(self._turn)  # from here on nobody else moves it
            last = cursor.execute(self._tracked, ([offset.feed],), prepare=True, binary=True).fetchone()
            if not offset.follows(last["last"] if last else 0):
                raise OffsetTaken(offset.feed)
            if offset.moves:
                self._insert_tracking(cursor, Tracking(offset.feed, offset.next))
            return self._insert(connection, stored_events)

    def read_streams(self, ids: Sequence[UUID]) -> list[Row]:
        """All events of these streams, stream by stream, in the order of their versions."""
        return self._rows(self._streams, (list(ids),))

    def read_batch(self, after: int, limit: int, skip: Sequence[str] = ()) -> list[Row]:
        """Up to `limit` events after this position, in order, without those that have a stored name to skip."""
        return self._rows(self._batch, (after, list(skip), limit))

    def read_positions(self, positions: Sequence[int]) -> list[Row]:
        """The events at these positions, in order, without those that are not there."""
        return self._rows(self._positions, (list(positions),))

    def tracked(self, names: Sequence[str]) -> dict[str, int]:
        """The last tracking of each of these names that has one."""
        return dict(self._rows(self._tracked, (list(names),)))

    def end(self, skip: Sequence[str] = ()) -> int:
        """The position of the last event, without those that have a stored name to skip; 0 if there is none."""
        rows = self._rows(self._end, (list(skip),))
        return rows[0][0] if rows else 0

    def _insert(self, connection: Connection[Any], events: Sequence[StoredEvent]) -> list[int]:
        if not events:
            return []
        columns = (
            [event.originator_id for event in events],
            [event.originator_version for event in events],
            [event.topic for event in events],
            [event.state for event in events],
        )
        with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
            return [position for (position,) in cursor.execute(self._append, columns, prepare=True)]

    def _rows(self, statement: Composed, parameters: Sequence[Any]) -> list[Any]:
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(statement, parameters, prepare=True).fetchall()

    def _statement(self, text: str) -> Composed:
        return SQL(text).format(
            table=Identifier(self.datastore.schema, self.events_table_name),
            lock=Literal(APPEND_LOCK),
            channel=Literal(self.channel_name),
        )
