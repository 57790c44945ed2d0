"""Takes the evidence from a Carnet at rest: reads the log, the topic and the rows, and folds the log anew."""

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final
from uuid import UUID

import psycopg

from consumers.source import Record
from domain.catalog import CATALOG
from domain.receipt import receipt_id
from infra.broker.position import read_relayed
from infra.log.streams import record
from infra.wiring import House, house
from projections.projection import Projection, Recorded
from projections.registry import PROJECTIONS
from tests.faults import witness
from tests.faults.evidence import Evidence, Letter, Replayed, Sent, Stored, parked
from tests.faults.history import Command
from tests.faults.supervisor import CALLER, Carnet
from tests.support.kafka import header, read_all, reader
from tests.support.projections import Tables, applied_one_by_one
from tests.support.store import Store, as_stored

_RECEIPT: Final = "receipt.command-answered.v1"
_LETTERS: Final = "SELECT projection, position, reason FROM dead_letters WHERE resolution IS NULL ORDER BY 1, 2"
_REBUILT: Final = "rebuilt"


def gather(
    carnet: Carnet, commands: Sequence[Command], tailed: Sequence[int], poison: frozenset[int], troubles: Sequence[str]
) -> Evidence:
    """Everything there is to judge by; a rebuild into an empty database is part of it."""
    bootstrap, topic = carnet.broker.bootstrap, carnet.topics.events
    with house(carnet.settings()) as opened:
        records = [record(row) for row in opened.log.recorder.read_batch(0, 10_000_000)]
        stored = [_stored(each) for each in records]
        folded = fold(opened, records, stored, poison)
    with psycopg.connect(carnet.read) as connection:
        letters = [Letter(*row) for row in connection.execute(_LETTERS).fetchall()]
        moves, writes = witness.moves(connection), witness.writes(connection)
    return Evidence(
        commands=commands,
        receipts={receipt_id(CALLER.id, command.key): command.key for command in commands},
        stored=stored,
        tailed=tailed,
        committed=_sent(read_all(bootstrap, topic)),
        uncommitted=_sent(read_all(bootstrap, topic, isolation_level="read_uncommitted")),
        relayed=read_relayed(bootstrap, carnet.topics),
        partitions=carnet.topics.partitions,
        rows=rows(carnet.read),
        folded=folded,
        replayed=replay(carnet),
        letters=letters,
        projections=[projection.name for projection in PROJECTIONS],
        moves=moves,
        writes=writes,
        poison=poison,
        troubles=troubles,
    )


def rows(read_url: str) -> Tables:
    """Every row of every table of every projection."""
    return as_stored(Store(read_url, PROJECTIONS).rows())


def sizes(carnet: Carnet) -> tuple[int, int]:
    """How much there is in the log and on the topics, offsets that nobody sees counted."""
    with psycopg.connect(carnet.log) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM carnet_events").fetchone() or (0,)
    return stored, sum(ends(carnet, carnet.topics.events) + ends(carnet, carnet.topics.relay))


def ends(carnet: Carnet, topic: str) -> list[int]:
    """The offset behind the last record of each partition, committed or not."""
    with closing(reader(carnet.broker.bootstrap, topic, isolation_level="read_uncommitted")) as consumer:
        return [offset for _, offset in sorted(consumer.end_offsets(list(consumer.assignment())).items())]


def fold(opened: House, records: Sequence[Record], stored: Sequence[Stored], poison: frozenset[int]) -> Tables:
    """The log applied to nothing, one event at a time, without what has to be parked."""
    left_out = parked(stored, poison)
    decoded = opened.codec.decode([each for each in records if each.position not in left_out])
    if undecodable := [each for each in decoded if isinstance(each, Exception)]:
        raise undecodable[0]
    return as_stored(
        applied_one_by_one(
            [
                change
                for each in decoded
                if isinstance(each, Recorded)
                for p in PROJECTIONS
                for change in p.changes(each)
            ]
        )
    )


def replay(carnet: Carnet) -> Replayed:
    """The log projected into an empty database, by the real runner and without Kafka."""
    before = sizes(carnet)
    url = carnet.postgres.create_database(_REBUILT)
    with house(carnet.settings(kafka=None, read_url=url)) as opened, opened.projector() as runner:
        end = opened.log.recorder.end(sorted(CATALOG.internal))
        while _lowest(url, PROJECTIONS) < end:
            runner.step(1.0)
    return Replayed(rows(url), before, sizes(carnet))


def _lowest(url: str, projections: Sequence[Projection]) -> int:
    with psycopg.connect(url) as connection:
        found: dict[str, int] = dict(connection.execute("SELECT projection, position FROM offsets").fetchall())
    return min(found.get(projection.name, 0) for projection in projections)


def _stored(of: Record) -> Stored:
    said: dict[str, Any] = json.loads(of.state)
    meta, data = said["meta"], said["data"]
    answers = None
    if of.name == _RECEIPT:
        answers = (UUID(data["stream_id"]), int(data["version"]), UUID(data["subject_id"]))
    return Stored(
        position=of.position,
        stream_id=of.stream_id,
        version=of.stream_version,
        name=of.name,
        key=of.key,
        event_id=str(meta["event_id"]),
        command_id=UUID(meta["command_id"]) if "command_id" in meta else None,
        state=of.state,
        internal=of.name in CATALOG.internal,
        answers=answers,
    )


def _sent(messages: Sequence[Any]) -> list[Sent]:
    """Records of ours: whatever others may have written is left out, as a subscriber does."""
    return [
        Sent(
            partition=message.partition,
            offset=message.offset,
            position=int(header(message, "ce_sequence")),
            stream_id=UUID(header(message, "ce_stream")),
            version=int(header(message, "ce_streamversion")),
            event_id=header(message, "ce_id"),
            content=(message.key, message.value, tuple(message.headers), message.timestamp),
        )
        for message in messages
        if message.headers
    ]
