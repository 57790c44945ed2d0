"""`carnet replay` from the log and from Kafka: to files, to another topic, sealed, and revealed to who may see it."""

import gzip
import json
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import duckdb
import psycopg
import pytest
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from typer.testing import CliRunner, Result

from commands.client import Name, RegisterClient, register
from domain.access import Caller, Role
from domain.disclosure import DisclosureMade
from infra.cli import app
from infra.log.streams import LogStreams, record
from infra.replay import process
from infra.settings import Settings
from infra.web.caller import issue
from infra.wiring import House, house, now
from tests.support.kafka import Writer, fresh_topics, read_all, relaying, wait_relayed
from tests.support.log import ANN, EXAMPLES, SHOP, FreshLog, change, fresh_log
from tests.support.memory import ASSOCIATE, request
from tests.support.rebuilding import said


@dataclass
class Replaying:
    """Events in a log, and the command, which reads them there or on Kafka."""

    fresh: FreshLog
    environment: dict[str, str]
    home: Path
    relayed: Callable[[int], None]

    def replay(self, to: object, *arguments: object) -> Result:
        return CliRunner().invoke(app, ["replay", str(to), *map(str, arguments)], env=self.environment)

    def lines(self, *arguments: object) -> list[dict[str, Any]]:
        to = self.home / f"{uuid4()}.jsonl"
        answer = self.replay(to, *arguments)
        assert answer.exit_code == 0, answer.output
        return [json.loads(line) for line in to.read_text().splitlines()]

    def positions(self, *arguments: object) -> list[int]:
        return [int(each["sequence"]) for each in self.lines(*arguments)]


@pytest.fixture(params=["log", "kafka"])
def replaying(request: pytest.FixtureRequest, database: Callable[[], str], tmp_path: Path) -> Iterator[Replaying]:
    with ExitStack() as stack:
        fresh = stack.enter_context(fresh_log(database))
        environment = {"CARNET_HOME": str(tmp_path)}
        if request.param == "log":
            environment |= {f"CARNET_{each}_URL": fresh.log.url for each in ("DATABASE", "KEYS", "READ")}
            yield Replaying(fresh, environment, tmp_path, lambda position: None)
        else:
            kafka = request.getfixturevalue("kafka")
            topics = fresh_topics(kafka, 3)
            stack.enter_context(relaying(fresh.log.url, kafka, topics))
            # No database: without revealing anything the topics alone are enough.
            environment |= {
                "CARNET_KAFKA": kafka,
                "CARNET_KAFKA_PREFIX": topics.prefix,
                "CARNET_KAFKA_PARTITIONS": "3",
                "CARNET_DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
            }
            yield Replaying(fresh, environment, tmp_path, lambda position: wait_relayed(kafka, topics, position))


@pytest.mark.feature("N-12")
def test_events_by_position_time_type_and_client_as_they_are_stored(replaying: Replaying) -> None:
    positions = Writer(replaying.fresh, 4).happen(5, receipts=True)
    others = append(
        replaying,
        change(EXAMPLES["client.registered.v1"], stream=ANN),
        change(EXAMPLES["sale.recorded.v1"], stream=SHOP),
    )
    every = sorted([*positions, *others])
    replaying.relayed(every[-1])

    found = replaying.lines()

    assert [int(each["sequence"]) for each in found] == every
    stored = {row[0]: json.loads(row[4]) for row in replaying.fresh.log.recorder.read_positions(every)}
    assert {int(each["sequence"]): each["data"] for each in found} == stored
    assert replaying.positions("--from", every[3], "--to", every[8]) == every[3:9]
    assert replaying.positions("--client", ANN, "--type", "client.registered") == others[:1]
    assert replaying.positions("--stream", SHOP) == others[1:]
    at = "2026-03-02T12:00:00+00:00"
    assert (replaying.positions("--since", at), replaying.positions("--before", at)) == (every, [])
    assert (replaying.positions("--since", "2026-03-03"), replaying.positions("--before", "2026-03-03")) == ([], every)
    assert "Lindqvist" not in json.dumps(found)


def test_packed_and_on_standard_output_and_into_parquet_it_is_the_same(replaying: Replaying) -> None:
    last = Writer(replaying.fresh, 3).happen(4)[-1]
    replaying.relayed(last)
    lines = replaying.lines()
    packed, rows = replaying.home / "a.jsonl.gz", replaying.home / "a.parquet"

    assert replaying.replay(packed).stdout == f"12 events to {packed}\n"
    assert [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()] == lines
    printed = replaying.replay("-")
    assert ([json.loads(line) for line in printed.stdout.splitlines()], printed.stderr) == (lines, "12 events to -\n")
    told = json.loads(replaying.replay(rows, "--json").stdout)
    assert told == {"events": 12, "first": int(lines[0]["sequence"]), "last": last, "sealed": 0, "to": str(rows)}
    found = of_parquet(rows)
    assert [row["position"] for row in found] == [int(each["sequence"]) for each in lines]
    for row, line in zip(found, lines, strict=True):
        assert (row["event_id"], row["type"], row["stream"], row["subject"]) == (
            line["id"],
            line["type"],
            line["stream"],
            line["subject"],
        )
        assert (row["stream_version"], row["recorded_at"].isoformat()) == (int(line["streamversion"]), line["time"])
        document = line["data"]
        assert (json.loads(row["data"]), json.loads(row["personal"])) == (document["data"], document["personal"])
        assert row["actor"] == document["meta"]["actor"]


def of_parquet(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{path}' ORDER BY position")
        columns = [each[0] for each in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def append(replaying: Replaying, *changes: Any) -> list[int]:
    stored = LogStreams(replaying.fresh.log, replaying.fresh.codec).append(changes, request())
    return [position for of in stored for position in of]


def test_another_topic_gets_the_same_records(kafka: str, database: Callable[[], str], tmp_path: Path) -> None:
    with fresh_log(database) as fresh:
        topics, name = fresh_topics(kafka, 3), f"analysts-{uuid4().hex}"
        last = Writer(fresh, 5).happen(3)[-1]
        with relaying(fresh.log.url, kafka, topics):
            wait_relayed(kafka, topics, last)
        environment = {
            "CARNET_KAFKA": kafka,
            "CARNET_KAFKA_PREFIX": topics.prefix,
            "CARNET_KAFKA_PARTITIONS": "3",
            "CARNET_HOME": str(tmp_path),
        }
        replaying = Replaying(fresh, environment, tmp_path, lambda position: None)

        missing = replaying.replay(f"topic:{name}")
        assert (missing.exit_code, "is missing: make it first" in missing.stderr) == (1, True)
        for taken in (topics.events, topics.relay, ""):
            assert replaying.replay(f"topic:{taken}").exit_code == 1
        admin = KafkaAdminClient(bootstrap_servers=kafka)
        admin.create_topics({name: {"num_partitions": 2, "replication_factor": 1}})
        admin.close()
        assert replaying.replay(f"topic:{name}").exit_code == 0

        there, here = read_all(kafka, topics.events), read_all(kafka, name)
        assert len(here) == 15
        assert sorted(map(as_sent, here)) == sorted(map(as_sent, there))
        for key in {message.key for message in here}:
            mine = [message for message in here if message.key == key]
            assert len({message.partition for message in mine}) == 1
            assert [dict(message.headers)["ce_streamversion"] for message in mine] == [b"1", b"2", b"3"]


def as_sent(message: Any) -> tuple[Any, ...]:
    return message.key, message.value, tuple(message.headers), message.timestamp


@dataclass
class Open:
    """A house with a client, and the command in it."""

    house: House
    home: Path
    client: UUID

    def replay(self, to: object, *arguments: object) -> Result:
        return CliRunner().invoke(app, ["replay", str(to), *map(str, arguments)], env=said(self.house.settings))

    def revealed(self, to: Path, role: Role, *arguments: object) -> Result:
        token = self.home / "token"
        token.write_text(self.token(role))
        return self.replay(to, "--reveal", "--why", "review of 2026", "--token", token, *arguments)

    def token(self, role: Role) -> str:
        settings = self.house.settings
        return issue(
            self.house.secrets.signing_key,
            Caller("vera", role),
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            now=now(),
            valid=timedelta(minutes=5),
        )

    def disclosures(self) -> list[tuple[str, DisclosureMade]]:
        decoded = self.house.codec.decode(records(self.house))
        return [
            (each.actor, each.event)
            for each in decoded
            if not isinstance(each, Exception) and isinstance(each.event, DisclosureMade)
        ]


def records(opened: House) -> list[Any]:
    return [record(row) for row in opened.log.recorder.read_batch(0, 1000)]


@pytest.fixture
def carnet(database: Callable[[], str], tmp_path: Path) -> Iterator[Open]:
    settings = Settings(database_url=database(), keys_url=database(), read_url=database(), home=tmp_path)
    with house(settings) as opened:
        done = register(RegisterClient(name=Name(family="Lindqvist", given="Astrid")), opened.ports, request(ASSOCIATE))
        yield Open(opened, tmp_path, done.subject_id)


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_what_is_personal_is_revealed_to_who_may_see_it_and_that_is_recorded_first(carnet: Open, suffix: str) -> None:
    to = carnet.home / f"revealed{suffix}"

    answer = carnet.revealed(to, Role.AUDITOR, "--type", "client.registered")

    assert answer.exit_code == 0, answer.output
    if suffix == ".parquet":
        personal = json.loads(of_parquet(to)[0]["personal"])
    else:
        personal = json.loads(to.read_text())["data"]["personal"]
    assert (personal["name"]["family"], personal["name"]["given"]) == ("Lindqvist", "Astrid")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    [(actor, disclosure)] = carnet.disclosures()
    assert actor == "vera"
    assert (disclosure.why, disclosure.first, disclosure.last) == ("review of 2026", 1, 1)
    assert disclosure.names == ("client.registered",)
    assert "Lindqvist" not in str(disclosure)

    later = carnet.home / f"later{suffix}"
    assert carnet.revealed(later, Role.HEAD_OFFICE, "--client", carnet.client).exit_code == 0
    assert [each.client_id for _, each in carnet.disclosures()] == [None, carnet.client]


def test_who_may_not_see_it_gets_no_file_and_leaves_no_trace(carnet: Open) -> None:
    to = carnet.home / "revealed.jsonl"
    for role in set(Role) - {Role.AUDITOR, Role.HEAD_OFFICE}:
        assert carnet.revealed(to, role).exit_code == 1
    (carnet.home / "token").write_text("no token")
    forged = carnet.replay(to, "--reveal", "--why", "curiosity", "--token", carnet.home / "token")
    assert (forged.exit_code, forged.stderr) == (1, "carnet replay: The token is not valid here.\n")
    assert carnet.disclosures() == []
    assert not to.exists()


def test_who_was_erased_stays_erased(carnet: Open) -> None:
    with psycopg.connect(carnet.house.databases.keys, autocommit=True) as connection:
        connection.execute("UPDATE person_key SET wrapped = NULL, destroyed_at = now()")
    to = carnet.home / "revealed.jsonl"

    assert carnet.revealed(to, Role.AUDITOR, "--type", "client.registered").exit_code == 0

    assert json.loads(to.read_text())["data"]["personal"]["name"] == {"erased": True}


def test_what_is_personal_never_goes_onto_a_topic(carnet: Open) -> None:
    answer = carnet.revealed(Path("topic:analysts"), Role.AUDITOR)
    assert (answer.exit_code, answer.stderr) == (
        1,
        "carnet replay: what is personal goes into a file, never onto a topic\n",
    )


def test_a_file_has_its_name_once_it_is_whole(carnet: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    to = carnet.home / "events.parquet"

    @contextmanager
    def interrupted() -> Iterator[Event]:
        stop = Event()
        stop.set()
        yield stop

    with monkeypatch.context() as patched:
        patched.setattr(process, "stop_signals", interrupted)
        answer = carnet.replay(to)
    assert (answer.exit_code, "nothing is left behind" in answer.stderr) == (1, True)
    before = sorted(path.name for path in carnet.home.glob("*events*"))
    assert before == []

    assert carnet.replay(to).exit_code == 0
    again = carnet.replay(to)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ["a.csv"],
        ["missing/a.jsonl"],
        ["a.jsonl", "--type", "sale.recordd"],
        ["a.jsonl", "--since", "yesterday"],
        ["a.jsonl", "--reveal"],
        ["a.jsonl", "--why", "curiosity"],
        ["a.jsonl", "--reveal", "--token", "token", "--why", " "],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_said_so(carnet: Open, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(carnet.home)
    assert carnet.replay(*words).exit_code in (1, 2)
    assert carnet.disclosures() == []
    assert not list(carnet.home.glob("*.jsonl"))
