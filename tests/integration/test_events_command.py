"""`carnet events` on Kafka and on the log, beside what a plain Kafka client reads."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from kafka import KafkaConsumer  # type: ignore[import-untyped]
from typer.testing import CliRunner, Result

from infra import reading
from infra.broker import reader
from infra.broker.topics import Topics
from infra.cli import app
from infra.log.source import LogSource
from infra.log.streams import LogStreams
from tests.support.kafka import Writer, fresh_topics, read_all, relaying, wait_relayed
from tests.support.log import ANN, EXAMPLES, SHOP, FreshLog, change, fresh_log
from tests.support.memory import request

PARTITIONS = 3


@dataclass
class Carnet:
    fresh: FreshLog
    environment: dict[str, str]
    topics: Topics | None
    relayed: Callable[[int], None]

    def events(self, *arguments: object) -> Result:
        return CliRunner().invoke(app, ["events", *map(str, arguments)], env=self.environment)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "infra", "events", *map(str, arguments)],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def asked(self, *arguments: object) -> list[dict[str, Any]]:
        answer = self.events("--json", *arguments)
        assert answer.exit_code == 0, answer.output
        return [json.loads(each) for each in answer.stdout.splitlines()]

    def positions(self, *arguments: object) -> list[int]:
        return [int(each["sequence"]) for each in self.asked(*arguments)]


@pytest.fixture(params=["log", "kafka"])
def carnet(request: pytest.FixtureRequest, database: Callable[[], str], tmp_path: Path) -> Iterator[Carnet]:
    with ExitStack() as stack:
        fresh = stack.enter_context(fresh_log(database))
        environment = {"CARNET_HOME": str(tmp_path)}
        if request.param == "log":
            environment |= {f"CARNET_{each}_URL": fresh.log.url for each in ("DATABASE", "KEYS", "READ")}
            yield Carnet(fresh, environment, None, lambda position: None)
        else:
            kafka = request.getfixturevalue("kafka")
            topics = fresh_topics(kafka, PARTITIONS)
            stack.enter_context(relaying(fresh.log.url, kafka, topics))
            # No database: the topics alone are enough.
            environment |= {
                "CARNET_KAFKA": kafka,
                "CARNET_KAFKA_PREFIX": topics.prefix,
                "CARNET_KAFKA_PARTITIONS": str(PARTITIONS),
                "CARNET_DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
            }
            yield Carnet(fresh, environment, topics, lambda position: wait_relayed(kafka, topics, position))


def test_every_event_in_the_order_of_the_log_as_it_is_stored(carnet: Carnet) -> None:
    positions = sorted(position for _ in range(20) for position in Writer(carnet.fresh, 3).happen(2, receipts=True))
    carnet.relayed(positions[-1])

    found = carnet.asked()

    assert [int(each["sequence"]) for each in found] == positions
    stored = [json.loads(row[4]) for row in carnet.fresh.log.recorder.read_positions(positions)]
    assert [each["data"] for each in found] == stored
    assert {each["source"] for each in found} == {f"carnet/{carnet.fresh.log.incarnation}"}
    assert carnet.positions("--from", positions[70]) == positions[70:]
    assert carnet.positions("--limit", 4, "--from", positions[9]) == positions[9:13]
    assert carnet.positions("--from", positions[-1] + 1) == []


def test_a_clients_events_are_her_own_and_those_that_name_her(carnet: Carnet) -> None:
    append = appending(carnet)
    note = uuid4()
    positions = append(
        change(EXAMPLES["client.registered.v1"], stream=ANN),
        change(EXAMPLES["sale.recorded.v1"], stream=SHOP),
        change(EXAMPLES["client.registered.v1"], stream=uuid4()),
        change(EXAMPLES["sale.return-recorded.v1"], stream=uuid4()),
        change(EXAMPLES["client.contact-point-added.v1"], stream=note, key=ANN),
    )

    assert carnet.positions("--client", ANN) == [positions[0], positions[1], positions[2], positions[4]]
    assert carnet.positions("--stream", SHOP) == [positions[1]]
    assert carnet.positions("--type", "sale.recorded", "--type", "client.contact-point-added.v1") == [
        positions[1],
        positions[4],
    ]
    told = carnet.events("--stream", note)
    assert told.stdout.startswith(
        f"{positions[4]}  2026-03-02T12:00:00+00:00  client.contact-point-added.v1  {note} v1"
    )
    whole = carnet.events().stdout + carnet.events("--json").stdout
    assert "Lindqvist" not in whole
    assert "mail.example" not in whole


def appending(carnet: Carnet) -> Callable[..., list[int]]:
    def append(*changes: Any) -> list[int]:
        stored = LogStreams(carnet.fresh.log, carnet.fresh.codec).append(changes, request())
        positions = [position for of in stored for position in of]
        carnet.relayed(positions[-1])
        return positions

    return append


def test_it_follows_until_it_is_interrupted(carnet: Carnet) -> None:
    writer = Writer(carnet.fresh, 2)
    first = writer.happen()
    carnet.relayed(first[-1])
    with carnet.start("--follow", "--json") as process:
        assert process.stdout is not None
        seen = [json.loads(process.stdout.readline()) for _ in first]
        for _ in range(3):
            news = writer.happen()
            seen += [json.loads(process.stdout.readline()) for _ in news]
        process.terminate()
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert len({each["sequence"] for each in seen}) == 8
    versions = [int(each["streamversion"]) for each in seen if each["stream"] == seen[0]["stream"]]
    assert versions == [1, 2, 3, 4]


def test_who_has_seen_enough_closes_the_pipe(carnet: Carnet) -> None:
    last = Writer(carnet.fresh, 20).happen(20)[-1]
    carnet.relayed(last)
    with carnet.start() as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("words", [["--type", "sale.recordd"], ["--type", "sale"], ["--from", "0"], ["--client", "x"]])
def test_what_is_not_understood_is_said_so(carnet: Carnet, words: list[str]) -> None:
    refused = carnet.events(*words)
    assert refused.exit_code == 2
    assert words[0] in refused.stderr


def test_a_plain_client_sees_the_same_event_with_its_headers(kafka: str, database: Callable[[], str]) -> None:
    with fresh_log(database) as fresh:
        topics = fresh_topics(kafka, PARTITIONS)
        last = Writer(fresh, 5).happen()[-1]
        with relaying(fresh.log.url, kafka, topics):
            wait_relayed(kafka, topics, last)
        environment = {"CARNET_KAFKA": kafka, "CARNET_KAFKA_PREFIX": topics.prefix, "CARNET_KAFKA_PARTITIONS": "3"}
        ours = {each["id"]: each for each in Carnet(fresh, environment, topics, lambda _: None).asked()}

        consumer = KafkaConsumer(
            topics.events,
            bootstrap_servers=kafka,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            consumer_timeout_ms=3_000,
        )
        theirs = {}
        with closing(consumer):
            for message in consumer:
                headers = {name: value.decode() for name, value in message.headers}
                attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
                theirs[attributes["id"]] = {
                    **attributes,
                    "datacontenttype": headers["content-type"],
                    "data": json.loads(message.value),
                }
                assert UUID(message.key.decode()) == UUID(attributes["subject"])
    assert len(theirs) == 5
    assert ours == theirs


def test_partitions_of_any_length_are_read_in_the_order_of_the_log(
    kafka: str, database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With small steps, so that halving and many batches happen."""
    monkeypatch.setattr(reader, "_NEAR", 4)
    monkeypatch.setattr(reading, "BATCH", 7)
    with fresh_log(database) as fresh, closing(LogSource(fresh.log, ["receipt.command-answered.v1"])) as log:
        topics = fresh_topics(kafka, PARTITIONS)
        one, many = Writer(fresh, 1), Writer(fresh, 7)
        for size in (40, 1, 3):
            one.happen(size)
            last = many.happen(size, receipts=True)[-1]
        with relaying(fresh.log.url, kafka, topics, batch=11):
            wait_relayed(kafka, topics, last)
        for start in (1, 2, 41, 200, last - 3, last, last + 1):
            expected = list(reading.read(log, start))
            with closing(reader.KafkaReader(kafka, topics)) as source:
                found = list(reading.read(source, start))
            assert [(each.position, each.state) for each in found] == [(each.position, each.state) for each in expected]
        assert len(list(reading.read(log))) == len(read_all(kafka, topics.events))
