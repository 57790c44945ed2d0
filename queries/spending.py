"""How much a client spent, in each of the periods that are looked at: for one client, and for a page of a book.

Nothing is added up beforehand: goods that moved are summed up when asked, so that it is right on any day. What came
back counts on the day it came back. Currencies are never added.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Select,
    and_,
    bindparam,
    cast,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on

from domain.values import share
from queries.known import NOW, movements
from queries.ports import Json
from queries.sale_line import Amount
from queries.sql import amount

MONTHS: Final = (6, 12, 24)
"""The periods, each up to and with the day that is asked about. And there is `ever`."""

ON: Final = bindparam("on", type_=Date)


class Spent(BaseModel):
    """Goods that changed hands in a period, and those that came back in it."""

    gross: Annotated[Amount, Field(description="After discounts, without tax, before returns.")]
    returned: Annotated[Amount, Field(description="What came back in the period, whenever it was sold.")]
    net: Annotated[Amount, Field(description="Gross less returned.")]
    sales: Annotated[int, Field(description="The sales of which goods changed hands.")]
    pieces: Annotated[int, Field(description="The pieces that changed hands, before returns.")]
    average: Annotated[Amount | None, Field(description="Gross for each of the sales.")]


class Periods(BaseModel):
    months_6: Spent
    months_12: Spent
    months_24: Spent
    ever: Spent


class InCurrency(Periods):
    currency: str


class LastSale(BaseModel):
    """The latest sale of which goods changed hands, and when and where they did."""

    sale_id: UUID
    at: datetime
    store_id: str


EXAMPLE_SPENT: Final[Json] = {
    "gross": "1240.00",
    "returned": "310.00",
    "net": "930.00",
    "sales": 2,
    "pieces": 4,
    "average": "620.00",
}
EXAMPLE_PERIODS: Final[Json] = dict.fromkeys([*(f"months_{months}" for months in MONTHS), "ever"], EXAMPLE_SPENT)
EXAMPLE_LAST: Final[Json] = {
    "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
    "at": "2026-03-02T14:00:00+00:00",
    "store_id": "paris-1",
}


def since(months: int) -> ColumnElement[Any]:
    """The start of the day that lies so many months before the day asked about, in UTC."""
    return func.timezone("UTC", cast(ON, DateTime) - func.make_interval(0, months))


UNTIL: Final = func.timezone("UTC", cast(ON, DateTime) + text("interval '1 day'"))
"""The end of the day asked about, in UTC."""


def moved(goods: CompoundSelect[Any]) -> Any:
    """The movements up to the end of the day asked about."""
    rows = goods.subquery("goods")
    return select(rows).where(rows.c.occurred_at < UNTIL).subquery("moved")


def sums(moved: Any) -> Iterator[ColumnElement[Any]]:
    """Of each period: gross, what came back, sales and pieces, named by the months, by 0 for all of them."""
    for months in (*MONTHS, 0):
        within = moved.c.occurred_at >= since(months) if months else true()
        sold = and_(within, moved.c.moved > 0)
        yield amount(func.coalesce(func.sum(moved.c.moved_net).filter(within), 0)).label(f"gross_{months}")
        yield amount(func.coalesce(func.sum(moved.c.back_net).filter(within), 0)).label(f"returned_{months}")
        yield func.count(moved.c.sale_id.distinct()).filter(sold).label(f"sales_{months}")
        yield func.coalesce(func.sum(moved.c.moved).filter(within), 0).label(f"pieces_{months}")


def periods(row: Json, currency: str) -> Json:
    """A row of sums as it is shown."""
    return {name: _spent(row, months, currency) for months, name in _NAMES}


_NAMES: Final = [*((months, f"months_{months}") for months in MONTHS), (0, "ever")]


def _spent(row: Json, months: int, currency: str) -> Json:
    gross, returned = Decimal(row[f"gross_{months}"]), Decimal(row[f"returned_{months}"])
    sales = row[f"sales_{months}"]
    return {
        "gross": gross,
        "returned": returned,
        "net": gross - returned,
        "sales": sales,
        "pieces": row[f"pieces_{months}"],
        "average": share(gross, 1, sales, currency) if sales else None,
    }


def spent_by_client(clients: Select[Any]) -> tuple[Select[Any], Select[Any]]:
    """Of these clients, set-wise: what each spent, a row for each currency; and the last sale of each."""
    goods = moved(movements(NOW, NOW.line.c.client_id.in_(clients)))
    last = (
        select(*goods.c["client_id", "sale_id", "occurred_at", "store_id"])
        .where(goods.c.moved > 0)
        .ext(distinct_on(goods.c.client_id))
        .order_by(goods.c.client_id, goods.c.occurred_at.desc(), goods.c.sale_id)
    )
    return select(*goods.c["client_id", "currency"], *sums(goods)).group_by(goods.c.client_id, goods.c.currency), last


def by_currency(rows: Iterable[Json]) -> list[Json]:
    """Rows of sums, each of one currency, as they are shown."""
    found = sorted(rows, key=lambda row: str(row["currency"]))
    return [{"currency": row["currency"], **periods(row, row["currency"])} for row in found]
