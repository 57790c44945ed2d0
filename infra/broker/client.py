"""What every Kafka client of ours has in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kafka.errors import KafkaError  # type: ignore[import-untyped]

from consumers.source import Unavailable

# A broker that is back is noticed within half a second; the library's own limit is half a minute.
CLIENT: Final[dict[str, Any]] = {
    "client_id": "carnet",
    "request_timeout_ms": 5_000,
    "retry_backoff_ms": 50,
    "reconnect_backoff_ms": 50,
    "reconnect_backoff_max_ms": 500,
    "bootstrap_timeout_ms": 10_000,
    "metadata_max_age_ms": 60_000,
}

# For whoever reads what the relay sent: nothing of an open or aborted transaction, and never from the end by chance.
READER: Final[dict[str, Any]] = {
    **CLIENT,
    "metrics_enabled": False,
    "isolation_level": "read_committed",
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "allow_auto_create_topics": False,
}


def servers(bootstrap: str) -> list[str]:
    """The setting `CARNET_KAFKA`, `host:port[,host:port...]`, as the library wants it."""
    return [server.strip() for server in bootstrap.split(",")]


@contextmanager
def reachable() -> Iterator[None]:
    """Any error of Kafka or its library is `Unavailable`, named by its class."""
    try:
        yield
    except KafkaError as error:
        raise Unavailable(f"Kafka: {type(error).__name__}") from error
