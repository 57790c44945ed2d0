"""Which lines of sales count for a calendar event, in which figure, who stated it, and by which rule?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from sqlalchemy import DateTime, Select, and_, bindparam, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown
from domain.sell_through import STATED as BY_STATEMENT
from domain.sell_through import Credit as Counted
from domain.sell_through import Figure, credited
from projections.attribution import attributed
from projections.calendar import calendar_event
from projections.purchase_history import line, sale
from queries import visibility
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sale_line import Amount
from queries.sell_through.figures import Held
from queries.sell_through.shapes import RetailValue, Rule
from queries.sell_through.stated import BROUGHT, EVENT_ID, STATED, brought, stated
from queries.sql import listed, read


class SellerCredited(BaseModel):
    associate_id: str
    parts: int
    net: Annotated[Amount, Field(description="Her share. The sellers' shares add up to the cent.")]


class Counts(BaseModel):
    """What of a line counts in a figure: what is kept of it, or of an order what was not cancelled."""

    figure: Figure
    pieces: int
    net: Amount
    values: Annotated[list[RetailValue], Field(description="Of pieces that were brought: what they are worth.")]
    sellers: list[SellerCredited]


class Credit(BaseModel):
    """A line that is said to come from the event. Of more pieces than were brought of a kind, those beyond count as
    other sales."""

    sale_id: UUID
    ordinal: int
    client_id: UUID | None
    store_id: str
    occurred_at: datetime
    when: Annotated[Literal["before", "during", "after"], Field(description="By the days of the event.")]
    currency: str
    sku: str
    serial_number: str | None
    description: str
    brand: str | None
    counts: Annotated[list[Counts], Field(min_length=1, max_length=2)]
    rule: Rule
    stated_by: str
    stated_at: datetime
    event_id: Annotated[UUID, Field(description="Of the event of the log with which it was stated.")]


class Credits(BaseModel):
    """What counts for a calendar event, line by line, the latest sales first: of the sales that the caller sees."""

    model_config = example(
        items=[
            {
                "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "ordinal": 1,
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "store_id": "paris-1",
                "occurred_at": "2026-10-24T18:30:00+00:00",
                "when": "during",
                "currency": "EUR",
                "sku": "B-7",
                "serial_number": "S-0007",
                "description": "Bracelet",
                "brand": "Aurélie",
                "counts": [
                    {
                        "figure": "assortment",
                        "pieces": 1,
                        "net": "9000.00",
                        "values": [{"currency": "EUR", "value": "9400.00"}],
                        "sellers": [{"associate_id": "ines", "parts": 1, "net": "9000.00"}],
                    }
                ],
                "rule": {"name": "stated", "version": 1},
                "stated_by": "ines",
                "stated_at": "2026-10-24T18:31:02+00:00",
                "event_id": "7c1d9e2f-3a4b-4c5d-8e6f-0a1b2c3d4e5f",
            }
        ],
        next_cursor=None,
    )
    items: list[Credit]
    next_cursor: str | None


_AT = bindparam("after_at", type_=DateTime(timezone=True))
_BEHIND = or_(
    sale.c.occurred_at < _AT,
    and_(
        sale.c.occurred_at == _AT,
        tuple_(sale.c.sale_id, line.c.ordinal) > tuple_(bindparam("after_sale"), bindparam("after_ordinal")),
    ),
)


@cache
def _credits(*, continued: bool) -> Select[Any]:
    """The event, a page of its lines, and all that was brought or stated of the kinds on the page."""
    page = (
        STATED.add_columns(line.c.description, *attributed.c["stated_by", "stated_at", "event_id"])
        .where(visibility.sale(sale.c.client_id))
        .order_by(sale.c.occurred_at.desc(), sale.c.sale_id, line.c.ordinal)
        .limit(bindparam("fetch"))
    )
    shown = (page.where(_BEHIND) if continued else page).cte("page")
    kinds = select(shown.c.sku)
    return select(
        *calendar_event.c["first_day", "last_day", "time_zone"],
        listed(select(*shown.c).order_by(shown.c.occurred_at.desc(), shown.c.sale_id, shown.c.ordinal)).label("page"),
        listed(BROUGHT).label("brought"),
        listed(STATED.where(line.c.sku.in_(kinds))).label("lines"),
    ).where(calendar_event.c.calendar_event_id == EVENT_ID)


async def credits_of(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID, paging: Paging) -> Json:
    """A page of what counts for an event; refuses with `CalendarEventUnknown` and `CursorInvalid`."""
    page = bound(paging, caller, "credits", calendar_event_id)
    values: dict[str, Any] = {**visibility.parameters(caller), "calendar_event_id": calendar_event_id}
    if place := page.after():
        values |= {"after_at": datetime.fromisoformat(place[0]), "after_sale": UUID(place[1])}
        values["after_ordinal"] = place[2]
    found = await read(engine, _credits(continued=bool(place)), {**values, "fetch": page.fetch})
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
    row = found[0]
    held = Held(row.first_day, row.last_day, ZoneInfo(row.time_zone))
    counts: dict[tuple[str, int], list[Counted]] = {}
    for each in credited([brought(piece) for piece in row.brought], [stated(one) for one in row.lines]):
        counts.setdefault((str(each.line.sale_id), each.line.ordinal), []).append(each)
    return page.answer(
        row.page,
        lambda each: _credit(each, counts[each["sale_id"], each["ordinal"]], held),
        lambda each: [each["occurred_at"], each["sale_id"], each["ordinal"]],
    )


def _credit(row: Json, counts: list[Counted], held: Held) -> Json:
    told = {name: row[name] for name in Credit.model_fields.keys() & row.keys()}
    return {
        **told,
        "when": held.when(counts[0]),
        "counts": [_counts(each) for each in counts],
        "rule": BY_STATEMENT._asdict(),
    }


def _counts(credit: Counted) -> Json:
    sold = zip(credit.line.sellers, credit.shares, strict=True)
    return {
        "figure": credit.figure.value,
        "pieces": credit.pieces,
        "net": credit.net,
        "values": [value._asdict() for value in credit.values],
        "sellers": [{"associate_id": one.associate_id, "parts": one.parts, "net": net} for one, net in sold],
    }
