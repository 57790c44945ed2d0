"""Recording sales that a feed brings: in appends of 500, beside one save for each sale."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.measure import Figure, rates, seconds
from bench.opened import opened
from bench.sales import sale
from commands.sale import record_many
from domain.access import Caller, Role
from domain.sale.events import SaleRecorded
from infra.wiring import House, request

FEED = Caller("feed:bench", Role.ASSOCIATE)
SALES = 2000
AT_ONCE = 500


class LibrarySale(Aggregate):
    """The same sale as the library's documentation would store it."""

    @event("Recorded")
    def __init__(self, sale: dict[str, Any]) -> None:
        self.sale = sale


def importing(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    numbers = count()
    with opened(new_database, home) as house, library(new_database()) as application:

        def fresh() -> list[SaleRecorded]:
            start = next(numbers) * SALES
            return [sale(start + each) for each in range(SALES)]

        def save_each() -> float:
            sales = [LibrarySale(plain(each)) for each in fresh()]
            return seconds(lambda: [application.save(each) for each in sales])

        yield rates(
            "import",
            f"{SALES} sales",
            "one append for each sale, the same code",
            ">= 10",
            SALES,
            lambda: _record(house, fresh(), AT_ONCE),
            lambda: _record(house, fresh(), 1),
            rounds=3,
        )
        yield rates(
            "import",
            f"{SALES} sales",
            "the library's `Application.save` for each sale",
            ">= 10",
            SALES,
            lambda: _record(house, fresh(), AT_ONCE),
            save_each,
            rounds=3,
        )


def library(url: str) -> Application[Any]:
    """An application of the library with everything default, on the same server."""
    from psycopg.conninfo import conninfo_to_dict

    where = conninfo_to_dict(url)
    return Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(where["dbname"]),
            "POSTGRES_HOST": str(where["host"]),
            "POSTGRES_USER": str(where["user"]),
            "POSTGRES_PASSWORD": "",
        }
    )


def plain(sale: SaleRecorded) -> dict[str, Any]:
    return {
        "store_id": sale.store_id,
        "occurred_at": sale.occurred_at.isoformat(),
        "client_id": str(sale.client_id),
        "lines": [
            {"sku": line.sku, "description": line.description, "quantity": line.quantity, "net": str(line.net)}
            for line in sale.lines
        ],
    }


def _record(house: House, sales: Sequence[SaleRecorded], at_once: int) -> float:
    ports = house.ports

    def record() -> None:
        for start in range(0, len(sales), at_once):
            record_many(sales[start : start + at_once], ports, request(FEED))

    return seconds(record)
