"""Events to Kafka, a batch in one transaction with the position it reaches.

kafka-python 3.0.12 commits without complaint a transaction whose records have expired. So nothing is committed before
every single record, the position's too, has been seen to be stored. After any trouble a publisher is thrown away: the
next one ends what this one left open, and reads where it really is.

A broker, 4.3.1 among them, that is killed just when it has confirmed a commit may forget to carry it out: the records
stay undecided, and the next commit would take them in, though by then they have been sent again. So whoever opens looks
for such records, and aborts them.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog
from kafka import KafkaProducer  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from consumers.source import Record, Unavailable
from infra.broker.client import CLIENT, reachable, servers
from infra.broker.partition import partition_of
from infra.broker.position import KEY, Relayed, read_undecided, to_value
from infra.broker.records import Outgoing, outgoing
from infra.broker.topics import LARGEST_RECORD, Topics
from infra.failpoints import reached

DELIVERY_SECONDS: Final = 12.0
TRANSACTION_SECONDS: Final = 15.0
# An end of a transaction has no time-out of its own; after so long the broker has aborted it anyway.
PATIENCE_SECONDS: Final = TRANSACTION_SECONDS

_PRODUCER: Final[dict[str, Any]] = {
    **CLIENT,
    "metrics_enabled": False,
    "enable_idempotence": True,
    "acks": "all",
    "max_in_flight_requests_per_connection": 5,
    "delivery_timeout_ms": int(DELIVERY_SECONDS * 1000),
    "transaction_timeout_ms": int(TRANSACTION_SECONDS * 1000),
    "max_block_ms": int(DELIVERY_SECONDS * 1000),
    "max_request_size": LARGEST_RECORD,
    "batch_size": 1 << 17,
    "linger_ms": 5,
    "allow_auto_create_topics": False,
}


log = structlog.get_logger()


class Unsent(Unavailable):
    """Not every record of a transaction was stored; it was not committed."""


class Publisher:
    """One producer, from `open` to `close`; for one thread. The newest one that is opened fences all others."""

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self._topics = topics
        self._bootstrap = bootstrap
        with reachable():
            self._producer = KafkaProducer(
                bootstrap_servers=servers(bootstrap), transactional_id=f"{topics.prefix}.relay", **_PRODUCER
            )

    def open(self) -> None:
        """Ends whatever an earlier publisher left open, and keeps it from ever committing anything again."""
        with reachable():
            self._producer.init_transactions()
        if undecided := read_undecided(self._bootstrap, self._topics):
            log.warning("transaction left undecided", partitions=[f"{name}/{p}" for name, p in undecided])
            with reachable():
                self._abort(undecided)

    def publish(self, records: Sequence[Record], after: Relayed) -> Relayed:
        """Sends records and the position they reach in one transaction, and returns that position once it is committed.

        Raises `Unavailable`: then this publisher is good for nothing more.
        """
        sending = [outgoing(record, after.incarnation) for record in records]
        relayed = _moved(after, records, sending, self._topics.partitions)
        with reachable():
            self._transaction(records, sending, relayed)
        reached("relay.committed")
        return relayed

    def _transaction(self, records: Sequence[Record], sending: Sequence[Outgoing], relayed: Relayed) -> None:
        producer, events, partitions = self._producer, self._topics.events, self._topics.partitions
        producer.begin_transaction()
        futures = [
            producer.send(
                events,
                key=each.key,
                value=each.value,
                headers=each.headers,
                partition=partition_of(record.key, partitions),
                timestamp_ms=each.timestamp,
            )
            for record, each in zip(records, sending, strict=True)
        ]
        futures.append(producer.send(self._topics.relay, key=KEY, value=to_value(relayed), partition=0))
        reached("relay.sent")
        producer.flush(PATIENCE_SECONDS)
        _require_stored(futures)
        reached("relay.stored")
        _within(PATIENCE_SECONDS, producer.commit_transaction)

    def _abort(self, partitions: Sequence[tuple[str, int]]) -> None:
        """The end of a transaction concerns all of its producer's records in a partition, and reaches a partition only
        by a record of its own, which nobody ever sees."""
        producer = self._producer
        producer.begin_transaction()
        futures = [producer.send(topic, key=b"aborted", value=b"", partition=p) for topic, p in partitions]
        producer.flush(PATIENCE_SECONDS)
        _require_stored(futures)
        _within(PATIENCE_SECONDS, producer.abort_transaction)

    def close(self) -> None:
        """Lets go of the producer. Nothing is waited for: the next one ends its transaction."""
        with suppress(KafkaError):
            # Closing would first wait for what cannot be sent any more.
            self._producer._sender.force_close()
            self._producer.close(timeout=1)


def _require_stored(futures: Sequence[Any]) -> None:
    if unsent := [future for future in futures if not future.succeeded()]:
        raise Unsent(f"{len(unsent)} of {len(futures)} records: {type(unsent[0].exception).__name__}")


def _moved(after: Relayed, records: Sequence[Record], sending: Sequence[Outgoing], partitions: int) -> Relayed:
    ends = list(after.ends)
    for record in records:
        ends[partition_of(record.key, partitions)] = record.position
    return replace(after, position=records[-1].position, event_id=sending[-1].event_id, ends=ends)


def _within(seconds: float, call: Callable[[], None]) -> None:
    """Gives up waiting for a call that knows no time-out; it goes on in a thread until its producer is let go."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="transaction", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise Unsent(f"a transaction did not end within {seconds:g} seconds")
    if errors:
        raise errors[0]
