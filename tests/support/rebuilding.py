"""Rebuilding as tests do it: in this process, or in one of its own, which can be killed."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Self

import consumers.rebuilding
import infra.failpoints
import infra.moving.process
import infra.rebuild.process
from infra.cli import main
from infra.rebuild.work import Ending, Rebuild, Switch
from infra.settings import Settings
from infra.sql.beside import Beside
from infra.sql.comparing import Comparison
from infra.sql.generations import Generations
from infra.wiring import House
from projections.projection import Projection
from tests.support.importing import REPOSITORY

# So that a short log makes many batches.
SMALL = 10


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


def said(settings: Settings) -> dict[str, str]:
    """The same settings, as a process is told them."""
    given = settings.model_dump(exclude_unset=True, exclude_none=True)
    return {f"CARNET_{name.upper()}": str(value) for name, value in given.items()}


def beside(settings: Settings, module: str, *arguments: str) -> "subprocess.Popen[str]":
    """Runs this module in the same house, as a process of its own that can be talked to."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **said(settings)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


class Victims:
    """`carnet` as processes to be killed at a failpoint: each a copy of one that has everything imported."""

    def __init__(self, settings: Settings) -> None:
        self._process = beside(settings, "tests.support.rebuilding")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def rebuild(self, failpoint: str, *arguments: str) -> int:
        """The status of a `carnet rebuild` that runs until it comes to this point for the n-th time, `name:n`."""
        return self.run(failpoint, "rebuild", *arguments)

    def run(self, failpoint: str, *arguments: str) -> int:
        """The status of one that runs until it comes to this point for the n-th time, `name:n`, or to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join([failpoint, *arguments]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _each_a_copy() -> None:
    consumers.rebuilding.LIMIT = SMALL  # type: ignore[misc]  # for these processes only
    infra.moving.kept.ROWS = SMALL  # type: ignore[misc]
    for line in sys.stdin:
        failpoint, *arguments = line.split()
        if (child := os.fork()) == 0:
            name, _, nth = failpoint.partition(":")
            infra.failpoints._failpoint = infra.failpoints.Failpoint(name, int(nth or 1), signal.SIGKILL)  # type: ignore[misc]
            sys.argv[1:] = arguments
            with Path(os.devnull).open("w") as sys.stdout:
                main()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _each_a_copy()
