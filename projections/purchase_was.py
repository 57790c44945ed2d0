"""What was known of a sale until it was corrected: further tables of `purchase_history`.

An event that corrects carries what it leaves, so a row here says what stood until `known_until`; `until_version` is the
version of the sale with which it ended. As known at a moment is the earliest of these that ended later, else what
stands now.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.sale.events import ClientAttached, ClientDetached, SaleCorrected
from domain.sale.facts import Line
from projections.projection import Rows
from projections.purchase_history import described, line, purchase_history, sale, taken, untouched

sale_was: Final = purchase_history.owned(
    "purchase_sale_was",
    "sale_id",
    Column("until_version", Integer, primary_key=True),
    Column("known_until", DateTime(timezone=True)),
    Column("store_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("reason", Text),
)

# A line that a correction added was not there until then: `present` is false, and it says nothing.
line_was: Final = purchase_history.owned(
    "purchase_line_was",
    "sale_id",
    Column("until_version", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("known_until", DateTime(timezone=True)),
    Column("present", Boolean),
    Column("sku", Text),
    Column("description", Text),
    Column("brand", Text),
    Column("category", Text),
    Column("type", Text),
    Column("moves_goods", Boolean),
    Column("sellers", JSONB),
    Column("handover", Text),
    Column("deposit", Numeric),
    Column("serial_number", Text),
    Column("attributes", JSONB),
    Column("unit_price", Numeric),
    Column("quantity", Integer),
    Column("net", Numeric),
)

standing_was: Final = purchase_history.owned(
    "purchase_standing_was",
    "sale_id",
    Column("until_version", Integer, primary_key=True),
    Column("known_until", DateTime(timezone=True)),
    Column("client_id", Uuid),
)
Index(f"{standing_was.name}_client", standing_was.c.client_id)


@purchase_history.on(ClientAttached)
def client_attached(event: ClientAttached, rows: Rows) -> None:
    _stands_on(event.client_id, event.previous_client_id, rows)


@purchase_history.on(ClientDetached)
def client_detached(event: ClientDetached, rows: Rows) -> None:
    _stands_on(None, event.previous_client_id, rows)


@purchase_history.on(SaleCorrected)
def sale_corrected(event: SaleCorrected, rows: Rows) -> None:
    was, now = event.was, event.now
    rows.patch(
        sale,
        store_id=now.store_id,
        occurred_at=now.occurred_at,
        stream_version=rows.recorded.stream_version,
    )
    rows.put(sale_was, **_until(rows), store_id=was.store_id, occurred_at=was.occurred_at, reason=event.reason)
    before, after = ({each.ordinal: each for each in content.lines} for content in (was, now))
    for ordinal in sorted(before.keys() | after.keys()):
        _line_corrected(before.get(ordinal), after.get(ordinal), ordinal, rows)


def _line_corrected(before: Line | None, after: Line | None, ordinal: int, rows: Rows) -> None:
    if before == after:
        return
    said = {"present": False} if before is None else {"present": True, **described(before)}
    rows.put(line_was, **_until(rows), ordinal=ordinal, **said)
    if after is None:
        rows.drop(line, ordinal=ordinal)
    elif before is None:
        rows.put(line, untouched(after), ordinal=ordinal)
    else:
        rows.patch(line, described(after), ordinal=ordinal)
        (quantity, net), (less, less_net) = taken(after), taken(before)
        rows.add(line, ordinal=ordinal, moved_quantity=quantity - less, moved_net=net - less_net)


def _stands_on(client_id: UUID | None, before: UUID | None, rows: Rows) -> None:
    rows.patch(sale, client_id=client_id, stream_version=rows.recorded.stream_version)
    rows.put(standing_was, **_until(rows), client_id=before)


def _until(rows: Rows) -> dict[str, Any]:
    return {"until_version": rows.recorded.stream_version, "known_until": rows.recorded.recorded_at}
