"""The command that puts a sale right that was recorded wrongly."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import till
from commands.execute import Decision, execute
from commands.fields import Body, Moment, Ordinal, Sentence, Word, example
from commands.line import LineOfSale
from commands.ports import Done, Ports, Request, Stream
from domain.access import Right, require
from domain.sale import correcting
from domain.sale import state as sales
from domain.sale.events import Event
from domain.sale.facts import Content
from domain.sale.state import Sale, require_sale


class LineCorrected(LineOfSale):
    ordinal: Annotated[Ordinal, Field(description="Which line of the sale it is, or one that the sale lacked.")]


class CorrectSale(Body):
    """What a sale should have said. What is left out stays as it is.

    `lines` are all lines that it should have had: one that is left out was never sold. With no line at all, nothing was
    sold: the sale was recorded in error.
    """

    model_config = example(
        reason="The second seller was forgotten.",
        lines=[
            {
                "ordinal": 1,
                "sku": "R-17",
                "description": "Ring, white gold",
                "quantity": 1,
                "unit_price": "5200.00",
                "net": "5000.00",
                "sellers": [{"associate_id": "ines", "parts": 1}, {"associate_id": "marc", "parts": 1}],
            }
        ],
    )
    store_id: Word | None = None
    occurred_at: Moment | None = None
    lines: Annotated[list[LineCorrected] | None, Field(max_length=1000)] = None
    reason: Annotated[Sentence, Field(description="Why it was wrong.")]


def correct_sale(sale_id: UUID, body: CorrectSale, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RECORD_SALES)
    at = till.not_ahead(body.occurred_at, ports) if body.occurred_at else None
    lines = None if body.lines is None else tuple(line.value(line.ordinal) for line in body.lines)

    def decide(now: Sale) -> list[Event]:
        _, was = require_sale(now)
        content = Content(body.store_id or was.store_id, at or was.occurred_at, was.lines if lines is None else lines)
        return correcting.correct(now, content, body.reason)

    return execute(ports, request, Decision(Stream(sale_id, sale_id), sales.after, decide, sale_id, whose=till.whose))
