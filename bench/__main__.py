"""`python -m bench`: what Carnet claims about its speed, beside peers that do the same work on the same machine."""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from bench.append import append
from bench.consuming import consuming
from bench.growing import growing
from bench.importing import importing
from bench.measure import Figure
from bench.projecting import projecting
from bench.querying import querying
from bench.rebuilding import rebuilding
from bench.relaying import relaying
from bench.till import till
from bench.visible import visible
from infra.embedded.postgres import VERSION, EmbeddedPostgres

Stage = Callable[[Callable[[], str], Path], Iterator[Figure]]
STAGES: dict[str, Stage] = {
    "append": append,
    "import": importing,
    "project": projecting,
    "rebuild": rebuilding,
    "query": querying,
    "profile": growing,
    "till": till,
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
    """Measures in pairs, ours and the peer's in turn, and reports the median ratio. Needs an otherwise idle machine."""
    if unknown := set(stages or ()) - set(STAGES):
        raise typer.BadParameter(f"no stage {', '.join(unknown)}")
    if write and stages:
        raise typer.BadParameter("the table holds every stage, measured together")
    figures = []
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        server = EmbeddedPostgres.start(Path(home) / "postgres")
        stack.callback(server.stop)
        numbers = count(1)
        for name in stages or STAGES:
            for figure in STAGES[name](lambda: server.create_database(f"bench_{next(numbers)}"), Path(home)):
                typer.echo(_line(figure), err=as_json)
                figures.append(figure)
    if as_json:
        typer.echo(json.dumps([{**_dict(figure), "reached": figure.reached} for figure in figures], indent=2))
    if write:
        DOCUMENT.write_text(_document(figures))


def _dict(figure: Figure) -> dict[str, object]:
    return {name: getattr(figure, name) for name in Figure.__slots__}


def _line(figure: Figure) -> str:
    low, high = figure.spread
    return (
        f"| {figure.stage} | {figure.case} | {figure.ours:,.0f} | {figure.peer} | {figure.peers:,.0f} | {figure.unit} "
        f"| **{figure.ratio:.2f}** ({low:.2f} to {high:.2f}) | {figure.goal} | {_REACHED[figure.reached]} |"
    )


def _document(figures: list[Figure]) -> str:
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Made by `make bench`. Ours and the peer's work run in turn on one machine and server; what counts is the",
            "ratio pair by pair, of which the median is shown with the lowest and the highest.",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}: {_machine()}",
            "",
            "| Stage | Case | Ours | Peer | Peer's | Unit | Ratio | Goal | Reached |",
            "|---|---|---|---|---|---|---|---|---|",
            *map(_line, figures),
            "",
            (Path(__file__).parent / "notes.md").read_text(),
        ]
    )


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {VERSION} embedded, fsync on."
    )


if __name__ == "__main__":
    typer.run(main)
