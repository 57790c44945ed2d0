"""The loop of the write side: races, expected versions, receipts, and many at once."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from uuid import UUID

import pytest
from typing_extensions import override

from commands.execute import ATTEMPTS, Aside, Decision, execute, execute_many
from commands.ports import Change, Conflict, Done, History, Ports, Receipt, Request, Stream
from domain.receipt import CommandAnswered, Refused
from domain.refusals import ClientUnknown, KeyReused, Refusal, TooBusy, VersionStale
from tests.support.memory import NOON, MemoryStreams, counted_ids, ports, request

POT = Stream(UUID(int=50), UUID(int=50))
OTHER = Stream(UUID(int=60), UUID(int=60))
KEY = Receipt(UUID(int=70), "fingerprint")


@dataclass(frozen=True)
class Put:
    coins: int


class PotFull(Refusal):
    code = "test.pot_full"
    title = "The pot is full"


def total(events: Iterable[Put]) -> int:
    return sum(event.coins for event in events)


def up_to(wished: int, stream: Stream = POT) -> Decision[int]:
    """Fills the pot to a level: asked twice, the second time is no news."""

    def decide(now: int) -> list[Put]:
        if wished > 100:
            raise PotFull("At most 100 fit.", "coins")
        return [Put(wished - now)] if wished > now else []

    return Decision(stream, total, decide, stream.id)


def one_more(stream: Stream = POT, new: UUID | None = None) -> Decision[int]:
    return Decision(stream, total, lambda now: [Put(1)], new or stream.id)


class Contested(MemoryStreams):
    """Somebody else is faster, `times` times: right before the append, one more coin is in the pot."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    @override
    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        if self.times:
            self.times -= 1
            super().append([Change(POT, self.read([POT.id])[0].version, (Put(1),))], request)
        return super().append(changes, request)


def test_what_is_decided_is_appended() -> None:
    world = ports()

    assert execute(world, request(), up_to(5)) == Done(POT.id, POT, 1, 1, (Put(5),))
    assert execute(world, request(), up_to(7)) == Done(POT.id, POT, 2, 2, (Put(2),))
    assert world.streams.read([POT.id])[0].events == (Put(5), Put(2))


def test_no_news_appends_nothing_and_answers_with_what_is_there() -> None:
    streams = MemoryStreams()
    world = ports(streams)
    first = execute(world, request(), up_to(5))

    assert execute(world, request(), up_to(5)) == replace(first, events=())
    assert len(streams.requests) == 1


def test_a_refusal_appends_nothing() -> None:
    streams = MemoryStreams()
    with pytest.raises(PotFull):
        execute(ports(streams), request(receipt=KEY), up_to(101))
    assert streams.requests == []


def test_after_a_lost_race_the_decision_sees_what_the_winner_did() -> None:
    streams = Contested(times=2)
    done = execute(ports(streams), request(), up_to(5))

    assert (done.version, done.events) == (3, (Put(3),))
    assert streams.events(POT.id) == [Put(1), Put(1), Put(3)]


def test_losing_every_race_ends() -> None:
    streams = Contested(times=ATTEMPTS)
    with pytest.raises(TooBusy):
        execute(ports(streams), request(), one_more())
    assert total(streams.events(POT.id)) == ATTEMPTS  # type: ignore[arg-type]


def test_everybody_who_races_gets_through() -> None:
    streams = MemoryStreams()
    together = Barrier(4)

    def put_five() -> None:
        together.wait()
        for _ in range(5):
            execute(ports(streams), request(), one_more())

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(put_five) for _ in range(4)]:
            done.result()
    assert len(streams.events(POT.id)) == 20


def test_who_saw_another_version_changes_nothing() -> None:
    world = ports()
    execute(world, request(), one_more())

    assert execute(world, request(expected_version=1), one_more()).version == 2
    with pytest.raises(VersionStale, match="version 2") as refused:
        execute(world, request(expected_version=1), one_more())
    assert refused.value.field == "If-Match"


def test_who_expected_a_version_and_lost_the_race_is_told_so() -> None:
    streams = Contested(times=0)
    execute(ports(streams), request(), one_more())
    streams.times = 1
    with pytest.raises(VersionStale):
        execute(ports(streams), request(expected_version=1), one_more())


def test_of_what_is_not_there_no_version_is_stale() -> None:
    with pytest.raises(PotFull):
        execute(ports(), request(expected_version=3), up_to(101))


def test_the_receipt_is_last_in_the_same_append() -> None:
    streams = MemoryStreams()
    done = execute(ports(streams), request(receipt=KEY), up_to(5))

    assert streams.read([POT.id, KEY.stream_id])[1].positions == (done.position + 1,)
    assert streams.events(KEY.stream_id) == [CommandAnswered("fingerprint", POT.id, 1, POT.id)]
    assert len(streams.requests) == 1


def test_sent_again_a_command_has_the_first_answer_whatever_happened_since() -> None:
    world = ports()
    execute(world, request(), one_more())
    first = execute(world, request(receipt=KEY, expected_version=1), one_more())
    execute(world, request(), one_more())

    again = execute(world, request(receipt=KEY, expected_version=1), one_more())
    assert again == replace(first, events=(), repeated=True)
    assert world.streams.read([POT.id])[0].version == 3


def test_no_news_leaves_a_receipt_too() -> None:
    world = ports()
    first = execute(world, request(), up_to(5))
    assert execute(world, request(receipt=KEY), up_to(5)).repeated is False
    execute(world, request(), up_to(9))

    again = execute(world, request(receipt=KEY), up_to(5))
    assert (again.version, again.position, again.repeated) == (1, first.position, True)


def test_a_new_thing_made_twice_with_one_key_is_the_first_one() -> None:
    world = ports()
    first = execute(world, request(receipt=KEY), one_more(POT))
    again = execute(world, request(receipt=KEY), one_more(OTHER))

    assert again == replace(first, events=(), repeated=True)
    assert world.streams.read([OTHER.id])[0].version == 0


def test_a_new_stream_of_a_client_keeps_the_clients_key_in_the_repeated_answer() -> None:
    first, second = Stream(UUID(int=51), POT.key), Stream(UUID(int=52), POT.key)
    world = ports()
    execute(world, request(receipt=KEY), one_more(first))

    assert execute(world, request(receipt=KEY), one_more(second)).stream == first


def test_a_key_that_came_with_another_request_is_refused() -> None:
    world = ports()
    execute(world, request(receipt=KEY), one_more())

    with pytest.raises(KeyReused) as refused:
        execute(world, request(receipt=Receipt(KEY.stream_id, "another")), one_more())
    assert refused.value.field == "Idempotency-Key"


def test_one_key_from_many_threads_makes_one_event() -> None:
    streams = MemoryStreams()
    together = Barrier(8)

    def send() -> Done:
        together.wait()
        return execute(ports(streams), request(receipt=KEY), one_more())

    with ThreadPoolExecutor(8) as threads:
        answers = [sent.result() for sent in [threads.submit(send) for _ in range(8)]]
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 7
    assert {(answer.version, answer.position) for answer in answers} == {(1, answers[0].position)}
    assert streams.events(POT.id) == [Put(1)]


def test_what_a_command_needs_must_be_there() -> None:
    world = ports()

    def begun(events: Sequence[object]) -> None:
        if not events:
            raise ClientUnknown("There is none.", "client_id")

    needy = replace(one_more(), needs={OTHER.id: begun})
    with pytest.raises(ClientUnknown):
        execute(world, request(receipt=KEY), needy)
    execute(world, request(), one_more(OTHER))

    assert execute(world, request(receipt=KEY), needy).version == 1


def test_the_thing_that_is_there_already_gives_the_answer_its_id() -> None:
    known = replace(up_to(5), known=lambda now: OTHER.id if now else None, subject_id=UUID(int=99))
    world = ports()

    assert execute(world, request(), known).subject_id == UUID(int=99)
    assert execute(world, request(receipt=KEY), known).subject_id == OTHER.id
    assert execute(world, request(receipt=KEY), known).subject_id == OTHER.id


def test_many_are_decided_with_one_read_and_one_append() -> None:
    class Counting(MemoryStreams):
        reads = 0

        @override
        def read(self, ids: Sequence[UUID]) -> list[History]:
            self.reads += 1
            return super().read(ids)

    streams = Counting()
    outcomes = execute_many(ports(streams), request(), [up_to(5), up_to(101), one_more(OTHER), up_to(7), up_to(6)])

    assert (streams.reads, len(streams.requests)) == (1, 1)
    first, refused, other, second, no_news = outcomes
    assert isinstance(refused, PotFull)
    assert first == Done(POT.id, POT, 1, 1, (Put(5),))
    assert second == Done(POT.id, POT, 2, 2, (Put(2),))
    assert no_news == Done(POT.id, POT, 2, 2)
    assert other == Done(OTHER.id, OTHER, 1, 3, (Put(1),))


def test_many_that_are_no_news_append_nothing() -> None:
    streams = MemoryStreams()
    execute(ports(streams), request(), up_to(5))

    assert execute_many(ports(streams), request(), [up_to(5), up_to(4)]) == [Done(POT.id, POT, 1, 1)] * 2
    assert execute_many(ports(streams), request(), []) == []
    assert len(streams.requests) == 1


def test_many_lose_a_race_together_and_are_all_decided_again() -> None:
    streams = Contested(times=1)
    first, other = execute_many(ports(streams), request(), [up_to(5), one_more(OTHER)])

    assert isinstance(first, Done)
    assert isinstance(other, Done)
    assert (first.events, other.events) == ((Put(4),), (Put(1),))
    with pytest.raises(TooBusy):
        execute_many(ports(Contested(times=ATTEMPTS)), request(), [one_more()])


def test_memory_conflicts_like_the_log() -> None:
    streams = MemoryStreams()
    streams.append([Change(POT, 0, (Put(1),))], request())
    with pytest.raises(Conflict):
        streams.append([Change(OTHER, 0, (Put(1),)), Change(POT, 0, (Put(1),))], request())
    assert streams.events(OTHER.id) == []


def test_ports_count_ids_and_stop_the_clock() -> None:
    world: Ports = ports()
    assert [world.new_id(), world.new_id()] == [UUID(int=1), UUID(int=2)]
    assert world.clock() == world.clock() == NOON
    assert counted_ids()() == UUID(int=1)


def test_what_is_decided_together_is_one_append_and_its_own_events_come_last() -> None:
    world = ports(streams := MemoryStreams())
    done = execute(world, request(receipt=KEY), replace(up_to(3), also=[up_to(5, OTHER)]))

    assert (streams.events(POT.id), streams.events(OTHER.id)) == ([Put(3)], [Put(5)])
    assert len(streams.requests) == 1
    assert (done.subject_id, done.version, done.position) == (POT.id, 1, 2)
    assert set(done.events) == {Put(3), Put(5)}

    again = execute(world, request(receipt=KEY), replace(up_to(3), also=[up_to(5, OTHER)]))
    assert (again.position, again.repeated) == (2, True)
    assert len(streams.requests) == 1


def test_of_what_is_decided_together_one_refusal_refuses_all() -> None:
    world = ports(streams := MemoryStreams())
    for decision in (
        replace(up_to(3), also=[up_to(101, OTHER)]),
        replace(up_to(101), also=[up_to(3, OTHER)]),
        replace(up_to(3), also=[replace(up_to(3, OTHER), needs={UUID(int=80): refusing})]),
    ):
        with pytest.raises(Refusal):
            execute(world, request(), decision)
    assert streams.streams == {}


def test_who_loses_the_race_for_one_stream_decides_about_all_again() -> None:
    world = ports(streams := Contested(times=2))
    execute(world, request(), replace(up_to(7, OTHER), also=[up_to(10)]))

    assert total(event for event in streams.events(POT.id) if isinstance(event, Put)) == 10
    assert streams.events(OTHER.id) == [Put(7)]


def test_what_is_no_news_leaves_the_rest_its_news() -> None:
    world = ports(streams := MemoryStreams())
    execute(world, request(), up_to(3))
    done = execute(world, request(), replace(up_to(3), also=[up_to(5, OTHER)]))

    assert (done.version, done.position) == (1, 1)
    assert streams.events(OTHER.id) == [Put(5)]


def said(coins: int, need: Callable[[Sequence[object]], None] = lambda events: None) -> Aside[int]:
    """One more thing about the pot: these coins too, as long as all together fit, and the command was news."""

    def decide(now: int, is_news: bool) -> list[Put]:
        if now + coins > 100:
            raise PotFull(f"{100 - now} more fit.", f"coins.{coins}")
        return [Put(coins)] if is_news else []

    return Aside(decide, {OTHER.id: need})


def test_what_is_said_besides_stands_in_nobodys_way_and_is_told_again() -> None:
    world = ports(streams := MemoryStreams())
    asides = [said(50), said(60), said(1, refusing), said(20)]
    done = execute(world, request(receipt=KEY), replace(up_to(10), asides=asides))

    assert streams.events(POT.id) == list(done.events) == [Put(10), Put(50), Put(20)]
    assert len(streams.requests) == 1
    assert (done.version, done.position) == (3, 3)
    full = Refused(PotFull.code, "40 more fit.", "coins.60")
    assert done.refused == (full, Refused(ClientUnknown.code, "There is nobody.", "client_id"))
    again = execute(world, request(receipt=KEY), replace(up_to(10), asides=[]))
    assert again == replace(done, events=(), repeated=True)
    assert execute(world, request(), replace(up_to(10), asides=[said(5)])).events == ()


def test_what_is_said_besides_is_decided_again_after_a_lost_race_and_refused_with_its_command() -> None:
    world = ports(streams := Contested(times=1))
    done = execute(world, request(), replace(up_to(60), asides=[said(40), said(41)]))

    assert streams.events(POT.id) == [Put(1), Put(59), Put(40)]
    assert [each.field for each in done.refused] == ["coins.41"]
    with pytest.raises(PotFull):
        execute(world, request(), replace(up_to(101), asides=[said(0)]))


def test_what_is_said_besides_another_command_is_told_with_it() -> None:
    world = ports(streams := MemoryStreams())
    other = replace(up_to(5, OTHER), asides=[said(95), said(96)])
    done = execute(world, request(), replace(up_to(3), also=[other]))

    assert (done.version, streams.events(OTHER.id)) == (1, [Put(5), Put(95)])
    assert [each.field for each in done.refused] == ["coins.96"]


def refusing(_: Sequence[object]) -> None:
    raise ClientUnknown("There is nobody.", "client_id")
