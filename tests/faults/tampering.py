"""What is put where it should not be: a bad event, records of somebody else, an older log in the place of the log."""

import json
from typing import Any
from uuid import uuid4

import psycopg
from kafka import KafkaProducer  # type: ignore[import-untyped]
from psycopg import conninfo, sql

from infra.log.recorder import APPEND_LOCK
from tests.faults.stage import Stage
from tests.faults.supervisor import RELAYS, Carnet


def poison(stage: Stage) -> int:
    """An event of a client that nobody can decode, in a stream of its own; its position."""
    with psycopg.connect(stage.carnet.log) as connection:
        clients = connection.execute(
            "SELECT originator_id FROM carnet_events WHERE topic = 'client.registered.v1' ORDER BY notification_id"
        ).fetchall()
        (client,) = stage.random.choice(clients[3:])
        meta: dict[str, Any] = {
            "event_id": str(uuid4()),
            "recorded_at": "2026-03-02T15:30:00+00:00",
            "key": str(client),
        }
        state = json.dumps({"meta": meta, "data": {}, "personal": {}}, separators=(",", ":")).encode()
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
        (position,) = connection.execute(
            "INSERT INTO carnet_events (originator_id, originator_version, topic, state) "
            "VALUES (%s, 1, 'client.from-the-future.v1', %s) RETURNING notification_id",
            (uuid4(), state),
        ).fetchone() or (0,)
    return int(position)


def stray_records(stage: Stage) -> str:
    """Somebody else writes to the topic of the events, behind all that stands there; then another relay has to lead."""
    producer = KafkaProducer(bootstrap_servers=stage.carnet.broker.bootstrap)
    try:
        for partition in range(stage.carnet.topics.partitions):
            producer.send(stage.carnet.topics.events, key=b"whose?", value=b"\xff", partition=partition).get(10)
    finally:
        producer.close()
    leader = stage.carnet.leader() or RELAYS[0]
    stage.carnet.kill(leader)
    stage.carnet.start(leader)
    return "stray records"


def copy_log(carnet: Carnet, to: str = "carnet_older") -> None:
    """A copy of the log as it is now, for which everybody has to let it go for a moment."""
    name = sql.Identifier(str(conninfo.conninfo_to_dict(carnet.log)["dbname"]))
    with psycopg.connect(carnet.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        _let_go(connection)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(to), name))
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def restore_log(carnet: Carnet, copy: str = "carnet_older") -> None:
    """Puts the copy in the place of the log. Nobody may be using it."""
    with psycopg.connect(carnet.postgres.url("postgres"), autocommit=True) as connection:
        _let_go(connection)
        connection.execute("ALTER DATABASE carnet RENAME TO carnet_newer")
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO carnet").format(sql.Identifier(copy)))


def _let_go(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'carnet'")
