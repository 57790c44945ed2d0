"""What does a client have, as it was sold: what she bought and kept, and what she was given?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from domain.sale.facts import Handover
from projections.gifts import GIFT, mark
from projections.purchase_history import SALE, line, sale
from projections.purchase_orders import HANDED_OVER, step
from queries import visibility
from queries.gift_columns import RETURNED
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.purchase_history import Filters, as_sold, bindings
from queries.sale_line import Attribute
from queries.sql import listed, read


class OwnedPiece(BaseModel):
    """Pieces she has. Of a gift nothing is told of its sale."""

    source: Annotated[Literal["bought", "gift"], Field(description="Whether she bought it or was given it.")]
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    attributes: list[Attribute]
    serial_number: str | None
    quantity: int
    since: Annotated[datetime, Field(description="Since when she has it; of a gift, the day of the occasion.")]
    sale_id: UUID | None
    ordinal: int | None


class Count(BaseModel):
    name: Annotated[str | None, Field(description="As it was sold; null: without one.")]
    pieces: int


class AttributeCount(BaseModel):
    name: str
    value: str
    pieces: int


class Owned(BaseModel):
    """What a client has, newest first, and how many pieces of what: counts are over all pages.

    What she gave away is not hers; what came back without the receipt is not known to be one of these.
    """

    model_config = example(
        items=[
            {
                "source": "bought",
                "sku": "E-2",
                "description": "Earrings",
                "brand": "Aurélie",
                "category": "jewelry",
                "type": "earrings",
                "attributes": [{"name": "stone", "value": "emerald"}],
                "serial_number": None,
                "quantity": 1,
                "since": "2026-03-02T14:00:00+00:00",
                "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "ordinal": 1,
            }
        ],
        by_category=[{"name": "jewelry", "pieces": 1}],
        by_brand=[{"name": "Aurélie", "pieces": 1}],
        by_attribute=[{"name": "stone", "value": "emerald", "pieces": 1}],
        next_cursor=None,
    )
    items: list[OwnedPiece]
    by_category: list[Count]
    by_brand: list[Count]
    by_attribute: list[AttributeCount]
    next_cursor: str | None


_CLIENT_ID: Final[ColumnElement[UUID]] = bindparam("client_id", type_=Uuid)
_AS_SOLD: Final = line.c["sku", "description", "brand", "category", "type", "attributes", "serial_number"]

_STILL_GIVEN: Final = mark.c.quantity - RETURNED


def given_away(of: FromClause) -> ColumnElement[int]:
    """How many pieces of a line, of `sale_id` and `ordinal`, are others' now."""
    given = select(func.sum(_STILL_GIVEN)).where(
        mark.c.sale_id == of.c.sale_id, mark.c.ordinal == of.c.ordinal, mark.c.kind == GIFT
    )
    return func.coalesce(given.correlate(of).scalar_subquery(), 0)


_KEPT: Final = line.c.moved_quantity - line.c.returned_quantity - given_away(line)
_HANDED_OVER_AT: Final = (
    select(func.min(step.c.occurred_at))
    .where(step.c.sale_id == line.c.sale_id, step.c.ordinal == line.c.ordinal, step.c.kind == HANDED_OVER)
    .correlate(line)
    .scalar_subquery()
)
_BOUGHT: Final = (
    select(
        literal("bought", Text).label("source"),
        *_AS_SOLD,
        _KEPT.label("quantity"),
        case((line.c.handover == Handover.TAKEN.value, sale.c.occurred_at), else_=_HANDED_OVER_AT).label("since"),
        line.c.sale_id,
        line.c.ordinal,
        line.c.sale_id.label("place"),
    )
    .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
    .where(sale.c.client_id == _CLIENT_ID, sale.c.kind == SALE, line.c.moves_goods, _KEPT > 0)
)
_OCCASION: Final = func.coalesce(mark.c.occasion_day, mark.c.released_on)
_RECEIVED: Final = (
    select(
        literal("gift", Text),
        *_AS_SOLD,
        _STILL_GIVEN,
        func.timezone("UTC", as_type(_OCCASION, DateTime)),
        as_type(null(), Uuid),
        as_type(null(), Integer),
        mark.c.mark_id,
    )
    .join_from(mark, line, and_(line.c.sale_id == mark.c.sale_id, line.c.ordinal == mark.c.ordinal))
    .where(
        mark.c.recipient_id == _CLIENT_ID,
        visibility.gift_to(mark.c.released_on, mark.c.discreet),
        line.c.moved_quantity > 0,
        _STILL_GIVEN > 0,
    )
)
_PIECES: Final = union_all(_BOUGHT, _RECEIVED).subquery("pieces")


def _counted(pieces: Any, name: str) -> Select[Any]:
    total = func.sum(pieces.c.quantity)
    column = pieces.c[name]
    return (
        select(column.label("name"), total.label("pieces")).group_by(column).order_by(total.desc(), column.nulls_last())
    )


@cache
def _owned(given: frozenset[str], *, continued: bool) -> Select[Any]:
    conditions = as_sold(_PIECES)
    hers = select(_PIECES).where(*(conditions[name] for name in sorted(given))).cte("hers")
    place = (hers.c.since.desc(), hers.c.place, func.coalesce(hers.c.ordinal, 0))
    page = select(*(hers.c[name] for name in OwnedPiece.model_fields), hers.c.place).order_by(*place)
    if continued:
        after = tuple_(hers.c.place, func.coalesce(hers.c.ordinal, 0)) > tuple_(
            bindparam("after_place"), bindparam("after_ordinal")
        )
        page = page.where(or_(hers.c.since < bindparam("after_at"), and_(hers.c.since == bindparam("after_at"), after)))
    items = page.limit(bindparam("fetch"))
    each = func.jsonb_array_elements(hers.c.attributes).table_valued("said").render_derived(name="each")
    name, value = (each.c.said.op("->>")(part) for part in ("name", "value"))
    pieces = func.sum(hers.c.quantity)
    of_attribute = (
        select(name.label("name"), value.label("value"), pieces.label("pieces"))
        .select_from(hers.join(each, true()))
        .group_by(name, value)
        .order_by(pieces.desc(), name, value)
    )
    return select(
        listed(items).label("items"),
        listed(_counted(hers, "category")).label("by_category"),
        listed(_counted(hers, "brand")).label("by_brand"),
        listed(of_attribute).label("by_attribute"),
    ).where(visibility.HER_FILE)


async def owned(engine: AsyncEngine, caller: Viewer, client_id: UUID, filters: Filters, paging: Paging) -> Json:
    """A page of what a client has, of this brand, category, type and with these attributes; refuses with
    `ClientUnknown` and `CursorInvalid`."""
    given = bindings({name: getattr(filters, name) for name in ("brand", "category", "type", "attributes")})
    page = bound(paging, caller, "owned", client_id, *filters)
    values = {**visibility.parameters(caller), "client_id": client_id, **given, "fetch": page.fetch}
    if place := page.after():
        values |= {
            "after_at": datetime.fromisoformat(place[0]),
            "after_place": UUID(place[1]),
            "after_ordinal": place[2],
        }
    found = await read(engine, _owned(frozenset(given), continued=bool(place)), values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    counts = {name: getattr(row, name) for name in ("by_category", "by_brand", "by_attribute")}
    return {**page.answer(row.items, _piece, _place), **counts}


def _piece(row: Json) -> Json:
    return {name: row[name] for name in OwnedPiece.model_fields}


def _place(row: Json) -> list[Any]:
    return [row["since"], row["place"], row["ordinal"] or 0]
