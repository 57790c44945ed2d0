"""Projectors as real processes run them, in threads: from the log or from Kafka into read models of their own."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread
from time import monotonic

import psycopg

from consumers.outcome import Outcome
from consumers.runner import Runner
from consumers.source import Source
from domain.catalog import CATALOG
from infra.broker.position import Relayed, read_relayed
from infra.broker.source import KafkaSource, group
from infra.broker.topics import Topics
from infra.log.source import LogSource
from infra.sql.read_models import SqlReadModels, status
from projections.registry import PROJECTIONS
from tests.support.log import FreshLog
from tests.support.members import wait_until

Count = Callable[[str, Outcome, int], None]


def _uncounted(projection: str, outcome: Outcome, events: int) -> None:
    pass


@contextmanager
def runner(fresh: FreshLog, source: Source, url: str, count: Count = _uncounted) -> Iterator[Runner]:
    """Every projection of the registry, from this source into the read models at `url`."""
    with closing(SqlReadModels(url)) as models:
        yield Runner(source, fresh.codec, models, PROJECTIONS, count=count, monotonic=monotonic, limit=50)


@contextmanager
def going(running: Runner) -> Iterator[None]:
    """Runs it in a thread as long as the context lasts."""
    stop = Event()
    thread = Thread(target=running.run, args=(stop, 0.1), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive(), "a projector did not stop"


@contextmanager
def projecting(fresh: FreshLog, bootstrap: str, topics: Topics, url: str, members: str = "") -> Iterator[None]:
    """A projector on Kafka as long as the context lasts; `members` tells groups apart that fill other read models."""
    name = group(topics, PROJECTIONS) + members
    with (
        closing(KafkaSource(bootstrap, topics, name)) as source,
        runner(fresh, source, url) as running,
        going(running),
    ):
        yield


def project_log(fresh: FreshLog, url: str) -> None:
    """Everything that the log holds, as embedded."""
    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source, runner(fresh, source, url) as alone:
        while alone.step(0.0):
            pass


def wait_projected(url: str, bootstrap: str, topics: Topics, seconds: float = 60.0) -> None:
    """Returns once every projection has applied all that is relayed now."""
    to = read_relayed(bootstrap, topics)
    assert to is not None
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(lambda: _reached(connection, to), seconds, lambda: (to, status(connection)))


def _reached(connection: psycopg.Connection[tuple[object, ...]], to: Relayed) -> bool:
    standing = status(connection)
    names = {each.projection for each in standing}
    return len(names) == len(PROJECTIONS) and all(to.reached(each.positions) == to.position for each in standing)
