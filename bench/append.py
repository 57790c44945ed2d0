"""Appending ready-made events: our recorder beside the library's own, on databases of one server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

from bench.measure import Figure, rates, seconds
from infra.log.application import Datastore, Log

STATE = b'{"meta":{"event_id":"0e7f8a16-6e0a-4c1e-8d53-3c1f1d2c9a11"},"data":{"note":"%b"},"personal":{}}' % (
    b"x" * 180
)


def append(new_database: Callable[[], str], _home: Path) -> Iterator[Figure]:
    with recorders(new_database) as (ours, theirs):
        for writers, events in ((1, 1), (8, 1), (1, 20), (8, 20)):
            appends = 400 if events == 1 else 200
            yield rates(
                "append",
                f"{writers} writer{'s' * (writers > 1)}, {events} event{'s' * (events > 1)}",
                "the library's default recorder",
                ">= 2",
                appends * events,
                partial(_append, ours, writers, appends, events),
                partial(_append, theirs, writers, appends, events),
            )


@contextmanager
def recorders(new_database: Callable[[], str]) -> Iterator[tuple[ApplicationRecorder, ApplicationRecorder]]:
    ours_url, theirs_url = new_database(), new_database()
    Log.migrate(ours_url)
    log = Log.open(ours_url, connections=8)
    datastore = Datastore(theirs_url, 8)
    theirs = PostgresApplicationRecorder(datastore)
    theirs.create_table()
    try:
        yield log.recorder, theirs
    finally:
        log.close()
        datastore.close()


def _append(recorder: ApplicationRecorder, writers: int, appends: int, events: int) -> float:
    """Seconds for all appends, each of a new stream, shared between the writers."""

    def write(count: int) -> None:
        for _ in range(count):
            id = uuid4()
            recorder.insert_events(
                [StoredEvent(id, version, "bench.noted.v1", STATE) for version in range(1, events + 1)]
            )

    if writers == 1:
        return seconds(lambda: write(appends))
    with ThreadPoolExecutor(writers) as pool:
        return seconds(lambda: list(pool.map(write, [appends // writers] * writers)))
