"""Events to Kafka, a batch in one transaction with the position it reaches.

A broker, 4.3.1 among them, that is killed just when it has confirmed a commit may forget to carry it out: the records
stay undecided, and the next commit would take them in, though by then they have been sent again. So whoever opens looks
for such records, and aborts them.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from consumers.source import Record
from infra.broker.partition import partition_of
from infra.broker.position import KEY, Relayed, read_undecided, to_value
from infra.broker.records import Outgoing, outgoing
from infra.broker.topics import Topics
from infra.broker.transaction import Sending, Transactions

log = structlog.get_logger()


class Publisher:
    """One producer, from `open` to `close`; for one thread. The newest one that is opened fences all others."""

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self._topics = topics
        self._bootstrap = bootstrap
        self._transactions = Transactions(bootstrap, f"{topics.prefix}.relay", "relay")

    def open(self) -> None:
        """Ends whatever an earlier publisher left open, and keeps it from ever committing anything again."""
        self._transactions.open()
        if undecided := read_undecided(self._bootstrap, (self._topics.events, self._topics.relay)):
            log.warning("transaction left undecided", partitions=[f"{name}/{p}" for name, p in undecided])
            self._transactions.abort(undecided)

    def publish(self, records: Sequence[Record], after: Relayed) -> Relayed:
        """Sends records and the position they reach in one transaction, and returns that position once it is committed.

        Raises `Unavailable`: then this publisher is good for nothing more.
        """
        events, partitions = self._topics.events, self._topics.partitions
        sending = [outgoing(record, after.incarnation) for record in records]
        relayed = _moved(after, records, sending, partitions)
        told = [
            Sending(events, partition_of(record.key, partitions), each.key, each.value, each.headers, each.timestamp)
            for record, each in zip(records, sending, strict=True)
        ]
        self._transactions.commit([*told, Sending(self._topics.relay, 0, KEY, to_value(relayed))])
        return relayed

    def close(self) -> None:
        """Lets go of the producer. Nothing is waited for: the next one ends its transaction."""
        self._transactions.close()


def _moved(after: Relayed, records: Sequence[Record], sending: Sequence[Outgoing], partitions: int) -> Relayed:
    ends = list(after.ends)
    for record in records:
        ends[partition_of(record.key, partitions)] = record.position
    return replace(after, position=records[-1].position, event_id=sending[-1].event_id, ends=ends)
