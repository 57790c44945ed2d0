"""The process `carnet relay`."""

from contextlib import closing

import structlog
import typer

from infra import logging
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.databases import databases
from infra.log.application import Log
from infra.relay import Refused, Relay
from infra.settings import Settings
from infra.supervise import stop_signals
from infra.work import rare_collections

log = structlog.get_logger()


def check_topics(*, create: bool) -> tuple[list[str], list[str]]:
    """Makes what is missing, if asked to: the names of the topics made, and what is set up in another way than here."""
    settings = Settings()
    if settings.kafka is None:
        raise typer.BadParameter("CARNET_KAFKA does not say where Kafka is")
    topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
    try:
        with closing(TopicAdmin(settings.kafka)) as admin:
            return admin.create(topics) if create else [], admin.check(topics)
    except Unfit as refusal:
        return [], [str(refusal)]


def relay() -> None:
    """Sends events to Kafka until interrupted."""
    logging.configure("relay")
    settings = Settings()
    if settings.kafka is None:
        raise typer.BadParameter("CARNET_KAFKA does not say where Kafka is")
    with stop_signals() as stop, databases(settings) as found, rare_collections():
        Log.migrate(found.log)
        try:
            Relay(found.log, settings.kafka, Topics(settings.kafka_prefix, settings.kafka_partitions)).run(stop)
        except (Refused, Unfit) as refusal:
            log.error("relay refuses", reason=str(refusal))  # noqa: TRY400 - no bug: where it was raised says nothing
            raise typer.Exit(1) from None
        log.info("stopped")
