"""Which pieces are wanted by whom, as was said in the previews before a calendar event?"""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Boolean, ColumnElement, Select, Text, bindparam, column, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown
from projections.calendar import calendar_event, piece
from projections.client_card import card
from projections.invitations import preview
from queries import visibility
from queries.client_card import Name, name_of
from queries.page import Paging, bound, shown_as
from queries.ports import Json, example
from queries.sql import amount, read


class InterestedClient(BaseModel):
    client_id: UUID
    name: Name | None
    preview_id: Annotated[UUID, Field(description="When she was shown it last.")]
    at: datetime
    associate_id: str


class WantedPiece(BaseModel):
    """A piece, and those who would like to have it: by what each said when she was shown it last."""

    sku: str
    serial_number: str | None
    piece_id: Annotated[UUID | None, Field(description="In the assortment of the event, if it is brought.")]
    description: str | None
    units: int | None
    unit_value: Annotated[str | None, Field(examples=["9400.00"])]
    currency: str | None
    wanted_by: list[InterestedClient]


class Interest(BaseModel):
    """The pieces that somebody whom the caller sees would like to have, by number."""

    model_config = example(
        items=[
            {
                "sku": "B-7",
                "serial_number": "S-0007",
                "piece_id": "4e5f6a7b-8c9d-5e0f-9a1b-3c4d5e6f7a8b",
                "description": "Bracelet",
                "units": 1,
                "unit_value": "9400.00",
                "currency": "EUR",
                "wanted_by": [
                    {
                        "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                        "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                        "preview_id": "3d4e5f6a-7b8c-4d9e-8f0a-2b3c4d5e6f7a",
                        "at": "2026-10-20T14:00:00+00:00",
                        "associate_id": "ines",
                    }
                ],
            }
        ],
        next_cursor=None,
    )
    items: list[WantedPiece]
    next_cursor: str | None


_THIS: Final[ColumnElement[UUID]] = bindparam("calendar_event_id")
_SHOWN: Final = (
    func.jsonb_to_recordset(preview.c.pieces)
    .table_valued(column("sku", Text), column("serial_number", Text), column("interested", Boolean))
    .render_derived("shown", with_types=True)
)
_PIECE: Final = (_SHOWN.c.sku, func.coalesce(_SHOWN.c.serial_number, ""))
# What each said last of each piece.
_LAST: Final = (
    select(
        *preview.c["client_id", "preview_id", "at", "associate_id"],
        _SHOWN.c.sku,
        _PIECE[1].label("number"),
        _SHOWN.c.interested,
        name_of(),
    )
    .ext(distinct_on(preview.c.client_id, *_PIECE))
    .select_from(preview.join(_SHOWN, true()).join(card, card.c.client_id == preview.c.client_id))
    .where(preview.c.calendar_event_id == _THIS)
    .where(~card.c.died, visibility.file())
    .order_by(preview.c.client_id, *_PIECE, preview.c.at.desc(), preview.c.preview_id.desc())
    .subquery("last")
)
_CLIENT: Final = func.json_build_object(
    *(part for name in InterestedClient.model_fields for part in (name, _LAST.c[name]))
)
_PLACE: Final = (_LAST.c.sku, _LAST.c.number)


@cache
def _interest(*, continued: bool) -> Select[Any]:
    """A page of wanted pieces; of an event of which nobody wants any, one row that has none."""
    wanted = (
        select(
            *_PLACE,
            func.json_agg(aggregate_order_by(_CLIENT, _LAST.c.at, _LAST.c.client_id)).label("wanted_by"),
        )
        .where(_LAST.c.interested)
        .group_by(*_PLACE)
        .order_by(*_PLACE)
        .limit(bindparam("fetch"))
    )
    if continued:
        wanted = wanted.where(tuple_(*_PLACE) > tuple_(bindparam("after_sku"), bindparam("after_number")))
    page = wanted.cte("page")
    brought = (
        (piece.c.calendar_event_id == _THIS)
        & (piece.c.sku == page.c.sku)
        & (func.coalesce(piece.c.serial_number, "") == page.c.number)
    )
    return (
        select(
            page.c.sku,
            page.c.number,
            func.nullif(page.c.number, "").label("serial_number"),
            *piece.c["piece_id", "description", "units"],
            amount(piece.c.unit_value).label("unit_value"),
            piece.c.currency,
            page.c.wanted_by,
        )
        .select_from(calendar_event.outerjoin(page, true()).outerjoin(piece, brought))
        .where(calendar_event.c.calendar_event_id == _THIS)
        .order_by(page.c.sku, page.c.number)
    )


async def interest(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID, paging: Paging) -> Json:
    """A page of the pieces that are wanted before an event; refuses with `CalendarEventUnknown` and
    `CursorInvalid`."""
    page = bound(paging, caller, "interest", calendar_event_id)
    values: dict[str, Any] = {**visibility.parameters(caller), "calendar_event_id": calendar_event_id}
    if place := page.after():
        values |= {"after_sku": place[0], "after_number": place[1]}
    found = await read(engine, _interest(continued=bool(place)), {**values, "fetch": page.fetch})
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
    wanted = [] if found[0].sku is None else found
    return page.answer(wanted, shown_as(WantedPiece), lambda row: [row.sku, row.number])
