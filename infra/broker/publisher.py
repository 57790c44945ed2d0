"""Events to Kafka, a batch in one transaction with the position it reaches.

A broker, 4.3.1 among them, that is killed just when it has confirmed a commit may forget to carry it out: the records
stay undecided, and the next commit would take them in, though by then they have been sent again. So whoever opens looks
for such records, and aborts them.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from infra.broker.partition import partition_of
from infra.broker.position import KEY, Relayed, read_undecided, to_value
from infra.broker.records import Outgoing
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

    def publish(self, sending: Sequence[Outgoing], after: Relayed) -> Relayed:
        """Sends records and the position they reach in one transaction, and returns that position once it is committed.

        Raises `Unavailable`: then this publisher is good for nothing more.
        """
        partitions = [partition_of(each.record.key, self._topics.partitions) for each in sending]
        ends = list(after.ends)
        for partition, each in zip(partitions, sending, strict=True):
            ends[partition] = each.record.position
        last = sending[-1]
        relayed = replace(after, position=last.record.position, event_id=last.event_id, ends=ends)
        told = [
            Sending(self._topics.events, partition, each.key, each.value, each.headers, each.timestamp)
            for partition, each in zip(partitions, sending, strict=True)
        ]
        self._transactions.commit([*told, Sending(self._topics.relay, 0, KEY, to_value(relayed))])
        return relayed

    def close(self) -> None:
        """Lets go of the producer. Nothing is waited for: the next one ends its transaction."""
        self._transactions.close()
