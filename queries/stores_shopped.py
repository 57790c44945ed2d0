"""At which stores does a client shop, and which of them is her home store?"""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, DateTime, Select, bindparam, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.days import months_before
from domain.refusals import ClientUnknown
from projections.client_card import card
from queries import visibility
from queries.known import NOW, movements
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
        items=[
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
    items: list[StoreShopped]


_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_BEFORE: Final = bindparam("before", type_=DateTime(timezone=True))
HOME_SINCE: Final = bindparam("home_since", type_=DateTime(timezone=True))


def home_since(today: date, months: int) -> datetime:
    """From when on a home store is worked out: so many months before a day, in UTC."""
    return datetime.combine(months_before(today, months), time(), UTC)


def stores_shopped(
    client_id: ColumnElement[UUID],
    since: ColumnElement[datetime] | None = None,
    before: ColumnElement[datetime] | None = None,
) -> Select[Any]:
    """The stores where goods were handed to a client, the client of a card, in a period: the most frequented first, of
    two alike the one of the latest sale. Without bounds, or with those that are NULL: ever."""
    goods = movements(NOW, NOW.line.c.client_id == client_id, within=[card]).subquery("goods")
    last_at = func.max(goods.c.occurred_at)
    sales = func.count(goods.c.sale_id.distinct())
    return (
        select(
            goods.c.store_id,
            sales.label("sales"),
            func.min(goods.c.occurred_at).label("first_at"),
            last_at.label("last_at"),
        )
        .where(goods.c.moved > 0)
        .where(true() if since is None else or_(since.is_(None), goods.c.occurred_at >= since))
        .where(true() if before is None else or_(before.is_(None), goods.c.occurred_at < before))
        .group_by(goods.c.store_id)
        .order_by(sales.desc(), last_at.desc(), goods.c.store_id)
    )


def home_store(client_id: ColumnElement[UUID], registered_at: ColumnElement[str]) -> ColumnElement[Any]:
    """A client's home store: the most frequented since `home_since`, without sales the one that registered her."""
    shopped = stores_shopped(client_id, HOME_SINCE).limit(1).subquery("shopped")
    return func.coalesce(select(shopped.c.store_id).scalar_subquery(), registered_at)


_SHOPPED: Final = stores_shopped(card.c.client_id, _SINCE, _BEFORE)
_ROW: Final = (
    select(
        home_store(card.c.client_id, card.c.store_id).label("home_store_id"),
        listed(_SHOPPED).label("items"),
    )
    .where(visibility.HER_FILE)
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
    return {"home_store_id": found[0].home_store_id, "items": found[0].items}
