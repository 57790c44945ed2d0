"""The next release, as a process of its own: one projection has a new version. It says what it finds, line by line.

`python -m tests.support.next_release NAME`, with the settings of the house that the earlier release runs in.
"""

import asyncio
import json
import sys
from typing import Any

import structlog

from projections.projection import Projection

_as_it_is = Projection.__init__


def _one_higher(self: Projection, name: str, version: int) -> None:
    _as_it_is(self, name, version + (name == sys.argv[1]))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # what it says is for the test alone
    Projection.__init__ = _one_higher  # type: ignore[method-assign]
    from infra import logging
    from infra.processes import api
    from infra.rebuild.process import drop
    from infra.settings import Settings
    from infra.status import wait_for
    from infra.wiring import House, chosen, house
    from tests.support.projecting import going
    from tests.support.rebuilding import rebuilt

    def say(**told: Any) -> None:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    def ready(opened: House) -> bool:
        return asyncio.run(api._ready(opened)).ready

    logging.configure("project", "warning")
    api.BEHIND_SECONDS = 0.0  # type: ignore[attr-defined]  # what happened is not old
    with house(Settings()) as opened:
        [projection] = chosen([sys.argv[1]])
        say(version=projection.version, ready=ready(opened))
        ending, heard = rebuilt(opened, projection)
        say(ending=ending, compared=heard.comparisons)
        with opened.projector() as runner, going(runner):
            sys.stdin.readline()  # something more has happened
            wait_for(opened, 60)
            say(ready=ready(opened))
            sys.stdin.readline()  # nothing of the earlier release runs any more
    drop(sys.argv[1], earlier=True, as_json=True)
