"""Waiting for a projection to reach a position."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import pytest

from consumers.read_models import Batch, Overtaken, Progress
from infra.sql.offsets import CHANNEL
from infra.sql.read_models import SqlReadModels, migrate
from infra.sql.waiting import Waiting
from tests.support.projections import counts, ledger


class Projecting:
    """Moves the sample projection's second partition on."""

    def __init__(self, url: str) -> None:
        self.url = url
        migrate(url, [ledger, counts])
        self.read_models = SqlReadModels(url)
        self.at = self.read_models.load(ledger, [1]).progress[1]

    def reach(self, position: int) -> None:
        now = Progress(position, position + 1)
        self.read_models.commit(ledger, Batch({1: self.at}, {1: now}, [], []))
        self.at = now

    def end_all_other_connections(self) -> int:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return len(
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchall()
            )


@pytest.fixture
def projecting(database: Callable[[], str]) -> Any:
    subject = Projecting(database())
    yield subject
    subject.read_models.close()


def waiting_for(projecting: Projecting, story: Callable[[Waiting], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        async with Waiting(projecting.url) as waiting:
            await story(waiting)

    asyncio.run(told())


def test_what_is_reached_already_is_not_waited_for(projecting: Projecting) -> None:
    projecting.reach(7)

    async def story(waiting: Waiting) -> None:
        assert await waiting.reached(ledger, 1, 7, timeout=10) is None
        assert await waiting.reached(ledger, 1, 3, timeout=0) is None

    waiting_for(projecting, story)


def test_everybody_who_waits_is_told_once_it_is_reached(projecting: Projecting) -> None:
    async def story(waiting: Waiting) -> None:
        soon = [asyncio.create_task(waiting.reached(ledger, 1, position, timeout=10)) for position in range(1, 51)]
        later = asyncio.create_task(waiting.reached(ledger, 1, 51, timeout=10))
        await asyncio.to_thread(projecting.reach, 50)

        assert await asyncio.gather(*soon) == [None] * 50
        assert not later.done()
        await asyncio.to_thread(projecting.reach, 60)
        assert await later is None

    waiting_for(projecting, story)


def test_who_waits_too_long_learns_how_far_it_is(projecting: Projecting) -> None:
    projecting.reach(4)

    async def story(waiting: Waiting) -> None:
        assert await waiting.reached(ledger, 1, 4, timeout=10) is None
        assert await waiting.reached(ledger, 1, 9, timeout=0.05) == 4
        assert await waiting.reached(ledger, 0, 1, timeout=0.05) == 0
        assert await waiting.reached(counts, 1, 1, timeout=0.05) == 0
        assert waiting._waiting == {}

    waiting_for(projecting, story)


def test_a_lost_listener_comes_back_by_itself(projecting: Projecting) -> None:
    async def story(waiting: Waiting) -> None:
        await asyncio.to_thread(projecting.reach, 1)
        assert await waiting.reached(ledger, 1, 1, timeout=10) is None
        pending = asyncio.create_task(waiting.reached(ledger, 1, 2, timeout=10))
        assert await asyncio.to_thread(projecting.end_all_other_connections) >= 1

        await asyncio.to_thread(projecting.read_models.close)
        await asyncio.to_thread(projecting.reach, 2)

        assert await pending is None

    waiting_for(projecting, story)


def test_a_batch_notifies_once_it_is_committed(projecting: Projecting) -> None:
    with psycopg.connect(projecting.url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}".encode())
        with pytest.raises(Overtaken):
            projecting.read_models.commit(ledger, Batch({1: Progress(99)}, {1: Progress(100)}, [], []))
        projecting.reach(7)

        heard = list(connection.notifies(timeout=10, stop_after=1))

    assert [json.loads(each.payload) for each in heard] == [
        {"projection": "ledger", "version": 1, "partition": 1, "position": 7}
    ]


def test_what_was_not_heard_is_found_by_looking(projecting: Projecting) -> None:
    async def story(waiting: Waiting) -> None:
        await asyncio.to_thread(projecting.reach, 1)
        assert await waiting.reached(ledger, 1, 1, timeout=10) is None
        pending = asyncio.create_task(waiting.reached(ledger, 1, 5, timeout=10))
        with psycopg.connect(projecting.url, autocommit=True) as connection:
            connection.execute("UPDATE offsets SET position = 5 WHERE projection = 'ledger'")

        assert await pending is None

    waiting_for(projecting, story)
