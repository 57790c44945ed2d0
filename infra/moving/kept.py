"""What of a house is nobody's read model: tables that are the only copy of what they hold, copied and compared row by
row.

A window is some rows that follow each other by their key. A row goes from server to server as the bytes that the one
gives and the other takes, unread; its digest is over all its columns in that same form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from infra.failpoints import reached

# Some megabytes: what is done again when it is killed in the midst of it.
ROWS: Final = 10_000
SHOWN: Final = 10

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A table, the column that is its key, and what its rows are called."""

    name: str
    key: str
    rows: str


EVENTS: Final = Kept("carnet_events", "notification_id", "events")
FEEDS: Final = Kept("carnet_tracking", "application_name", "trackings")
WAITING: Final = Kept("parked_piece", "id", "receipts that wait")
KEYS: Final = Kept("person_key", "person", "person keys")

IN_LOG: Final = (EVENTS, FEEDS, WAITING)
IN_KEYS: Final = (KEYS,)


@dataclass(frozen=True, slots=True)
class Window:
    """So many rows with keys above `after` and up to `to`."""

    after: Any
    to: Any
    rows: int


class Differs(Exception):
    """What was copied is not what it was copied from. Names rows by their keys, never what they say."""


_COLUMNS: Final = """
SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
_COUNT: Final = "SELECT count(*) FROM {table}"
_LAST: Final = "SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1"
_WINDOW: Final = """
SELECT count(*), (array_agg({key} ORDER BY {key} DESC))[1]
FROM (SELECT {key} FROM {table} WHERE {window} ORDER BY {key} LIMIT {limit}) AS next"""
_OUT: Final = "COPY (SELECT {columns} FROM {table} WHERE {window} ORDER BY {key}) TO STDOUT (FORMAT BINARY)"
_IN: Final = "COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
# In the order of the digests themselves: two servers may sort texts in different ways.
_DIGEST: Final = """
SELECT count(*), sha256(coalesce(string_agg(digest, ''::bytea ORDER BY digest), ''::bytea))
FROM (SELECT sha256(record_send(ROW({columns}))) AS digest FROM {table} WHERE {window}) AS digests"""
_EACH: Final = "SELECT {key}, sha256(record_send(ROW({columns}))) FROM {table} WHERE {window}"


def columns_of(connection: Connection, table: Kept) -> list[str]:
    """The names of its columns; none if there is no such table, as before a release that brought it."""
    return [name for (name,) in connection.execute(_COLUMNS, (table.name,))]


def count(connection: Connection, table: Kept) -> int:
    rows = connection.execute(_sql(_COUNT, table)).fetchone()
    return int(rows[0]) if rows else 0


def last(connection: Connection, table: Kept) -> Any:
    """The highest key; None in an empty table."""
    row = connection.execute(_sql(_LAST, table)).fetchone()
    return row[0] if row else None


def windows(connection: Connection, table: Kept, after: Any = None) -> Iterator[Window]:
    """All rows with keys above `after`."""
    while True:
        beyond = _within(table, Window(after, None, 0))
        found = connection.execute(_sql(_WINDOW, table, window=beyond, limit=Literal(ROWS))).fetchone()
        if not found or not found[0]:
            return
        yield Window(after, found[1], found[0])
        after = found[1]


def copy(source: Connection, target: Connection, table: Kept, columns: Sequence[str], window: Window) -> None:
    """The rows of a window, in one transaction of the target."""
    named = {"columns": _names(columns), "window": _within(table, window)}
    with target.transaction():
        with (
            source.cursor().copy(_sql(_OUT, table, **named)) as given,
            target.cursor().copy(_sql(_IN, table, **named)) as taken,
        ):
            for data in given:
                taken.write(data)
        reached("move.written")
    reached("move.copied")


def require_equal(source: Connection, target: Connection, table: Kept, columns: Sequence[str], window: Window) -> None:
    """Raises `Differs`."""
    named = {"columns": _names(columns), "window": _within(table, window)}
    told = [each.execute(_sql(_DIGEST, table, **named)).fetchone() for each in (source, target)]
    if told[0] != told[1] or told[0] is None or told[0][0] != window.rows:
        rows = [dict(each.execute(_sql(_EACH, table, **named)).fetchall()) for each in (source, target)]
        raise Differs(_told(table, *rows))


def _told(table: Kept, there: Mapping[Any, bytes], here: Mapping[Any, bytes]) -> str:
    differing = sorted(key for key in {*there, *here} if there.get(key) != here.get(key))
    shown = ", ".join(str(key) for key in differing[:SHOWN])
    return f"{len(differing):,} of the {table.rows} differ, the first by their {table.key}: {shown}"


def _within(table: Kept, window: Window) -> Composed:
    bounds = [
        SQL("{} {} {}").format(Identifier(table.key), SQL(than), Literal(bound))
        for than, bound in ((">", window.after), ("<=", window.to))
        if bound is not None
    ]
    return SQL(" AND ").join(bounds) if bounds else SQL("true").format()


def _names(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


def _sql(statement: LiteralString, table: Kept, **parts: Composable) -> Composed:
    return SQL(statement).format(table=Identifier(table.name), key=Identifier(table.key), **parts)
