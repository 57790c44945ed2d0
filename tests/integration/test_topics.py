"""Topics are made as they should be, and whatever differs is said, or stops everything."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]

from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.processes.relay import check_topics


@pytest.fixture
def admin(kafka: str) -> Iterator[TopicAdmin]:
    with closing(TopicAdmin(kafka)) as admin:
        yield admin


@pytest.fixture
def topics() -> Topics:
    return Topics(f"test-{uuid4().hex}", 3)


def test_missing_topics_are_made_once_and_are_then_as_they_should_be(admin: TopicAdmin, topics: Topics) -> None:
    assert admin.create(topics) == [topics.events, topics.relay, topics.clients]
    assert admin.create(topics) == []
    assert admin.check(topics) == []


def test_the_command_makes_them_and_those_of_the_feeds(
    kafka: str, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"KAFKA": kafka, "KAFKA_PREFIX": topics.prefix, "KAFKA_PARTITIONS": "3"}.items():
        monkeypatch.setenv(f"CARNET_{name}", value)
    made = [topics.events, topics.relay, topics.clients, topics.feed("atelier"), topics.feed("kasse")]

    assert check_topics(create=True) == (made, [])
    assert check_topics(create=True) == ([], [])
    assert check_topics(create=False) == ([], [])


def test_a_missing_topic_stops_everything(admin: TopicAdmin, topics: Topics) -> None:
    with pytest.raises(Unfit, match="is missing"):
        admin.check(topics)


@pytest.mark.parametrize("partitions", [2, 4])
def test_another_number_of_partitions_stops_everything(admin: TopicAdmin, topics: Topics, partitions: int) -> None:
    admin.create(topics)
    with pytest.raises(Unfit, match=f"3 partitions, not {partitions}"):
        admin.check(Topics(topics.prefix, partitions))


def test_every_setting_that_differs_is_named(admin: TopicAdmin, topics: Topics) -> None:
    admin.create(topics)
    for name, configs in (
        (topics.events, {"retention.ms": "604800000", "cleanup.policy": "compact,delete"}),
        (topics.relay, {"max.compaction.lag.ms": "9223372036854775807"}),
    ):
        admin._admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs)])

    assert sorted(admin.check(topics)) == sorted(
        [
            f"{topics.events}: cleanup.policy is compact,delete, not delete",
            f"{topics.events}: retention.ms is 604800000, not -1",
            f"{topics.relay}: max.compaction.lag.ms is 9223372036854775807, not 3600000",
        ]
    )
