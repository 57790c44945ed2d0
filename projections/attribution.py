"""Which lines of sales are said to come from a calendar event?

Only what was stated: the line itself, and what became of it, are joined when asked.
"""

from typing import Final

from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid

from domain.sale.events import AttributionRemoved, SaleAttributed
from projections.projection import Projection, Rows

attribution: Final = Projection("attribution", 1)

attributed: Final = attribution.owned(
    "sale_attribution",
    "sale_id",
    Column("ordinal", Integer, primary_key=True),
    Column("calendar_event_id", Uuid),
    Column("stated_by", Text),
    Column("stated_at", DateTime(timezone=True)),
    Column("event_id", Uuid),
)
Index(f"{attributed.name}_event", attributed.c.calendar_event_id, attributed.c.sale_id, attributed.c.ordinal)


@attribution.on(SaleAttributed)
def sale_attributed(event: SaleAttributed, rows: Rows) -> None:
    for ordinal in event.lines:
        rows.put(
            attributed,
            ordinal=ordinal,
            calendar_event_id=event.calendar_event_id,
            stated_by=event.associate_id,
            stated_at=rows.recorded.recorded_at,
            event_id=rows.recorded.event_id,
        )


@attribution.on(AttributionRemoved)
def attribution_removed(event: AttributionRemoved, rows: Rows) -> None:
    for ordinal in event.lines:
        rows.drop(attributed, ordinal=ordinal)
