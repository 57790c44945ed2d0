"""A log that is being moved into a database: until it is all there, and was found equal, nobody opens it."""

from typing import Any, Final
from uuid import UUID

import psycopg

_TABLE: Final = """
CREATE TABLE carnet_arriving (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    incarnation uuid NOT NULL
)"""
_BEGIN: Final = "INSERT INTO carnet_arriving (incarnation) VALUES (%s)"
_END: Final = "DROP TABLE carnet_arriving"


class Arriving(Exception):
    """A log is being moved to this database, and is not all there yet."""

    def __init__(self) -> None:
        super().__init__("a log is being moved here and is not complete: `carnet move` goes on where it was")


def arriving(connection: psycopg.Connection[Any]) -> UUID | None:
    """The incarnation of the log that is being moved here; None if none is."""
    if connection.execute("SELECT to_regclass('carnet_arriving')").fetchone() == (None,):
        return None
    found: tuple[UUID] | None = connection.execute("SELECT incarnation FROM carnet_arriving").fetchone()
    return found[0] if found else None


def require_arrived(connection: psycopg.Connection[Any]) -> None:
    """Raises `Arriving`."""
    if arriving(connection) is not None:
        raise Arriving


def begin(connection: psycopg.Connection[Any], incarnation: UUID) -> None:
    """From the end of the transaction on nobody opens this log."""
    connection.execute(_TABLE)
    connection.execute(_BEGIN, (incarnation,))


def end(connection: psycopg.Connection[Any]) -> None:
    """It is complete: whoever wants to may open it."""
    connection.execute(_END)
