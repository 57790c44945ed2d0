"""Topics that other systems write to, as the loop that takes feeds in sees them: each partition is a feed.

They are read by nobody else and in no group. Where to read on is in the log and told by `seek`. A topic that is made
anew begins to count anew, so a feed's name holds the topic's id.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from time import sleep
from typing import Any, Final

import structlog
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from commands.trace import Trace, read
from consumers.feeding import Arrived
from consumers.source import Unavailable
from infra.broker.client import CLIENT, READER, reachable, servers
from infra.failpoints import reached

log = structlog.get_logger()

# A topic that is made, or grows, is noticed after so long.
_METADATA_SECONDS: Final = 5.0

_CONSUMER: Final[dict[str, Any]] = {**READER, "metadata_max_age_ms": int(_METADATA_SECONDS * 1000)}


class KafkaMessages:
    """Implements `consumers.feeding.Messages` for one thread; `topics` are names of topics with their formats."""

    def __init__(self, bootstrap: str, topics: Mapping[str, str]) -> None:
        self._topics = topics
        self._config = {**_CONSUMER, "bootstrap_servers": servers(bootstrap), "group_id": None}
        self._consumer: KafkaConsumer | None = None
        self._names: dict[TopicPartition, str] = {}

    def feeds(self) -> Sequence[str]:
        """See `Messages`. A topic that is not there yet has none."""
        with reachable():
            consumer = self._opened()
            found = {
                TopicPartition(topic, partition): f"{topic}/{id}/{partition}"
                for topic in self._topics
                for partition in sorted(consumer.partitions_for_topic(topic) or ())
                if (id := consumer._cluster.topic_id(topic))
            }
        if found != self._names:
            self._names = found
            consumer.assign(list(found))
        return list(found.values())

    def ends(self) -> Mapping[str, int]:
        """By feed, how many messages there were ever; the ends of transactions count as such."""
        feeds = self.feeds()
        with reachable():
            ends = self._opened().end_offsets(list(self._names)) if feeds else {}
        return {feed: ends[at] for at, feed in self._names.items()}

    def seek(self, numbers: Mapping[str, int]) -> None:
        """See `Messages`. What is no longer there, because its time was over before anybody read it, is logged."""
        with reachable():
            consumer = self._opened()
            begins = consumer.beginning_offsets(list(self._names)) if self._names else {}
            for at, feed in self._names.items():
                if feed not in numbers:
                    continue
                if (lost := begins[at] - numbers[feed]) > 0 and numbers[feed]:
                    log.error("messages expired unread", feed=feed, first=numbers[feed], messages=lost)
                consumer.seek(at, max(numbers[feed], begins[at]))

    def poll(self, limit: int, timeout: float) -> list[Arrived]:
        """See `Messages`."""
        if not self._names:
            sleep(timeout)
            return []
        try:
            with reachable():
                polled = self._opened().poll(timeout_ms=int(timeout * 1000), max_records=limit)
        except Unavailable:
            self.close()
            raise
        if polled:
            reached("feed.polled")
        return [
            Arrived(self._names[at], each.offset, self._topics[at.topic], each.value or b"", trace_of(each.headers))
            for at, messages in polled.items()
            for each in messages
        ]

    def close(self) -> None:
        """Stops reading. A next call begins anew."""
        consumer, self._consumer, self._names = self._consumer, None, {}
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(autocommit=False)

    def _opened(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(**self._config)
        return self._consumer


def trace_of(headers: Sequence[tuple[str, bytes]]) -> Trace | None:
    """The step that sent a record: as tracing of Kafka clients tells it, or as a CloudEvent does."""
    for told in ("traceparent", "ce_traceparent"):
        if found := read([value.decode("latin-1") for name, value in headers if name == told]):
            return found
    return None


def send(bootstrap: str, messages: Iterable[tuple[str, str, bytes]]) -> None:
    """Sends messages, each to its topic, those with the same key one after the other."""
    with reachable(), closing(KafkaProducer(bootstrap_servers=servers(bootstrap), acks="all", **CLIENT)) as producer:
        sent = [producer.send(topic, body, key=key.encode()) for topic, key, body in messages]
        for each in sent:
            each.get(CLIENT["request_timeout_ms"] / 1000)
