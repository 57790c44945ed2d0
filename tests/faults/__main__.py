"""`python -m tests.faults`: a Carnet of real processes under faults, for as long as is asked for."""

import json
import logging
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Final

import typer

from infra.logging import configure
from tests.faults.run import long, run

LAST_LINES: Final = 30


def main(
    seed: Annotated[int, typer.Option(help="The same seed draws the same faults.")] = 1,
    minutes: Annotated[float, typer.Option(min=0, help="How long; a round of every fault takes about three.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")] = False,
) -> None:
    """Kill, pause and cut off the processes of a Carnet at work, by chance, and judge what came of it.

    Status 0: every invariant holds. 1: one does not; logs and history are kept then.
    """
    configure("faults")
    logging.disable()  # clients of a broker that is killed have much to say
    home = Path(mkdtemp(prefix="carnet-faults-"))
    report = run(home, seed, lambda what: typer.echo(what, err=True), long(minutes))
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else "\n".join(report.lines()))
    if report.violations:
        for log in sorted(home.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            typer.echo("\n".join([f"--- {log.name}", *lines]), err=True)
        typer.echo(f"Everything is kept in {home}", err=True)
        raise typer.Exit(1)
    shutil.rmtree(home)


if __name__ == "__main__":
    typer.run(main)
