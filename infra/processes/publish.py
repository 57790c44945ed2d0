"""The process `carnet publish`: one at a time, the others wait for its place."""

from collections.abc import Collection
from contextlib import ExitStack, closing
from threading import Event
from typing import Final
from uuid import UUID

import psycopg
import structlog
import typer
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from consumers.publishing import Behind, CardPublisher, Cards
from consumers.source import Unavailable
from infra import logging, metrics
from infra.broker.cards import CardTopic
from infra.broker.partition import partition_of
from infra.broker.reader import KafkaReader
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.databases import databases
from infra.log.leading import PUBLISH_LOCK, leading
from infra.processes.beginning import begun
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.sql.engine import sqlalchemy_url
from infra.work import work_in_batches
from projections.client_card import client_card
from queries.published_card import PUBLISHED

BATCH: Final = 1_000
POLL_SECONDS: Final = 0.5
FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 5.0

log = structlog.get_logger()

_POSITIONS: Final = "SELECT partition, position FROM offsets WHERE projection = %s AND version = %s"


def publish() -> None:
    """Publishes cards until interrupted."""
    settings = Settings()
    logging.configure("publish", settings.log_level)
    if settings.kafka is None:
        raise typer.BadParameter("CARNET_KAFKA does not say where Kafka is")
    topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
    with (
        stop_signals() as stop,
        begun(lambda: databases(settings), stop) as found,
        metrics.served(settings.host, settings.metrics_port),
        work_in_batches(),
    ):
        try:
            Publishing(found.log, found.read, settings.kafka, topics).run(stop)
        except Unfit as refusal:
            log.error("publisher refuses", reason=str(refusal))  # noqa: TRY400 - no bug
            raise typer.Exit(1) from None
        log.info("stopped")


class Publishing:
    """Publishes the cards of the read models at one URI for the events on these topics; leads by the log's lock."""

    def __init__(self, log_url: str, read_url: str, bootstrap: str, topics: Topics) -> None:
        self._log_url = log_url
        self._read_url = read_url
        self._bootstrap = bootstrap
        self._topics = topics
        self._delay = FIRST_DELAY

    def run(self, stop: Event) -> None:
        """Runs until `stop` is set. Raises `Unfit`."""
        while not stop.is_set():
            try:
                self._session(stop)
            except Unfit:
                raise
            except (Unavailable, psycopg.Error) as trouble:
                name = str(trouble) if isinstance(trouble, Unavailable) else type(trouble).__name__
                metrics.PUBLISHER_BEGUN_AGAIN.inc()
                log.warning("publisher begins again", trouble=name, seconds=self._delay)
                self._wait(stop, LONGEST_DELAY)

    def _session(self, stop: Event) -> None:
        with ExitStack() as stack:
            lead = stack.enter_context(leading(self._log_url, stop, POLL_SECONDS, PUBLISH_LOCK))
            if stop.is_set():
                return
            stack.enter_context(metrics.PUBLISHER_LEADS.track_inprogress())
            with closing(TopicAdmin(self._bootstrap)) as admin:
                admin.check(self._topics)
            topic = stack.enter_context(closing(CardTopic(self._bootstrap, self._topics)))
            reader = stack.enter_context(closing(KafkaReader(self._bootstrap, self._topics)))
            reader.begin(1)
            reader.seek(topic.open())
            engine = create_engine(sqlalchemy_url(self._read_url), poolclass=NullPool, hide_parameters=True)
            publisher = CardPublisher(
                lambda: reader.poll(BATCH, POLL_SECONDS),
                lambda ids: read_cards(engine, ids),
                topic,
                lambda key: partition_of(key, self._topics.partitions),
            )
            while not stop.is_set():
                lead.show()
                try:
                    if publisher.step():
                        self._delay = FIRST_DELAY
                except Behind:
                    self._wait(stop, POLL_SECONDS)

    def _wait(self, stop: Event, longest: float) -> None:
        """Twice as long each time, until something is published."""
        stop.wait(self._delay)
        self._delay = min(self._delay * 2, longest)


def read_cards(engine: Engine, ids: Collection[UUID]) -> Cards:
    """See `ReadCards`. How far the read model is, is asked first: a card may be newer than it says, never older."""
    try:
        with engine.connect() as connection:
            asked = (client_card.name, client_card.version)
            positions = {at: position for at, position in connection.exec_driver_sql(_POSITIONS, asked)}  # noqa: C416
            rows = connection.execute(PUBLISHED, {"ids": list(ids)}).all()
    except DBAPIError as error:
        # Its cause is left out: it could quote a value.
        raise Unavailable(f"the read models: {type(error.orig).__name__}") from None
    return Cards({row.client_id: row.shown for row in rows}, positions)
