"""The process `carnet relay`, and `carnet topics`, which it needs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import structlog
import typer

from infra import logging, metrics
from infra.broker.relay import Refused, Relay
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.databases import Databases, databases
from infra.log.application import Log
from infra.processes.beginning import begun
from infra.processes.measuring import measuring, tell_relay
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.status import read_relay_lag
from infra.work import work_in_batches

log = structlog.get_logger()


def check_topics(*, create: bool) -> tuple[list[str], list[str]]:
    """Makes what is missing, if asked to: the names of the topics made, and what is set up in another way than here."""
    settings = Settings()
    if settings.kafka is None:
        raise typer.BadParameter("CARNET_KAFKA does not say where Kafka is")
    topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
    try:
        with closing(TopicAdmin(settings.kafka)) as admin:
            if not create:
                return [], admin.check(topics)
            created = admin.create(topics) + admin.create_feeds(topics, settings.formats, settings.feed_partitions)
            return created, admin.check(topics)
    except Unfit as refusal:
        return [], [str(refusal)]


def relay() -> None:
    """Sends events to Kafka until interrupted."""
    settings = Settings()
    logging.configure("relay", settings.log_level)
    if settings.kafka is None:
        raise typer.BadParameter("CARNET_KAFKA does not say where Kafka is")
    with stop_signals() as stop, begun(lambda: _opened(settings), stop) as found, work_in_batches():
        topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
        try:
            with _measured(settings, settings.kafka, found.log, topics):
                Relay(found.log, settings.kafka, topics).run(stop)
        except (Refused, Unfit) as refusal:
            log.error("relay refuses", reason=str(refusal))  # noqa: TRY400 - no bug: where it was raised says nothing
            raise typer.Exit(1) from None
        log.info("stopped")


@contextmanager
def _opened(settings: Settings) -> Iterator[Databases]:
    with databases(settings) as found:
        Log.migrate(found.log)
        yield found


@contextmanager
def _measured(settings: Settings, kafka: str, url: str, topics: Topics) -> Iterator[None]:
    """Metrics and the lag, if there is a port to tell them on."""
    if settings.metrics_port is None:
        yield
        return
    with (
        closing(Log.open(url, connections=1)) as log,
        measuring(lambda: tell_relay(read_relay_lag(log, kafka, topics)), lambda: tell_relay(None)),
        metrics.served(settings.host, settings.metrics_port),
    ):
        yield
