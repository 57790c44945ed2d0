"""Every metric, by name. Labels are few and fixed: routes, projections and outcomes, never an id, a name or a value."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

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
LAG_EVENTS: Final = Gauge(
    "carnet_projection_lag_events", "Positions between a projection and the end of the log.", ["projection"]
)
LAG_SECONDS: Final = Gauge(
    "carnet_projection_lag_seconds", "Age of the oldest event a projection has not applied.", ["projection"]
)
