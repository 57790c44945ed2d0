"""One of its kind at a time: who leads is settled by a lock in the log's database."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event
from time import monotonic
from typing import Any, Final

import psycopg

# Keys of PostgreSQL's advisory locks; that of an append is in infra/log/recorder.py.
RELAY_LOCK: Final = 0x4341524E45540003
FEED_LOCK: Final = 0x4341524E45540004
PUBLISH_LOCK: Final = 0x6361726E65742063
# A leader that does not show itself for so long is asleep: the lock goes to another.
LEASE_SECONDS: Final = 10
_SHOW_SECONDS: Final = 1.0


class Lead:
    """Held by one process at a time, as long as it shows itself."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._shown = monotonic()

    def show(self) -> None:
        """Still here. Raises psycopg's `OperationalError` if the lock has gone to another."""
        if monotonic() - self._shown > _SHOW_SECONDS:
            self._connection.execute("SELECT")
            self._shown = monotonic()


def led(connection: psycopg.Connection[Any], locks: Sequence[int]) -> list[int]:
    """Those of these locks that some process holds now."""
    found = connection.execute(
        """
        SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
    )
    held = {lock for (lock,) in found}
    return [lock for lock in locks if lock in held]


@contextmanager
def leading(url: str, stop: Event, poll: float, lock: int) -> Iterator[Lead]:
    """Waits for the lock, or until `stop` is set, and lets it go at the end."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(f"SET idle_session_timeout = '{LEASE_SECONDS}s'")
        while not stop.is_set():
            if connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone() == (True,):
                break
            stop.wait(poll)
        yield Lead(connection)
