"""Every projection from Kafka: beside a bare loop, beside itself on two processes, beside a Quix Streams application.

What is measured begins with one transaction that holds every event: nobody sees any of them before it is committed, by
when everybody has joined the group and waits. Whoever is measured has to have written the very same rows at the end.
"""

import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from bench.by_hand import cards_by_hand, history_by_hand, memberships_by_hand, purchases_by_hand
from bench.cpu import Cost, Meter
from bench.measure import Figure, compared, in_turn, rates
from bench.opened import brokered, fill, opened
from bench.processes import environment, process, until
from bench.sales import history
from bench.sent import Bench
from consumers.fold import Patch
from domain.access import Caller, Role
from infra.broker.client import READER, servers
from infra.broker.records import incoming
from infra.broker.source import group
from infra.sql.engine import projecting_connection
from infra.sql.writing import _update, _upsert, write
from infra.wiring import House, request
from infra.work import work_in_batches
from projections import client_card, client_history, membership, purchase_history
from projections.projection import Table, key_columns
from projections.registry import PROJECTIONS

STAGE = "from Kafka"
EVENTS = 18_000
ROUNDS = 5
BATCH = 500
PATIENCE_SECONDS = 120
# Of one thread each, which waits for the database: one that reads ahead meanwhile keeps two cores busy by itself, and
# nothing could be seen of a second.
TWO, ONE = "two processes of one thread", "one process of one thread"
OWN_SINK = "Quix Streams 3.28.1, the same rows by its own sink"
OUR_STATEMENTS = "Quix Streams 3.28.1, the same rows by our statements"
QUIX = Path(__file__).parent / "quix"


def consuming(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    python = environment(QUIX / "requirements.lock")
    with work_in_batches(), brokered(home) as bootstrap, opened(new_database, home, kafka=bootstrap) as house:
        events = fill(house, history(EVENTS), request(Caller("feed:bench", Role.ASSOCIATE)))
        bench = Bench(house, events, new_database, bootstrap)
        yield rates(
            STAGE,
            f"every projection, batches of {BATCH}",
            "a bare loop: poll, decode, decrypt, the same statements",
            ">= 0.7",
            events,
            lambda: _ours(bench),
            lambda: _bare(bench),
            ROUNDS,
        )
        found = in_turn(
            f"{STAGE}, by processes",
            ROUNDS,
            lambda: (_carnet(bench, 2, threads=0), _carnet(bench, 1, threads=0), _carnet(bench, 1)),
            lambda: (_quix(bench, python, tables=_tables()), _quix(bench, python, statements=_statements())),
        )
        both = [(two, one) for (two, one, _), _ in found]
        peers = {
            OWN_SINK: [(whole, own) for (_, _, whole), (own, _) in found],
            OUR_STATEMENTS: [(whole, ours) for (_, _, whole), (_, ours) in found],
        }
        yield _rate(TWO, ONE, ">= 1.7", events, both)
        yield _cost(TWO, ONE, events, both)
        busy = [(two.busy * 100, one.busy * 100) for two, one in both]
        yield compared(STAGE, TWO, ONE, "percent of all cores busy", "", busy)
        for peer, beside in peers.items():
            yield _rate("one process", peer, ">= 1", events, beside)
            yield _cost("one process", peer, events, beside)


def _ours(bench: Bench) -> float:
    """The runner, in this process."""
    topics, url = bench.topics(), bench.read_models()
    house = replace(bench.house, settings=bench.house.settings.model_copy(update={"kafka_prefix": topics.prefix}))
    with house.projector(batch=BATCH, read_url=url) as runner:
        until(lambda: runner.step(0.1) == 0 and bench.assigned(group(topics, PROJECTIONS), 1))
        with bench.sent(topics):
            meter, done = Meter([]), 0
            while done < bench.events:
                done += runner.step(1.0)
            seconds = meter.read().seconds
    bench.end(url)
    return seconds


def _bare(bench: Bench) -> float:
    topics, url, codec = bench.topics(), bench.read_models(), bench.house.codec
    with (
        closing(KafkaConsumer(bootstrap_servers=servers(bench.bootstrap), group_id=None, **READER)) as consumer,
        projecting_connection(url) as connection,
    ):
        consumer.assign([TopicPartition(topics.events, p) for p in range(topics.partitions)])
        assert not consumer.poll(timeout_ms=500)
        with bench.sent(topics):
            meter, done = Meter([]), 0
            while done < bench.events:
                polled = consumer.poll(timeout_ms=1000, max_records=BATCH)
                records = [incoming(message) for messages in polled.values() for message in messages]
                decoded = codec.decode(records)
                for by_hand in (cards_by_hand, purchases_by_hand, memberships_by_hand, history_by_hand):
                    writes = by_hand(decoded)
                    with connection.transaction():
                        for each in writes:
                            write(connection, each)
                done += len(records)
            seconds = meter.read().seconds
    bench.end(url)
    return seconds


def _carnet(bench: Bench, processes: int, threads: int = 2) -> Cost:
    """`carnet project`, as many of them; `threads` is how many projections each writes while it reads ahead."""
    topics, url = bench.topics(), bench.read_models()
    house, settings = bench.house, bench.house.settings
    environment = {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": url,
        "CARNET_HOME": str(settings.home),
        "CARNET_KAFKA": bench.bootstrap,
        "CARNET_KAFKA_PREFIX": topics.prefix,
        "CARNET_PROJECT_THREADS": str(threads),
    }
    command = [sys.executable, "-m", "infra", "project"]
    with ExitStack() as stack:
        started = [stack.enter_context(process(command, environment)) for _ in range(processes)]
        until(lambda: bench.assigned(group(topics, PROJECTIONS), processes))
        with psycopg.connect(url, autocommit=True) as connection, bench.sent(topics):
            meter = Meter([each.pid for each in started])
            until(lambda: _told(connection) == bench.ends * len(PROJECTIONS))
            cost = meter.read()
    bench.end(url)
    return cost


def _quix(bench: Bench, python: Path, **how: object) -> Cost:
    """The application, which writes `how` it is told: into `tables` by its own sink, or by `statements`."""
    topics, url = bench.topics(), bench.read_models()
    settings = {
        "bootstrap": bench.bootstrap,
        "topic": topics.events,
        "group": topics.prefix,
        "commit_every": 1000,  # the size of a batch of `carnet project`
        "url": url,
        "keys": _keys(bench.house),
        **how,
    }
    told = bench.house.settings.home / "quix.json"
    told.write_text(json.dumps(settings))
    with process([str(python), "-m", "bench.quix.app", str(told)], {}) as app:
        assert app.stdout is not None
        until(lambda: bench.assigned(topics.prefix, 1))
        with bench.sent(topics):
            meter, done = Meter([app.pid]), 0
            while done < bench.events:
                done += int(app.stdout.readline())
            cost = meter.read()
    bench.end(url)
    return cost


def _keys(house: House) -> dict[str, dict[str, str]]:
    """Every person key, open, by its id: a favour."""
    with psycopg.connect(house.databases.keys) as connection:
        rows = connection.execute("SELECT person, key_id, wrapped FROM person_key").fetchall()
    wrapping = AESGCM(house.secrets.wrapping_key)
    opened = {id: wrapping.decrypt(wrapped[:12], wrapped[12:], person.bytes + id.bytes) for person, id, wrapped in rows}
    return {str(id): {"person": person.hex, "key": b64encode(opened[id]).decode()} for person, id, _ in rows}


_VERSION = f"version of {client_card.card.name}"


def _kept() -> list[Table]:
    cards, purchases, histories = client_card, purchase_history, client_history
    return [
        cards.card,
        cards.contact_point,
        cards.address,
        purchases.sale,
        purchases.line,
        membership.taken_up,
        histories.entry,
        histories.party,
    ]


def _statements() -> dict[str, str]:
    version = _update(client_card.card, Patch(frozenset({"stream_version"}), frozenset()))
    return {table.name: _upsert(table).decode() for table in _kept()} | {_VERSION: version.decode()}


def _tables() -> dict[str, tuple[str, Sequence[str]]]:
    """Of each kind of row where it goes, and the key there."""
    tables = {table.name: table for table in _kept()} | {_VERSION: client_card.card}
    return {kind: (table.name, key_columns(table)) for kind, table in tables.items()}


def _told(connection: psycopg.Connection[tuple[int]]) -> int:
    """The positions of all projections in all partitions, summed."""
    (found,) = connection.execute("SELECT coalesce(sum(position), 0) FROM offsets").fetchone() or (0,)
    return int(found)


def _rate(case: str, peer: str, goal: str, events: int, pairs: Sequence[tuple[Cost, Cost]]) -> Figure:
    return compared(
        STAGE,
        case,
        peer,
        "per second",
        goal,
        [(events / ours.seconds, events / theirs.seconds) for ours, theirs in pairs],
    )


def _cost(case: str, peer: str, events: int, pairs: Sequence[tuple[Cost, Cost]]) -> Figure:
    """Of the Python processes alone: what broker and database use is beside it."""
    return compared(
        STAGE,
        case,
        peer,
        "microseconds of CPU an event",
        "",
        [(ours.cpu / events * 1e6, theirs.cpu / events * 1e6) for ours, theirs in pairs],
    )
