"""How far the relay is, as the topic of the relay says: sent in the same transaction as the events themselves."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Final
from uuid import UUID

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from pydantic import TypeAdapter

from consumers.source import Unavailable
from infra.broker.client import READER, reachable, servers
from infra.broker.records import Foreign, Message, incoming
from infra.broker.topics import Topics

KEY: Final = b"relay"
READ_SECONDS: Final = 20.0
_FIRST_STEP: Final = 64


@dataclass(frozen=True, slots=True)
class Relayed:
    """Everything up to `position` is on Kafka, where `ends` are the positions of the last event in each partition.

    `incarnation` is the log's; `event_id` is the event at the position, so that a log restored from an older copy,
    which has another event there, is found out.
    """

    incarnation: UUID
    position: int
    event_id: str
    ends: list[int] = field(default_factory=list)

    def reached(self, positions: dict[int, int]) -> int:
        """How far a projection is in the whole log that is, in each partition, at these positions.

        A partition without anything new holds nobody back.
        """
        behind = [at for p, end in enumerate(self.ends) if (at := positions.get(p, 0)) < end]
        return min(behind, default=self.position)


_relayed: Final = TypeAdapter(Relayed)


def to_value(relayed: Relayed) -> bytes:
    return _relayed.dump_json(relayed)


def read_relayed(bootstrap: str, topics: Topics) -> Relayed | None:
    """The last committed position, None if there never was one. Raises `Unavailable`."""
    found = _last_records(bootstrap, topics.relay, 1, lambda message: message.key == KEY)
    return None if 0 not in found else _relayed.validate_json(found[0].value or b"")


def read_ends(bootstrap: str, topics: Topics) -> list[int]:
    """The position of the last committed event in each partition, 0 where there is none. Raises `Unavailable`."""
    found = _last_records(bootstrap, topics.events, topics.partitions, _is_event)
    return [incoming(found[p]).position if p in found else 0 for p in range(topics.partitions)]


def read_undecided(bootstrap: str, names: Sequence[str]) -> list[tuple[str, int]]:
    """Topic and partition wherever in these topics a transaction is neither committed nor aborted. Raises
    `Unavailable`."""
    end = _ends(bootstrap, names, "read_uncommitted")
    stable = _ends(bootstrap, names, "read_committed")
    return [(tp.topic, tp.partition) for tp, offset in end.items() if stable[tp] < offset]


def _ends(bootstrap: str, names: Sequence[str], isolation: str) -> dict[TopicPartition, int]:
    config = {**READER, "isolation_level": isolation}
    with reachable(), closing(KafkaConsumer(bootstrap_servers=servers(bootstrap), group_id=None, **config)) as consumer:
        every = [TopicPartition(name, p) for name in names for p in consumer.partitions_for_topic(name) or ()]
        ends: dict[TopicPartition, int] = consumer.end_offsets(every) if every else {}
    return ends


def _is_event(message: Message) -> bool:
    try:
        incoming(message)
    except Foreign:
        return False
    return True


def _last_records(bootstrap: str, topic: str, partitions: int, ours: Callable[[Message], bool]) -> dict[int, Message]:
    """The last committed record of ours in every partition that has one.

    Offsets are also taken by aborted records, by the ends of transactions, and by whatever anybody else has written:
    one looks back in growing steps.
    """
    with reachable(), closing(KafkaConsumer(bootstrap_servers=servers(bootstrap), group_id=None, **READER)) as consumer:
        every = [TopicPartition(topic, p) for p in range(partitions)]
        consumer.assign(every)
        begin = consumer.beginning_offsets(every)
        end = consumer.end_offsets(every)
        found: dict[int, Message] = {}
        looking, step = {tp: end[tp] for tp in every if end[tp] > begin[tp]}, _FIRST_STEP
        while looking:
            start = {tp: max(begin[tp], at - step) for tp, at in looking.items()}
            found |= _last_between(consumer, start, end, ours)
            looking = {tp: at for tp, at in start.items() if tp.partition not in found and at > begin[tp]}
            step *= 16
    return found


def _last_between(
    consumer: KafkaConsumer,
    start: dict[TopicPartition, int],
    end: dict[TopicPartition, int],
    ours: Callable[[Message], bool],
) -> dict[int, Message]:
    found: dict[int, Message] = {}
    consumer.assign(list(start))
    for tp, at in start.items():
        consumer.seek(tp, at)
    deadline = monotonic() + READ_SECONDS
    while any(consumer.position(tp, timeout_ms=5_000) < end[tp] for tp in start):
        if monotonic() > deadline:
            raise Unavailable("Kafka: a topic could not be read to its end")
        for tp, messages in consumer.poll(timeout_ms=500, max_records=10_000).items():
            if mine := [message for message in messages if ours(message)]:
                found[tp.partition] = mine[-1]
    return found
