"""Lag, measured every few seconds against the log's true end, whoever asks for it or not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import nan
from threading import Event, Thread
from typing import Final

import structlog
from prometheus_client import Gauge

from infra import metrics
from infra.oncall.hops import Found, Kind, Lag, Projecting, Unreached
from infra.status import ProjectionLag
from projections.registry import PROJECTIONS

EVERY_SECONDS: Final = 5.0

log = structlog.get_logger()


def tell_relay(lag: Lag | None) -> None:
    """None: not known, or no such hop."""
    _tell_lag(metrics.RELAY_LAG_EVENTS, metrics.RELAY_LAG_SECONDS, lag)


def tell_projections(names: Sequence[str], lags: Sequence[ProjectionLag]) -> None:
    """Of these projections; what is missing among the lags is not known."""
    found = {lag.projection: lag for lag in lags}
    for name in names:
        lag = found.get(name)
        _tell_projection(name, lag, lag)


def tell_found(found: Found) -> None:
    """All hops at once, as the API does; of what cannot be reached nothing is known."""
    tell_relay(_known(found.relay))
    _tell_lag(metrics.PUBLISHER_LAG_EVENTS, metrics.PUBLISHER_LAG_SECONDS, _known(found.publisher))
    for kind, hop in ((Kind.RELAY, found.relay), (Kind.PUBLISHER, found.publisher), (Kind.FEED, found.feeds)):
        if hop is not None:
            metrics.LEADERS.labels(kind.value).set(nan if isinstance(found.led, Unreached) else kind in found.led)
    projecting = {each.name: each for each in (() if isinstance(found.projections, Unreached) else found.projections)}
    for name in (projection.name for projection in PROJECTIONS):
        each = projecting.get(name)
        _tell_projection(name, each.lag if each else None, each)
        if each is None or each.rebuilt is None:
            metrics.REBUILT.remove(name)
        else:
            metrics.REBUILT.labels(name).set(each.rebuilt)
    metrics.FEED_WAITING.clear()
    metrics.FEED_PARKED.clear()
    for fed in () if isinstance(found.feeds, Unreached) else found.feeds:
        metrics.FEED_WAITING.labels(fed.format).set(fed.messages or 0)
        metrics.FEED_PARKED.labels(fed.format).set(fed.parked)


def _tell_projection(name: str, lag: Lag | ProjectionLag | None, each: Projecting | ProjectionLag | None) -> None:
    _tell_lag(metrics.LAG_EVENTS.labels(name), metrics.LAG_SECONDS.labels(name), lag)
    metrics.PARKED_KEYS.labels(name).set(each.parked_keys if each else nan)
    metrics.PAUSED.labels(name).set(each.paused if each else nan)


def _tell_lag(events: Gauge, seconds: Gauge, lag: Lag | ProjectionLag | None) -> None:
    events.set(lag.behind if lag else nan)
    seconds.set(lag.behind_seconds if lag else nan)


def _known(lag: Lag | Unreached | None) -> Lag | None:
    return None if isinstance(lag, Unreached) else lag


@contextmanager
def measuring(measure: Callable[[], None], unknown: Callable[[], None]) -> Iterator[None]:
    """Measures in a thread as long as the context lasts; when that fails, what was measured before is `unknown`."""
    stop = Event()

    def run() -> None:
        while not stop.is_set():
            try:
                measure()
            except Exception as error:  # tried again in a moment
                unknown()
                log.warning("lag not measured", error=type(error).__qualname__)
            stop.wait(EVERY_SECONDS)

    thread = Thread(target=run, name="measuring", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
