"""The topic of events as projectors see it. Several processes of one group share its partitions.

Kafka only says who reads which partition. Where to read on is in the read models and told by `seek`; what is committed
to Kafka is for its own tools to look at. A partition that two read for a moment does no harm: the slower one's
transaction fails.

kafka-python 3.0.12 has three faults that would leave partitions to nobody, for ever. A join that ends between two polls
may be taken for done without its answer being looked at: who is not in order for long begins anew. A leader that has
not yet heard of the topic gives nobody anything: no one joins before that. Who was expelled goes on claiming what it
had, which is then kept from others: it forgets.

Kafka's own rules do so too. A partition that moves is first taken from one member and, in a second round, given to
another. Are the members lost in between, as by a broker that is killed, they get back under their names what the first
round gave them, and nobody remembers that there was to be a second: so who has joined looks whether all is given out.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.coordinator.assignors.cooperative_sticky import (  # type: ignore[import-untyped]
    CooperativeStickyAssignor,
)
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from kafka.structs import MemberState  # type: ignore[import-untyped]
from typing_extensions import override

from consumers.source import Record, Unavailable
from infra.broker.client import READER, reachable, servers
from infra.broker.fetched import read_compiled
from infra.broker.group import GroupMember
from infra.broker.records import incoming_all
from infra.broker.topics import Topics
from infra.failpoints import reached
from projections.projection import Projection

COMMIT_SECONDS: Final = 1.0
CLOSE_SECONDS: Final = 5.0
SESSION_SECONDS: Final = 10.0
# A join that ends after its poll has given up is begun again, and again for all others: it is waited for.
JOIN_SECONDS: Final = 1.0

_CONSUMER: Final[dict[str, Any]] = {
    **READER,
    "session_timeout_ms": int(SESSION_SECONDS * 1000),
    "heartbeat_interval_ms": 1_000,
    # A database that is away for longer costs the partitions for a while, and no more.
    "max_poll_interval_ms": 300_000,
    "fetch_max_wait_ms": 500,
    # The library copies an answer three times before it looks at it: of its usual 50 MB that is all fresh memory.
    "fetch_max_bytes": 8 * 1024 * 1024,
}


def group(topics: Topics, projections: Iterable[Projection]) -> str:
    """Who shares work: processes that run the very same projections. Each partition goes to one of them."""
    return "+".join([f"{topics.prefix}.project", *sorted(f"{each.name}.v{each.version}" for each in projections)])


class KafkaSource:
    """Implements `consumers.source.Source` for one thread, reading the topic of events from its first poll on.

    `member` is this process's own name in its group: coming back under it within ten seconds, it finds its partitions
    again and no other process is disturbed. Two processes must not bear the same.
    """

    def __init__(self, bootstrap: str, topics: Topics, group: str, member: str | None = None) -> None:
        self._topic = topics.events
        self._config = {
            **_CONSUMER,
            "bootstrap_servers": servers(bootstrap),
            "group_id": group,
            "group_instance_id": member,
        }
        self._consumer: KafkaConsumer | None = None
        self._member = GroupMember(bootstrap, topics, group, member)
        self._changes = _Changes()
        self._partitions: list[int] = []
        self._committed = monotonic()
        self._in_order = monotonic()

    @property
    def partitions(self) -> Sequence[int]:
        """Known from the last poll; none before the first."""
        return self._partitions

    def seek(self, next_offsets: dict[int, int]) -> None:
        """See `Source`. A partition that is another's by now is left to it."""
        if self._consumer is None:
            return
        with reachable():
            mine = self._consumer.assignment()
            for partition, offset in next_offsets.items():
                if (at := self._at(partition)) in mine:
                    self._consumer.seek(at, offset)

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """See `Source`. While partitions are shared out it takes a second, or a round trip, whatever `timeout` says."""
        try:
            with reachable():
                consumer = self._opened()
                self._commit(consumer)
                patience = timeout if _in_order(consumer) else max(timeout, JOIN_SECONDS)
                polled = consumer.poll(timeout_ms=int(patience * 1000), max_records=limit)
                self._check(consumer)
                if not self._found(consumer):
                    return []
        except Unavailable:
            self.close()
            raise
        if polled:
            reached("project.polled")
        return list(incoming_all(message for messages in polled.values() for message in messages))

    def end(self) -> dict[int, int]:
        """For each partition of this process, the offset after the last committed record."""
        with reachable():
            ends = self._opened().end_offsets([self._at(partition) for partition in self._partitions])
        return {at.partition: offset for at, offset in ends.items()}

    def close(self) -> None:
        """Stops reading; with a member's name the partitions are kept for ten seconds. A next poll would begin anew."""
        consumer, self._consumer, self._partitions = self._consumer, None, []
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))

    def _opened(self) -> KafkaConsumer:
        if self._consumer is None:
            self._changes = _Changes()
            self._member.begin()
            self._consumer = read_compiled(
                KafkaConsumer(**self._config, partition_assignment_strategy=[self._changes.assignor])
            )
            self._consumer.subscribe([self._topic], listener=self._changes)
            self._in_order = monotonic()
        if not self._consumer.partitions_for_topic(self._topic):
            raise Unavailable(f"Kafka: the topic {self._topic} is not known")
        return self._consumer

    def _check(self, consumer: KafkaConsumer) -> None:
        if _in_order(consumer):
            self._in_order = monotonic()
            self._member.check(consumer.group_metadata())
        elif monotonic() - self._in_order > SESSION_SECONDS:
            raise Unavailable("Kafka: partitions are not shared out")

    def _found(self, consumer: KafkaConsumer) -> bool:
        """Sees which partitions there are now; False if nothing that was polled may be given out."""
        came = self._changes.taken()
        if came.isdisjoint(self._partitions):
            self._partitions = sorted(each.partition for each in consumer.assignment())
            return True
        # Gone and come between two polls: it would be read on from where Kafka, not the read models, has noted.
        self._partitions = []
        return False

    def _commit(self, consumer: KafkaConsumer) -> None:
        """What was given out before the last poll has been dealt with, or will be sought again: so much is said too
        early, for Kafka's own tools, while a batch is written."""
        if monotonic() - self._committed >= COMMIT_SECONDS:
            self._committed = monotonic()
            consumer.commit_async()

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)


class _Changes(ConsumerRebalanceListener):  # type: ignore[misc]
    """Which partitions came since one last looked. Told while a poll waits, never beside it."""

    def __init__(self) -> None:
        self.assignor = CooperativeStickyAssignor()
        self._came: set[int] = set()

    def taken(self) -> set[int]:
        came, self._came = self._came, set()
        return came

    @override
    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._came |= {each.partition for each in assigned}

    @override
    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        pass

    @override
    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self.assignor.member_assignment = None


def _in_order(consumer: KafkaConsumer) -> bool:
    """Whether it has what the group gave it; else it is joining, or believes that it need not."""
    return bool(consumer.group_metadata().state == MemberState.STABLE)
