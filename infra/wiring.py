"""Builds everything, by hand, top to bottom: the only place that knows every adapter, the clock, and what makes ids."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from time import monotonic
from uuid import UUID, uuid4

import psycopg

from commands.feed import record_fed
from commands.ports import Clock, Ports, Request
from commands.trace import Trace
from consumers.dead_letters import DeadLetters, Operator
from consumers.feeds import till_mapping
from consumers.outcome import Outcome
from consumers.point_of_sale import Intake, Record
from consumers.runner import Runner
from consumers.source import Source
from domain.access import HOUSE_POLICY, Caller
from domain.catalog import CATALOG
from infra import metrics
from infra.broker.partition import partition_of
from infra.broker.source import KafkaSource, group
from infra.broker.topics import Topics
from infra.databases import Databases, databases
from infra.feeds.parked import SqlParked
from infra.keys.secrets import Secrets
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.log.codec import Codec
from infra.log.source import PARTITION, LogSource, records_at
from infra.log.streams import LogStreams
from infra.settings import Settings
from infra.sql import read_models
from infra.sql.clients import ReadModelClients
from infra.sql.dead_letters import SqlDeadLetters
from infra.sql.made_from import furthest, made_from
from infra.sql.read_models import SqlReadModels
from projections.projection import Projection
from projections.registry import PROJECTIONS


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    return uuid4()


@dataclass(frozen=True)
class House:
    """The parts that every process of one Carnet shares, opened by `house`."""

    settings: Settings
    databases: Databases
    secrets: Secrets
    log: Log
    codec: Codec
    parked: SqlParked
    clock: Clock

    @property
    def ports(self) -> Ports:
        clients = ReadModelClients(self.log, self.databases.read, self.settings.kafka, self.topics)
        return Ports(LogStreams(self.log, self.codec), self.clock, new_id, HOUSE_POLICY, clients)

    @cached_property
    def intakes(self) -> Mapping[str, Intake]:
        """What points of sale tell, by format. Raises `MappingInvalid`."""
        mappings = {format: till_mapping.load(name) for format, name in self.settings.formats.items()}
        return {
            format: Intake(format, mapping, self.parked, lambda *fed: metrics.FED.labels(*fed[:2]).inc(fed[2]))
            for format, mapping in mappings.items()
        }

    @contextmanager
    def projector(self, names: Sequence[str] = (), batch: int = 1000, read_url: str | None = None) -> Iterator[Runner]:
        """A runner for the named projections, or all; `LookupError` for a name that there is not.

        `batch` is in events; `read_url` names other read models than this house's. Raises `OtherSource` for read models
        that were made from another source of events: their offsets mean something else.
        """
        url, projections = read_url or self.databases.read, chosen(names)
        require_same_source(url, self.settings.kafka)
        with closing(self._source(projections)) as source, closing(SqlReadModels(url)) as models:
            yield Runner(
                source,
                self.codec,
                models,
                projections,
                count=_count,
                monotonic=monotonic,
                limit=batch,
                threads=self.settings.project_threads,
            )

    @property
    def dead_letters(self) -> DeadLetters:
        return SqlDeadLetters(self.databases.read)

    def operator(self, by: str) -> Operator:
        """Decides about dead letters in the name of `by`."""
        return Operator(self.dead_letters, partial(records_at, self.log), self.codec, by)

    @property
    def topics(self) -> Topics:
        return Topics(self.settings.kafka_prefix, self.settings.kafka_partitions)

    def partition_of(self, key: UUID) -> int:
        """The partition in which projectors find the events of a stream with this key."""
        return PARTITION if self.settings.kafka is None else partition_of(key, self.topics.partitions)

    def _source(self, projections: Sequence[Projection]) -> Source:
        if self.settings.kafka is None:
            return LogSource(self.log, sorted(CATALOG.internal))
        members = group(self.topics, projections)
        return KafkaSource(self.settings.kafka, self.topics, members, self.settings.kafka_member)


class OtherSource(Exception):
    """The read models were made from another log, or hold offsets of the log where they should be Kafka's, or the other
    way round."""


@contextmanager
def house(settings: Settings, clock: Clock = now) -> Iterator[House]:
    """Opens the databases, makes the tables that are missing, and closes everything at the end. What happens there
    happens when `clock` says; who is let in is not its matter. Raises `OtherSource` for read models of another log."""
    with databases(settings) as found:
        secrets = Secrets.open(settings.secrets or settings.home / "secrets")
        with closing(KeyStore(found.keys, secrets.wrapping_key, settings.log_connections)) as keys:
            keys.migrate()
            Log.migrate(found.log)
            read_models.migrate(found.read, PROJECTIONS)
            codec = Codec(CATALOG, keys, clock, new_id)
            log = Log.open(found.log, settings.log_connections, codec)
            parked = parked_at(found.log, secrets, clock, settings.feed_days)
            try:
                parked.migrate()
                require_same_log(found.read, log, settings.kafka)
                yield House(settings, found, secrets, log, codec, parked, clock)
            finally:
                parked.close()
                log.close()


def parked_at(log_url: str, secrets: Secrets, clock: Clock = now, days: int = 1) -> SqlParked:
    """What points of sale told and could not be taken in yet, kept beside the log for so many days."""
    return SqlParked(log_url, secrets.derive("parked pieces"), clock, days)


def request(caller: Caller, trace: Trace | None = None) -> Request:
    """The request around a command that a process gives by itself: a feed, or the example house."""
    id = new_id()
    return Request(caller, correlation_id=id, command_id=id, trace=trace)


def recording(ports: Ports, request: Callable[[], Request]) -> Record:
    """Records what a feed brings, each append as such a request."""
    return lambda fed, trusted, put_aside, offset: record_fed(
        fed, trusted, put_aside, ports, replace(request(), offset=offset)
    )


def require_same_source(read_url: str, kafka: str | None) -> None:
    """One partition is the log itself, as embedded; more are Kafka's. Mixed up, events would count twice."""
    with psycopg.connect(read_url) as connection:
        known = {len(each.positions) for each in read_models.status(connection)}
    if known and (max(known) == 1) != (kafka is None):
        made = "the log" if max(known) == 1 else "Kafka"
        raise OtherSource(
            f"these read models were made from {made}: name others by CARNET_READ_URL, or go on as before"
        )


def require_same_log(read_url: str, log: Log, kafka: str | None) -> None:
    """Rows that were made from another log, or from what is no longer in this one, are not gone on with: what happens
    from now on would be taken for what they know already."""
    if (other := made_from(read_url, log.incarnation)) != log.incarnation:
        raise OtherSource(
            f"these read models were made from the log {other}, and this is {log.incarnation}: "
            "name an empty database by CARNET_READ_URL, or drop this one"
        )
    # On Kafka they follow the topics, and whether those are of this log the relay looks.
    if kafka is None and furthest(read_url) > (end := log.recorder.end()):
        raise OtherSource(
            f"these read models know of events behind {end}, the end of this log: is it an older copy? "
            "Then see docs/guides/backup.md"
        )


def _count(projection: str, outcome: Outcome, events: int) -> None:
    if events:
        metrics.EVENTS_PROJECTED.labels(projection, outcome.value).inc(events)


def chosen(names: Sequence[str]) -> list[Projection]:
    known = {projection.name: projection for projection in PROJECTIONS}
    if unknown := [name for name in names if name not in known]:
        raise LookupError(f"no projection {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or list(PROJECTIONS)
