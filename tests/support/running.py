"""A whole Carnet in one process, reached over HTTP: the real application, projector and databases."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import httpx
import psycopg
import uvicorn
from typing_extensions import override

from commands.ports import Clock
from domain.access import Caller, Role
from infra.processes.api import application
from infra.settings import Settings
from infra.sql.read_models import status
from infra.web.caller import issue
from infra.wiring import House, house, now
from projections.registry import PROJECTIONS
from tests.support.kafka import make_topics, relaying
from tests.support.members import wait_until
from tests.support.projecting import going

CALLERS = {
    Role.ASSOCIATE: Caller("associate-1", Role.ASSOCIATE, "paris-1"),
    Role.MANAGER: Caller("manager-1", Role.MANAGER, "paris-1"),
    Role.HEAD_OFFICE: Caller("head-office-1", Role.HEAD_OFFICE),
    Role.AUDITOR: Caller("auditor-1", Role.AUDITOR),
    Role.SUBSCRIBER: Caller("subscriber-1", Role.SUBSCRIBER),
    Role.POINT_OF_SALE: Caller("till-1", Role.POINT_OF_SALE),
    Role.ADMINISTRATOR: Caller("administrator-1", Role.ADMINISTRATOR),
}


@dataclass(frozen=True, slots=True)
class Running:
    url: str
    house: House

    def token(self, caller: Caller, valid: timedelta = timedelta(hours=1)) -> str:
        settings = self.house.settings
        return issue(
            self.house.secrets.signing_key,
            caller,
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            now=now(),
            valid=valid,
        )

    @contextmanager
    def client(self, role: Role = Role.ASSOCIATE) -> Iterator[httpx.Client]:
        headers = {"Authorization": f"Bearer {self.token(CALLERS[role])}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=60) as client:
            yield client


@contextmanager
def running(
    new_database: Callable[[], str], home: Path, kafka: str | None = None, clock: Clock = now
) -> Iterator[Running]:
    """Serves on a free port, and projects, as long as the context lasts: embedded, or with a relay and two projectors
    on topics of its own at this broker. It is as late there as `clock` says."""
    settings = Settings(
        database_url=new_database(),
        keys_url=new_database(),
        read_url=new_database(),
        home=home,
        kafka=kafka,
        kafka_prefix=f"test-{uuid4().hex}",
        kafka_partitions=4,
    )
    with ExitStack() as used:
        opened = used.enter_context(house(settings, clock))
        if kafka is None:
            used.enter_context(going(used.enter_context(opened.projector())))
        else:
            make_topics(kafka, opened.topics)
            used.enter_context(relaying(opened.databases.log, kafka, opened.topics))
            for _ in range(2):
                used.enter_context(going(used.enter_context(opened.projector())))
            _wait_shared_out(opened)
        yield Running(used.enter_context(_serving(opened)), opened)


@contextmanager
def _serving(opened: House) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        started = Event()
        server = _Server(uvicorn.Config(application(opened), log_config=None, access_log=False), started)
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            assert started.wait(20), "the application did not start"
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_shared_out(opened: House) -> None:
    """Until somebody has loaded each partition of each projection."""

    def partitions() -> list[int]:
        with psycopg.connect(opened.databases.read) as connection:
            return [len(each.positions) for each in status(connection)]

    wait_until(lambda: partitions() == [opened.topics.partitions] * len(PROJECTIONS), 60, partitions)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Event) -> None:
        super().__init__(config)
        self._has_started = started

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._has_started.set()
