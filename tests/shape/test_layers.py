"""The layers hold, and each contract has been seen to bite: an offender is planted in a copy of the rooms."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = PYPROJECT["tool"]["importlinter"]["root_packages"]

OFFENDERS = {
    "Arrows point inward": ("projections", "import consumers.source"),
    "A decision never reads a read model": ("commands", "import projections.projection"),
    "A read loads no aggregate": ("queries", "import domain.client.state"),
    "The domain knows the standard library only": ("domain", "import pydantic"),
    "Only infra knows Kafka, the event store and the driver": ("consumers", "import kafka"),
    "SQL is written in projections, queries and infra": ("commands", "import sqlalchemy"),
    "HTTP stays at the edge": ("projections", "import fastapi"),
}


def test_every_contract_has_an_offender() -> None:
    contracts = {contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    assert contracts == set(OFFENDERS)


@pytest.mark.parametrize("contract", OFFENDERS)
def test_a_planted_offender_is_caught(contract: str, tmp_path: Path) -> None:
    room, line = OFFENDERS[contract]
    for each in ROOMS:
        shutil.copytree(ROOT / each, tmp_path / each, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / room / "offender.py").write_text(f"{line}\n")

    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert f"{contract} BROKEN" in " ".join(linted.stdout.split())


def test_the_wheel_holds_exactly_the_six_rooms_and_is_never_uploaded() -> None:
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)
    assert len(ROOMS) == 6
    assert "Private :: Do Not Upload" in PYPROJECT["project"]["classifiers"]
