"""How connections to the read models are made, for reading and for projecting."""

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# How long a projector may stand still in the midst of a transaction. One that is stopped, or on a machine that is gone,
# holds the offsets of its partitions: without an end to that, whoever takes them over waits for it.
ASLEEP_SECONDS: Final = 10

# Rows and offset are lost together in a crash of the server and projected again, so a commit need not wait for the
# disk. A plan made while a table was empty would go on scanning all of it: the projector reads by key only.
_PROJECTING = """
    SET synchronous_commit = off;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET timezone = 'UTC';
    SET log_parameter_max_length_on_error = 0;
"""

# Queries read by index too: with a limit, a scan of a whole table looks cheap to the planner and is not. Compiling a
# plan takes longer than any of them, and so does making one: it is made once, for whatever is asked. In a large house
# PostgreSQL would make it anew each time, which takes five times as long as to read a client's profile.
READING: Final = (
    "-c default_transaction_read_only=on -c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan "
    "-c timezone=UTC"
)


def sqlalchemy_url(url: str) -> URL:
    """A libpq URI (or connection string) as SQLAlchemy wants it, with every option kept."""
    options = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    return URL.create(
        "postgresql+psycopg",
        username=options.pop("user", None),
        password=options.pop("password", None),
        database=options.pop("dbname", None),
        query=options,
    )


def read_engine(url: str, connections: int) -> AsyncEngine:
    """An engine for queries: read-only, each statement a transaction of its own, no parameters in error texts."""
    options = conninfo_to_dict(url).get("options") or ""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"options": f"{options} {READING}".strip()},
    )


def projecting_connection(url: str) -> psycopg.Connection[Any]:
    """A connection for writing read models; transactions are opened explicitly."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(_PROJECTING)
    connection.execute(f"SET idle_in_transaction_session_timeout = {int(ASLEEP_SECONDS * 1000)}")
    return connection
