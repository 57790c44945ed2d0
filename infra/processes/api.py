"""The process `carnet api`: the web application with everything it is given, on one event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from infra import logging
from infra.log.streams import record
from infra.oncall.limits import BEHIND_SECONDS
from infra.oncall.looking import Looking
from infra.processes.beginning import begun
from infra.processes.measuring import EVERY_SECONDS, tell_found
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.sql.engine import read_engine
from infra.sql.waiting import Waiting
from infra.status import Status, read_status
from infra.tokens import tokens
from infra.web.app import Web, create_app
from infra.web.operations import Readiness
from infra.web.position import Positions
from infra.web.sealing import CursorSeal
from infra.web.status import Board
from infra.wiring import House, house
from projections.projection import Recorded
from queries.ports import Reading


def serve() -> None:
    """Serves until interrupted."""
    settings = Settings()
    logging.configure("api", settings.log_level)
    with ExitStack() as stack:
        with stop_signals() as stop:  # from here on uvicorn's own
            opened = stack.enter_context(begun(lambda: house(settings), stop))
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

    board = Board(opened.clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with waiting:
            looking = asyncio.create_task(_look(opened, board))
            try:
                yield
            finally:
                looking.cancel()
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
            board,
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
    late = [each for each in found.projections if each.paused or each.behind_seconds > BEHIND_SECONDS]
    return Readiness(not late, {"projections": [asdict(each) for each in found.projections]})


async def _look(opened: House, board: Board) -> None:
    """Keeps `/metrics` and the page for who is on call true, also while nobody asks for anything."""
    looking = Looking(opened)
    while True:
        found = await to_thread.run_sync(looking.look)
        tell_found(found)
        board.show(found)
        await asyncio.sleep(EVERY_SECONDS)
