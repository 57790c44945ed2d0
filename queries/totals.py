"""How much did a client spend and give, on any day, as it is known now or was known at a moment?"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, bindparam, func, null, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from queries import visibility
from queries.gift_worth import GIFTS, worth
from queries.known import NOW, THEN, movements
from queries.ports import Json, example
from queries.sale_line import Amount
from queries.spending import (
    EXAMPLE_LAST,
    EXAMPLE_PERIODS,
    MONTHS,
    InCurrency,
    LastSale,
    Periods,
    moved,
    periods,
    sums,
)
from queries.sql import combined, listed, read


class Part(Periods):
    name: Annotated[str | None, Field(description="As it was sold; null: without one.")]


class SpentInCurrency(InCurrency):
    by_brand: list[Part]
    by_category: list[Part]


class Given(BaseModel):
    gifts: int
    net: Annotated[Amount, Field(description="Her part of what they cost, to the cent.")]


class GivenInCurrency(BaseModel):
    currency: str
    months_6: Given
    months_12: Given
    months_24: Given
    ever: Given


class Totals(BaseModel):
    """What a client spent, and gave, up to a day: what was spent by the client of the sale, gifts by who gives them.

    What she gives and bought herself is in both.
    """

    model_config = example(
        on="2026-03-14",
        known_at=None,
        last_sale=EXAMPLE_LAST,
        spent=[
            {
                "currency": "EUR",
                **EXAMPLE_PERIODS,
                "by_brand": [{"name": "Aurélie", **EXAMPLE_PERIODS}],
                "by_category": [{"name": "jewelry", **EXAMPLE_PERIODS}],
            }
        ],
        given=[
            {"currency": "EUR", **{period: {"gifts": 1, "net": "310.00"} for period in EXAMPLE_PERIODS}},
        ],
    )
    on: date
    known_at: Annotated[datetime | None, Field(description="As it was known then; null: as it is known now.")]
    last_sale: LastSale | None
    spent: Annotated[list[SpentInCurrency], Field(description="Of goods; postage and the like move none.")]
    given: Annotated[
        list[GivenInCurrency] | None,
        Field(description="Gifts that changed hands. Null with `known_at`: what was a gift is told as known now only."),
    ]


@cache
def _totals(*, then: bool) -> Select[Any]:
    of = THEN if then else NOW
    goods = moved(movements(of, of.line.c.client_id == bindparam("client_id")))
    currency, brand, category = goods.c["currency", "brand", "category"]
    rows = select(
        currency,
        brand,
        category,
        func.grouping(brand).label("over_brand"),
        func.grouping(category).label("over_category"),
        *sums(goods),
    ).group_by(func.grouping_sets(tuple_(currency), tuple_(currency, brand), tuple_(currency, category)))
    last = (
        select(combined(sale_id=goods.c.sale_id, at=goods.c.occurred_at, store_id=goods.c.store_id))
        .where(goods.c.moved > 0)
        .order_by(goods.c.occurred_at.desc(), goods.c.sale_id)
        .limit(1)
        .scalar_subquery()
    )
    gifts = null() if then else listed(GIFTS)
    return select(listed(rows).label("sums"), last.label("last_sale"), gifts.label("gifts")).where(visibility.HER_FILE)


async def totals(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None = None, known_at: datetime | None = None
) -> Json:
    """A client's totals up to a day, by default today; refuses with `ClientUnknown`."""
    on = on or caller.today
    values = {**visibility.parameters(caller), "client_id": client_id, "on": on}
    if known_at is not None:
        values["known_at"] = known_at
    found = await read(engine, _totals(then=known_at is not None), values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    return {
        "on": on,
        "known_at": known_at,
        "last_sale": row.last_sale,
        "spent": [_spent(row.sums, each) for each in row.sums if each["over_brand"] and each["over_category"]],
        "given": None if row.gifts is None else _given(row.gifts),
    }


def _spent(rows: Iterable[Json], whole: Json) -> Json:
    currency = whole["currency"]
    of = [row for row in rows if row["currency"] == currency]
    return {
        "currency": currency,
        **periods(whole, currency),
        "by_brand": _parts([row for row in of if not row["over_brand"]], "brand", currency),
        "by_category": _parts([row for row in of if not row["over_category"]], "category", currency),
    }


def _parts(rows: Iterable[Json], name: str, currency: str) -> list[Json]:
    """By name, what has none last."""
    found = sorted(rows, key=lambda row: (row[name] is None, row[name] or ""))
    return [{"name": row[name], **periods(row, currency)} for row in found]


def _given(gifts: Iterable[Json]) -> list[Json]:
    in_currency = groupby(sorted(gifts, key=_currency), key=_currency)
    return [{"currency": currency, **_in_periods(list(of))} for currency, of in in_currency]


def _currency(row: Json) -> str:
    currency: str = row["currency"]
    return currency


def _in_periods(gifts: list[Json]) -> Json:
    within = {f"months_{months}": [gift for gift in gifts if gift[f"within_{months}"]] for months in MONTHS}
    return {
        name: {"gifts": len(of), "net": sum(map(worth, of), Decimal(0))}
        for name, of in [*within.items(), ("ever", gifts)]
    }
