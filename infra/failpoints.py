"""Places where a test lets a process die, as by `kill -9`: `CARNET_FAILPOINT=name` or `name:3` for the third time.

With `name:3:stop` it stands still there instead, until a SIGCONT, so that something else can happen just then.
Off, and then no more than a look at one name, unless that variable is set; refused unless
`CARNET_FAILPOINTS_ALLOWED=yes` is set too, so that no forgotten variable kills a house at work.

Of a command: `append.begins`, `append.committed` (an append is one statement: there is no between). Of the relay:
`relay.read`, `relay.sent` (not yet all stored), `relay.stored` (not yet committed), `relay.committed`. Of a projector:
`project.polled` (from Kafka), `project.written` (a table of several), `project.commits`, `project.committed`. Of
a feed: `feed.polled`, `feed.parked` (kept, but its offset has not moved). Of a rebuild, beside those of a projector:
`rebuild.filled`, `rebuild.finished` (indexed), `rebuild.compares`, `rebuild.held` (what serves stands still),
`rebuild.switching` (of two moves one is made), `rebuild.switched`. Of a move to other servers: `move.begun`,
`move.written` (some rows, not committed), `move.copied`, `move.compared`, `move.arrives`, `move.arrived`.
"""

import os
import signal
from typing import Final


class FailpointRefused(Exception):
    """A failpoint is set where none is allowed."""


class Failpoint:
    """Sends its own process a signal when `name` is reached for the `nth` time."""

    def __init__(self, name: str, nth: int, sends: signal.Signals) -> None:
        self._name = name
        self._left = nth
        self._sends = sends

    def reached(self, name: str) -> None:
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._sends)


def _from_environment() -> Failpoint | None:
    if not (text := os.environ.get("CARNET_FAILPOINT")):
        return None
    if os.environ.get("CARNET_FAILPOINTS_ALLOWED") != "yes":
        raise FailpointRefused("CARNET_FAILPOINT is set without CARNET_FAILPOINTS_ALLOWED=yes")
    name, nth, action, *_ = [*text.split(":"), "", ""]
    return Failpoint(name, int(nth or 1), signal.SIGSTOP if action == "stop" else signal.SIGKILL)


_failpoint: Final = _from_environment()


def reached(name: str) -> None:
    """Says that the process has come to this point."""
    if _failpoint is not None:
        _failpoint.reached(name)
