"""Rebuilding as tests do it: in this process, or in one of its own, which can be killed."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import consumers.rebuilding
from infra.rebuild.work import Ending, Rebuild, Switch
from infra.settings import Settings
from infra.sql.beside import Beside
from infra.sql.comparing import Comparison
from infra.sql.generations import Generations
from infra.wiring import House
from projections.projection import Projection
from tests.support.importing import REPOSITORY

# So that a short log makes many batches.
SMALL = 25


@dataclass
class Heard:
    """`infra.rebuild.work.Telling`: everything that was said."""

    phases: list[str] = field(default_factory=list)
    progress_of: list[tuple[int, int]] = field(default_factory=list)
    comparisons: list[Comparison | None] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def phase(self, phase: str, what: str = "") -> None:
        self.phases.append(phase)

    def progress(self, done: int, total: int) -> None:
        self.progress_of.append((done, total))

    def compared(self, comparison: Comparison | None) -> None:
        self.comparisons.append(comparison)

    def trouble(self, error: str) -> None:
        self.troubles.append(error)


def rebuilt(
    house: House,
    projection: Projection,
    beside: Beside = Beside.BUILDING,
    switch: Switch = Switch.IF_EQUAL,
    stop: Event | None = None,
) -> tuple[Ending, Heard]:
    heard = Heard()
    return Rebuild(house, projection, heard, stop or Event(), beside, switch).run(), heard


def dropped(house: House, projection: Projection) -> list[Beside]:
    with Generations.claimed(house.databases.read, projection) as generations:
        return generations.drop()


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What a process of the same Carnet is started with."""
    given = settings.model_dump(exclude_unset=True, exclude_none=True)
    return {**os.environ, **{f"CARNET_{name.upper()}": str(value) for name, value in given.items()}, **more}


def start(settings: Settings, *arguments: str, **more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.rebuilding", *arguments],
        cwd=REPOSITORY,
        env=environment(settings, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rebuild(settings: Settings, *arguments: str, **more: str) -> tuple[int, list[dict[str, Any]]]:
    """Runs it to its end: the status, and what it said."""
    with start(settings, *arguments, "--json", **more) as process:
        said, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors, errors
    return process.returncode, [json.loads(line) for line in said.splitlines()]


if __name__ == "__main__":
    from infra.cli import main

    consumers.rebuilding.LIMIT = SMALL  # type: ignore[misc]  # for this process only
    sys.argv[1:1] = ["rebuild"]
    main()
