"""Where each projection stands, in the same database as its rows, and the events it could not project.

The offset moves first in a batch's transaction, by compare-and-set: of two runners on the same partition one finds its
position gone, or nobody's generation but its own, and writes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from consumers.read_models import Batch, DeadLetter, Overtaken, Progress, Standing
from infra.sql.writing import document
from projections.projection import Projection

CHANNEL: Final = "carnet_projected"
"""The NOTIFY channel; the payload is a JSON object with projection, version, partition and position."""

METADATA: Final = MetaData()

offsets: Final = Table(
    "offsets",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
    Column("next_offset", BigInteger, nullable=False, server_default=text("0")),
    Column("parked_generation", BigInteger, nullable=False, server_default=text("0")),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
)

# Parked while `resolution` is NULL; then what `infra/sql/dead_letters.py` says of it.
dead_letters: Final = Table(
    "dead_letters",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Uuid, nullable=False),
    Column("stream_id", Uuid, nullable=False),
    Column("stream_version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text),
    Column("sqlstate", Text),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("resolution", Text),
    Column("resolved_at", DateTime(timezone=True)),
    Column("resolved_by", Text),
    Column("resolved_why", Text),
)

# So that the tables of an earlier version can be named when no release knows them any more.
tables_made: Final = Table(
    "tables_made",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("projection", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

_MADE: Final = """
    INSERT INTO tables_made (projection, version, name)
    SELECT %(projection)s, %(version)s, unnest(%(tables)s::text[]) ON CONFLICT DO NOTHING
"""
_EARLIER: Final = """
    WITH earlier AS (
        DELETE FROM tables_made WHERE projection = %(projection)s AND version < %(version)s RETURNING name
    ), without_offsets AS (
        DELETE FROM offsets WHERE projection = %(projection)s AND version < %(version)s
    ), without_letters AS (
        DELETE FROM dead_letters WHERE projection = %(projection)s AND version < %(version)s
    )
    SELECT name FROM earlier ORDER BY name
"""
_INCOMPLETE: Final = """
    SELECT FROM pg_class AS c WHERE c.oid = to_regclass('dead_letters') AND NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'resolved_why')
"""
_COMPLETE: Final = """
    ALTER TABLE dead_letters
    ADD COLUMN resolved_at timestamptz, ADD COLUMN resolved_by text, ADD COLUMN resolved_why text
"""
_BEGIN: Final = """
    INSERT INTO offsets (projection, version, partition)
    SELECT %(projection)s, %(version)s, partition FROM unnest(%(partitions)s::integer[]) AS p(partition)
    ORDER BY partition ON CONFLICT DO NOTHING
"""
_PROGRESS: Final = """
    SELECT partition, position, next_offset, parked_generation, paused FROM offsets
    WHERE projection = %(projection)s AND version = %(version)s AND partition = ANY(%(partitions)s::integer[])
"""
_PARKED: Final = """
    SELECT DISTINCT key FROM dead_letters
    WHERE projection = %(projection)s AND version = %(version)s AND partition = ANY(%(partitions)s::integer[])
    AND resolution IS NULL
"""
_ADVANCE: Final = """
    WITH moved AS (
        UPDATE offsets AS o SET position = r.position, next_offset = r.next_offset
        FROM json_to_recordset(%(rows)s)
            AS r(projection text, version integer, partition integer,
                was bigint, generation bigint, position bigint, next_offset bigint)
        WHERE o.projection = r.projection AND o.version = r.version AND o.partition = r.partition
        AND o.position = r.was AND o.parked_generation = r.generation AND NOT o.paused
        RETURNING o.projection, o.version, o.partition, o.position
    )
    SELECT pg_notify(%(channel)s, row_to_json(moved)::text) FROM moved
"""
_PARK: Final = """
    INSERT INTO dead_letters
        (projection, version, partition, position, key, stream_id, stream_version, name, reason, error, sqlstate)
    SELECT %(projection)s, %(version)s, r.* FROM json_to_recordset(%(rows)s) AS r(
        partition integer, position bigint, key uuid, stream_id uuid, stream_version integer, name text, reason text,
        error text, sqlstate text)
"""
_PAUSE: Final = "UPDATE offsets SET paused = true WHERE projection = %(projection)s AND version = %(version)s"


def complete(connection: psycopg.Connection[Any]) -> None:
    """Adds the columns of `dead_letters` that a database of an earlier release does not have."""
    if connection.execute(_INCOMPLETE).fetchone() is not None:
        connection.execute(_COMPLETE)


def made(connection: psycopg.Connection[Any], projections: Iterable[Projection]) -> None:
    """The tables of these are there."""
    for each in projections:
        connection.execute(_MADE, {**_named(each), "tables": [table.name for table in each.tables]})


def forget_earlier(connection: psycopg.Connection[Any], projection: Projection) -> list[str]:
    """Where earlier versions of a projection stood is forgotten; the names of their tables."""
    return [name for (name,) in connection.execute(_EARLIER, _named(projection))]


def begin(connection: psycopg.Connection[Any], projection: Projection, partitions: list[int]) -> None:
    """Partitions that it never saw stand at the beginning."""
    connection.execute(_BEGIN, {**_named(projection), "partitions": partitions})


def load(connection: psycopg.Connection[Any], projection: Projection, partitions: list[int]) -> Standing:
    """The offsets are read before the parked keys: who resolves some in between has raised their generation."""
    of = {**_named(projection), "partitions": partitions}
    begin(connection, projection, partitions)
    rows = connection.execute(_PROGRESS, of).fetchall()
    keys: list[tuple[UUID]] = connection.execute(_PARKED, of).fetchall()
    return Standing(
        progress={partition: Progress(*progress) for partition, *progress, _ in rows},
        parked=frozenset(key for (key,) in keys),
        paused=any(paused for *_, paused in rows),
    )


def advance(connection: psycopg.Connection[Any], moves: Sequence[tuple[Projection, Batch]], channel: str) -> None:
    """Moves every partition of these batches on and tells it on `channel`, once it is committed. Raises `Overtaken`."""
    rows = [
        {
            **_named(projection),
            "partition": partition,
            "was": known.position,
            "generation": known.generation,
            "position": batch.reached[partition].position,
            "next_offset": batch.reached[partition].next_offset,
        }
        for projection, batch in moves
        for partition, known in sorted(batch.known.items())
    ]
    moved = connection.execute(_ADVANCE, {"channel": channel, "rows": document(rows)})
    if moved.rowcount != len(rows):
        names = ", ".join(projection.name for projection, _ in moves)
        raise Overtaken(f"{names}: {moved.rowcount} of {len(rows)} partitions where they were left")


def park(connection: psycopg.Connection[Any], projection: Projection, letters: list[DeadLetter]) -> None:
    rows = [
        {
            "partition": letter.record.partition,
            "position": letter.record.position,
            "key": letter.record.key,
            "stream_id": letter.record.stream_id,
            "stream_version": letter.record.stream_version,
            "name": letter.record.name,
            "reason": letter.reason.value,
            "error": letter.error,
            "sqlstate": letter.sqlstate,
        }
        for letter in letters
    ]
    connection.execute(_PARK, {**_named(projection), "rows": document(rows)})


def pause(connection: psycopg.Connection[Any], projection: Projection) -> None:
    connection.execute(_PAUSE, _named(projection))


def _named(projection: Projection) -> dict[str, Any]:
    return {"projection": projection.name, "version": projection.version}
