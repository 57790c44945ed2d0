"""The process `carnet verify`: whether log and keys are whole and belong together, as after a restore."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import psycopg
import typer

from consumers.source import Unavailable
from domain.catalog import CATALOG
from infra import logging
from infra.databases import Databases, existing_of
from infra.keys.person import KeyDamaged
from infra.keys.secrets import Secrets
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.log.arriving import Arriving
from infra.log.codec import Codec
from infra.log.recorder import Row
from infra.log.streams import record
from infra.moving.ends import Refused, require_unused
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.wiring import new_id, now
from infra.work import progress_bar, work_in_batches

BATCH: Final = 2_000
SHOWN: Final = 10

_STREAMS: Final = "SELECT count(DISTINCT originator_id) FROM carnet_events"
_BROKEN: Final = """
SELECT originator_id FROM carnet_events GROUP BY originator_id
HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*) ORDER BY 1"""
_END: Final = "SELECT coalesce(max(notification_id), 0) FROM carnet_events"
_GIVEN: Final = "SELECT last_value FROM carnet_events_notification_id_seq"
_RENAME: Final = "UPDATE carnet_incarnation SET id = gen_random_uuid() RETURNING id"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read, and what is wrong: how many things, and the first of them by positions and ids."""

    incarnation: UUID
    events: int
    end: int
    streams: int
    keys: int
    destroyed: int
    wrong: int
    first: list[str]


class Stopped(Exception):
    """Asked to stop before the end."""


def verify(*, restored: bool, as_json: bool) -> int:
    """Returns the exit status."""
    settings = Settings()
    logging.configure("verify", settings.log_level)
    named: UUID | None = None
    try:
        with stop_signals() as stop, work_in_batches(), existing_of(settings) as found:
            secrets = Secrets.existing(settings.secrets or settings.home / "secrets")
            verified = verified_at(found, secrets, stop.is_set)
            if restored and not verified.wrong:
                named = _renamed(found)
    except (LookupError, Arriving, Refused, Unavailable, Stopped, psycopg.OperationalError) as trouble:
        told = "a database is out of reach" if isinstance(trouble, psycopg.Error) else str(trouble) or "stopped"
        typer.echo(f"carnet verify: {told}", err=True)
        return 1
    if as_json:
        typer.echo(json.dumps({**asdict(verified), "renamed": named}, indent=2, default=str))
    else:
        typer.echo("\n".join(_told(verified, named)))
    return 1 if verified.wrong else 0


def verified_at(found: Databases, secrets: Secrets, stopped: Callable[[], bool] = lambda: False) -> Verified:
    """Reads all of it. Raises `LookupError` where there is no log, `Arriving`, `Unavailable`, `Stopped`."""
    many = destroyed = events = position = 0
    wrong = _Wrong()
    with (
        closing(KeyStore(found.keys, secrets.wrapping_key, 1)) as keys,
        closing(Log.open(found.log, connections=1)) as log,
    ):
        try:
            for portion in keys.each():
                many += len(portion)
                destroyed += sum(key.cipher is None for key in portion)
        except KeyDamaged as damaged:
            wrong.found(str(damaged))
        with psycopg.connect(found.log, autocommit=True) as connection:
            end, streams, given = (_number(connection, each) for each in (_END, _STREAMS, _GIVEN))
            for (id,) in connection.execute(_BROKEN):
                wrong.found(f"stream {id}: its versions are not 1 to n")
        if given < end:
            wrong.found(f"position {end} is there, and will be given out again after {given}")
        codec = Codec(CATALOG, keys, now, new_id)
        with progress_bar("Reading every event") as told:
            while rows := log.recorder.read_batch(position, BATCH):
                if stopped():
                    raise Stopped
                events, position = events + len(rows), rows[-1][0]
                for each in _unreadable(codec, rows):
                    wrong.found(each)
                told(position, end)
    return Verified(log.incarnation, events, position, streams, many, destroyed, wrong.many, wrong.first)


class _Wrong:
    """How many things are wrong, and the first of them."""

    def __init__(self) -> None:
        self.many = 0
        self.first: list[str] = []

    def found(self, what: str) -> None:
        self.many += 1
        if self.many <= SHOWN:
            self.first.append(what)


def _unreadable(codec: Codec, rows: list[Row]) -> list[str]:
    try:
        decoded = codec.decode([record(row) for row in rows])
    except KeyDamaged as damaged:
        return [f"positions {rows[0][0]} to {rows[-1][0]}: {damaged}"]
    return [
        f"position {row[0]}: {each}" for row, each in zip(rows, decoded, strict=True) if isinstance(each, Exception)
    ]


def _number(connection: psycopg.Connection[tuple[int]], statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def _renamed(found: Databases) -> UUID:
    """Raises `Refused` if anybody uses it: what is known of it by its old name is known by processes too."""
    with psycopg.connect(found.log, autocommit=True) as connection:
        require_unused(connection, "the log")
        ((id,),) = connection.execute(_RENAME).fetchall()
        return UUID(str(id))


def _told(verified: Verified, named: UUID | None) -> list[str]:
    lines = [
        f"{verified.events:,} events in {verified.streams:,} streams, to position {verified.end:,}",
        f"{verified.keys:,} person keys, {verified.destroyed:,} of them destroyed",
    ]
    if verified.wrong:
        return [*lines, f"{verified.wrong:,} things are wrong, the first:", *(f"  {each}" for each in verified.first)]
    lines.append("every event can be read, every key opens")
    return [*lines, f"the log is {named} from now on"] if named else lines
