"""Waiting for what has to become true, never just for a while; and a port nobody uses."""

import socket
from collections.abc import Callable
from threading import Event
from time import monotonic


def wait(condition: Callable[[], bool], what: str, seconds: float) -> float:
    """Waits until the condition is true; how long that took, in seconds. Raises `TimeoutError`."""
    begin = monotonic()
    while not condition():
        if monotonic() - begin > seconds:
            raise TimeoutError(f"not within {seconds:g} seconds: {what}")
        Event().wait(0.05)
    return monotonic() - begin


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
