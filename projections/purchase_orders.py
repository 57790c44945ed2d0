"""What became of pieces that were ordered or laid away: further tables of `purchase_history`."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, DateTime, Integer, Numeric, Text, Uuid

from domain.sale.events import LinesArrived, LinesCancelled, LinesHandedOver
from projections.projection import Rows
from projections.purchase_history import line, purchase_history, sale

ARRIVED: Final = "arrived"
HANDED_OVER: Final = "handed-over"
CANCELLED: Final = "cancelled"

step: Final = purchase_history.owned(
    "purchase_step",
    "sale_id",
    Column("step_id", Uuid, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text),
    Column("store_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("quantity", Integer),
    Column("net", Numeric),
    Column("reason", Text),
    Column("event_id", Uuid),
    Column("recorded_at", DateTime(timezone=True)),
)


@purchase_history.on(LinesArrived)
def lines_arrived(event: LinesArrived, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    for each in event.lines:
        rows.add(line, ordinal=each.ordinal, arrived_quantity=each.quantity)
        _stepped(ARRIVED, event.arrival_id, event, each.ordinal, rows, quantity=each.quantity)


@purchase_history.on(LinesHandedOver)
def lines_handed_over(event: LinesHandedOver, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    for each in event.lines:
        rows.add(line, ordinal=each.ordinal, moved_quantity=each.quantity, moved_net=each.net)
        _stepped(HANDED_OVER, event.handover_id, event, each.ordinal, rows, quantity=each.quantity, net=each.net)


@purchase_history.on(LinesCancelled)
def lines_cancelled(event: LinesCancelled, rows: Rows) -> None:
    rows.patch(sale, stream_version=rows.recorded.stream_version)
    for each in event.lines:
        rows.add(line, ordinal=each.ordinal, cancelled_quantity=each.quantity)
        _stepped(
            CANCELLED, event.cancellation_id, event, each.ordinal, rows, quantity=each.quantity, reason=event.reason
        )


def _stepped(
    kind: str, id: UUID, event: LinesArrived | LinesHandedOver | LinesCancelled, ordinal: int, rows: Rows, **how: Any
) -> None:
    rows.put(
        step,
        step_id=id,
        ordinal=ordinal,
        kind=kind,
        store_id=event.store_id,
        occurred_at=event.occurred_at,
        event_id=rows.recorded.event_id,
        recorded_at=rows.recorded.recorded_at,
        **how,
    )
