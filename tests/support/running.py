"""A whole Carnet in one process, reached over HTTP: the real application, projector and databases."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import uvicorn
from typing_extensions import override

from domain.access import Caller, Role
from infra.serving import application
from infra.settings import Settings
from infra.web.caller import issue
from infra.wiring import House, house, now

CALLERS = {
    Role.ASSOCIATE: Caller("associate-1", Role.ASSOCIATE, "paris-1"),
    Role.MANAGER: Caller("manager-1", Role.MANAGER, "paris-1"),
    Role.HEAD_OFFICE: Caller("head-office-1", Role.HEAD_OFFICE),
    Role.AUDITOR: Caller("auditor-1", Role.AUDITOR),
    Role.SUBSCRIBER: Caller("subscriber-1", Role.SUBSCRIBER),
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
        with httpx.Client(base_url=self.url, headers=headers, timeout=10) as client:
            yield client


@contextmanager
def running(new_database: Callable[[], str], home: Path) -> Iterator[Running]:
    """Serves on a free port, and projects, as long as the context lasts."""
    settings = Settings(database_url=new_database(), keys_url=new_database(), read_url=new_database(), home=home)
    with house(settings) as opened, opened.projector() as runner, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        started = Event()
        server = _Server(uvicorn.Config(application(opened), log_config=None, access_log=False), started)
        stop = Event()
        threads = [Thread(target=server.run, args=([listening],)), Thread(target=runner.run, args=(stop, 0.2))]
        for thread in threads:
            thread.start()
        try:
            assert started.wait(20), "the application did not start"
            yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", opened)
        finally:
            stop.set()
            server.should_exit = True
            for thread in threads:
                thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Event) -> None:
        super().__init__(config)
        self._has_started = started

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._has_started.set()
