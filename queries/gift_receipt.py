"""What piece is it that is brought to a till, by the code of its gift receipt or by its serial number?

Whoever asks is shown the piece and no more: not who gave it, to whom, where or when it was sold, or for how much. What
can be done with it is done with the sealed token.
"""

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Select, bindparam, null, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Right, Viewer, require
from domain.refusals import GiftReceiptUnknown
from domain.sale.gift_code import CONTEXT, GiftReceipt, as_printed
from projections.gifts import GIFT, mark
from projections.purchase_history import SALE, line, sale
from queries.gift_columns import RETURNED
from queries.ports import Json, Seal, example
from queries.sale_line import Attribute
from queries.sql import read

_Typed = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class Opening(BaseModel):
    """What was brought: a code, however it is typed, or a serial number."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "7QK4-X2MN-0WTZ"}]})
    code: _Typed | None = None
    serial_number: _Typed | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.serial_number is None):
            raise PydanticCustomError("one_of", "Either a code, or a serial number.")
        return self


class OpenedReceipt(BaseModel):
    """The piece, and the token with which it is returned, exchanged, or taken in."""

    model_config = example(
        receipt="kCq3v0J5tq1Wd0V3b8m2nA",
        sku="E-2",
        description="Earrings",
        brand="Aurélie",
        category="jewelry",
        type="earrings",
        serial_number=None,
        attributes=[{"name": "stone", "value": "emerald"}],
        quantity=1,
    )
    receipt: str
    sku: str
    description: str
    brand: str | None
    category: str | None
    type: str | None
    serial_number: str | None
    attributes: list[Attribute]
    quantity: Annotated[int, Field(description="How many pieces there are that did not come back.")]


_PIECE: Final = line.c["sku", "description", "brand", "category", "type", "serial_number", "attributes"]
_BY_CODE: Final[Select[Any]] = (
    select(*mark.c["sale_id", "ordinal", "mark_id"], *_PIECE, (mark.c.quantity - RETURNED).label("quantity"))
    .join_from(mark, line, (line.c.sale_id == mark.c.sale_id) & (line.c.ordinal == mark.c.ordinal))
    .where(mark.c.receipt_code == bindparam("brought"), mark.c.kind == GIFT)
)
# What was sold twice, having come back in between, is whose it is by now.
_BY_NUMBER: Final[Select[Any]] = (
    select(
        *line.c["sale_id", "ordinal"],
        null().label("mark_id"),
        *_PIECE,
        (line.c.quantity - line.c.cancelled_quantity - line.c.returned_quantity).label("quantity"),
    )
    .join_from(line, sale, sale.c.sale_id == line.c.sale_id)
    .where(line.c.serial_number == bindparam("brought"), sale.c.kind == SALE)
    .order_by(sale.c.occurred_at.desc(), sale.c.sale_id, line.c.ordinal)
    .limit(1)
)


async def open_receipt(engine: AsyncEngine, caller: Viewer, brought: Opening, seal: Seal) -> Json:
    """The piece and its token; refuses with `GiftReceiptUnknown` what opens nothing, at whichever till."""
    require(caller, Right.RECORD_SALES)
    if brought.code is not None:
        found = await read(engine, _BY_CODE, {"brought": as_printed(brought.code)})
    else:
        found = await read(engine, _BY_NUMBER, {"brought": brought.serial_number})
    if not found:
        raise GiftReceiptUnknown("Nothing is known by this.", "code" if brought.code else "serial_number")
    [row] = found
    piece = {str(name): value for name, value in row._mapping.items()}
    receipt = GiftReceipt(piece.pop("sale_id"), piece.pop("ordinal"), piece.pop("mark_id"))
    return {"receipt": seal.close(receipt.content(), CONTEXT), **piece}
