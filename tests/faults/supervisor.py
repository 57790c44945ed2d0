"""A whole Carnet on Kafka, made of real processes that can be killed, paused and started again, each on its own.

PostgreSQL and the broker are its own. Everything ends with the context, and also if this process is killed itself.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import psycopg

from domain.access import Caller, Role
from infra.broker.topics import TopicAdmin, Topics
from infra.embedded.kafka import EmbeddedKafka
from infra.embedded.postgres import EmbeddedPostgres
from infra.log.leading import RELAY_LOCK
from infra.settings import Settings
from infra.web.caller import issue
from infra.wiring import House, house, now
from tests.faults.waiting import free_port, wait
from tests.faults.witness import install

ROOT: Final = Path(__file__).parents[2]
PARTITIONS: Final = 6
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
CALLER: Final = Caller("associate-1", Role.ASSOCIATE, "paris-1")
RELAYS: Final = ("relay-1", "relay-2")
PROJECTORS: Final = ("project-1", "project-2")

_DATABASES: Final = ("carnet", "carnet_keys", "carnet_read")
_LEADER: Final = """
    SELECT a.application_name FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = %s
"""
_WRITING: Final = """
    SELECT FROM pg_stat_activity WHERE application_name = %s AND datname = %s AND backend_xid IS NOT NULL
"""


class Ended(Exception):
    """A process ended that nobody had asked to, or not as it was asked to."""


class Carnet:
    """The processes by name: `api`, `relay-1`, `relay-2`, `project-1`, `project-2`."""

    def __init__(self, home: Path, postgres: EmbeddedPostgres, broker: EmbeddedKafka, watch: int) -> None:
        self.home = home
        self.postgres = postgres
        self.broker = broker
        self.log, self.keys, self.read = (postgres.create_database(name) for name in _DATABASES)
        self.topics = Topics(partitions=PARTITIONS)
        self.port = free_port()
        self._watch = watch
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._asked: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **other: str | None) -> Settings:
        return Settings(
            **{
                "database_url": self.log,
                "keys_url": self.keys,
                "read_url": self.read,
                "home": self.home,
                "kafka": self.broker.bootstrap,
                "kafka_partitions": PARTITIONS,
                "port": self.port,
                **other,
            }  # type: ignore[arg-type]
        )

    def prepare(self) -> None:
        """Tables, topics, and what the checker wants to see of the read models."""
        with house(self.settings()) as opened, closing(TopicAdmin(self.broker.bootstrap)) as admin:
            self.token = _token(opened)
            admin.create(self.topics)
        install(self.log, self.read)

    def environment(self, name: str) -> dict[str, str]:
        """Everything that makes a process this Carnet's, and lets it be known by its name in the database."""
        ours = {
            f"CARNET_{field.upper()}": str(value)
            for field, value in self.settings().model_dump(exclude_unset=True).items()
        }
        member = {"CARNET_KAFKA_MEMBER": name} if name in PROJECTORS else {}
        others = {key: value for key, value in os.environ.items() if not key.startswith("CARNET_")}
        return {**others, **ours, **member, "PGAPPNAME": name}

    def start(self, name: str, failpoint: str | None = None) -> None:
        """Starts a process, which will kill itself, or stand still, at `failpoint`, if one is given."""
        armed = {"CARNET_FAILPOINT": failpoint, "CARNET_FAILPOINTS_ALLOWED": "yes"} if failpoint else {}
        self._asked.discard(name)
        with self.logged(name).open("ab") as log:
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", "infra", name.partition("-")[0]],
                cwd=ROOT,
                env={**self.environment(name), **armed},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self._watch,
            )
        if failpoint:
            self._asked.add(name)

    def logged(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Until the API answers. Raises `TimeoutError`, and `Ended` if it ends."""
        wait(lambda: self.ended("api") is not None or self._answers(), "the API answers", seconds)
        if (status := self.ended("api")) is not None and "api" not in self._asked:
            raise Ended(f"api ended with status {status}")

    def ended(self, name: str) -> int | None:
        """The exit status of a process, None while it runs; negative: the signal that ended it."""
        return self._children[name].poll()

    def stands(self, name: str) -> bool:
        """Whether a process stands still, as by SIGSTOP."""
        found = os.waitid(os.P_PID, self._children[name].pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
        return found is not None and found.si_code == os.CLD_STOPPED

    def unasked(self) -> list[str]:
        """Names of processes that ended although nobody asked them to."""
        return [name for name in self._children if name not in self._asked and self.ended(name) is not None]

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self._asked.add(name)
        self._children[name].kill()
        self._children[name].wait()

    def stop(self, name: str) -> int:
        """SIGTERM; its exit status. Raises `Ended` if it does not end in time, and kills it then."""
        self._asked.add(name)
        child = self._children[name]
        child.terminate()
        try:
            return child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise Ended(f"{name} did not end within {STOP_SECONDS:g} seconds of SIGTERM") from None

    def stop_all(self) -> dict[str, int]:
        """Ends what runs, in order; the exit status of each."""
        return {name: self.stop(name) for name in list(self._children) if self.ended(name) is None}

    def pause(self, name: str) -> None:
        """SIGSTOP: connections stay open and nothing moves."""
        self._children[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """SIGCONT."""
        self._children[name].send_signal(signal.SIGCONT)

    def leader(self) -> str | None:
        """Which relay holds the lock."""
        with psycopg.connect(self.log) as connection:
            row = connection.execute(_LEADER, (RELAY_LOCK,)).fetchone()
        return row[0] if row else None

    def writes(self, name: str) -> bool:
        """Whether a projector has written rows just now that it has not committed."""
        with psycopg.connect(self.read) as connection:
            return connection.execute(_WRITING, (name, _DATABASES[2])).fetchone() is not None

    def close(self) -> None:
        for child in self._children.values():
            with suppress(ProcessLookupError):
                child.kill()
        for child in self._children.values():
            child.wait()

    def _answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=1)) as connection, suppress(OSError):
            connection.request("GET", "/live")
            return connection.getresponse().status == 200
        return False


@contextmanager
def whole_carnet(home: Path) -> Iterator[Carnet]:
    """PostgreSQL and a broker run, tables and topics are made; processes are up to who asks."""
    postgres = EmbeddedPostgres.start(home / "postgres")
    # The pipe's other end closes with this process, whatever ends it; then the watch ends all that is in its group.
    watch = subprocess.Popen(
        ["/bin/sh", "-c", 'read _; kill -9 $(head -n 1 "$1"); kill -9 0', "watch", home / "postgres/postmaster.pid"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    broker = None
    carnet = None
    try:
        broker = EmbeddedKafka.start(home / "kafka")
        carnet = Carnet(home, postgres, broker, watch.pid)
        carnet.prepare()
        yield carnet
    finally:
        if carnet is not None:
            carnet.close()
        if broker is not None:
            broker.kill()
        watch.kill()
        watch.communicate()
        postgres.stop()


def _token(opened: House) -> str:
    settings = opened.settings
    return issue(
        opened.secrets.signing_key,
        CALLER,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        now=now(),
        valid=timedelta(days=7),
    )
