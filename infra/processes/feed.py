"""The process `carnet feed`: takes in what points of sale tell, and tries again what waits for something."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from threading import Event

import psycopg
import structlog
import typer
from eventsourcing.persistence import PersistenceError
from typing_extensions import override

from commands.trace import Trace
from consumers.feeding import Arrived, Feeding, Messages
from consumers.feeds.mapping import MappingInvalid
from consumers.point_of_sale import Intake, Record
from consumers.source import Unavailable
from domain.access import Caller, Role
from infra import logging, metrics
from infra.broker.feed import KafkaMessages
from infra.broker.topics import TopicAdmin
from infra.log.leading import FEED_LOCK, leading
from infra.processes.beginning import begun
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.wiring import House, house, new_id, recording, request
from infra.work import work_in_batches

log = structlog.get_logger()


class NoMessages(Messages):
    """Without Kafka, points of sale post what they tell; there is only what waits to be tried again."""

    @override
    def feeds(self) -> Sequence[str]:
        return ()

    @override
    def seek(self, numbers: Mapping[str, int]) -> None: ...

    @override
    def poll(self, limit: int, timeout: float) -> list[Arrived]:
        Event().wait(timeout)
        return []

    @override
    def close(self) -> None: ...


def feed() -> None:
    """Takes feeds in until interrupted."""
    settings = Settings()
    logging.configure("feed", settings.log_level)
    try:
        with (
            stop_signals() as stop,
            begun(lambda: house(settings), stop) as opened,
            closing(messages_of(opened)) as messages,
            metrics.served(settings.host, settings.metrics_port),
            work_in_batches(),
        ):
            log.info("taking feeds in", formats=sorted(opened.intakes))
            run(opened, messages, stop)
            log.info("stopped")
    except MappingInvalid as refusal:
        log.error("feed refuses", reason=str(refusal))  # noqa: TRY400 - no bug: where it was raised says nothing
        raise typer.Exit(1) from None


def run(opened: House, messages: Messages, stop: Event) -> None:
    """Takes feeds in until `stop` is set: one process at a time, the others wait."""
    taking = feeding(opened, messages)
    while not stop.is_set():
        try:
            with leading(opened.databases.log, stop, 1.0, FEED_LOCK) as lead:
                taking.run(stop, 1.0, lead.show)
        except psycopg.OperationalError as trouble:
            log.warning("feed waits for the log", trouble=type(trouble).__name__)
            stop.wait(1.0)


def feeding(opened: House, messages: Messages) -> Feeding:
    """The loop over these messages, for this house."""
    return Feeding(messages, opened.intakes, opened.parked, partial(_reached, opened), partial(as_till, opened))


def as_till(opened: House, intake: Intake, trace: Trace | None = None) -> Record:
    """Records in the name of the points of sale of a format, each append as a step that follows this one."""
    caller = Caller(f"feed:{intake.source}", Role.POINT_OF_SALE)
    return recording(opened.ports, lambda: request(caller, trace and trace.next(new_id())))


def messages_of(opened: House) -> Messages:
    """The topics of all formats, made where they are missing; nothing without Kafka."""
    settings, topics = opened.settings, opened.topics
    if settings.kafka is None:
        return NoMessages()
    with closing(TopicAdmin(settings.kafka)) as admin:
        admin.create_feeds(topics, opened.intakes, settings.feed_partitions)
    return KafkaMessages(settings.kafka, {topics.feed(format): format for format in opened.intakes})


def _reached(opened: House, feeds: Sequence[str]) -> Mapping[str, int]:
    try:
        return opened.log.recorder.tracked(feeds)
    except PersistenceError as error:
        raise Unavailable(f"the log: {type(error.__cause__ or error).__qualname__}") from error
