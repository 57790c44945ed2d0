"""What waits of a feed, in memory and in PostgreSQL: kept once, given out when it is due, gone when time is up."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from commands.ports import Change, Stream
from consumers.feeds.parked import Aside, Parked
from consumers.source import Unavailable
from domain import item
from domain.item import ItemDescribed
from infra.feeds.parked import SqlParked
from infra.log.streams import LogStreams
from tests.support.log import fresh_log
from tests.support.memory import NOON, MemoryStreams, request
from tests.support.point_of_sale import MemoryParked

RING = item.stream_id("R-17")
BARE = Aside("atelier", "T-1", b'{"said": "Ann Lindqvist"}', "item.unknown", "Nobody described it.", RING, "R-17")
CONFLICT = Aside("atelier", "T-2", b"{}", "conflict", "Recorded with other content.")


@dataclass
class Subject:
    parked: Parked
    streams: Any
    pass_time: Callable[[timedelta], None]
    url: str = ""

    def numbers(self) -> list[str]:
        return [each.aside.number for each in self.parked.all()]

    def due(self, limit: int = 10) -> list[str]:
        return [each.aside.number for each in self.parked.due("atelier", limit)]

    def describe(self) -> None:
        described = ItemDescribed("R-17", "Ring", None, None, None)
        self.streams.append([Change(Stream(RING, RING), 0, (described,))], request())


@pytest.fixture(params=["memory", "postgres"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        streams = MemoryStreams()
        parked = MemoryParked(streams)

        def pass_memory(time: timedelta) -> None:
            parked.now += time

        yield Subject(parked, streams, pass_memory)
        return
    with fresh_log(request.getfixturevalue("database")) as fresh:
        clock = [NOON]
        with closing(SqlParked(fresh.log.url, bytes(32), lambda: clock[0], 30)) as parked_there:
            parked_there.migrate()
            parked_there.migrate()

            def pass_time(time: timedelta) -> None:
                clock[0] += time

            yield Subject(parked_there, LogStreams(fresh.log, fresh.codec), pass_time, fresh.log.url)


def test_what_is_put_comes_back_whole(subject: Subject) -> None:
    subject.parked.put([BARE, CONFLICT])

    found = {each.aside.number: each for each in subject.parked.all()}
    assert found["T-1"].aside == BARE
    assert found["T-2"].aside == CONFLICT
    assert found["T-1"].expires_at - found["T-1"].parked_at == timedelta(days=30)
    assert subject.parked.all("kasse") == []


def test_the_same_is_kept_once_with_its_latest_reason(subject: Subject) -> None:
    subject.parked.put([BARE, BARE])
    first = subject.parked.all()
    subject.parked.put([replace(BARE, reason="store.unknown", waits_for=None, about="rome-1")])

    [now] = subject.parked.all()
    assert len(first) == 1
    assert (now.id, now.aside.reason, now.aside.about) == (first[0].id, "store.unknown", "rome-1")
    subject.parked.put([replace(BARE, said=b"other")])
    assert len(subject.parked.all()) == 2


def test_it_is_due_once_what_it_waits_for_is_known(subject: Subject) -> None:
    subject.parked.put([BARE, CONFLICT])
    assert subject.due() == []

    subject.describe()

    assert subject.due() == ["T-1"]
    assert subject.parked.due("kasse", 10) == []
    assert subject.due(0) == []
    subject.parked.settle([each.id for each in subject.parked.due("atelier", 10)])
    assert subject.numbers() == ["T-2"]


def test_what_was_tried_in_vain_rests_for_a_moment(subject: Subject) -> None:
    subject.describe()
    subject.parked.put([BARE])
    subject.parked.put([BARE])
    assert subject.due() == []

    subject.pass_time(timedelta(seconds=2))

    assert subject.due() == ["T-1"]


def test_what_nobody_could_take_in_time_is_gone(subject: Subject) -> None:
    subject.describe()
    subject.parked.put([BARE])
    subject.pass_time(timedelta(days=15))
    subject.parked.put([BARE, CONFLICT])
    subject.pass_time(timedelta(days=15))

    assert subject.numbers() == ["T-2"], "that it is told again makes it no younger"
    assert subject.due() == []
    assert subject.parked.expire() == 1
    assert subject.parked.expire() == 0
    assert subject.numbers() == ["T-2"]


def test_what_was_said_is_sealed_by_the_houses_key(database: Callable[[], str]) -> None:
    with fresh_log(database) as fresh:
        url = fresh.log.url
        with (
            closing(SqlParked(url, bytes(32), at, 30)) as ours,
            closing(SqlParked(url, b"\x01" * 32, at, 30)) as anothers,
        ):
            ours.migrate()
            ours.put([BARE, replace(BARE, said=b"other", number="T-3")])
            with psycopg.connect(url, autocommit=True) as connection:
                rows = connection.execute("SELECT * FROM parked_piece").fetchall()
                assert not [cell for row in rows for cell in row if b"Lindqvist" in _bytes(cell)]
                with pytest.raises(Unavailable):
                    anothers.all()
                # Moved to another row, it does not fit.
                connection.execute(
                    "UPDATE parked_piece AS p SET sealed = q.sealed FROM parked_piece AS q WHERE q.id <> p.id"
                )
            with pytest.raises(Unavailable):
                ours.all()


def at() -> datetime:
    return NOON


def _bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()
