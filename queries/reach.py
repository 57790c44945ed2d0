"""Whom does a calendar event reach? The one place of the read side that decides it.

The same, of all, as `reaches` of `domain/calendar_event/reach.py` says of one client. Nothing is stored for each client
of an organization: events, memberships and the list of those added by hand are joined when it is asked.
"""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    select,
    union,
    union_all,
)

from domain.access import Viewer
from projections.affiliations import affiliation, affiliations
from projections.calendar import calendar, calendar_event, on_calendar
from projections.client_card import card, client_card
from projections.house import house, store
from projections.invitations import invitation, invitations
from projections.membership import membership, term
from projections.projection import Projection
from projections.purchase_history import purchase_history
from queries.known import NOW, movements
from queries.sql import overlaps
from queries.visibility import TODAY

READS: Final[tuple[Projection, ...]] = (
    calendar,
    client_card,
    membership,
    invitations,
    affiliations,
    house,
    purchase_history,
)
"""Whatever whom an event reaches is asked of."""

_MONTHS: Final = bindparam("home_store_months", type_=Integer)


def parameters(viewer: Viewer) -> dict[str, Any]:
    """The parameters of whom an event reaches, beside those of `visibility.parameters`."""
    return {"today": viewer.today, "home_store_months": viewer.policy.home_store_months}


def reached(
    clients: Select[Any], first: ColumnElement[Any], last: ColumnElement[Any], *which: ColumnElement[bool]
) -> Select[Any]:
    """Which events that are held on any day from the first to the last, and are like this, reach which of these
    clients, set-wise: rows of `client_id` and `calendar_event_id`, each once. `clients` gives a column `client_id`.

    Of an event that is not national, only those linked to it are looked at further, and only for these is it asked
    where they shopped.
    """
    whose = clients.cte()
    held = _held(calendar_event.c.first_day <= last, first <= calendar_event.c.last_day, *which).cte()
    linked = (
        select(whose.c.client_id, *held.c)
        .join_from(whose, term, term.c.client_id == whose.c.client_id)
        .join(on_calendar, on_calendar.c.organization_id == term.c.organization_id)
        .join(held, held.c.calendar_event_id == on_calendar.c.calendar_event_id)
        .where(_on_its_days(term, held))
        .cte()
    )
    stores = _stores(held)
    near = (
        select(*linked.c["client_id", "calendar_event_id", "first_day", "last_day", "starts_at"], stores.c.store_id)
        .join(stores, stores.c.calendar_event_id == linked.c.calendar_event_id)
        .cte()
    )
    moved = movements(NOW, NOW.sale.c.client_id.in_(select(near.c.client_id))).subquery()
    goods = select(*moved.c["client_id", "store_id", "occurred_at"]).where(moved.c.moved > 0).cte()
    serves, registered = affiliation.alias(), card.alias()
    lately = and_(goods.c.client_id == near.c.client_id, _lately(goods, near))
    found = union(
        select(*linked.c["client_id", "calendar_event_id"]).where(linked.c.reach == "national"),
        _pairs(near).join(goods, and_(lately, goods.c.store_id == near.c.store_id)),
        _pairs(near)
        .join(registered, (registered.c.client_id == near.c.client_id) & (registered.c.store_id == near.c.store_id))
        .where(~exists().where(lately)),
        _pairs(near)
        .join(serves, (serves.c.client_id == near.c.client_id) & (serves.c.store_id == near.c.store_id))
        .where(_on_its_days(serves, near)),
        select(whose.c.client_id, held.c.calendar_event_id)
        .join_from(whose, invitation, invitation.c.client_id == whose.c.client_id)
        .join(held, held.c.calendar_event_id == invitation.c.calendar_event_id)
        .where(invitation.c.listed),
    ).subquery()
    return select(*found.c).join(card, card.c.client_id == found.c.client_id).where(card.c.is_client, ~card.c.died)


def _held(*which: ColumnElement[bool]) -> Select[Any]:
    """Events that are not cancelled."""
    columns = ("calendar_event_id", "reach", "region_id", "store_id", "starts_at", "first_day", "last_day")
    return select(*calendar_event.c[*columns]).where(~calendar_event.c.cancelled, *which)


def _stores(held: FromClause) -> FromClause:
    """Of each event that is not national, its stores: the one, or those that are in the region today."""
    return union_all(
        select(*held.c["calendar_event_id", "store_id"]).where(held.c.reach == "store"),
        select(held.c.calendar_event_id, store.c.store_id).join(
            store, (held.c.reach == "regional") & (store.c.region_id == held.c.region_id)
        ),
    ).subquery()


def _pairs(of: FromClause) -> Select[Any]:
    return select(*of.c["client_id", "calendar_event_id"]).select_from(of)


def _on_its_days(lasting: FromClause, held: FromClause) -> ColumnElement[bool]:
    return overlaps(lasting.c.since, lasting.c.until, held.c.first_day, held.c.last_day)


def _lately(goods: FromClause, held: FromClause) -> ColumnElement[bool]:
    """Whether goods changed hands in the months before today, or before an event that is over, and before it began."""
    day = cast(func.least(TODAY, held.c.first_day), DateTime)
    since = func.timezone("UTC", day - func.make_interval(0, _MONTHS))
    return and_(since <= goods.c.occurred_at, goods.c.occurred_at < held.c.starts_at)
