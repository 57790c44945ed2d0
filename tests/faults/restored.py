"""The log is put back as it was some time ago, as after a restore from a backup, and everything is started on it.

What was relayed since is on the topics and in the rows, and not in this log: the relay has to say so and end, and no
row may change, though commands add other events at the same positions.
"""

import json
from typing import Any

import psycopg

from tests.faults import gathering, history, tampering
from tests.faults.history import History
from tests.faults.supervisor import PROJECTORS, RELAYS, Carnet
from tests.faults.waiting import wait
from tests.faults.workload import working
from tests.support.projections import Tables

REFUSED_SECONDS = 60.0
COMMANDS = 20


def restored(carnet: Carnet, seed: int) -> list[str]:
    """What went wrong; nobody may use the log, of which a copy was made before."""
    before = _world(carnet)
    tampering.restore_log(carnet)
    carnet.start("api")
    carnet.wait_ready()
    path = carnet.home / "restored.jsonl"
    with History(path) as written, working(carnet.url, carnet.token, f"{seed}-restored", written):
        wait(lambda: history.outcomes(history.read(path)).get("ok", 0) >= COMMANDS, "commands", REFUSED_SECONDS)
    relay, *_ = RELAYS
    for name in (*PROJECTORS, relay):
        carnet.start(name)
    troubles = []
    try:
        wait(lambda: carnet.ended(relay) is not None, "the relay ends on an older log", REFUSED_SECONDS)
    except TimeoutError as late:
        troubles.append(str(late))
    else:
        said = _last_words(carnet, relay)
        if (status := carnet.ended(relay)) != 1 or "older copy" not in said.get("reason", ""):
            troubles.append(f"on an older log the relay ended with {status} and said {said}")
    # The relay that refused has ended by itself, as it should.
    if ended := [name for name in carnet.unasked() if name != relay]:
        troubles.append(f"on an older log these ended: {ended}")
    carnet.stop_all()
    if (after := _world(carnet)) != before:
        troubles.append(
            f"on an older log rows or topics changed: {[a == b for a, b in zip(before, after, strict=True)]}"
        )
    return troubles


def _world(carnet: Carnet) -> tuple[Tables, list[Any], list[int]]:
    """Rows, offsets, and where the topic ends."""
    with psycopg.connect(carnet.read) as connection:
        offsets = connection.execute("SELECT * FROM offsets ORDER BY projection, version, partition").fetchall()
    return gathering.rows(carnet.read), offsets, gathering.ends(carnet, carnet.topics.events)


def _last_words(carnet: Carnet, name: str) -> dict[str, Any]:
    lines = carnet.logged(name).read_text().splitlines()
    said: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return said
