"""Lag, measured every few seconds against the log's true end, whoever asks for it or not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import nan
from threading import Event, Thread
from typing import Final

import structlog

from infra import metrics
from infra.oncall.hops import Found, Kind, Lag, Projecting, Unreached
from infra.status import ProjectionLag, RelayLag
from projections.registry import PROJECTIONS

EVERY_SECONDS: Final = 5.0

log = structlog.get_logger()


def tell_relay(lag: RelayLag | None) -> None:
    """None: not known, or no such hop."""
    metrics.RELAY_LAG_EVENTS.set(lag.behind if lag else nan)
    metrics.RELAY_LAG_SECONDS.set(lag.behind_seconds if lag else nan)


def tell_projections(names: Sequence[str], lags: Sequence[ProjectionLag]) -> None:
    """Of these projections; what is missing among the lags is not known."""
    found = {lag.projection: lag for lag in lags}
    for name in names:
        lag = found.get(name)
        metrics.LAG_EVENTS.labels(name).set(lag.behind if lag else nan)
        metrics.LAG_SECONDS.labels(name).set(lag.behind_seconds if lag else nan)
        metrics.PARKED_KEYS.labels(name).set(lag.parked_keys if lag else nan)
        metrics.PAUSED.labels(name).set(lag.paused if lag else nan)


def tell_found(found: Found) -> None:
    """All hops at once, as the API does; of what cannot be reached nothing is known."""
    relay, publisher = _known(found.relay), _known(found.publisher)
    metrics.RELAY_LAG_EVENTS.set(relay.behind if relay else nan)
    metrics.RELAY_LAG_SECONDS.set(relay.behind_seconds if relay else nan)
    metrics.PUBLISHER_LAG_EVENTS.set(publisher.behind if publisher else nan)
    metrics.PUBLISHER_LAG_SECONDS.set(publisher.behind_seconds if publisher else nan)
    for kind, hop in ((Kind.RELAY, found.relay), (Kind.PUBLISHER, found.publisher), (Kind.FEED, found.feeds)):
        if hop is not None:
            metrics.LEADERS.labels(kind.value).set(nan if isinstance(found.led, Unreached) else kind in found.led)
    _tell_projecting(() if isinstance(found.projections, Unreached) else found.projections)
    metrics.FEED_WAITING.clear()
    metrics.FEED_PARKED.clear()
    for fed in () if isinstance(found.feeds, Unreached) else found.feeds:
        metrics.FEED_WAITING.labels(fed.format).set(fed.messages or 0)
        metrics.FEED_PARKED.labels(fed.format).set(fed.parked)


def _tell_projecting(projections: Sequence[Projecting]) -> None:
    found = {each.name: each for each in projections}
    for name in (projection.name for projection in PROJECTIONS):
        each = found.get(name)
        lag = each.lag if each else None
        metrics.LAG_EVENTS.labels(name).set(lag.behind if lag else nan)
        metrics.LAG_SECONDS.labels(name).set(lag.behind_seconds if lag else nan)
        metrics.PARKED_KEYS.labels(name).set(each.parked_keys if each else nan)
        metrics.PAUSED.labels(name).set(each.paused if each else nan)
        if each is None or each.rebuilt is None:
            metrics.REBUILT.remove(name)
        else:
            metrics.REBUILT.labels(name).set(each.rebuilt)


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
