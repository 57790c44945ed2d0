"""A server with the real application, and beside it the bare SELECTs: the same statements in sessions like ours,
straight to JSON.

Run as a process of its own, `python -m bench.served PORT`, so that who asks and who answers do not share a Python.
"""

import sys
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
import uvicorn
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.dialects.postgresql.psycopg import dialect
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access import HOUSE_POLICY, Role, Viewer
from infra.processes.api import application
from infra.settings import Settings
from infra.sql.engine import READING
from infra.wiring import house
from queries import visibility
from queries.profile import _PROFILE
from queries.purchase_history import _purchases
from queries.stores_shopped import home_since

PAGE: Final = 50
SELECTS: Final = {"profile": _PROFILE, "purchases": _purchases(frozenset())}

_BENCH: Final = Viewer("bench", Role.ASSOCIATE, policy=HOUSE_POLICY, now=datetime(2026, 3, 2, tzinfo=UTC))


class Bare:
    """Answers `/bare/<select>/<client>` by the statement alone; everything else goes to the application."""

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._pool = AsyncConnectionPool[AsyncConnection[dict[str, Any]]](
            url,
            min_size=1,
            max_size=8,
            open=False,
            kwargs={"autocommit": True, "row_factory": dict_row, "options": READING},
        )
        compiler = dialect()  # type: ignore[no-untyped-call]
        today = {"on": _BENCH.today, "home_since": home_since(_BENCH.today, HOUSE_POLICY.home_store_months)}
        self._values = {**visibility.parameters(_BENCH), **today, "fetch": PAGE + 1}
        some = {**self._values, "client_id": UUID(int=0)}
        self._selects = {
            name: select.compile(dialect=compiler).construct_expanded_state(some) for name, select in SELECTS.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/bare/"):
            await self._app(scope, receive, send)
            return
        _, _, name, client_id = scope["path"].split("/")
        await self._pool.open()
        async with self._pool.connection() as connection:
            select = self._selects[name]
            values = {**select.parameters, "client_id": UUID(client_id)}
            found = await connection.execute(select.statement.encode(), values, prepare=True)
            body = orjson.dumps(await found.fetchall(), default=str)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main() -> None:
    with house(Settings()) as opened:
        app = Bare(application(opened), opened.databases.read)
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
