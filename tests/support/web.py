"""The web application without a server: requests go straight into it, from plain functions."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from commands.ports import Change, History, Request, Streams
from consumers.point_of_sale import Intake
from domain.access import Caller
from infra.sql.engine import read_engine
from infra.web.app import Web, create_app
from infra.web.caller import Tokens, issue
from infra.web.operations import Readiness
from infra.web.position import Positions
from infra.web.sealing import CursorSeal
from infra.web.status import Board
from infra.wiring import new_id, now
from projections.projection import Projection, Recorded
from queries.ports import Reading
from tests.support.memory import ASSOCIATE, MemoryStreams, ports

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG: Final = UUID(int=0xCA)


class NothingWaits:
    """`queries.ports.Waiting` for a world in which every projection is up to date."""

    async def reached(self, projection: Projection, partition: int, position: int, timeout: float) -> int | None:
        return None


async def _no_events(positions: Any) -> list[Recorded | Exception]:
    return []


async def _ready() -> Readiness:
    return Readiness(True, {"projections": {}})


def application(
    streams: Streams | None = None,
    intakes: Mapping[str, Intake] = MappingProxyType({}),
    board: Board | None = None,
) -> FastAPI:
    """The application on a log in memory. Its read models cannot be reached: a query fails as if they were down."""
    positions = Positions(LOG, lambda key: 0)
    nowhere = read_engine("postgresql://nobody@/nothing?host=/nowhere", 1)
    reading = Reading(nowhere, CursorSeal(bytes(32)), NothingWaits(), positions.read, _no_events)
    world = replace(ports(streams or MemoryStreams()), new_id=new_id, clock=now)
    tokens = Tokens(KEY.public_key(), "carnet", "carnet", now)
    return create_app(
        Web(world, reading, tokens, positions, bytes(32), 4, _ready, board or Board(now), intakes=intakes)
    )


def token(caller: Caller = ASSOCIATE, valid: timedelta = timedelta(minutes=5), key: Ed25519PrivateKey = KEY) -> str:
    return issue(key, caller, issuer="carnet", audience="carnet", now=now(), valid=valid)


class Api:
    """Sends requests as an associate, unless told otherwise, and waits for the answers."""

    def __init__(self, runner: asyncio.Runner, app: FastAPI) -> None:
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://carnet")
        self.headers = {"Authorization": f"Bearer {token()}"}

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        given = {name: value for name, value in headers.items() if value is not None}
        return self._runner.run(self._client.request(method, path, headers=given, **more))

    def close(self) -> None:
        self._runner.run(self._client.aclose())


class _Whose:
    """The streams of whoever uses the one application at the moment."""

    def __init__(self) -> None:
        self.within: Streams = MemoryStreams()

    def read(self, ids: Sequence[UUID]) -> list[History]:
        return self.within.read(ids)

    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        return self.within.append(changes, request)


_WHOSE: Final = _Whose()
# To make an application takes longer than what most tests do with it.
_shared: Final = cache(lambda: application(_WHOSE))


@contextmanager
def api_in_memory(
    streams: Streams | None = None,
    intakes: Mapping[str, Intake] = MappingProxyType({}),
    board: Board | None = None,
) -> Iterator[Api]:
    _WHOSE.within = streams or MemoryStreams()
    with asyncio.Runner() as runner:
        api = Api(runner, application(streams, intakes, board) if intakes or board else _shared())
        yield api
        api.close()
