"""Which day is it, or was it, where a store is? A day in the book is that of the store where something happened."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Date, cast, func, select

from projections.house import store

ZONES: Final = select(*store.c["store_id", "time_zone"]).cte("zone").prefix_with("MATERIALIZED")
"""The time zone of each store, to be joined to what happened there."""


def local_day(at: ColumnElement[datetime], time_zone: ColumnElement[str]) -> ColumnElement[date]:
    """The day of a time in this zone; in UTC where none is known."""
    return cast(func.timezone(func.coalesce(time_zone, "UTC"), at), Date)
