"""compose.yaml cannot be run here: it is held to what the tests run, and to itself."""

import os
import re
import shutil
import subprocess
import sys
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
    # Groups that run something by themselves.
    commands |= {
        group.name
        for group in app.registered_groups
        if group.name and group.typer_instance and not group.typer_instance.info.no_args_is_help
    }
    assert SERVICES[name]["command"][0] in commands
    assert {key.removeprefix("CARNET_").lower() for key in SERVICES[name]["environment"]} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_and_volume_that_is_named_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    for other, wanted in service.get("depends_on", {}).items():
        assert wanted["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", [name for name in OURS if SERVICES[name].get("restart") != "no"])
def test_every_process_is_asked_how_it_is_where_it_tells(name: str) -> None:
    environment, (command,) = SERVICES[name]["environment"], SERVICES[name]["command"]
    (port, path) = re.findall(r"http://localhost:(\d+)(/\w+)'", " ".join(SERVICES[name]["healthcheck"]["test"]))[0]
    told = (Settings.model_fields["port"].default, "/ready") if command == "api" else (None, "/metrics")
    assert (int(port), path) == (told[0] or environment["CARNET_METRICS_PORT"], told[1])
    assert environment["CARNET_HOST"] == "0.0.0.0"


def test_every_setting_of_the_compose_file_is_one_that_a_process_accepts() -> None:
    for name in OURS:
        given = {key.removeprefix("CARNET_").lower(): value for key, value in SERVICES[name]["environment"].items()}
        assert Settings(**given).kafka == "kafka:9092"


def test_the_dockerfile_is_in_order(tmp_path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run([hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")

    spoiled = tmp_path / "Dockerfile"
    spoiled.write_text((ROOT / "Dockerfile").read_text().replace("USER 1000", "USER root"))
    caught = subprocess.run([hadolint, "--no-color", spoiled], capture_output=True, text=True, check=False)
    assert (caught.returncode, "DL3002" in caught.stdout) == (1, True)


def test_docker_itself_understands_the_compose_file_where_it_is_installed() -> None:
    docker = shutil.which("docker")
    asked = [docker or "docker", "compose", "version"]
    if docker is None or subprocess.run(asked, capture_output=True, check=False).returncode:
        return
    checked = subprocess.run(
        [docker, "compose", "--file", ROOT / "compose.yaml", "config", "--quiet"],
        env={**os.environ, "CARNET_DB_PASSWORD": "a password"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
