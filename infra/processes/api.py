"""The process `carnet api`: the web application with everything it is given, on one event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Final

import structlog
import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from infra import logging
from infra.log.streams import record
from infra.processes.measuring import EVERY_SECONDS, tell_projections, tell_relay
from infra.settings import Settings
from infra.sql.engine import read_engine
from infra.sql.waiting import Waiting
from infra.status import Status, read_status
from infra.tokens import tokens
from infra.web.app import Web, create_app
from infra.web.operations import Readiness
from infra.web.position import Positions
from infra.web.sealing import CursorSeal
from infra.wiring import House, house
from projections.projection import Recorded
from projections.registry import PROJECTIONS
from queries.ports import Reading

# A read model further behind than this answers with old news: not ready.
READY_WITHIN_SECONDS: Final = 30.0

log = structlog.get_logger()


def serve() -> None:
    """Serves until interrupted."""
    settings = Settings()
    logging.configure("api", settings.log_level)
    with house(settings) as opened:
        uvicorn.run(
            application(opened),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
        )


def application(opened: House) -> FastAPI:
    """The web application of this house."""
    settings = opened.settings
    engine = read_engine(opened.databases.read, settings.read_connections)
    waiting = Waiting(opened.databases.read)
    positions = Positions(opened.log.incarnation, opened.partition_of)
    reading = Reading(engine, CursorSeal(opened.secrets.derive("cursors")), waiting, positions.read, _events(opened))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with waiting:
            measuring = asyncio.create_task(_measure(opened))
            try:
                yield
            finally:
                measuring.cancel()
                await engine.dispose()

    return create_app(
        Web(
            opened.ports,
            reading,
            tokens(opened),
            positions,
            opened.secrets.derive("receipts"),
            settings.log_connections,
            lambda: _ready(opened),
            lifespan,
            opened.intakes,
        )
    )


def _events(opened: House) -> Callable[[Sequence[int]], Awaitable[Sequence[Recorded | Exception]]]:
    def read(positions: Sequence[int]) -> list[Recorded | Exception]:
        return opened.codec.decode([record(row) for row in opened.log.recorder.read_positions(positions)])

    async def events(positions: Sequence[int]) -> Sequence[Recorded | Exception]:
        return await to_thread.run_sync(read, positions)

    return events


async def _status(opened: House) -> Status:
    return await to_thread.run_sync(read_status, opened)


async def _ready(opened: House) -> Readiness:
    try:
        found = await _status(opened)
    except Exception as error:  # whatever is out of reach: the point of asking
        return Readiness(ready=False, report={"unreachable": type(error).__qualname__})
    late = [each for each in found.projections if each.paused or each.behind_seconds > READY_WITHIN_SECONDS]
    return Readiness(not late, {"projections": [asdict(each) for each in found.projections]})


async def _measure(opened: House) -> None:
    """Keeps the lag on `/metrics` true, also while nobody asks for anything."""
    names = [projection.name for projection in PROJECTIONS]
    while True:
        try:
            found = await _status(opened)
            tell_projections(names, found.projections)
            tell_relay(found.relay)
        except Exception as error:  # tried again in a moment, and `/ready` says it
            tell_projections(names, [])
            tell_relay(None)
            log.warning("lag not measured", error=type(error).__qualname__)
        await asyncio.sleep(EVERY_SECONDS)
