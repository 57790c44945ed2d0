"""What the loop that takes feeds in relies on, of wherever messages come from: memory, topics of Kafka."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped]

from commands.trace import Trace, begun, read
from consumers.feeding import Arrived, Messages
from infra.broker.feed import KafkaMessages, trace_of
from infra.broker.topics import TopicAdmin, Topics
from tests.support.members import wait_until
from tests.support.point_of_sale import MemoryMessages

SOON = 20.0
FEEDS = 2
TOLD = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass
class Subject:
    """Messages of two feeds, and a way to send one to each of them."""

    messages: Messages
    send: Callable[..., None]

    def poll(self, many: int, limit: int = 100) -> list[Arrived]:
        """At least so many messages, in the order they come."""
        found: list[Arrived] = []

        def enough() -> bool:
            found.extend(self.messages.poll(limit, 0.2))
            return len(found) >= many

        wait_until(enough, SOON)
        return found


@pytest.fixture(params=["memory", "kafka"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "memory":
        messages = MemoryMessages("one", "other")
        yield Subject(
            messages, lambda feed, body, trace=None: messages.send(body, feed=["one", "other"][feed], trace=trace)
        )
        return
    bootstrap: str = request.getfixturevalue("kafka")
    topics = fresh_feed(bootstrap)
    with (
        closing(KafkaMessages(bootstrap, {topics.feed("atelier"): "atelier"})) as read,
        closing(KafkaProducer(bootstrap_servers=bootstrap)) as producer,
    ):

        def send(feed: int, body: bytes, trace: Trace | None = None) -> None:
            headers = [("traceparent", str(trace).encode())] if trace else []
            producer.send(topics.feed("atelier"), body, partition=feed, headers=headers).get(10)

        yield Subject(read, send)


def fresh_feed(bootstrap: str) -> Topics:
    topics = Topics(f"test-{uuid4().hex}")
    with closing(TopicAdmin(bootstrap)) as admin:
        assert admin.create_feeds(topics, ["atelier"], FEEDS) == [topics.feed("atelier")]
        assert admin.create_feeds(topics, ["atelier"], FEEDS) == []
    return topics


def test_a_feed_gives_its_messages_in_order_counted_from_0(subject: Subject) -> None:
    one, other = subject.messages.feeds()
    subject.messages.seek({one: 0, other: 0})
    for body in (b"a", b"b", b"c"):
        subject.send(0, body)
    subject.send(1, b"d")

    found = subject.poll(4, limit=2)

    assert [(each.number, each.body) for each in found if each.feed == one] == [(0, b"a"), (1, b"b"), (2, b"c")]
    assert [(each.number, each.body) for each in found if each.feed == other] == [(0, b"d")]
    assert {each.format for each in found} == {"atelier"}


def test_it_goes_on_at_a_number_inclusive_as_often_as_asked(subject: Subject) -> None:
    one, other = subject.messages.feeds()
    for body in (b"a", b"b", b"c"):
        subject.send(0, body)

    for number in (2, 0, 1):
        subject.messages.seek({one: number, other: 0})
        assert [each.number for each in subject.poll(3 - number)] == list(range(number, 3))


def test_a_message_says_which_step_of_a_trace_sent_it(subject: Subject) -> None:
    one, other = subject.messages.feeds()
    subject.messages.seek({one: 0, other: 0})
    step = begun(UUID(int=0xA11CE), UUID(int=0xB0B))
    subject.send(0, b"a", step)
    subject.send(0, b"b")

    assert [each.trace for each in subject.poll(2)] == [step, None]


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("traceparent", TOLD)], True),
        ([("ce_traceparent", TOLD)], True),
        ([("ce_traceparent", TOLD), ("traceparent", b"\xff")], True),
        ([("traceparent", TOLD), ("traceparent", TOLD)], False),
        ([("Traceparent", TOLD)], False),
        ([("traceparent", b"\xff\xfe")], False),
        ([], False),
    ],
)
def test_it_is_told_as_tracing_or_as_a_cloud_event_tells_it(headers: list[tuple[str, bytes]], found: bool) -> None:
    assert trace_of(headers) == (read([TOLD.decode()]) if found else None)


def test_no_message_is_waited_for_in_vain(subject: Subject) -> None:
    subject.messages.seek(dict.fromkeys(subject.messages.feeds(), 0))
    assert subject.messages.poll(10, 0.05) == []


def test_a_topic_that_is_not_there_yet_has_no_feeds_and_one_made_anew_has_others(kafka: str) -> None:
    topics = Topics(f"test-{uuid4().hex}")
    topic = topics.feed("atelier")
    with closing(KafkaMessages(kafka, {topic: "atelier"})) as read, closing(TopicAdmin(kafka)) as admin:
        assert list(read.feeds()) == []
        assert read.poll(10, 0.01) == []
        admin.create_feeds(topics, ["atelier"], 1)
        wait_until(lambda: len(read.feeds()) == 1, SOON)
        [first] = read.feeds()

        admin._admin.delete_topics([topic])
        wait_until(lambda: bool(admin.create_feeds(topics, ["atelier"], 1)), SOON)
        wait_until(lambda: first not in read.feeds() and len(read.feeds()) == 1, SOON, read.feeds)
