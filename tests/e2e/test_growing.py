"""A house that began with `make run` continues on a server and a broker, as the guide tells, with every row equal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.databases import Databases, existing
from projections.registry import PROJECTIONS
from tests.support.guide import GUIDES, follow
from tests.support.kafka import fresh_topics
from tests.support.kept import rows
from tests.support.processes import PARTITIONS, free_port
from tests.support.store import Store

CARNET = str(Path(sys.executable).parent / "carnet")
BOOK = "/associates/paris-1.associate-1/book"


@contextmanager
def made_to_run(directory: Path, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """What `make run` runs, with few clients, until Ctrl-C."""
    with subprocess.Popen(
        [CARNET, "demo", "--clients", "25"], cwd=directory, env=environment, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        told = "".join(iter(demo.stdout.readline, "Ctrl-C stops everything; the data is kept.\n"))
        try:
            assert "Carnet is ready" in told, told
            token = subprocess.check_output(
                [CARNET, "token", "--role", "associate"], cwd=directory, env=environment, text=True
            )
            headers = {"Authorization": f"Bearer {token.strip()}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{environment['CARNET_PORT']}", headers=headers) as client:
                yield client
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=60)
    assert demo.returncode == 0


def test_the_guide_from_one_machine_to_many(kafka: str, database: Callable[[], str], tmp_path: Path) -> None:
    url = database()
    topics = fresh_topics(kafka, PARTITIONS)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CARNET_PORT": str(free_port()),
        "CARNET_KAFKA_PREFIX": topics.prefix,
        "CARNET_KAFKA_PARTITIONS": str(PARTITIONS),
    }
    with made_to_run(tmp_path, environment) as associate:
        asked = associate.get(BOOK)
    assert asked.json()["items"]
    old = tmp_path / ".carnet"
    with existing(str(old)) as found:
        before = rows(found)

    beside = {f"CARNET_{each}_URL": database() for each in ("KEYS", "READ")}
    followed = follow(GUIDES / "growing.md", {**environment, **beside, "PG": url, "KAFKA": kafka}, directory=tmp_path)

    assert followed.returncode == 0, followed.stderr
    told = followed.stdout.splitlines()
    assert any("every row is equal, every key opens; the log" in line for line in told)
    assert any(line.endswith("rows compared: equal") for line in told)
    assert json.loads(told[-1]) == asked.json()
    there = Databases(url, beside["CARNET_KEYS_URL"], beside["CARNET_READ_URL"])
    with existing(str(old)) as found:
        assert rows(found) == before == rows(there)
        was = Store(found.read, PROJECTIONS).rows()
        assert was == Store(there.read, PROJECTIONS).rows()
    assert sum(map(len, was.values())) > 1000
