"""One line of a sale as it is shown: what was sold, by whom, what became of it, and what came back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, case, func, select

from domain.sale import facts
from domain.sale.facts import Handover
from domain.sale.shares import shares
from projections.attribution import attributed
from queries.known import Facts
from queries.ports import Json
from queries.sql import EMPTY, amount, listed

Amount = Annotated[Decimal, Field(json_schema_extra={"examples": ["1250.00"]})]


class Seller(BaseModel):
    associate_id: str
    parts: Annotated[int, Field(description="Her parts of the credit: 1 and 1 is half each.")]
    net: Annotated[
        Amount, Field(description="Her share of what changed hands. The sellers' shares add up to the cent.")
    ]
    returned_net: Annotated[Amount, Field(description="What she was debited for what came back.")]


class Attribute(BaseModel):
    name: str
    value: str


class Return(BaseModel):
    """Part or all of a line that came back: what, when, where and why."""

    return_id: UUID
    store_id: str
    occurred_at: datetime
    quantity: int
    net: Amount
    reason: str | None
    exchanged_for: Annotated[UUID | None, Field(description="The same client's sale that was taken in its place.")]
    do_not_mention: Annotated[bool, Field(description="Somebody else brought it back, who had got it as a gift.")]


class Step(BaseModel):
    """What became of pieces of an order or a layaway."""

    step_id: UUID
    kind: Literal["arrived", "handed-over", "cancelled"]
    store_id: str
    occurred_at: datetime
    quantity: int
    net: Annotated[Amount | None, Field(description="Of what was handed over.")]
    reason: str | None


class Line(BaseModel):
    """One line as it was sold, and what is left of it. Of a return without the receipt nothing was sold, so that what
    is kept of it is below zero."""

    ordinal: int
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    moves_goods: Annotated[bool, Field(description="Whether it is goods, and not postage, a payment or a fee.")]
    sellers: list[Seller]
    serial_number: str | None
    attributes: Annotated[list[Attribute], Field(description="What else was said of it: fabric, stone, size.")]
    handover: Annotated[Handover, Field(description="What is not taken at once has moved when it is handed over.")]
    deposit: Amount | None
    unit_price: Amount
    quantity: int
    net: Amount
    arrived_quantity: int
    cancelled_quantity: int
    open_quantity: Annotated[int, Field(description="How many pieces have still to be handed over.")]
    moved_quantity: Annotated[int, Field(description="How many pieces changed hands, at the sale or since.")]
    moved_net: Amount
    returned_quantity: int
    returned_net: Amount
    kept_quantity: int
    kept_net: Amount
    calendar_event_id: Annotated[
        UUID | None,
        Field(description="The event that it is said to come from, as it is stated now."),
    ]
    steps: Annotated[list[Step], Field(description="What became of an order, oldest first.")]
    returns: Annotated[list[Return], Field(description="What came back, oldest first.")]


EXAMPLE_LINE: Final[Json] = {
    "ordinal": 1,
    "sku": "E-2",
    "description": "Earrings",
    "brand": "Aurélie",
    "category": "jewelry",
    "type": "earrings",
    "moves_goods": True,
    "sellers": [{"associate_id": "associate-1", "parts": 1, "net": "620.00", "returned_net": "310.00"}],
    "serial_number": None,
    "attributes": [{"name": "stone", "value": "emerald"}],
    "handover": "ordered",
    "deposit": "100.00",
    "unit_price": "310.00",
    "quantity": 2,
    "net": "620.00",
    "arrived_quantity": 2,
    "cancelled_quantity": 0,
    "open_quantity": 0,
    "moved_quantity": 2,
    "moved_net": "620.00",
    "returned_quantity": 1,
    "returned_net": "310.00",
    "kept_quantity": 1,
    "kept_net": "310.00",
    "calendar_event_id": "c4a1e0d2-7b3f-4e58-9a6c-1d2e3f4a5b6c",
    "steps": [
        {
            "step_id": "7c6b5a49-3827-4160-8f5e-4d3c2b1a0f9e",
            "kind": "handed-over",
            "store_id": "paris-1",
            "occurred_at": "2026-03-05T10:00:00+00:00",
            "quantity": 2,
            "net": "620.00",
            "reason": None,
        }
    ],
    "returns": [
        {
            "return_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
            "store_id": "osaka",
            "occurred_at": "2026-03-09T10:00:00+00:00",
            "quantity": 1,
            "net": "310.00",
            "reason": "too heavy",
            "exchanged_for": None,
            "do_not_mention": False,
        }
    ],
}


def of_the_same(of: Facts, sale_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """The id of another sale if it stands on the client of this one: what is somebody else's is not told."""
    other = of.sale.alias("other")
    same = other.c.client_id.is_not_distinct_from(of.sale.c.client_id)
    found = select(other.c.sale_id).where(other.c.sale_id == sale_id, same)
    return found.correlate(of.sale, of.came_back).scalar_subquery()


def return_columns(of: Facts) -> tuple[ColumnElement[Any], ...]:
    """What came back of a line, beside its sale."""
    came_back = of.came_back
    return (
        *came_back.c["return_id", "store_id", "occurred_at", "quantity"],
        amount(came_back.c.net).label("net"),
        came_back.c.reason,
        of_the_same(of, came_back.c.exchanged_for).label("exchanged_for"),
        and_(
            came_back.c.credited_to_id.is_not(None),
            came_back.c.credited_to_id.is_distinct_from(of.sale.c.client_id),
        ).label("do_not_mention"),
    )


def line_columns(of: Facts) -> tuple[ColumnElement[Any], ...]:
    """A line as it is shown; of several sellers `with_shares` adds the shares."""
    line, came_back, step = of.line, of.came_back, of.step
    returns = (
        select(*return_columns(of))
        .where(came_back.c.sale_id == line.c.sale_id, came_back.c.ordinal == line.c.ordinal)
        .order_by(came_back.c.occurred_at, came_back.c.return_id)
        .correlate(line, of.sale)
    )
    steps = (
        select(
            *step.c["step_id", "kind", "store_id", "occurred_at", "quantity"],
            amount(step.c.net).label("net"),
            step.c.reason,
        )
        .where(step.c.sale_id == line.c.sale_id, step.c.ordinal == line.c.ordinal)
        .order_by(step.c.occurred_at, step.c.recorded_at, step.c.step_id)
        .correlate(line)
    )
    taken = line.c.handover == Handover.TAKEN.value
    return (
        *line.c["ordinal", "sku", "description", "brand", "category", "type", "moves_goods"],
        _with_all(of).label("sellers"),
        *line.c["serial_number", "attributes", "handover"],
        amount(line.c.deposit).label("deposit"),
        amount(line.c.unit_price).label("unit_price"),
        line.c.quantity,
        amount(line.c.net).label("net"),
        *line.c["arrived_quantity", "cancelled_quantity"],
        open_quantity(of).label("open_quantity"),
        line.c.moved_quantity,
        amount(line.c.moved_net).label("moved_net"),
        line.c.returned_quantity,
        amount(line.c.returned_net).label("returned_net"),
        (line.c.moved_quantity - line.c.returned_quantity).label("kept_quantity"),
        amount(line.c.moved_net - line.c.returned_net).label("kept_net"),
        _stated(of).label("calendar_event_id"),
        case((taken, EMPTY), else_=listed(steps)).label("steps"),
        case((line.c.returned_quantity > 0, listed(returns)), else_=EMPTY).label("returns"),
    )


def _stated(of: Facts) -> ColumnElement[Any]:
    """The event that a line is said to come from."""
    line = of.line
    event = select(attributed.c.calendar_event_id).where(
        attributed.c.sale_id == line.c.sale_id, attributed.c.ordinal == line.c.ordinal
    )
    return event.correlate(line).scalar_subquery()


def several(sellers: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a line has sellers who share it."""
    return func.jsonb_array_length(sellers) > 1


def _with_all(of: Facts) -> ColumnElement[Any]:
    """The sellers of a line; who sold it alone with all of it, so that most lines need nothing more."""
    line = of.line
    all_of_it = func.jsonb_build_object("net", amount(line.c.moved_net), "returned_net", amount(line.c.returned_net))
    alone = func.jsonb_build_array(line.c.sellers[0].op("||")(all_of_it))
    return case((func.jsonb_array_length(line.c.sellers) == 1, alone), else_=line.c.sellers)


def open_quantity(of: Facts) -> ColumnElement[int]:
    """How many pieces of a line have still to be handed over."""
    return of.line.c.quantity - of.line.c.moved_quantity - of.line.c.cancelled_quantity


def with_shares(line: Json, currency: str) -> Json:
    """The line with what each seller is credited and debited, to the cent."""
    sellers = [facts.Seller(each["associate_id"], each["parts"]) for each in line["sellers"]]
    moved, back = (shares(Decimal(line[name]), sellers, currency) for name in ("moved_net", "returned_net"))
    told = [
        {**seller, "net": str(net), "returned_net": str(less)}
        for seller, net, less in zip(line["sellers"], moved, back, strict=True)
    ]
    return {**line, "sellers": told}
