from collections.abc import Callable

import psycopg

from infra.embedded.postgres import VERSION


def test_every_database_is_fresh_and_of_the_version_that_is_shipped(database: Callable[[], str]) -> None:
    one, other = database(), database()

    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE here ()")
        assert connection.info.server_version // 10000 == VERSION
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('here')").fetchone() == (None,)
