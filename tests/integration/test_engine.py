"""Connections to the read models, as queries and projectors get them."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, closing

import psycopg
import pytest
from psycopg import conninfo
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from infra.sql.engine import projecting_connection, read_engine, sqlalchemy_url


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://ann:s%40crt@db.example:5433/carnet?sslmode=require", "host=db.example port=5433"),
        ("postgresql://postgres@/carnet?host=%2Ftmp%2Fsocket%20dir", "host='/tmp/socket dir'"),
        ("postgres://one.example:1,two.example:2/carnet", "host=one.example,two.example port=1,2"),
        ("host=db.example dbname=carnet", "host=db.example"),
    ],
)
def test_every_option_of_a_libpq_url_is_kept(url: str, wanted: str) -> None:
    made = sqlalchemy_url(url)
    _, given = made.get_dialect()().create_connect_args(made)

    given = {name: str(value) for name, value in given.items()}
    assert given == {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()}
    assert conninfo.conninfo_to_dict(wanted).items() <= given.items()
    assert "s@crt" not in str(made)


def test_queries_cannot_write_and_errors_hide_what_was_asked(database: Callable[[], str]) -> None:
    async def story() -> None:
        url = f"{database()}&application_name=carnet&options=-c%20work_mem%3D8MB"
        async with AsyncExitStack() as closing:
            engine = read_engine(url, connections=1)
            closing.push_async_callback(engine.dispose)
            connection = await closing.enter_async_context(engine.connect())

            assert await connection.scalar(text("SHOW work_mem")) == "8MB"
            assert await connection.scalar(text("SHOW application_name")) == "carnet"
            with pytest.raises(DBAPIError, match="read-only"):
                await connection.execute(text("CREATE TABLE t (a int)"))
            with pytest.raises(DBAPIError) as failed:
                await connection.execute(text("SELECT 1 / (length(:name) - 6)"), {"name": "secret"})
            assert "secret" not in str(failed.value)

    asyncio.run(story())


def test_a_questions_plan_is_made_once_for_whatever_is_asked(database: Callable[[], str]) -> None:
    async def story() -> None:
        async with AsyncExitStack() as closing:
            engine = read_engine(database(), connections=1)
            closing.push_async_callback(engine.dispose)
            connection = await closing.enter_async_context(engine.connect())
            for number in range(12):
                assert await connection.scalar(text("SELECT CAST(:number AS integer) + 1"), {"number": number})
            plans = await connection.execute(
                text("SELECT generic_plans > 0, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%+ 1'")
            )
            assert plans.one() == (True, 0)

    asyncio.run(story())


def test_a_projector_asleep_in_a_transaction_lets_go_of_what_it_holds(
    database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.sql.engine.ASLEEP_SECONDS", 0.2)
    url = database()
    with closing(projecting_connection(url)) as asleep, closing(projecting_connection(url)) as awake:
        awake.execute("CREATE TABLE t (a int)")
        awake.execute("INSERT INTO t VALUES (1)")
        asleep.execute("BEGIN")
        asleep.execute("UPDATE t SET a = 10")

        awake.execute("SET lock_timeout = '20s'")
        awake.execute("UPDATE t SET a = a + 1")

        assert awake.execute("SELECT a FROM t").fetchall() == [(2,)]
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            asleep.execute("COMMIT")
