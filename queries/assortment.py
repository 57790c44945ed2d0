"""What is brought to a calendar event, and what is it to sell?"""

from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, bindparam, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown
from projections.calendar import calendar_event, piece, target
from projections.house import associate
from queries import visibility
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.sql import amount, read


class Piece(BaseModel):
    """Something that is brought: so many of it, or the one with this serial number."""

    piece_id: UUID
    sku: str
    description: str
    units: int
    unit_value: Annotated[str, Field(description="The retail value of one, without tax.", examples=["240.00"])]
    currency: str
    serial_number: str | None
    brand: str | None
    category: str | None
    consigned: Annotated[bool, Field(description="It is the maker's until it is sold: on memo.")]


class Assortment(BaseModel):
    """What is brought to an event, by what it is and its serial number."""

    model_config = example(
        items=[
            {
                "piece_id": "6c9f2e1d-0a3b-5c4d-8e7f-9a0b1c2d3e4f",
                "sku": "B-7",
                "description": "Bracelet, white gold",
                "units": 1,
                "unit_value": "9400.00",
                "currency": "EUR",
                "serial_number": "S-0007",
                "brand": "Aurélie",
                "category": "jewelry",
                "consigned": True,
            }
        ],
        next_cursor=None,
    )
    items: list[Piece]
    next_cursor: str | None


class Target(BaseModel):
    store_id: str
    associate_id: Annotated[str | None, Field(description="Whose it is; null: the whole store's.")]
    name: Annotated[str | None, Field(description="The associate's, as the house knows her.")]
    amount: Annotated[str, Field(description="Net, without tax.", examples=["20000.00"])]
    currency: str


class Targets(BaseModel):
    """What the stores and their associates are to sell at an event, each store before its associates."""

    model_config = example(
        items=[
            {"store_id": "paris-1", "associate_id": None, "name": None, "amount": "60000.00", "currency": "EUR"},
            {
                "store_id": "paris-1",
                "associate_id": "ines",
                "name": "Inès Laurent",
                "amount": "20000.00",
                "currency": "EUR",
            },
        ]
    )
    items: list[Target]


_NUMBER: Final = func.coalesce(piece.c.serial_number, "")
_PLACE: Final = (piece.c.sku, _NUMBER)
_WHICH: Final[ColumnElement[UUID]] = bindparam("calendar_event_id")
_AFTER: Final = tuple_(bindparam("after_sku"), bindparam("after_number"))

_TARGETS: Final = (
    select(
        target.c.store_id,
        func.nullif(target.c.associate_id, "").label("associate_id"),
        associate.c.name,
        amount(target.c.amount).label("amount"),
        target.c.currency,
    )
    .select_from(calendar_event)
    .outerjoin(target, target.c.calendar_event_id == calendar_event.c.calendar_event_id)
    .outerjoin(associate, associate.c.associate_id == target.c.associate_id)
    .where(calendar_event.c.calendar_event_id == _WHICH)
    .order_by(target.c.store_id, target.c.associate_id)
)


@cache
def _assortment(*, continued: bool) -> Select[Any]:
    """A page of the pieces; of an event without any, one row that has no piece."""
    columns = ("piece_id", "sku", "description", "units", "currency", "serial_number", "brand", "category", "consigned")
    page = (
        select(*piece.c[*columns], amount(piece.c.unit_value).label("unit_value"), _NUMBER.label("number"))
        .where(piece.c.calendar_event_id == _WHICH, tuple_(*_PLACE) > _AFTER if continued else true())
        .order_by(*_PLACE)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(*page.c)
        .select_from(calendar_event.outerjoin(page, true()))
        .where(calendar_event.c.calendar_event_id == _WHICH)
        .order_by(page.c.sku, page.c.number)
    )


async def assortment(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID, paging: Paging) -> Json:
    """A page of what is brought to an event; refuses with `CalendarEventUnknown` and `CursorInvalid`."""
    visibility.parameters(caller)
    page = bound(paging, caller, "assortment", calendar_event_id)
    values: dict[str, Any] = {"calendar_event_id": calendar_event_id, "fetch": page.fetch}
    if place := page.after():
        values |= {"after_sku": place[0], "after_number": place[1]}
    found = await read(engine, _assortment(continued=place is not None), values)
    _require(found)
    there = [] if found[0].piece_id is None else found
    return page.answer(there, shown_as(Piece), lambda row: [row.sku, row.number])


async def targets(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID) -> Json:
    """What is to be sold at an event; refuses with `CalendarEventUnknown`."""
    visibility.parameters(caller)
    found = await read(engine, _TARGETS, {"calendar_event_id": calendar_event_id})
    _require(found)
    return {"items": [shown_as(Target)(row) for row in found if row.store_id is not None]}


def _require(found: Any) -> None:
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
