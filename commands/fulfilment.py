"""Commands about lines that were ordered or laid away: they arrived, changed hands, or never will."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import till
from commands.execute import Decision, execute
from commands.fields import Body, Moment, Sentence, Word, example
from commands.line import PiecesOfLine, SaleReference
from commands.ports import Done, Ports, Request, Stream
from domain.access import Right, require
from domain.sale import fulfilment
from domain.sale import state as sales
from domain.sale.events import Event
from domain.sale.facts import Pieces
from domain.sale.fulfilment import Step
from domain.sale.state import Sale

# --------------------------------------------------------------------------------------------------------------- bodies


class _OfAnOrder(Body):
    reference: Annotated[
        SaleReference | None, Field(description="Its own number. With one, sending it again changes nothing.")
    ] = None
    store_id: Annotated[Word | None, Field(description="Where it happened. Default: the caller's own store.")] = None
    occurred_at: Moment
    lines: Annotated[list[PiecesOfLine], Field(min_length=1, max_length=1000, description="Each line once.")]


class RecordArrival(_OfAnOrder):
    """Pieces that were ordered are in the store and wait for the client."""

    model_config = example(
        store_id="paris-1", occurred_at="2026-03-20T09:30:00+01:00", lines=[{"ordinal": 1, "quantity": 1}]
    )


class HandOverLines(_OfAnOrder):
    """Pieces that were ordered or laid away change hands. From then on they count as bought."""

    model_config = example(
        store_id="paris-1", occurred_at="2026-03-21T17:00:00+01:00", lines=[{"ordinal": 1, "quantity": 1}]
    )


class CancelLines(_OfAnOrder):
    """Pieces that were ordered or laid away will never change hands."""

    model_config = example(
        store_id="paris-1",
        occurred_at="2026-03-20T10:00:00+01:00",
        lines=[{"ordinal": 1, "quantity": 1}],
        reason="no longer made",
    )
    reason: Sentence | None = None


# ------------------------------------------------------------------------------------------------------------- handlers


def record_arrival(sale_id: UUID, body: RecordArrival, ports: Ports, request: Request) -> Done:
    return _execute(Step.ARRIVAL, sale_id, body, ports, request, fulfilment.arrive)


def hand_over_lines(sale_id: UUID, body: HandOverLines, ports: Ports, request: Request) -> Done:
    return _execute(Step.HANDOVER, sale_id, body, ports, request, fulfilment.hand_over)


def cancel_lines(sale_id: UUID, body: CancelLines, ports: Ports, request: Request) -> Done:
    return _execute(Step.CANCELLATION, sale_id, body, ports, request, partial(fulfilment.cancel, reason=body.reason))


def _execute(
    step: Step,
    sale_id: UUID,
    body: _OfAnOrder,
    ports: Ports,
    request: Request,
    decide: Callable[[Sale, UUID, str, datetime, tuple[Pieces, ...]], list[Event]],
) -> Done:
    require(request.caller, Right.RECORD_SALES)
    id = fulfilment.step_id(step, body.reference.value()) if body.reference else ports.new_id()
    where, when = till.store(body.store_id, request.caller), till.not_ahead(body.occurred_at, ports)
    pieces = tuple(line.pieces() for line in body.lines)
    decision = Decision(
        Stream(sale_id, sale_id),
        sales.after,
        lambda now: decide(now, id, where, when, pieces),
        id,
        whose=till.whose,
    )
    return execute(ports, request, decision)
