"""The topic of cards: published in transactions; where the events are read on from is noted after each.

It is not part of the transaction: kafka-python 3.0.12 may wait for ever for an offset that it sends in one. So a batch
is published again if the process dies in between, which changes nothing.
"""

from collections.abc import Mapping
from contextlib import closing
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import NoError  # type: ignore[import-untyped]
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

from consumers.source import Unavailable
from infra.broker.client import CLIENT, reachable, servers
from infra.broker.partition import partition_of
from infra.broker.position import read_undecided
from infra.broker.reader import KafkaReader
from infra.broker.topics import Topics
from infra.broker.transaction import Sending, Transactions
from infra.metrics import CARDS_PUBLISHED


def read_unpublished(bootstrap: str, topics: Topics) -> list[int] | None:
    """The positions of the first events, one of each partition, that no card was published for yet; None if nobody ever
    published. Raises `Unavailable`."""
    with reachable(), closing(KafkaAdminClient(bootstrap_servers=servers(bootstrap), **CLIENT)) as admin:
        read = {at.partition: known.offset for at, known in _noted(admin, topics).items() if known.offset >= 0}
    if not read:
        return None
    with closing(KafkaReader(bootstrap, topics)) as reader:
        return [record.position for record in reader.first_from(read)]


def _group(topics: Topics) -> str:
    return f"{topics.prefix}.publish"


def _noted(admin: KafkaAdminClient, topics: Topics) -> Mapping[TopicPartition, OffsetAndMetadata]:
    noted: Mapping[TopicPartition, OffsetAndMetadata] = admin.list_group_offsets([_group(topics)])[_group(topics)]
    return noted


class CardTopic:
    """Implements `consumers.publishing.Publish`, for one thread; the newest one that is opened fences all others."""

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._group = _group(topics)
        with reachable():
            self._admin = KafkaAdminClient(bootstrap_servers=servers(bootstrap), **CLIENT)
        self._transactions = Transactions(bootstrap, self._group, "publish")

    def open(self) -> dict[int, int]:
        """Ends what an earlier one left open; where each partition of the events is to be read on from."""
        self._transactions.open()
        if undecided := read_undecided(self._bootstrap, (self._topics.clients,)):
            self._transactions.abort(undecided)
        with reachable():
            read = _noted(self._admin, self._topics)
        return {at.partition: known.offset for at, known in read.items() if known.offset >= 0}

    def __call__(self, cards: Mapping[UUID, bytes | None], read: Mapping[int, int]) -> None:
        if cards:
            self._transactions.commit(
                Sending(self._topics.clients, partition_of(id, self._topics.partitions), str(id).encode(), card)
                for id, card in sorted(cards.items())
            )
            CARDS_PUBLISHED.inc(len(cards))
        to = {TopicPartition(self._topics.events, at): OffsetAndMetadata(next, "", None) for at, next in read.items()}
        with reachable():
            noted = self._admin.alter_group_offsets(self._group, to)
        if wrong := {error.__name__ for error in noted.values() if error is not NoError}:
            raise Unavailable(f"Kafka: {', '.join(sorted(wrong))}")

    def close(self) -> None:
        with closing(self._admin):
            self._transactions.close()
