"""A day that a point of sale tells comes to the same log, however it is told: in memory, over HTTP, by Kafka; told
again; and by somebody who goes on where another was killed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped]

from commands.ports import Change, Stream, Streams
from consumers.feeding import Feeding
from consumers.feeds.parked import Parked
from consumers.feeds.till_mapping import load
from consumers.point_of_sale import Intake
from domain import store
from domain.sale.events import SaleRecorded
from domain.store import StoreOpened
from infra.broker.feed import KafkaMessages
from infra.feeds.parked import SqlParked
from infra.log.streams import LogStreams
from infra.wiring import recording
from tests.contract.test_messages import fresh_feed
from tests.support.log import fresh_log
from tests.support.memory import NOON, MemoryStreams, ports, request
from tests.support.point_of_sale import (
    TILL,
    MemoryMessages,
    MemoryParked,
    PointOfSale,
    a_day,
    message,
    transaction,
    welcome,
)
from tests.support.web import api_in_memory, token

DAY = a_day(12)


@dataclass
class Subject:
    """`tell` lets a point of sale tell messages, and comes back when all were dealt with; `again` lets it tell the last
    so many again; `retry` takes what is due."""

    tell: Callable[[list[bytes]], None]
    again: Callable[[int], None]
    retry: Callable[[], None]
    streams: Streams
    parked: Parked

    def sales(self) -> dict[str, Any]:
        """Each sale's events, by its number."""
        ids = {event.sale_id for event in expected().sales() if isinstance(event, SaleRecorded)}
        histories = [each.events for each in self.streams.read(sorted(ids))]
        return {
            events[0].reference.number: events for events in histories if events and isinstance(events[0], SaleRecorded)
        }


def is_sale(events: tuple[Any, ...]) -> bool:
    return bool(events) and isinstance(events[0], SaleRecorded)


def expected() -> PointOfSale:
    """One who told the whole day at once."""
    till = PointOfSale()
    for each in DAY:
        till.tell(each)
    open_nowhere(till.streams)
    till.parked.now = NOON.replace(hour=13)
    till.retry()
    return till


def open_nowhere(streams: Streams) -> None:
    id = store.stream_id("nowhere-1")
    opened = StoreOpened("nowhere-1", "Roma", None, "IT", "Roma", "Europe/Rome", date(2026, 1, 1))
    streams.append([Change(Stream(id, id), 0, (opened,))], request())


@pytest.fixture(params=["memory", "http", "kafka"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with ExitStack() as used:
        match request.param:
            case "memory":
                yield in_memory()
            case "http":
                yield used.enter_context(over_http())
            case _:
                database, kafka = request.getfixturevalue("database"), request.getfixturevalue("kafka")
                yield used.enter_context(by_kafka(database, kafka))


def in_memory() -> Subject:
    till, messages = PointOfSale(), MemoryMessages("till-1")
    told: list[bytes] = []

    def tell(bodies: list[bytes]) -> None:
        told.extend(bodies)
        messages.send(*bodies)
        feeding = till.feeding(messages, limit=3)  # somebody new each time
        while feeding.step():
            pass

    def retry() -> None:
        till.parked.now = NOON.replace(hour=13)
        till.feeding(messages).retry()

    return Subject(tell, lambda last: tell(told[-last:]), retry, till.streams, till.parked)


@contextmanager
def over_http() -> Iterator[Subject]:
    streams = MemoryStreams()
    welcome(streams)
    parked = MemoryParked(streams)
    intake = Intake("atelier", load("atelier"), parked, lambda *_: None)
    told: list[bytes] = []
    with api_in_memory(streams, {"atelier": intake}) as api:
        api.headers["Authorization"] = f"Bearer {token(TILL)}"
        api.headers["Content-Type"] = "application/json"

        def post(number: int) -> None:
            where = {"sender": "paris-1", "number": number}
            answer = api("POST", "/feeds/point-of-sale/atelier", content=told[number], params=where)
            assert answer.status_code == 200, answer.text

        def tell(bodies: list[bytes]) -> None:
            told.extend(bodies)
            for number in range(len(told) - len(bodies), len(told)):
                post(number)

        def again(last: int) -> None:
            for number in range(len(told) - last, len(told)):
                post(number)

        def retry() -> None:
            parked.now = NOON.replace(hour=13)
            intake.retry(parked.due("atelier", 100), recording(ports(streams), lambda: request(TILL)))

        yield Subject(tell, again, retry, streams, parked)


@contextmanager
def by_kafka(database: Callable[[], str], bootstrap: str) -> Iterator[Subject]:
    topics = fresh_feed(bootstrap)
    topic = topics.feed("atelier")
    with (
        fresh_log(database, connections=4) as fresh,
        closing(SqlParked(fresh.log.url, bytes(32), lambda: clock[0], 30)) as parked,
        closing(KafkaProducer(bootstrap_servers=bootstrap)) as producer,
    ):
        parked.migrate()
        clock = [NOON]
        streams = LogStreams(fresh.log, fresh.codec)
        welcome(streams)
        intake = Intake("atelier", load("atelier"), parked, lambda *_: None)
        told: list[bytes] = []

        def feeding(read: KafkaMessages) -> Feeding:
            record = recording(ports(streams), lambda: request(TILL))
            reached = fresh.log.recorder.tracked
            return Feeding(read, {"atelier": intake}, parked, reached, lambda *_: record, limit=3)

        def tell(bodies: list[bytes]) -> None:
            told.extend(bodies)
            for each in bodies:
                producer.send(topic, each, partition=0).get(10)
            with closing(KafkaMessages(bootstrap, {topic: "atelier"})) as read:
                taking = feeding(read)
                while sum(fresh.log.recorder.tracked(read.feeds()).values()) < len(told):
                    taking.step(0.5)

        def retry() -> None:
            clock[0] = NOON.replace(hour=13)
            with closing(KafkaMessages(bootstrap, {topic: "atelier"})) as read:
                feeding(read).retry()

        yield Subject(tell, lambda last: tell(told[-last:]), retry, streams, parked)


def whole_day(subject: Subject) -> dict[str, Any]:
    open_nowhere(subject.streams)
    subject.retry()
    return subject.sales()


def test_it_comes_to_the_log_of_one_who_was_told_at_once(subject: Subject) -> None:
    subject.tell(DAY)

    assert {each.aside.reason for each in subject.parked.all()} <= {"store.unknown", "item.unknown"}
    assert subject.parked.all()
    assert whole_day(subject) == {each[0].reference.number: tuple(each) for each in by_number(expected())}
    assert subject.parked.all() == []


def test_told_in_parts_and_again_it_is_the_same(subject: Subject) -> None:
    subject.tell(DAY[:5])
    subject.tell(DAY[5:])
    before = subject.sales()
    subject.again(4)

    assert subject.sales() == before
    assert whole_day(subject) == {each[0].reference.number: tuple(each) for each in by_number(expected())}


def test_what_cannot_be_read_stops_nothing(subject: Subject) -> None:
    subject.tell([message(transaction("T-1"), {"id": "T-2"}), message(transaction("T-3"))])

    assert [(each.aside.number, each.aside.reason) for each in subject.parked.all()] == [("T-2", "unreadable")]


def by_number(till: PointOfSale) -> list[list[Any]]:
    return [events for events in till.log().values() if is_sale(tuple(events))]
