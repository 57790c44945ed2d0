"""`carnet publish` on a real log, read models and broker: the topic of cards is what the cards are."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from sqlalchemy import create_engine

from commands.ports import Change, Stream
from consumers.source import Unavailable
from infra.broker.cards import CardTopic, read_unpublished
from infra.broker.position import read_ends
from infra.broker.topics import Topics
from infra.log.streams import LogStreams
from infra.processes.publish import Publishing, read_cards
from infra.sql.engine import sqlalchemy_url
from projections.registry import PROJECTIONS
from tests.support.decisions import client
from tests.support.decisions.journal import random_history
from tests.support.decisions.nouns import CLIENTS
from tests.support.kafka import fresh_topics, read_all, relaying, wait_relayed
from tests.support.log import FreshLog, fresh_log
from tests.support.members import wait_until
from tests.support.memory import request
from tests.support.projecting import projecting, wait_projected
from tests.support.store import Store

CARD = Draft202012Validator(orjson.loads((Path(__file__).parents[2] / "docs" / "contract" / "card.json").read_bytes()))
ANN = UUID(int=0xC0)


@contextmanager
def publishing(fresh: FreshLog, store: Store, kafka: str, topics: Topics) -> Iterator[None]:
    stop = Event()
    publishing = Publishing(fresh.log.url, store.url, kafka, topics)
    thread = Thread(target=publishing.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive(), "the publisher did not stop"


class Lives:
    """Clients to whom things happen, a few decisions at a time."""

    def __init__(self, fresh: FreshLog, seed: int) -> None:
        self._streams, self._versions = LogStreams(fresh.log, fresh.codec), Counter[UUID]()
        self._told = iter(list(random_history(Random(seed), 120, [client.NOUN])))

    def go_on(self, decisions: int = 1_000) -> int:
        """Returns the position of the last event."""
        last = 0
        for (stream, key, events), _ in zip(self._told, range(decisions), strict=False):
            if events:
                change = Change(Stream(stream, key), self._versions[stream], tuple(events))
                [positions] = self._streams.append([change], request())
                self._versions[stream] += len(events)
                last = positions[-1]
        return last


def latest(kafka: str, topics: Topics) -> dict[UUID, Any]:
    """The last card of each key, as compaction would leave it."""
    cards = {UUID(each.key.decode()): each.value for each in read_all(kafka, topics.clients)}
    return {key: orjson.loads(value) for key, value in cards.items() if value is not None}


def wanted(store: Store) -> dict[UUID, Any]:
    engine = create_engine(sqlalchemy_url(store.url))
    try:
        shown = read_cards(engine, CLIENTS).shown
    finally:
        engine.dispose()
    return {id: orjson.loads(card) for id, card in shown.items()}


def wait_published(kafka: str, topics: Topics, store: Store) -> None:
    """Returns once the topic holds just what the cards are."""
    deadline = monotonic() + 60
    while (found := {id: _without(card) for id, card in latest(kafka, topics).items()}) != wanted(store):
        assert monotonic() < deadline, f"{found} instead of {wanted(store)}"


def unpublished(kafka: str, topics: Topics) -> list[int] | None:
    try:
        return read_unpublished(kafka, topics)
    except Unavailable:  # a broker that was just started does not know yet who keeps groups
        return [0]


def _without(card: Any) -> Any:
    return {name: value for name, value in card.items() if name != "position"}


def test_the_topic_of_cards_is_what_the_cards_are_whoever_publishes(kafka: str, database: Callable[[], str]) -> None:
    store, topics = Store(database(), PROJECTIONS), fresh_topics(kafka, partitions=3)
    with fresh_log(database, connections=6) as fresh:
        lives = Lives(fresh, seed=4)
        with (
            relaying(fresh.log.url, kafka, topics),
            projecting(fresh, kafka, topics, store.url),
        ):
            lives.go_on(30)
            wait_until(lambda: unpublished(kafka, topics) is None, 60)
            with publishing(fresh, store, kafka, topics), publishing(fresh, store, kafka, topics):
                wait_relayed(kafka, topics, lives.go_on(30))
                wait_projected(store.url, kafka, topics)
                wait_published(kafka, topics, store)
            # Nobody publishes meanwhile; the next one goes on where the last one was.
            last = lives.go_on()
            wait_relayed(kafka, topics, last)
            wait_projected(store.url, kafka, topics)
            assert 0 < min(unpublished(kafka, topics) or [0]) <= last
            with publishing(fresh, store, kafka, topics):
                wait_published(kafka, topics, store)
                wait_until(lambda: unpublished(kafka, topics) == [], 60)

    cards = latest(kafka, topics)
    assert len(cards) > 1
    ends = read_ends(kafka, topics)
    for card in cards.values():
        CARD.validate(card)
        assert 0 < card["position"] <= max(ends)
    by_client: dict[bytes, int] = {}
    for each in read_all(kafka, topics.clients):
        if each.value is not None:
            position = orjson.loads(each.value)["position"]
            assert position >= by_client.get(each.key, 0), "an older card after a newer one"
            by_client[each.key] = position


def test_a_publisher_that_slept_publishes_nothing_any_more(kafka: str, database: Callable[[], str]) -> None:
    topics = fresh_topics(kafka, partitions=3)
    with closing(CardTopic(kafka, topics)) as asleep, closing(CardTopic(kafka, topics)) as awake:
        assert asleep.open() == {}
        asleep({ANN: b'{"position":1}'}, {0: 5})
        assert awake.open() == {0: 5}
        awake({ANN: b'{"position":7}'}, {0: 9})
        with pytest.raises(Unavailable):
            asleep({ANN: b'{"position":2}'}, {0: 6})

    assert latest(kafka, topics) == {ANN: {"position": 7}}
    with closing(CardTopic(kafka, topics)) as next_one:
        assert next_one.open() == {0: 9}
