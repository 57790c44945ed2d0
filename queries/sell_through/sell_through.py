"""What did a calendar event sell, as far as anybody said so, against what was brought, and who came of those asked?

One statement finds what was brought, the lines and the people; what counts as what is a pure function of the domain.
These are totals over everyone, whom the house has settled that all may know: nobody is named, and no sale.
"""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown
from domain.sell_through import STATED, credited
from domain.values import percent
from projections.calendar import calendar_event, target
from queries import visibility
from queries.ports import Json
from queries.sell_through import figures
from queries.sell_through.figures import Held, Target
from queries.sell_through.people import CONTACTS, RESPONSE, WITH_CONTACTS
from queries.sell_through.stated import BROUGHT, EVENT_ID, brought, stated
from queries.sell_through.unstated import OF_CLIENTS, OF_PIECES, UNTIL
from queries.sql import amount, listed, read

_TARGETS: Final = (
    select(*target.c["store_id", "associate_id"], amount(target.c.amount).label("amount"), target.c.currency)
    .where(target.c.calendar_event_id == EVENT_ID)
    .order_by(target.c.store_id, target.c.associate_id)
)
_EVENT: Final[Select[Any]] = select(
    *calendar_event.c["calendar_event_id", "name", "first_day", "last_day", "time_zone", "cancelled"],
    UNTIL.label("until"),
    listed(BROUGHT).label("brought"),
    listed(_TARGETS).label("targets"),
    listed(WITH_CONTACTS).label("lines"),
    RESPONSE.label("response"),
    CONTACTS.label("contacts"),
    listed(OF_CLIENTS).label("unstated_clients"),
    listed(OF_PIECES).label("unstated_pieces"),
).where(calendar_event.c.calendar_event_id == EVENT_ID)


async def sell_through(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID) -> Json:
    """The three figures of an event, and what they are made of; refuses with `CalendarEventUnknown`."""
    policy = caller.policy.events
    visibility.parameters(caller)
    values = {"calendar_event_id": calendar_event_id, "days_after": policy.days_after}
    found = await read(engine, _EVENT, values)
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
    row = found[0]
    pieces, lines = [brought(each) for each in row.brought], [stated(each) for each in row.lines]
    targets = [
        Target(each["store_id"], each["associate_id"] or None, Decimal(each["amount"]), each["currency"])
        for each in row.targets
    ]
    counted = credited(pieces, lines)
    days = figures.by_day(counted, Held(row.first_day, row.last_day, ZoneInfo(row.time_zone)))
    of_contacted = [line for line, each in zip(lines, row.lines, strict=True) if each["contacted"]]
    return {
        **{name: getattr(row, name) for name in ("calendar_event_id", "name", "first_day", "last_day", "cancelled")},
        "rule": STATED._asdict(),
        **days,
        "assortment": {**figures.rate(pieces, counted), **days["assortment"]},
        "by_store": figures.by_store(counted),
        "by_designer": figures.by_designer(pieces, counted),
        "by_associate": figures.by_associate(counted),
        "response": _response(row.response),
        "targets": figures.against(targets, lines),
        "concentration": figures.concentration(targets, lines, policy),
        "contacts": {**row.contacts, "net": figures.written(of_contacted)},
        "unstated": {"until": row.until, "clients": row.unstated_clients, "pieces": row.unstated_pieces},
    }


def _response(row: Json) -> Json:
    told = {name: value for name, value in row.items() if name != "under"}
    rates = {f"percent_{name}": percent(row[name], row["invited"]) for name in ("accepted", "attended", "bought")}
    return {**told, **rates, "others_bought": row["under"] - row["bought"] - row["came_without_and_bought"]}
