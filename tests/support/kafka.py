"""What tests do on a real Kafka: topics of their own, events that happen, a relay, and what came of them."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import orjson
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from infra.broker.client import READER
from infra.broker.position import read_relayed
from infra.broker.relay import Relay
from infra.broker.topics import TopicAdmin, Topics
from infra.log.streams import LogStreams
from tests.support.log import EXAMPLES, FreshLog, change
from tests.support.memory import request

SALE = EXAMPLES["sale.recorded.v1"]
RECEIPT = EXAMPLES["receipt.command-answered.v1"]


def fresh_topics(bootstrap: str, partitions: int = 3) -> Topics:
    topics = Topics(f"test-{uuid4().hex}", partitions)
    make_topics(bootstrap, topics)
    return topics


def make_topics(bootstrap: str, topics: Topics) -> None:
    with closing(TopicAdmin(bootstrap)) as admin:
        admin.create(topics)


class Writer:
    """Lets sales happen in a log, in streams of its own."""

    def __init__(self, fresh: FreshLog, streams: int = 10) -> None:
        self._streams = LogStreams(fresh.log, fresh.codec)
        self.versions = {uuid4(): 0 for _ in range(streams)}

    def happen(self, each: int = 1, receipts: bool = False) -> list[int]:
        """So many more events in each stream, in one append; returns their positions."""
        changes = [change(*[SALE] * each, stream=id, after=version) for id, version in self.versions.items()]
        if receipts:
            changes.append(change(RECEIPT, stream=uuid4()))
        positions = self._streams.append(changes, request())
        self.versions = {id: version + each for id, version in self.versions.items()}
        return [position for of in positions[: len(self.versions)] for position in of]


@contextmanager
def relaying(url: str, bootstrap: str, topics: Topics, batch: int = 2_000) -> Iterator[Thread]:
    """A relay in a thread, as long as the context lasts."""
    stop = Event()
    thread = Thread(target=Relay(url, bootstrap, topics, batch, poll=0.1).run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive(), "the relay did not stop"


def wait_relayed(bootstrap: str, topics: Topics, position: int, seconds: float = 60.0) -> None:
    """Returns once the relay has committed this position, or a later one."""
    deadline = monotonic() + seconds
    with closing(reader(bootstrap, topics.relay)) as consumer:
        while monotonic() < deadline:
            for messages in consumer.poll(timeout_ms=500).values():
                if orjson.loads(messages[-1].value)["position"] >= position:
                    return
    raise AssertionError(f"not relayed up to {position}: {read_relayed(bootstrap, topics)}")


def reader(bootstrap: str, topic: str, **config: Any) -> KafkaConsumer:
    """Reads every partition of a topic from the beginning, committed records only unless told otherwise."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, **{**READER, "group_id": None, **config})
    consumer.assign([TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)])
    return consumer


def read_all(bootstrap: str, topic: str, **config: Any) -> list[Any]:
    """Every record up to the end, partition by partition."""
    with closing(reader(bootstrap, topic, **config)) as consumer:
        end = consumer.end_offsets(list(consumer.assignment()))
        found: dict[TopicPartition, list[Any]] = {at: [] for at in end}
        while any(consumer.position(at) < offset for at, offset in end.items()):
            for at, messages in consumer.poll(timeout_ms=500, max_records=10_000).items():
                found[at] += messages
    return [message for _, messages in sorted(found.items()) for message in messages]


def header(message: Any, name: str) -> str:
    value: bytes = dict(message.headers)[name]
    return value.decode()


def assert_exact(fresh: FreshLog, bootstrap: str, topics: Topics) -> None:
    """The topic holds every event of the log but receipts, once, in order in each partition; its position agrees."""
    messages = read_all(bootstrap, topics.events)
    rows = [row for row in fresh.log.recorder.read_batch(0, 1_000_000) if not row[3].startswith("receipt.")]
    sent = sorted(int(header(message, "ce_sequence")) for message in messages)
    stored = [row[0] for row in rows]
    assert len(sent) == len(set(sent)), f"{len(sent) - len(set(sent))} duplicates"
    assert sent == stored, f"{len(set(stored) - set(sent))} of {len(stored)} lost"
    assert [message.value for message in sorted(messages, key=_position)] == [row[4] for row in rows]
    ends = [0] * topics.partitions
    versions: dict[UUID, int] = {}
    for message in messages:
        assert _position(message) > ends[message.partition], "out of order"
        ends[message.partition] = _position(message)
        stream = UUID(header(message, "ce_stream"))
        assert int(header(message, "ce_streamversion")) == versions.get(stream, 0) + 1
        versions[stream] = versions.get(stream, 0) + 1
    relayed = read_relayed(bootstrap, topics)
    assert relayed is not None
    assert (relayed.position, relayed.ends) == (stored[-1], ends)


def _position(message: Any) -> int:
    return int(header(message, "ce_sequence"))


def sequence(messages: Sequence[Any]) -> list[int]:
    return [_position(message) for message in messages]
