"""Replayed events on another topic."""

from collections.abc import Sequence
from contextlib import closing
from uuid import UUID

from kafka import KafkaAdminClient  # type: ignore[import-untyped]

from consumers.source import Record
from infra.broker.client import CLIENT, reachable, servers
from infra.broker.partition import partition_of
from infra.broker.records import outgoing
from infra.broker.topics import Topics
from infra.broker.transaction import Sending, Transactions
from infra.replay.told import NoOutput, Told


class TopicOutput:
    """Another topic, which is there already: the same records as on the topic of events, spread over its partitions by
    their keys, each portion in a transaction of its own. What was sent before trouble stays sent."""

    def __init__(self, bootstrap: str, topics: Topics, name: str, incarnation: UUID) -> None:
        if not name or name.startswith(f"{topics.prefix}."):
            raise NoOutput(f"{name or 'nothing'} is no topic to replay to: those of Carnet have writers of their own")
        with reachable(), closing(KafkaAdminClient(bootstrap_servers=servers(bootstrap), **CLIENT)) as admin:
            found = admin.describe_topics([name])
        self._partitions = len(found[0]["partitions"])
        if not self._partitions:
            raise NoOutput(f"the topic {name} is missing: make it first")
        self._name = name
        self._incarnation = incarnation
        self._transactions = Transactions(bootstrap, f"{topics.prefix}.replay.{name}", "replay")
        self._transactions.open()

    def write(self, told: Sequence[Told]) -> None:
        self._transactions.commit([self._sending(each.record) for each in told])

    def finish(self) -> None:
        self._transactions.close()

    def abandon(self) -> None:
        self._transactions.close()

    def _sending(self, record: Record) -> Sending:
        sent = outgoing(record, self._incarnation)
        partition = partition_of(record.key, self._partitions)
        return Sending(self._name, partition, sent.key, sent.value, sent.headers, sent.timestamp)
