"""Waiting until a projection has reached a position, so that a caller can read what she just wrote.

One listening connection per process and a table of futures: a waiting request holds neither thread nor connection. The
projector's own transaction notifies; a slow look at the offsets on the same connection covers what was not heard.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final, Self

import orjson
import psycopg
from psycopg import AsyncConnection

from infra.sql.offsets import CHANNEL
from projections.projection import Projection

_LOOK_EVERY: Final = 0.25
_RECONNECT_AFTER: Final = 0.25

Place = tuple[str, int, int]


class Waiting:
    """Listens from `start` (or `async with`) until `close`, on the event loop it was started on."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._at: dict[Place, int] = {}
        self._waiting: dict[Place, dict[asyncio.Future[None], int]] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def reached(self, projection: Projection, partition: int, position: int, timeout: float) -> int | None:
        """None as soon as the projection has applied `position` in this partition; after `timeout` seconds the position
        that it is at instead."""
        place = (projection.name, projection.version, partition)
        if self._at.get(place, 0) >= position:
            return None
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(place, {})
        waiting[future] = position
        try:
            async with asyncio.timeout(timeout):
                await future
        except TimeoutError:
            return self._at.get(place, 0)
        else:
            return None
        finally:
            del waiting[future]
            if not waiting:
                self._waiting.pop(place, None)

    async def _listen(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    while True:
                        await self._look(connection)
                        async for heard in connection.notifies(timeout=_LOOK_EVERY):
                            at = orjson.loads(heard.payload)
                            self._learn((at["projection"], at["version"], at["partition"]), at["position"])
            except psycopg.Error:
                await asyncio.sleep(_RECONNECT_AFTER)

    async def _look(self, connection: AsyncConnection[Any]) -> None:
        cursor = await connection.execute("SELECT projection, version, partition, position FROM offsets")
        for projection, version, partition, position in await cursor.fetchall():
            self._learn((projection, version, partition), position)

    def _learn(self, place: Place, position: int) -> None:
        self._at[place] = position
        for future, wanted in self._waiting.get(place, {}).items():
            if wanted <= position and not future.done():
                future.set_result(None)
