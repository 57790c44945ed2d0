"""Which day is it, or was it, where a store is? A day in the book is that of the store where something happened."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Date, cast, func, select

from projections.house import store

# One object of all stores: with a table to join, PostgreSQL may go through all of it for each of many thousand rows.
_ZONES: Final = (
    select(func.jsonb_object_agg(store.c.store_id, store.c.time_zone).label("by_store"))
    .where(store.c.store_id.is_not(None))
    .cte("zones")
    .prefix_with("MATERIALIZED")
)


def zone_at(store_id: ColumnElement[str]) -> ColumnElement[str]:
    """The time zone of a store, NULL where none is known: for rows of any stores."""
    zone: ColumnElement[str] = select(_ZONES.c.by_store).scalar_subquery().op("->>")(store_id)
    return zone


def local_day(at: ColumnElement[datetime], time_zone: ColumnElement[str]) -> ColumnElement[date]:
    """The day of a time in this zone; in UTC where none is known."""
    return cast(func.timezone(func.coalesce(time_zone, "UTC"), at), Date)
