"""The delivery property once through everything: log, relay, topic, group, runner, SQL."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from random import Random
from uuid import UUID

import pytest

from commands.ports import Change, Stream
from domain.catalog import CATALOG
from infra.log.source import LogSource
from infra.log.streams import LogStreams
from projections.projection import Recorded
from projections.registry import PROJECTIONS
from tests.support.decisions.journal import random_history
from tests.support.kafka import fresh_topics, relaying, wait_relayed
from tests.support.log import FreshLog, fresh_log
from tests.support.memory import request
from tests.support.projecting import project_log, projecting, wait_projected
from tests.support.projections import Tables, applied_one_by_one
from tests.support.store import Store, as_stored

DECISIONS = 150


@pytest.mark.parametrize("seed", range(3))
def test_one_projector_two_and_the_log_itself_give_the_rows_of_one_event_at_a_time(
    kafka: str, database: Callable[[], str], seed: int
) -> None:
    chance = Random(seed)
    one, two, embedded = (Store(database(), PROJECTIONS) for _ in range(3))
    topics = fresh_topics(kafka, partitions=chance.randrange(2, 5))
    with fresh_log(database, connections=6) as fresh:
        with (
            relaying(fresh.log.url, kafka, topics, batch=chance.choice([1, 20, 2_000])),
            projecting(fresh, kafka, topics, one.url, "one"),
            projecting(fresh, kafka, topics, two.url, "two"),
            projecting(fresh, kafka, topics, two.url, "two"),
        ):
            wait_relayed(kafka, topics, happen(fresh, chance))
            wait_projected(one.url, kafka, topics)
            wait_projected(two.url, kafka, topics)
        project_log(fresh, embedded.url)
        wanted = as_stored(fold(fresh))

    for store in (one, two, embedded):
        assert store.letters() == []
        assert store.rows() == wanted
    assert len(wanted) > len(PROJECTIONS)


def happen(fresh: FreshLog, chance: Random) -> int:
    """Lets random decisions be taken; returns the position of the last event."""
    streams, versions, last = LogStreams(fresh.log, fresh.codec), Counter[UUID](), 0
    for stream, key, events in random_history(chance, DECISIONS):
        if events:
            [positions] = streams.append([Change(Stream(stream, key), versions[stream], tuple(events))], request())
            versions[stream] += len(events)
            last = positions[-1]
    return last


def fold(fresh: FreshLog) -> Tables:
    """What all events of the log ask for, one after the other."""
    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source:
        source.seek({0: 0})
        decoded = fresh.codec.decode(source.poll(1_000_000, 0.0))
    recorded = [event for event in decoded if isinstance(event, Recorded)]
    assert len(recorded) == len(decoded)
    return applied_one_by_one(asked for event in recorded for each in PROJECTIONS for asked in each.changes(event))
