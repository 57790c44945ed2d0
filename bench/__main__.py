"""`python -m bench`: what Carnet claims about its speed, beside peers that do the same work on the same machine."""

import json
import os
import platform
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from bench.append import append
from bench.consuming import consuming
from bench.doubles import doubles
from bench.feeding import feeding
from bench.growing import growing
from bench.importing import importing
from bench.measure import Figure
from bench.memory import give_memory, huge_pages
from bench.projecting import projecting
from bench.querying import querying
from bench.rebuilding import rebuilding
from bench.relaying import relaying
from bench.ticklers import ticklers
from bench.till import till
from bench.visible import visible
from infra import logging
from infra.embedded.postgres import VERSION, EmbeddedPostgres

Stage = Callable[[Callable[[], str], Path], Iterator[Figure]]
STAGES: dict[str, Stage] = {
    "append": append,
    "import": importing,
    "feed": feeding,
    "project": projecting,
    "generations": rebuilding,
    "query": querying,
    "profile": growing,
    "till": till,
    "duplicates": doubles,
    "ticklers": ticklers,
    "relay": relaying,
    "from-kafka": consuming,
    "visible": visible,
}
_REACHED = {True: "yes", False: "no", None: ""}
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main(
    stages: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(STAGES)}; all if none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON on standard output.")] = False,
    write: Annotated[bool, typer.Option(help=f"Write the table to docs/{DOCUMENT.name}.")] = False,
) -> None:
    """Measures in pairs, ours and the peer's in turn, and reports the median ratio. Needs an otherwise idle machine.

    All stages take about three quarters of an hour on two cores, of which `generations` and `profile` take ten minutes
    each. One that fails costs no other its figures: the table says so, and the status is 1.
    """
    if unknown := set(stages or ()) - set(STAGES):
        raise typer.BadParameter(f"no stage {', '.join(unknown)}")
    if write and stages:
        raise typer.BadParameter("the table holds every stage, measured together")
    # What a runner says of each batch is for who follows a trace.
    logging.configure("bench", "warning")
    begun, lines, figures, failed = monotonic(), list[str](), list[Figure](), False
    for name in stages or STAGES:
        try:
            for figure in _figures(STAGES[name]):
                figures.append(figure)
                lines.append(_line(figure))
                typer.echo(lines[-1], err=as_json)
        except Exception as fault:  # whatever it is, hours of the others' measurements are not lost
            failed = True
            lines.append(f"| {name} | failed: {type(fault).__name__} | | | | | | | no |")
            typer.echo(traceback.format_exc(), err=True)
    if as_json:
        typer.echo(json.dumps([{**_dict(figure), "reached": figure.reached} for figure in figures], indent=2))
    if write:
        DOCUMENT.write_text(_document(lines, (monotonic() - begun) / 60))
    raise typer.Exit(failed)


def _figures(stage: Stage) -> Iterator[Figure]:
    """Measured on a server of its own: no stage finds what another left."""
    numbers = count(1)
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        server = EmbeddedPostgres.start(Path(home) / "postgres")
        stack.callback(server.stop)
        give_memory(server)
        yield from stage(lambda: server.create_database(f"bench_{next(numbers)}"), Path(home))


def _dict(figure: Figure) -> dict[str, object]:
    return {name: getattr(figure, name) for name in Figure.__slots__}


def _line(figure: Figure) -> str:
    low, high = figure.spread
    return (
        f"| {figure.stage} | {figure.case} | {figure.ours:,.0f} | {figure.peer} | {figure.peers:,.0f} | {figure.unit} "
        f"| **{figure.ratio:.2f}** ({low:.2f} to {high:.2f}) | {figure.goal} | {_REACHED[figure.reached]} |"
    )


def _document(lines: list[str], minutes: float) -> str:
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Made by `make bench`; `python -m bench STAGE` measures one, `--help` names them. Ours and the peer's work",
            "run in turn on one machine; what counts is the ratio pair by pair, of which the median is shown with the",
            "lowest and the highest.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {minutes:.0f} minutes: {_machine()}",
            "",
            "| Stage | Case | Ours | Peer | Peer's | Unit | Ratio | Goal | Reached |",
            "|---|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            (Path(__file__).parent / "notes.md").read_text(),
        ]
    )


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {VERSION} embedded, fsync on, a quarter of the memory as shared buffers, "
        f"{'with' if huge_pages() else 'without'} huge pages."
    )


if __name__ == "__main__":
    typer.run(main)
