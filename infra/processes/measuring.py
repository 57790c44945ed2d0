"""Lag, measured every few seconds against the log's true end, whoever asks for it or not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import nan
from threading import Event, Thread
from typing import Final

import structlog

from infra import metrics
from infra.status import ProjectionLag, RelayLag

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
