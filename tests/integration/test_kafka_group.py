"""The group of projectors: every partition is read by exactly one member, soon after whatever has happened to it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Event, Thread
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer  # type: ignore[import-untyped]
from kafka.admin import MemberToRemove  # type: ignore[import-untyped]
from kafka.coordinator.assignors.cooperative_sticky import (  # type: ignore[import-untyped]
    CooperativeStickyAssignor,
)
from kafka.protocol.consumer.metadata import ConsumerProtocolAssignment  # type: ignore[import-untyped]

import infra.broker.source
from consumers.source import Unavailable
from infra.broker.source import SESSION_SECONDS, KafkaSource
from infra.broker.topics import Topics
from tests.support.kafka import fresh_topics
from tests.support.members import member, member_process, wait_until

SOON = 15.0
"""Seconds after which a group is in order again, also on a busy machine; a quiet one takes two."""
LATE = SESSION_SECONDS + SOON
"""The same where somebody has to be missed first."""

MISSING = Topics("test-group-of-a-topic-to-come", 6)


@pytest.fixture
def topics(kafka: str) -> Topics:
    return fresh_topics(kafka, partitions=6)


@pytest.fixture
def admin(kafka: str) -> Iterator[KafkaAdminClient]:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        yield admin


def shared(members: Sequence[Sequence[int]], partitions: int) -> bool:
    """Each partition by exactly one, and by all about the same number."""
    sizes = sorted(len(each) for each in members)
    return sorted(p for each in members for p in each) == list(range(partitions)) and sizes[-1] - sizes[0] <= 1


def test_members_join_and_leave(kafka: str, topics: Topics) -> None:
    with member(kafka, topics, topics.prefix) as first:
        wait_until(lambda: shared([first.partitions], 6), SOON)
        with member(kafka, topics, topics.prefix) as second:
            wait_until(lambda: shared([first.partitions, second.partitions], 6), SOON)
        assert list(second.partitions) == []
        wait_until(lambda: shared([first.partitions], 6), SOON)


def test_who_is_killed_is_missed_when_its_session_ends(kafka: str, topics: Topics) -> None:
    with (
        member(kafka, topics, topics.prefix) as first,
        member_process(kafka, topics, topics.prefix) as (process, sees),
    ):
        wait_until(lambda: shared([first.partitions, sees()], 6), SOON)
        process.kill()
        wait_until(lambda: shared([first.partitions], 6), LATE)


def test_who_is_killed_and_returns_under_its_name_finds_its_partitions_and_disturbs_nobody(
    kafka: str, topics: Topics
) -> None:
    with ExitStack() as before, member(kafka, topics, topics.prefix, "one") as one:
        process, sees = before.enter_context(member_process(kafka, topics, topics.prefix, "two"))
        wait_until(lambda: shared([one.partitions, sees()], 6), SOON)
        hers = sees()
        process.kill()
        process.wait()
        with member(kafka, topics, topics.prefix, "two") as two:
            held = {tuple(one.partitions)}

            def back() -> bool:
                held.add(tuple(one.partitions))
                return list(two.partitions) == hers

            wait_until(back, SESSION_SECONDS / 2)
            assert len(held) == 1


def test_a_join_that_ends_between_two_polls_is_not_taken_for_done(
    kafka: str, admin: KafkaAdminClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The topic has grown, so its leader joins again; no poll is as long as that takes, and nothing reminds it."""
    monkeypatch.setitem(infra.broker.source._CONSUMER, "metadata_max_age_ms", 200)
    monkeypatch.setattr(infra.broker.source, "SESSION_SECONDS", 2.0)
    topics, elsewhere = fresh_topics(kafka, partitions=1), Event()
    with closing(KafkaSource(kafka, topics, topics.prefix)) as source:
        wait_until(lambda: source.poll(1, 1.0) == [] and list(source.partitions) == [0], SOON)
        admin.create_partitions({topics.events: 2})

        def given() -> bool:
            with suppress(Unavailable):
                source.poll(1, 0.001)
            elsewhere.wait(0.1)
            return list(source.partitions) == [0, 1]

        wait_until(given, SOON)


def test_a_poll_that_may_not_wait_still_waits_for_its_partitions(kafka: str, topics: Topics) -> None:
    with closing(KafkaSource(kafka, topics, topics.prefix)) as source:
        for _ in range(5):
            source.poll(1, 0.0)
        assert shared([source.partitions], 6)


def test_nobody_joins_before_the_topic_is_there(kafka: str) -> None:
    with closing(KafkaSource(kafka, MISSING, MISSING.prefix)) as early, pytest.raises(Unavailable, match="not known"):
        early.poll(1, 0.1)


def test_what_an_expelled_member_had_is_not_kept_from_others(kafka: str, admin: KafkaAdminClient) -> None:
    """It comes back together with two new ones, while the group waits for another that does not answer."""
    topics = fresh_topics(kafka, partitions=3)
    with ExitStack() as members, closing(KafkaSource(kafka, topics, topics.prefix)) as slow:
        first = members.enter_context(member(kafka, topics, topics.prefix, "first"))
        wait_until(lambda: shared([first.partitions], 3), SOON)
        wait_until(lambda: slow.poll(1, 0.5) == [] and shared([first.partitions, slow.partitions], 3), SOON)
        assert len(first.partitions) == 2

        admin.remove_group_members(topics.prefix, [MemberToRemove(group_instance_id="first")])
        others = [members.enter_context(member(kafka, topics, topics.prefix)) for _ in range(2)]
        wait_until(lambda: joining(admin, topics.prefix) == 4, SOON)
        slow.close()

        everybody = [first, *others]
        wait_until(
            lambda: shared([each.partitions for each in everybody], 3), SOON, lambda: [e.partitions for e in everybody]
        )


def test_a_round_that_was_forgotten_is_made_up_for(kafka: str, topics: Topics) -> None:
    """Half of the partitions are on their way from one to the other when all is lost but what the first round gave."""
    with half_given_out(kafka, topics), member(kafka, topics, topics.prefix, "one") as one:
        wait_until(lambda: shared([one.partitions], 3), SOON)

    with (
        member(kafka, topics, topics.prefix, "one") as one,
        member(kafka, topics, topics.prefix, "two") as two,
    ):
        wait_until(lambda: shared([one.partitions, two.partitions], 6), LATE, lambda: [one.partitions, two.partitions])


@contextmanager
def half_given_out(kafka: str, topics: Topics) -> Iterator[None]:
    """While it lasts a member named "two" leads, has nothing, and gives half of what there is to nobody."""

    class Half(CooperativeStickyAssignor):  # type: ignore[misc]
        def assign(self, cluster: Any, members: Any) -> Any:
            given = [(topics.events, [0, 1, 2])]
            return {
                each.member_id: ConsumerProtocolAssignment(
                    self.version, given if each.group_instance_id == "one" else [], b""
                )
                for each in members
            }

    stop = Event()
    config = {**infra.broker.source._CONSUMER, "group_id": topics.prefix, "group_instance_id": "two"}
    with closing(
        KafkaConsumer(topics.events, bootstrap_servers=kafka, partition_assignment_strategy=[Half()], **config)
    ) as leader:
        leader.poll(timeout_ms=2_000)

        def poll() -> None:
            while not stop.is_set():
                leader.poll(timeout_ms=100)

        thread = Thread(target=poll, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def joining(admin: KafkaAdminClient, group: str) -> int:
    return len(admin.describe_groups([group])[group]["members"])
