"""How a process begins: its databases may not be there yet, as where everything on a machine is started at once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Event
from time import monotonic
from typing import Final, TypeVar

import psycopg
import structlog
import typer
from eventsourcing import persistence

from consumers.source import Unavailable

PATIENCE_SECONDS: Final = 60.0
FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 2.0

T = TypeVar("T")

log = structlog.get_logger()


@contextmanager
def begun(
    opening: Callable[[], AbstractContextManager[T]], stop: Event, patience: float = PATIENCE_SECONDS
) -> Iterator[T]:
    """What is opened, again and again until its databases answer or `patience` seconds are over: then their error is
    raised. Where `stop` is set meanwhile the process ends as it would have later."""
    delay, deadline = FIRST_DELAY, monotonic() + patience
    with ExitStack() as stack:
        while True:
            try:
                opened = stack.enter_context(opening())
                break
            except (psycopg.OperationalError, persistence.OperationalError, Unavailable) as trouble:
                if monotonic() > deadline:
                    raise
                log.warning("waits to begin", trouble=type(trouble).__qualname__, seconds=delay)
            if stop.wait(delay):
                raise typer.Exit(0)
            delay = min(delay * 2, LONGEST_DELAY)
        yield opened
