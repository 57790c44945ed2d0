"""Every metric, by name. Labels are few and fixed: routes, projections and outcomes, never an id, a name or a value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

REQUEST_SECONDS: Final = Histogram(
    "carnet_http_request_seconds",
    "From the first byte of a request to the last of its answer.",
    ["method", "route", "status"],
    buckets=_SECONDS,
)
COMMANDS_WAITING: Final = Gauge("carnet_commands_waiting", "Commands waiting for a connection to the log.")
EVENTS_APPENDED: Final = Counter("carnet_events_appended_total", "Events that commands over HTTP added to the log.")
ANSWERS_REPEATED: Final = Counter("carnet_answers_repeated_total", "Commands answered from their receipt.")

EVENTS_PROJECTED: Final = Counter(
    "carnet_projected_events_total",
    "Events that reached a projection, by what became of them.",
    ["projection", "outcome"],
)
BATCH_SECONDS: Final = Histogram(
    "carnet_projected_batch_seconds",
    "One transaction of a projection: its offset, rows and parked events.",
    ["projection"],
    buckets=_SECONDS,
)
LAG_EVENTS: Final = Gauge(
    "carnet_projection_lag_events", "Positions between a projection and the end of the log.", ["projection"]
)
LAG_SECONDS: Final = Gauge(
    "carnet_projection_lag_seconds", "Age of the oldest event a projection has not applied.", ["projection"]
)
PARKED_KEYS: Final = Gauge("carnet_projection_parked_keys", "Keys of which events are parked.", ["projection"])
PAUSED: Final = Gauge("carnet_projection_paused", "1 while too many parked keys hold a projection.", ["projection"])

FED: Final = Counter(
    "carnet_feed_pieces_total",
    "Receipts and items that points of sale told, by what became of them.",
    ["format", "fate"],
)

RELAY_EVENTS: Final = Counter("carnet_relay_events_total", "Events on Kafka, seen to be committed, by this process.")
RELAY_SECONDS: Final = Histogram(
    "carnet_relay_transaction_seconds", "One transaction of the relay, of any number of events.", buckets=_SECONDS
)
RELAY_BEGUN_AGAIN: Final = Counter(
    "carnet_relay_begun_again_total", "How often this process began again after trouble."
)
RELAY_LEADS: Final = Gauge("carnet_relay_leads", "1 while this process is the relay, 0 while it waits to be.")
RELAY_LAG_EVENTS: Final = Gauge(
    "carnet_relay_lag_events", "Positions between the last event that is on Kafka and the end of the log."
)
RELAY_LAG_SECONDS: Final = Gauge("carnet_relay_lag_seconds", "Age of the oldest event that is not on Kafka yet.")

CARDS_PUBLISHED: Final = Counter(
    "carnet_publisher_cards_total", "Clients' cards, and marks that there is none, on Kafka, by this process."
)
PUBLISHER_BEGUN_AGAIN: Final = Counter(
    "carnet_publisher_begun_again_total", "How often this process began again after trouble."
)
PUBLISHER_LEADS: Final = Gauge("carnet_publisher_leads", "1 while this process publishes, 0 while it waits to.")

LEADERS: Final = Gauge("carnet_leaders", "1 while some process fills this role, 0 while none does.", ["role"])
PUBLISHER_LAG_EVENTS: Final = Gauge(
    "carnet_publisher_lag_events", "Positions between what cards were published for and the end of the log."
)
PUBLISHER_LAG_SECONDS: Final = Gauge(
    "carnet_publisher_lag_seconds", "Age of the oldest event that no card was published for."
)
REBUILT: Final = Gauge(
    "carnet_projection_rebuilt_ratio",
    "How much of a projection a generation has that is being built; told while there is one.",
    ["projection"],
)
FEED_WAITING: Final = Gauge(
    "carnet_feed_waiting_messages", "Messages on the topic of a feed that are not taken in.", ["format"]
)
FEED_PARKED: Final = Gauge(
    "carnet_feed_parked_pieces", "Receipts and items that are put aside until they can be taken in.", ["format"]
)


@contextmanager
def served(host: str, port: int | None) -> Iterator[int | None]:
    """Tells every metric over HTTP on this port as long as the context lasts, 0 for a free one; None for none."""
    if port is None:
        yield None
        return
    server, thread = start_http_server(port, host)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
