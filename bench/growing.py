"""A client's profile, and what the till asks of her, over HTTP in a house of a million clients, beside ten thousand.

The rows are those of the example house, copied under other ids as often as it takes; names and spellings repeat. Every
client is asked about once, and both houses are in memory: on a disk that answers in 0.2 ms, the thirty pages that are
hers alone would be most of what is measured.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.copied import copy, unindexed
from bench.measure import Figure, compared, tell
from bench.memory import in_memory
from bench.opened import opened
from bench.querying import Asking, served
from domain.access import Caller, Role
from infra.demo.load import load
from infra.sql import read_models
from infra.wiring import House, request
from projections.client_card import card
from projections.client_history import client_history
from projections.house import house as house_projection
from projections.projection import Table
from projections.purchase_was import line_was, sale_was, standing_was
from projections.registry import PROJECTIONS

TAKEN: Final = 2_000
SMALL: Final = 10_000
LARGE: Final = 1_000_000
ASKED: Final = 1_000
ROUNDS: Final = 5
PATHS: Final = {
    "profile": "/clients/{}",
    "till": "/clients/{}/gift-occasions?on=2026-10-20",
    "totals": "/clients/{}/totals?on=2026-10-20",
}

# What none of these read.
_LEFT_OUT: Final = {
    *(table.name for table in (line_was, sale_was, standing_was)),
    *(table.name for table in client_history.tables),
}
# Stores and associates go by names of their own: a copy would be the same one again.
_OF_THE_HOUSE: Final = {table.name for table in house_projection.tables}
TABLES: Final = [table for each in PROJECTIONS for table in each.tables if table.name not in _LEFT_OUT]


def growing(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        tell("profile: the example house")
        load(house.ports, lambda: request(Caller("bench", Role.HEAD_OFFICE)), TAKEN, 1)
        with house.projector(batch=2000) as runner:
            while runner.step():
                pass
        small, large = (_grown(house, new_database(), clients) for clients in (SMALL, LARGE))
        with served(house, small) as in_small, served(house, large) as in_large:
            for name, path in PATHS.items():
                for url in (small, large):
                    in_memory(url)
                pairs = []
                few, many = _clients(small), _clients(large)
                for each in range(ROUNDS + 1):
                    tell(f"{name}: round {each} of {ROUNDS}")
                    pair = _p95(in_large, path, many), _p95(in_small, path, few)
                    if each:  # the first warms up
                        pairs.append(pair)
                what, beside = f"{name}, p95 at {LARGE:,} clients", f"the same at {SMALL:,}"
                yield compared("profile", what, beside, "microseconds", "<= 1.2", pairs)
        yield from _sizes(large)


def _grown(house: House, url: str, clients: int) -> str:
    """Fills read models at `url` with copies of the house's rows, for so many clients; indexes come last."""
    read_models.migrate(url, PROJECTIONS)
    with psycopg.connect(house.databases.read) as source, psycopg.connect(url) as target:
        target.execute("SET maintenance_work_mem = '512MB'")
        for table in TABLES:
            tell(f"profile: {clients:,} clients, {table.name}")
            with unindexed(target, table.name):
                copy(source, target, table.name)
                if table.name not in _OF_THE_HOUSE:
                    _multiply(target, table, clients // TAKEN)
            target.commit()
        target.autocommit = True
        target.execute("VACUUM ANALYZE")
        target.execute("CHECKPOINT")
    return url


def _multiply(target: psycopg.Connection[Any], table: Table, times: int) -> None:
    """The same rows under other ids: each id is hashed with the number of the copy, so that they still fit together."""
    columns = [str(column.name) for column in table.columns]
    values = [
        sql.SQL("md5({}::text || n)::uuid").format(sql.Identifier(str(column.name)))
        if column.type.as_generic().__visit_name__ in ("uuid", "UUID")
        else sql.Identifier(str(column.name))
        for column in table.columns
    ]
    target.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(2, {}) AS n ON CONFLICT DO NOTHING").format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(values),
            sql.Identifier(table.name),
            sql.Literal(times),
        )
    )


def _clients(url: str) -> Iterator[str]:
    """Clients in an order of chance, as many as are asked for."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            sql.SQL("SELECT client_id::text FROM {} WHERE is_client ORDER BY md5(client_id::text) LIMIT %s").format(
                sql.Identifier(card.name)
            ),
            (ASKED * (ROUNDS + 1),),
        ).fetchall()
    ids = [id for (id,) in found]
    random.Random(7).shuffle(ids)
    return iter(ids)


def _p95(asking: Asking, path: str, clients: Iterator[str]) -> float:
    asking.connection.close()  # the server lets go of one that was idle meanwhile
    times = []
    for id in islice(clients, ASKED):
        start = perf_counter()
        asking.get(path.format(id))
        times.append((perf_counter() - start) * 1e6)
    return quantiles(times, n=100)[94]


def _sizes(url: str) -> Iterator[Figure]:
    """What the indexes of the largest tables take, beside the rows themselves."""
    with psycopg.connect(url) as connection:
        found: Sequence[tuple[str, int, int]] = connection.execute(
            "SELECT relname, pg_indexes_size(oid), pg_table_size(oid) FROM pg_class "
            "WHERE relname = ANY(%s) ORDER BY pg_indexes_size(oid) DESC LIMIT 8",
            ([table.name for table in TABLES],),
        ).fetchall()
    for name, indexes, rows in found:
        sizes = [(indexes / 2**20, rows / 2**20)]
        yield compared("profile", f"indexes of {name} at {LARGE:,} clients", "its rows", "MB", "", sizes)
