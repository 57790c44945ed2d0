"""Triggers in the database of the read models, that write down each move of an offset and each write to a table.

What they write is part of the transaction they tell of: of one that never was they say nothing. Another one, on the
log, lets an append now and then take its time between drawing its positions and its commit.
"""

from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from infra.sql.offsets import offsets
from projections.registry import PROJECTIONS

_TABLES: Final = """
    CREATE SCHEMA faults;
    CREATE TABLE faults.moves (
        n bigserial PRIMARY KEY, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
        who text NOT NULL DEFAULT current_setting('application_name'), projection text, version integer,
        partition integer, was bigint, position bigint, offset_was bigint, next_offset bigint
    );
    CREATE TABLE faults.writes (transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), written text);
    CREATE FUNCTION faults.moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO faults.moves (projection, version, partition, was, position, offset_was, next_offset)
        VALUES (new.projection, new.version, new.partition, old.position, new.position, old.next_offset,
            new.next_offset);
        RETURN NULL;
    END $$;
    CREATE FUNCTION faults.written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO faults.writes (written) VALUES (tg_table_name);
        RETURN NULL;
    END $$;
"""
# Long enough for others to overtake it, and for a reader to look, were they not made to wait.
_SLOW: Final = """
    CREATE FUNCTION takes_its_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF random() < 0.05 THEN PERFORM pg_sleep(random() * 0.1); END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER takes_its_time AFTER INSERT ON carnet_events
        FOR EACH STATEMENT EXECUTE FUNCTION takes_its_time();
"""
_MOVED: Final = SQL("CREATE TRIGGER moved AFTER UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION faults.moved()")
_WRITTEN: Final = SQL(
    "CREATE TRIGGER written AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH STATEMENT EXECUTE FUNCTION faults.written()"
)


@dataclass(frozen=True, slots=True)
class Move:
    """One update of an offset: by whom, in which transaction, from where to where."""

    transaction: str
    who: str
    projection: str
    partition: int
    was: int
    position: int
    offset_was: int
    next_offset: int


def install(log_url: str, read_url: str) -> None:
    """Puts the triggers on the tables, which have to be there."""
    with psycopg.connect(log_url) as connection:
        connection.execute(_SLOW)
    with psycopg.connect(read_url) as connection:
        connection.execute(_TABLES)
        connection.execute(_MOVED.format(Identifier(offsets.name)))
        for table in (table for projection in PROJECTIONS for table in projection.tables):
            connection.execute(_WRITTEN.format(Identifier(table.name)))


def moves(connection: psycopg.Connection[tuple[object, ...]]) -> list[Move]:
    """Every move, those of one partition in their order."""
    rows = connection.execute(
        """
        SELECT transaction::text, who, projection, partition, was, position, offset_was, next_offset
        FROM faults.moves ORDER BY n
        """
    )
    return [Move(*row) for row in rows.fetchall()]  # type: ignore[arg-type]


def writes(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, set[str]]:
    """The tables that each transaction wrote."""
    found: dict[str, set[str]] = {}
    for transaction, table in connection.execute("SELECT DISTINCT transaction::text, written FROM faults.writes"):
        found.setdefault(str(transaction), set()).add(str(table))
    return found
