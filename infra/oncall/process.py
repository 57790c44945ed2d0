"""`carnet status`."""

import json

import psycopg
import typer

from consumers.source import Unavailable
from infra.databases import existing_of
from infra.oncall.hops import State, hops, unopened
from infra.oncall.looking import Looking, reached
from infra.oncall.text import as_dict, describe
from infra.settings import Settings
from infra.status import wait_for
from infra.wiring import house, now

# Nothing that somebody would have to decide about.
_PASSES: tuple[State, ...] = (State.OK, State.BEHIND)


def status(wait: float, *, as_json: bool) -> int:
    """Prints how every hop is; returns the exit status."""
    settings, in_time = Settings(), True
    try:
        with house(settings) as opened:
            in_time = not wait or wait_for(opened, wait)[1]
            found = Looking(opened).look()
            seen, at = hops(found), found.at
    except (Unavailable, psycopg.OperationalError):
        with existing_of(settings) as found_there:
            seen, at = unopened(*map(reached, (found_there.log, found_there.keys, found_there.read))), now()
    typer.echo(json.dumps(as_dict(seen, at), indent=2, default=str) if as_json else describe(seen, at))
    return 0 if in_time and all(hop.state in _PASSES for hop in seen) else 1
