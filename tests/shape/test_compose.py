"""compose.yaml cannot be run here: it is held to what the tests run, and to itself."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no stubs

from infra.cli import app
from infra.embedded import kafka, postgres
from infra.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]

# What an embedded node has and a service on a network has in another way, or the other way round.
ELSEWHERE = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}


def test_the_versions_are_those_the_tests_run() -> None:
    assert SERVICES["postgres"]["image"] == f"postgres:{postgres.VERSION}"
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka.VERSION}"


def test_the_broker_is_set_up_as_in_the_tests() -> None:
    lines = (line.split("=", 1) for line in kafka._PROPERTIES.splitlines())
    embedded = {name: value for name, value in lines if name not in ELSEWHERE}
    composed = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): str(value)
        for name, value in SERVICES["kafka"]["environment"].items()
    }
    assert {name: value for name, value in composed.items() if name not in ELSEWHERE} == embedded


@pytest.mark.parametrize("name", OURS)
def test_every_service_runs_a_command_that_exists_with_settings_that_exist(name: str) -> None:
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert SERVICES[name]["command"][0] in commands
    assert {key.removeprefix("CARNET_").lower() for key in SERVICES[name]["environment"]} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_and_volume_that_is_named_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    for other, wanted in service.get("depends_on", {}).items():
        assert wanted["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
