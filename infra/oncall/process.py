"""`carnet status`."""

import json

import psycopg
import typer

from consumers.source import Unavailable
from infra.oncall.hops import State, hops
from infra.oncall.looking import Looking
from infra.oncall.text import as_dict, describe
from infra.settings import Settings
from infra.status import wait_for
from infra.wiring import house

# Nothing that somebody would have to decide about.
_PASSES: tuple[State, ...] = (State.OK, State.BEHIND)


def status(wait: float, *, as_json: bool) -> int:
    """Prints how every hop is; returns the exit status."""
    try:
        with house(Settings()) as opened:
            in_time = not wait or wait_for(opened, wait)[1]
            found = Looking(opened).look()
    except (Unavailable, psycopg.OperationalError) as trouble:
        reason = str(trouble) if isinstance(trouble, Unavailable) else type(trouble).__qualname__
        typer.echo(f"carnet status: out of reach: {reason}", err=True)
        return 1
    seen = hops(found)
    told = json.dumps(as_dict(seen, found.at), indent=2, default=str) if as_json else describe(seen, found.at)
    typer.echo(told)
    return 0 if in_time and all(hop.state in _PASSES for hop in seen) else 1
