"""`carnet feed` as a process, on Kafka: killed anywhere and started again it comes to the log of one left alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped]

from infra.broker.topics import TopicAdmin, Topics
from infra.settings import Settings
from infra.wiring import House, house
from tests.contract.test_feed import open_nowhere
from tests.support.importing import REPOSITORY
from tests.support.members import wait_until
from tests.support.point_of_sale import a_day, welcome

DAY = a_day(300)
# So many messages are two appends.
PORTION = 55
KILLED_AT = ("feed.polled:1", "feed.parked:2", "append.begins:2", "append.committed:2", "feed.parked:1")
SOON = 60.0


@dataclass(frozen=True)
class Till:
    """A house of its own, and the topic that a point of sale writes to."""

    settings: Settings
    topic: str

    @classmethod
    @contextmanager
    def beside(cls, database: Callable[[], str], home: Path, bootstrap: str) -> Iterator["Till"]:
        prefix = f"test-{uuid4().hex}"
        settings = Settings(
            database_url=database(),
            keys_url=database(),
            read_url=database(),
            home=home,
            kafka=bootstrap,
            kafka_prefix=prefix,
            feeds="atelier",
            feed_partitions=1,
        )
        topics = Topics(prefix)
        with closing(TopicAdmin(bootstrap)) as admin:
            admin.create_feeds(topics, ["atelier"], 1)
        till = cls(settings, topics.feed("atelier"))
        with till.opened() as opened:
            welcome(opened.ports.streams)
        yield till

    @contextmanager
    def opened(self) -> Iterator[House]:
        with house(self.settings) as found:
            yield found

    def send(self, messages: list[bytes]) -> None:
        with closing(KafkaProducer(bootstrap_servers=self.settings.kafka)) as producer:
            for future in [producer.send(self.topic, each, partition=0) for each in messages]:
                future.get(20)

    @contextmanager
    def feed(self, failpoint: str | None = None) -> Iterator["subprocess.Popen[bytes]"]:
        """The process; asked to stop at the end of the context unless it was killed."""
        failing = {"CARNET_FAILPOINT": failpoint, "CARNET_FAILPOINTS_ALLOWED": "yes"} if failpoint else {}
        said = {
            f"CARNET_{name.upper()}": str(value)
            for name, value in self.settings.model_dump(exclude_unset=True).items()
            if value is not None
        }
        with (self.settings.home / f"feed-{uuid4().hex}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra", "feed"],
                cwd=REPOSITORY,
                env={**os.environ, **said, **failing},
                stderr=log,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait(30)

    def told(self) -> str:
        return "".join(path.read_text()[-2000:] for path in self.settings.home.glob("feed-*.log"))

    def reached(self) -> int:
        """How many messages were taken in."""
        with psycopg.connect(str(self.settings.database_url)) as connection:
            [[reached]] = connection.execute(
                "SELECT coalesce(max(notification_id), 0) FROM carnet_tracking WHERE application_name LIKE %s",
                (f"{self.topic}/%",),
            ).fetchall()
            return int(reached)

    def finish(self) -> None:
        """Lets a process that nobody disturbs come to the end."""
        with self.feed() as process:
            wait_until(lambda: self.reached() == len(DAY) or process.poll() is not None, SOON, self.told)
            assert process.poll() is None, self.told()
            with self.opened() as opened:
                open_nowhere(opened.ports.streams)
                wait_until(lambda: not opened.parked.all(), SOON, lambda: opened.parked.all()[:1])

    def streams(self) -> dict[UUID, tuple[object, ...]]:
        with psycopg.connect(str(self.settings.database_url)) as connection:
            rows = connection.execute("SELECT DISTINCT originator_id FROM carnet_events").fetchall()
        ids = sorted(id for (id,) in rows)
        with self.opened() as opened:
            return {id: each.events for id, each in zip(ids, opened.ports.streams.read(ids), strict=True)}


def home(path: Path, name: str) -> Path:
    (path / name).mkdir()
    return path / name


@pytest.fixture
def undisturbed(database: Callable[[], str], kafka: str, tmp_path: Path) -> Iterator[dict[UUID, tuple[object, ...]]]:
    with Till.beside(database, home(tmp_path, "undisturbed"), kafka) as till:
        till.send(DAY)
        till.finish()
        yield till.streams()


def test_killed_anywhere_and_started_again_it_comes_to_the_same_log(
    database: Callable[[], str], kafka: str, tmp_path: Path, undisturbed: dict[UUID, tuple[object, ...]]
) -> None:
    with Till.beside(database, home(tmp_path, "killed"), kafka) as till:
        seen = [0]
        for at, failpoint in enumerate(KILLED_AT):
            till.send(DAY[at * PORTION : (at + 1) * PORTION])
            with till.feed(failpoint) as process:
                wait_until(lambda process=process: process.poll() is not None, SOON, till.told)  # type: ignore[misc]
            assert process.returncode == -signal.SIGKILL, till.told()
            seen.append(till.reached())
        assert seen == sorted(seen)
        assert 0 < seen[-1] < len(DAY), seen
        till.send(DAY[len(KILLED_AT) * PORTION :])
        till.finish()

        assert till.streams() == undisturbed


def test_two_at_once_come_to_the_same_log(
    database: Callable[[], str], kafka: str, tmp_path: Path, undisturbed: dict[UUID, tuple[object, ...]]
) -> None:
    """One leads. When it is killed the other goes on."""
    with Till.beside(database, home(tmp_path, "two"), kafka) as till:
        till.send(DAY)
        with till.feed("append.committed:2") as first:
            wait_until(lambda: till.reached() > 0 or first.poll() is not None, SOON, till.told)
            till.finish()
            assert first.wait(SOON) == -signal.SIGKILL

        assert till.streams() == undisturbed


def test_what_is_parked_is_listed_and_retried_by_hand(database: Callable[[], str], kafka: str, tmp_path: Path) -> None:
    with Till.beside(database, home(tmp_path, "by-hand"), kafka) as till:
        till.send([*DAY[:40], b"no message"])
        with till.feed() as process:
            wait_until(lambda: till.reached() == 41 or process.poll() is not None, SOON, till.told)

        listed = carnet(till, "parked")
        reasons = {line.split(": ")[2] for line in listed.stdout.splitlines()}
        assert (listed.returncode, reasons) == (1, {"store.unknown", "item.unknown", "unreadable"}), listed
        assert "nowhere-1" in listed.stdout
        assert "no message" not in listed.stdout
        with till.opened() as opened:
            open_nowhere(opened.ports.streams)
        again = carnet(till, "retry", "--json")
        assert (again.returncode, '"recorded": ' in again.stdout) == (1, True), again
        assert {line.split(": ")[2] for line in carnet(till, "parked").stdout.splitlines()} == {
            "item.unknown",
            "unreadable",
        }


def carnet(till: Till, *arguments: str) -> Any:
    said = {
        f"CARNET_{name.upper()}": str(value) for name, value in till.settings.model_dump(exclude_unset=True).items()
    }
    return subprocess.run(
        [sys.executable, "-m", "infra", "feed", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **said},
        capture_output=True,
        text=True,
        check=False,
    )
