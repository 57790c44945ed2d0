"""At which stores does a client shop, and which of them is her home store?"""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, DateTime, Select, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.purchase_history import SALE, line, sale
from queries import visibility
from queries.ports import Json, example
from queries.sql import listed, read


class StoreShopped(BaseModel):
    store_id: str
    sales: int
    first_at: datetime
    last_at: datetime


class StoresShopped(BaseModel):
    """The stores at which a client bought goods in a period, the most frequented first, and her home store."""

    model_config = example(
        home_store_id="paris-1",
        stores=[
            {
                "store_id": "paris-1",
                "sales": 7,
                "first_at": "2019-12-18T15:20:00+00:00",
                "last_at": "2026-03-02T14:00:00+00:00",
            }
        ],
    )
    home_store_id: Annotated[
        str | None,
        Field(
            description="Where she bought most often of late, else the store that took her up. The house sets since "
            "when."
        ),
    ]
    stores: list[StoreShopped]


_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_BEFORE: Final = bindparam("before", type_=DateTime(timezone=True))
HOME_SINCE: Final = bindparam("home_since", type_=DateTime(timezone=True))


def home_since(today: date, months: int) -> datetime:
    """From when on a home store is worked out: so many months before a day, in UTC."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return datetime.combine(date(year, month + 1, day), time(), UTC)


def stores_shopped(client_id: ColumnElement[UUID], *when: ColumnElement[bool]) -> Select[Any]:
    """The stores where a client bought goods, the most frequented first, of two alike the one of the latest sale."""
    goods = select(1).where(line.c.sale_id == sale.c.sale_id, line.c.moves_goods).correlate(sale).exists()
    last_at = func.max(sale.c.occurred_at)
    return (
        select(
            sale.c.store_id,
            func.count().label("sales"),
            func.min(sale.c.occurred_at).label("first_at"),
            last_at.label("last_at"),
        )
        .where(sale.c.client_id == client_id, sale.c.kind == SALE, goods, *when)
        .group_by(sale.c.store_id)
        .order_by(func.count().desc(), last_at.desc(), sale.c.store_id)
    )


def home_store(client_id: ColumnElement[UUID], registered_at: ColumnElement[str]) -> ColumnElement[Any]:
    """A client's home store: the most frequented since `home_since`, without sales the one that registered her."""
    shopped = stores_shopped(client_id, sale.c.occurred_at >= HOME_SINCE).limit(1)
    most = shopped.with_only_columns(sale.c.store_id).correlate(card).scalar_subquery()
    return func.coalesce(most, registered_at)


_SHOPPED: Final = stores_shopped(
    card.c.client_id,
    or_(_SINCE.is_(None), sale.c.occurred_at >= _SINCE),
    or_(_BEFORE.is_(None), sale.c.occurred_at < _BEFORE),
).correlate(card)
_ROW: Final = (
    select(
        home_store(card.c.client_id, card.c.store_id).label("home_store_id"),
        listed(_SHOPPED).label("stores"),
    )
    .where(card.c.client_id == bindparam("client_id"), visibility.client(card.c.client_id))
    .subquery("row")
)
_STORES: Final = select(_ROW)


async def client_stores(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, since: datetime | None, before: datetime | None
) -> Json:
    """The stores at which a client shopped in a period, by default ever; refuses with `ClientUnknown`."""
    values = {
        **visibility.parameters(caller),
        "client_id": client_id,
        "since": since,
        "before": before,
        "home_since": home_since(caller.today, caller.policy.home_store_months),
    }
    found = await read(engine, _STORES, values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return {"home_store_id": found[0].home_store_id, "stores": found[0].stores}
