"""What is to be done, for an associate, at a store, for a client?

One statement says whose list it is, whether the caller may see it, and which day it is there; another one makes the
ticklers of the days asked about, from causes and rules, and tells what a call needs for one page of them.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Subquery,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown, ClientUnknown, DayInvalid, Refusal, StoreUnknown
from projections.client_card import card
from projections.house import posted, store
from queries import reach, visibility
from queries.asked_days import FARTHEST, require_covered
from queries.local_day import local_day
from queries.page import Paging, bound
from queries.ports import Json
from queries.sql import read
from queries.stores_shopped import home_since, home_store
from queries.tickler.causes import ticklers
from queries.tickler.needs import told
from queries.tickler.owner import owner, served_by
from queries.tickler.row import Ground
from queries.tickler.rules import FIRST, LAST, ON, RULES
from queries.tickler.state import OPEN, State, put_off, with_state
from queries.tickler.whose import ASSOCIATE_ID, OF_ASSOCIATE, OF_CLIENT, OF_STORE, STAFF, STORE_ID
from queries.workplace import KNOWN_ASSOCIATE, KNOWN_STORE, STORE, WHO

AHEAD: Final = timedelta(days=14)
"""How far a list looks ahead that is not asked for other days."""


class Wanted(NamedTuple):
    """Which ticklers, looked at on a day, by default today where the store is.

    Due from a day to a day, shown yet or not, in any state; without either day, those that are on the list: shown, not
    over by themselves, due at most `AHEAD`. `mine`: only whose the associate's are, or which are nobody's at the store.
    """

    on: date | None = None
    since: date | None = None
    until: date | None = None
    states: tuple[State, ...] = ()
    mine: bool = False


class _List(StrEnum):
    ASSOCIATE = "associate"
    STORE = "store"
    CLIENT = "client"


# ---------------------------------------------------------------------------------------------------- where it is asked

_NOW: Final = bindparam("now", type_=DateTime(timezone=True))


def _place(time_zone: ColumnElement[str]) -> Select[Any]:
    zone: ColumnElement[Any] = func.coalesce(time_zone, "UTC")
    today: ColumnElement[Any] = local_day(_NOW, time_zone)
    return select(zone.label("zone"), today.label("today"))


_AT_STORE: Final = select(store.c.time_zone).where(store.c.store_id == STORE_ID).limit(1).scalar_subquery()
_WORKS_AT: Final = (
    select(store.c.time_zone)
    .join_from(posted, store, store.c.store_id == posted.c.store_id)
    .where(posted.c.key == WHO.c.key, posted.c.since <= visibility.TODAY)
    .order_by(posted.c.since.desc())
    .limit(1)
    .scalar_subquery()
)
_PLACES: Final = {
    _List.ASSOCIATE: _place(_WORKS_AT).select_from(WHO).where(KNOWN_ASSOCIATE),
    _List.STORE: _place(_AT_STORE).select_from(STORE).where(KNOWN_STORE),
    _List.CLIENT: _place(_AT_STORE).select_from(card).where(visibility.HER_FILE),
}

# ------------------------------------------------------------------------------------------------------------- the list

_WHOSE: Final[dict[_List, CTE]] = {
    _List.ASSOCIATE: OF_ASSOCIATE,
    _List.STORE: OF_STORE,
    _List.CLIENT: OF_CLIENT,
}
_STATES: Final = bindparam("states", type_=ARRAY(Text))


@cache
def _ticklers(of: _List, *, ranged: bool, mine: bool, continued: bool) -> Select[Any]:
    ground = Ground(_WHOSE[of], RULES, STORE_ID if of is _List.STORE else None)
    each = _in_order(put_off(ticklers(ground)), ranged=ranged, continued=continued)
    ended = with_state(each).subquery("ended")
    # Worked out once, and not wherever it is named.
    owned = (
        select(owner(ended, ended.c.handed_to).label("by"))
        .correlate(ended)
        .offset(literal_column("0"))
        .lateral("owned")
    )
    rows = (
        select(ended, owned.c.by.label("owned_by"))
        .select_from(ended.join(owned, true()))
        .where(ended.c.state == any_(_STATES), *_on_list(of, ended, owned.c.by, mine=mine))
        .order_by(ended.c.due, ended.c.tickler_id)
        .limit(bindparam("fetch"))
    )
    return told(rows.cte("page"))


def _in_order(found: Select[Any], *, ranged: bool, continued: bool) -> Subquery:
    """Those that are due when it is asked. They are in order before anything else is asked of them, so that it is asked
    of so many only as there is room for on the page."""
    each = found.subquery("each")
    rows = (
        select(each)
        .where(
            each.c.due <= LAST,
            case((FIRST.is_(None), func.coalesce(each.c.expires_on >= ON, true())), else_=each.c.due >= FIRST),
        )
        .order_by(each.c.due, each.c.tickler_id)
    )
    if not ranged:
        rows = rows.where(each.c.shows_on <= ON)
    if continued:
        after = tuple_(bindparam("after_due", type_=Date), bindparam("after_id", type_=Uuid))
        rows = rows.where(tuple_(each.c.due, each.c.tickler_id) > after)
    return rows.offset(literal_column("0")).subquery("in_order")


def _on_list(of: _List, each: Any, by: ColumnElement[str], *, mine: bool) -> list[ColumnElement[bool]]:
    match of:
        case _List.ASSOCIATE:
            hers = by == ASSOCIATE_ID
            return [hers if mine else or_(hers, served_by(each, ASSOCIATE_ID))]
        case _List.STORE:
            home = select(home_store(card.c.client_id, card.c.store_id)).where(card.c.client_id == each.c.client_id)
            nobodys = case((by.is_(None), home.correlate(each).scalar_subquery() == STORE_ID), else_=false())
            return [nobodys if mine else or_(by.in_(STAFF), nobodys)]
        case _List.CLIENT:
            return []


async def ticklers_of_associate(
    engine: AsyncEngine, caller: Viewer, associate_id: str, wanted: Wanted, paging: Paging
) -> Json:
    """A page of what there is to do for the clients whom an associate serves; refuses with `AssociateUnknown`, also for
    who may not see her book, with `DayInvalid` and `CursorInvalid`."""
    whose = {"key": stream_id(associate_id), "associate_id": associate_id}
    unknown = AssociateUnknown("There is no associate with this id.", "associate_id")
    return await _page(engine, caller, _List.ASSOCIATE, whose, unknown, wanted, paging)


async def ticklers_at_store(engine: AsyncEngine, caller: Viewer, store_id: str, wanted: Wanted, paging: Paging) -> Json:
    """A page of what is to do for who works at a store, and of what is nobody's there; refuses with `StoreUnknown`,
    also for who works elsewhere, with `DayInvalid` and `CursorInvalid`."""
    whose = {"store_id": store_id}
    unknown = StoreUnknown("There is no store with this id.", "store_id")
    return await _page(engine, caller, _List.STORE, whose, unknown, wanted, paging)


async def ticklers_of_client(
    engine: AsyncEngine, caller: Viewer, client_id: UUID, wanted: Wanted, paging: Paging
) -> Json:
    """A page of what there is to do for a client, for whoever does it; refuses with `ClientUnknown`, `DayInvalid` and
    `CursorInvalid`."""
    whose = {"client_id": client_id, "store_id": caller.store_id}
    unknown = ClientUnknown("There is no client with this id.", "client_id")
    return await _page(engine, caller, _List.CLIENT, whose, unknown, wanted, paging)


async def _page(
    engine: AsyncEngine,
    caller: Viewer,
    of: _List,
    whose: dict[str, Any],
    unknown: Refusal,
    wanted: Wanted,
    paging: Paging,
) -> Json:
    values = {**visibility.parameters(caller), **reach.parameters(caller), **whose, "now": caller.now}
    place = await read(engine, _PLACES[of], values)
    if not place:
        raise unknown
    on, zone = wanted.on or place[0].today, place[0].zone
    first, last = _days(wanted, on)
    ranged = wanted.since is not None or wanted.until is not None
    states = wanted.states or (tuple(State) if ranged else OPEN)
    page = bound(paging, caller, "ticklers", of, *whose.values(), on, *wanted)
    values |= {
        "on": on,
        "zone": zone,
        "first": first,
        "last": last,
        "states": sorted(states),
        "home_since": home_since(caller.today, caller.policy.home_store_months),
        "fetch": page.fetch,
    }
    if after := page.after():
        values |= {"after_due": date.fromisoformat(after[0]), "after_id": UUID(after[1])}
    found = await read(engine, _ticklers(of, ranged=ranged, mine=wanted.mine, continued=bool(after)), values)
    answer = page.answer(
        found, lambda row: orjson.Fragment(row.shown), lambda row: [row.due.isoformat(), str(row.tickler_id)]
    )
    return {"on": on, **answer}


def _days(wanted: Wanted, on: date) -> tuple[date | None, date]:
    """The first and the last day on which something is due that is asked about."""
    for day, field in ((on, "on"), (wanted.since, "from"), (wanted.until, "to")):
        if day is not None:
            require_covered(day, field)
    last = wanted.until or max(on, wanted.since or on) + AHEAD
    if wanted.since is not None and not timedelta(0) <= last - wanted.since <= FARTHEST:
        raise DayInvalid("The last day comes after the first, and at most three years later.", "to")
    return wanted.since, last
