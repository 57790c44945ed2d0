"""`carnet status`: how far everything is, and waiting until it is."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.settings import Settings
from infra.wiring import House, house
from projections.registry import PROJECTIONS
from tests.support.kafka import Writer
from tests.support.log import fresh_log


@pytest.fixture
def environment(database: Callable[[], str], tmp_path: Path) -> Iterator[dict[str, str]]:
    with fresh_log(database) as fresh:
        Writer(fresh).happen()
        yield {"CARNET_HOME": str(tmp_path)} | {
            f"CARNET_{each}_URL": fresh.log.url for each in ("DATABASE", "KEYS", "READ")
        }


@pytest.fixture
def opened(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with house(Settings()) as opened:
        yield opened


def status(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["status", *arguments])


def projections(answer: Result) -> list[dict[str, Any]]:
    found = [hop for hop in json.loads(answer.stdout)["hops"] if hop["kind"] == "projection"]
    assert len(found) == len(PROJECTIONS)
    return found


def test_what_nobody_projects_is_waited_for_in_vain(opened: House) -> None:
    asked, waited = status("--json"), status("--wait", "0.2", "--json")

    assert (asked.exit_code, waited.exit_code) == (0, 1)
    assert all(each["behind"] > 0 for each in projections(waited))


def test_of_a_house_that_cannot_be_opened_it_is_said_what_does_not_answer(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CARNET_READ_URL", "postgresql://somebody:secret@127.0.0.1:1/nothing")
    answer = status()

    assert answer.exit_code == 1
    told = answer.output.splitlines()
    assert told[2:4] == [
        "UNREACHABLE read models: Its database does not answer: OperationalError.",
        '            $ pg_isready -d "${CARNET_READ_URL:-$CARNET_DATABASE_URL}"',
    ]
    assert [line.split()[-1] for line in told[-3:]] == ["unknown", "unknown", "unreachable"]
    assert "secret" not in answer.output


def test_what_is_projected_is_waited_for(opened: House) -> None:
    with opened.projector() as runner:
        while runner.step():
            pass
    waited = status("--wait", "10", "--json")

    assert waited.exit_code == 0, waited.output
    assert all(each["behind"] == 0 for each in projections(waited))
