"""Records to Kafka in transactions: all of them, or none.

kafka-python 3.0.12 commits without complaint a transaction whose records have expired. So nothing is committed before
every single record has been seen to be stored. After any trouble a producer is thrown away: the next one under its name
ends what it left open.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from kafka import KafkaProducer  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from consumers.source import Unavailable
from infra.broker.built import build_compiled
from infra.broker.client import CLIENT, reachable, servers
from infra.broker.topics import LARGEST_RECORD
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


class Unsent(Unavailable):
    """Not every record of a transaction was stored; it was not committed."""


class Sending(NamedTuple):
    """One record to send. Without a value it is a tombstone: compaction forgets what its key was."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int | None = None


class Transactions:
    """One producer under a name, such as `carnet.relay`, from `open` to `close`; for one thread.

    The newest one that is opened under a name fences all others. `role` is what its failpoints are called by.
    """

    def __init__(self, bootstrap: str, name: str, role: str) -> None:
        self._role = role
        build_compiled()
        with reachable():
            self._producer = KafkaProducer(bootstrap_servers=servers(bootstrap), transactional_id=name, **_PRODUCER)

    def open(self) -> None:
        """Ends whatever an earlier one left open, and keeps it from ever committing anything again."""
        with reachable():
            self._producer.init_transactions()

    def commit(self, records: Iterable[Sending]) -> None:
        """Sends records in one transaction. Raises `Unavailable`: then this is good for nothing more."""
        with reachable():
            self._producer.begin_transaction()
            self._send(records)
            reached(f"{self._role}.stored")
            _within(PATIENCE_SECONDS, self._producer.commit_transaction)
        reached(f"{self._role}.committed")

    def abort(self, partitions: Sequence[tuple[str, int]]) -> None:
        """Aborts what stands undecided in these, by topic. The end of a transaction concerns all of its producer's
        records in a partition, and reaches a partition only by a record of its own, which nobody ever sees."""
        with reachable():
            self._producer.begin_transaction()
            self._send(Sending(topic, partition, b"aborted", b"") for topic, partition in partitions)
            _within(PATIENCE_SECONDS, self._producer.abort_transaction)

    def close(self) -> None:
        """Lets go of the producer. Nothing is waited for: the next one ends its transaction."""
        with suppress(KafkaError):
            # Closing would first wait for what cannot be sent any more.
            self._producer._sender.force_close()
            self._producer.close(timeout=1)

    def _send(self, records: Iterable[Sending]) -> None:
        futures = [
            self._producer.send(
                each.topic,
                key=each.key,
                value=each.value,
                headers=list(each.headers),
                partition=each.partition,
                timestamp_ms=each.timestamp,
            )
            for each in records
        ]
        reached(f"{self._role}.sent")
        self._producer.flush(PATIENCE_SECONDS)
        if unsent := [future for future in futures if not future.succeeded()]:
            raise Unsent(f"{len(unsent)} of {len(futures)} records: {type(unsent[0].exception).__name__}")


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
