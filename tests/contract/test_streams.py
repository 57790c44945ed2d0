"""What every log promises the write side, in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from commands.ports import Change, Conflict, History, Offset, OffsetTaken, Stream, Streams
from domain.client.events import AddressRemoved, ContactPointRemoved
from infra.log.streams import LogStreams
from tests.support.log import EXAMPLES, fresh_log
from tests.support.memory import MemoryStreams, request


@pytest.fixture(params=["memory", "postgres"])
def streams(request: pytest.FixtureRequest) -> Iterator[Streams]:
    if request.param == "memory":
        yield MemoryStreams()
        return
    database: Callable[[], str] = request.getfixturevalue("database")
    with fresh_log(database, connections=4) as fresh:
        yield LogStreams(fresh.log, fresh.codec)


def stream() -> Stream:
    return Stream(uuid4(), uuid4())


def event(number: int = 0) -> object:
    return AddressRemoved(UUID(int=number), UUID(int=number))


def test_a_stream_that_does_not_exist_is_empty(streams: Streams) -> None:
    assert streams.read([uuid4()]) == [History()]
    assert streams.read([]) == []


def test_what_is_appended_is_read_in_order(streams: Streams) -> None:
    one = stream()

    (first,) = streams.append([Change(one, 0, (event(1), event(2)))], request())
    (then,) = streams.append([Change(one, 2, (event(3),))], request())

    (history,) = streams.read([one.id])
    assert history.events == (event(1), event(2), event(3))
    assert history.positions == first + then
    assert history.version == 3


def test_every_event_is_kept_whole(streams: Streams) -> None:
    one = stream()

    streams.append([Change(one, 0, tuple(EXAMPLES.values()))], request())

    assert streams.read([one.id])[0].events == tuple(EXAMPLES.values())


def test_positions_grow_with_every_event(streams: Streams) -> None:
    changes = [Change(stream(), 0, (event(1), event(2))), Change(stream(), 0, (event(3),))]

    earlier = streams.append(changes, request())
    later = streams.append([Change(stream(), 0, (event(4),))], request())

    positions = [position for each in (*earlier, *later) for position in each]
    assert [len(each) for each in earlier] == [2, 1]
    assert positions == sorted(set(positions))


def test_streams_are_read_in_the_order_asked_for(streams: Streams) -> None:
    one, other, none = stream(), stream(), stream()
    streams.append([Change(one, 0, (event(1),)), Change(other, 0, (event(2),))], request())

    histories = streams.read([other.id, none.id, one.id, other.id])

    assert [history.events for history in histories] == [(event(2),), (), (event(1),), (event(2),)]


def test_an_append_after_another_ones_is_a_conflict_and_stores_nothing(streams: Streams) -> None:
    one, other = stream(), stream()
    streams.append([Change(one, 0, (event(1),))], request())

    with pytest.raises(Conflict):
        streams.append([Change(other, 0, (event(2),)), Change(one, 0, (event(3),))], request())

    assert [history.events for history in streams.read([one.id, other.id])] == [(event(1),), ()]


def test_an_append_of_nothing_has_no_positions(streams: Streams) -> None:
    assert streams.append([], request()) == []
    assert streams.append([Change(stream(), 0, ())], request()) == [()]


def test_a_feed_moves_with_its_events_or_not_at_all(streams: Streams) -> None:
    one, other = stream(), stream()
    fifth = replace(request(), offset=Offset("till-1", 5))
    streams.append([Change(one, 0, (event(1),))], fifth)

    with pytest.raises(OffsetTaken):
        streams.append([Change(other, 0, (event(2),))], fifth)
    with pytest.raises(OffsetTaken):
        streams.append([Change(other, 0, (event(2),))], replace(request(), offset=Offset("till-1", 4)))
    with pytest.raises(Conflict):
        streams.append([Change(one, 0, (event(2),))], replace(request(), offset=Offset("till-1", 6)))
    assert streams.read([other.id]) == [History()]

    assert streams.append([], replace(request(), offset=Offset("till-1", 6))) == []
    streams.append([Change(other, 0, (event(2),))], replace(request(), offset=Offset("till-2", 6)))
    with pytest.raises(OffsetTaken):
        streams.append([], replace(request(), offset=Offset("till-1", 6)))


def test_a_feed_that_others_read_too_moves_from_where_it_is_or_not_at_all(streams: Streams) -> None:
    def move(feed: str, after: int, next: int, *, moves: bool = True) -> None:
        offset = Offset(feed, next, after, moves)
        streams.append([Change(stream(), 0, (event(next),))], replace(request(), offset=offset))

    move("a topic", 0, 5)
    move("a topic", 5, 9, moves=False)
    for after, next in ((0, 9), (4, 9), (6, 9), (0, 5)):
        for moves in (True, False):
            with pytest.raises(OffsetTaken):
                move("a topic", after, next, moves=moves)
    move("a topic", 5, 9)
    with pytest.raises(OffsetTaken):
        move("a topic", 5, 12)
    with pytest.raises(OffsetTaken):
        streams.append([], replace(request(), offset=Offset("a topic", 9, moves=False)))
    move("never heard of", 0, 1, moves=False)
    move("never heard of", 0, 1)


def test_of_many_who_move_a_feed_from_its_beginning_one_succeeds(streams: Streams) -> None:
    start = Barrier(4)

    def append(next: int) -> bool:
        start.wait()
        try:
            streams.append([], replace(request(), offset=Offset("a new topic", next, after=0)))
        except OffsetTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(append, (5, 6, 7, 8))) == 1


def test_of_many_who_append_at_the_same_version_one_succeeds(streams: Streams) -> None:
    one = stream()
    start = Barrier(4)

    def append(number: int) -> bool:
        start.wait()
        try:
            streams.append([Change(one, 0, (ContactPointRemoved(one.id, UUID(int=number)),))], request())
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        succeeded = [number for number, done in enumerate(pool.map(append, range(4))) if done]

    (history,) = streams.read([one.id])
    assert history.events == tuple(ContactPointRemoved(one.id, UUID(int=number)) for number in succeeded)
    assert len(succeeded) == 1
