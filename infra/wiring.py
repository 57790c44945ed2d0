"""Builds everything, by hand, top to bottom: the only place that knows every adapter, the clock, and what makes ids."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID, uuid4

from commands.ports import Ports, Request
from consumers.outcome import Outcome
from consumers.runner import Runner
from domain.access import Caller
from domain.catalog import CATALOG
from infra import metrics
from infra.databases import Databases, databases
from infra.keys.secrets import Secrets
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.log.codec import Codec
from infra.log.source import LogSource
from infra.log.streams import LogStreams
from infra.settings import Settings
from infra.sql import read_models
from infra.sql.read_models import SqlReadModels
from projections.projection import Projection
from projections.registry import PROJECTIONS


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    return uuid4()


@dataclass(frozen=True, slots=True)
class House:
    """The parts that every process of one Carnet shares, opened by `house`."""

    settings: Settings
    databases: Databases
    secrets: Secrets
    log: Log
    codec: Codec

    @property
    def ports(self) -> Ports:
        return Ports(LogStreams(self.log, self.codec), now, new_id)

    @contextmanager
    def projector(self, names: Sequence[str] = (), batch: int = 1000, read_url: str | None = None) -> Iterator[Runner]:
        """A runner for the named projections, or all; `LookupError` for a name that there is not.

        `batch` is in events; `read_url` names other read models than this house's.
        """
        with (
            closing(LogSource(self.log, sorted(CATALOG.internal))) as source,
            closing(SqlReadModels(read_url or self.databases.read)) as models,
        ):
            yield Runner(
                source,
                self.codec,
                models,
                chosen(names),
                count=_count,
                monotonic=monotonic,
                limit=batch,
            )


@contextmanager
def house(settings: Settings) -> Iterator[House]:
    """Opens the databases, makes the tables that are missing, and closes everything at the end."""
    with databases(settings) as found:
        secrets = Secrets.open(settings.secrets or settings.home / "secrets")
        with closing(KeyStore(found.keys, secrets.wrapping_key, settings.log_connections)) as keys:
            keys.migrate()
            Log.migrate(found.log)
            read_models.migrate(found.read, PROJECTIONS)
            codec = Codec(CATALOG, keys, now, new_id)
            log = Log.open(found.log, settings.log_connections, codec)
            try:
                yield House(settings, found, secrets, log, codec)
            finally:
                log.close()


def request(caller: Caller) -> Request:
    """The request around a command that a process gives by itself: a feed, or the example house."""
    id = new_id()
    return Request(caller, correlation_id=id, command_id=id)


def _count(projection: str, outcome: Outcome, events: int) -> None:
    if events:
        metrics.EVENTS_PROJECTED.labels(projection, outcome.value).inc(events)


def chosen(names: Sequence[str]) -> list[Projection]:
    known = {projection.name: projection for projection in PROJECTIONS}
    if unknown := [name for name in names if name not in known]:
        raise LookupError(f"no projection {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or list(PROJECTIONS)
