"""Which stores does the house have, and who works where?"""

from datetime import date
from functools import cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Date, Select, Table, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Right, Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown
from projections.house import associate, posted, region, role, store
from queries import visibility
from queries.page import Paging, bound, shown_as
from queries.ports import Json, Versioned, example
from queries.sql import read, shown


class Store(BaseModel):
    store_id: str
    name: str
    region_id: str | None
    region: Annotated[str | None, Field(description="The name of its region.")]
    country: str
    city: str
    time_zone: str
    opened_on: date | None
    closed_on: date | None
    version: int


class Stores(BaseModel):
    """The stores of the house, closed ones too, by their ids."""

    model_config = example(
        items=[
            {
                "store_id": "paris-1",
                "name": "Place Vendôme",
                "region_id": "emea",
                "region": "Europe, Middle East, Africa",
                "country": "FR",
                "city": "Paris",
                "time_zone": "Europe/Paris",
                "opened_on": "1998-09-01",
                "closed_on": None,
                "version": 1,
            }
        ],
        next_cursor=None,
    )
    items: list[Store]
    next_cursor: str | None


EXAMPLE: Final[Json] = {
    "associate_id": "ines",
    "name": "Inès Laurent",
    "role": "associate",
    "store_id": "paris-1",
    "since": "2019-05-02",
    "left_on": None,
    "version": 1,
}


class Associate(BaseModel):
    """An associate, with her role and her store today; `since` is when she joined, `left_on` her last day."""

    model_config = example(**EXAMPLE)
    associate_id: str
    name: str | None
    role: str | None
    store_id: str | None
    since: date
    left_on: date | None
    version: Annotated[int, Field(description="The version of her data, as in `ETag`.")]


class Associates(BaseModel):
    """The associates of the house, by their ids."""

    model_config = example(items=[EXAMPLE], next_cursor=None)
    items: list[Associate]
    next_cursor: str | None


_TODAY: Final = bindparam("today", type_=Date)


def _now(table: Table, column: str) -> ColumnElement[Any]:
    """What she has today: what began last, or begins first if nothing has begun."""
    return (
        select(table.c[column])
        .where(table.c.key == associate.c.key)
        .order_by((table.c.since <= _TODAY).desc(), table.c.since.desc())
        .limit(1)
        .correlate(associate)
        .scalar_subquery()
        .label(column)
    )


_STORE: Final = (
    *store.c["store_id", "name", "region_id"],
    region.c.name.label("region"),
    *store.c["country", "city", "time_zone", "opened_on", "closed_on"],
    store.c.stream_version.label("version"),
)
_ASSOCIATE: Final = (
    *associate.c["associate_id", "name"],
    _now(role, "role"),
    _now(posted, "store_id"),
    *associate.c["since", "left_on"],
    associate.c.stream_version.label("version"),
)
_AT: Final = _now(posted, "store_id")
_ROW: Final = select(*_ASSOCIATE).where(associate.c.key == bindparam("key")).subquery("associate")
_ONE: Final = select(_ROW.c.version, shown(_ROW).label("shown"))


@cache
def _stores(*, continued: bool) -> Select[Any]:
    found = select(*_STORE).select_from(store.outerjoin(region, region.c.region_id == store.c.region_id))
    return _page(found, store.c.store_id, continued=continued)


@cache
def _associates(*, at_store: bool, present: bool, continued: bool) -> Select[Any]:
    found = select(*_ASSOCIATE)
    if at_store:
        found = found.where(bindparam("store_id") == _AT)
    if present:
        found = found.where(or_(associate.c.left_on.is_(None), associate.c.left_on >= _TODAY))
    return _page(found, associate.c.associate_id, continued=continued)


def _page(found: Select[Any], id: ColumnElement[str], *, continued: bool) -> Select[Any]:
    found = found.order_by(id).limit(bindparam("fetch"))
    return found.where(id > bindparam("after")) if continued else found


async def stores(engine: AsyncEngine, caller: Viewer, paging: Paging) -> Json:
    """A page of the house's stores; refuses with `CursorInvalid`."""
    visibility.parameters(caller, Right.READ_HOUSE)
    page = bound(paging, caller, "stores")
    place = page.after()
    values = {"fetch": page.fetch, "after": place and place[0]}
    found = await read(engine, _stores(continued=place is not None), values)
    return page.answer(found, shown_as(Store), lambda row: [row.store_id])


async def associates(
    engine: AsyncEngine, caller: Viewer, store_id: str | None, paging: Paging, *, present: bool
) -> Json:
    """A page of the house's associates, those of one store or of all, who left included unless only those present are
    asked for; refuses with `CursorInvalid`."""
    visibility.parameters(caller, Right.READ_HOUSE)
    page = bound(paging, caller, "associates", store_id, present)
    place = page.after()
    values = {"fetch": page.fetch, "after": place and place[0], "store_id": store_id, "today": caller.today}
    statement = _associates(at_store=store_id is not None, present=present, continued=place is not None)
    found = await read(engine, statement, values)
    return page.answer(found, shown_as(Associate), lambda row: [row.associate_id])


async def one_associate(engine: AsyncEngine, caller: Viewer, associate_id: str) -> Versioned:
    """One associate; refuses with `AssociateUnknown` if there is none."""
    visibility.parameters(caller, Right.READ_HOUSE)
    found = await read(engine, _ONE, {"key": stream_id(associate_id), "today": caller.today})
    if not found:
        raise AssociateUnknown("There is no associate with this id.", "associate_id")
    return Versioned(found[0].version, found[0].shown)
