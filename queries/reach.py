"""Whom does a calendar event reach? The one place of the read side that decides it.

The same, of all, as `reaches` of `domain/calendar_event/reach.py` says of one client. Nothing is stored for each client
of an organization: events, memberships and the list of those added by hand are joined when it is asked.
"""

from functools import partial
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
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
    true,
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
from queries.sql import for_each, overlaps
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


def invited(whose: FromClause) -> CTE:
    """The events for which anything is recorded of these clients, rows of `client_id`: whether she is on the list, by
    hand or through an organization, and whether she came."""
    hers = for_each(
        select(
            invitation.c.calendar_event_id, invitation.c.listed, invitation.c.attended_at.is_not(None).label("came")
        ).where(invitation.c.client_id == whose.c.client_id),
        "hers",
    )
    return select(whose.c.client_id, *hers.c).join_from(whose, hers, true()).cte("invited")


def reached(
    clients: Select[Any],
    first: ColumnElement[Any],
    last: ColumnElement[Any],
    *which: ColumnElement[bool],
    lists: CTE | None = None,
    terms: CTE | None = None,
    living: bool = False,
) -> Select[Any]:
    """Which events that are held on any day from the first to the last, and are like this, reach which of these
    clients, set-wise: rows of `client_id` and `calendar_event_id`, each once. `clients` gives a column `client_id`;
    `lists` is what `invited` says of them, and `terms` their memberships, if that was asked already. Are they known to
    be clients who live (`living`), `clients` gives `store_id` too, the store that took each up, and no card is looked
    at.

    Of an event that is not national, only those linked to it are looked at further, and only for these is it asked
    where they shopped.
    """
    whose = clients.cte()
    held = _held(calendar_event.c.first_day <= last, first <= calendar_event.c.last_day, *which).cte()
    terms = _terms(whose) if terms is None else terms
    theirs = select(terms.c.organization_id).distinct().cte()
    on = for_each(
        select(on_calendar.c.calendar_event_id).where(on_calendar.c.organization_id == theirs.c.organization_id), "on"
    )
    calendars = select(theirs.c.organization_id, on.c.calendar_event_id).join_from(theirs, on, true()).cte()
    lists = invited(whose) if lists is None else lists
    local = _linked(terms, calendars, held).where(held.c.reach != "national").cte()
    some = select(local.c.client_id).distinct().cte()
    # For each of them by itself: else, of many, PostgreSQL would look through everything that was ever sold.
    only = ("store_id", "occurred_at", "moved")
    moved = movements(NOW, NOW.line.c.client_id == some.c.client_id, within=[some], only=only).lateral()
    got = select(some.c.client_id, *moved.c["store_id", "occurred_at"]).join_from(some, moved, true())
    goods = got.where(moved.c.moved > 0).cte()
    if living:
        by = select(*whose.c["client_id", "store_id"]).join(some, some.c.client_id == whose.c.client_id)
    else:
        taken_up = for_each(select(card.c.store_id).where(card.c.client_id == some.c.client_id), "taken_up")
        by = select(some.c.client_id, *taken_up.c).join_from(some, taken_up, true())
    registered = _first(by)
    serving = for_each(
        select(*affiliation.c["store_id", "since", "until"]).where(
            affiliation.c.client_id == some.c.client_id, affiliation.c.store_id.is_not(None)
        ),
        "serving",
    )
    serves = _first(select(some.c.client_id, *serving.c).join_from(some, serving, true()))
    near = partial(_near, local, held, _stores(held).cte())
    found = union(
        _linked(terms, calendars, held).where(held.c.reach == "national"),
        near(goods).where(_lately(goods, held)),
        near(registered).where(~exists().where(goods.c.client_id == local.c.client_id, _lately(goods, held))),
        near(serves).where(_on_its_days(serves, held)),
        select(lists.c.client_id, held.c.calendar_event_id)
        .join_from(lists, held, held.c.calendar_event_id == lists.c.calendar_event_id)
        .where(lists.c.listed),
    ).subquery()
    if living:
        return select(*found.c)
    lives = for_each(
        select(card.c.client_id).where(card.c.client_id == found.c.client_id, card.c.is_client, ~card.c.died), "lives"
    )
    return select(*found.c).join_from(found, lives, true())


def _terms(whose: FromClause) -> CTE:
    # Twice asked for, it is read once, and first: from an event's side everybody in an organization would be.
    hers = for_each(
        select(*term.c["organization_id", "since", "until"]).where(term.c.client_id == whose.c.client_id), "hers"
    )
    return select(whose.c.client_id, *hers.c).join_from(whose, hers, true()).cte()


def _held(*which: ColumnElement[bool]) -> Select[Any]:
    """Events that are not cancelled."""
    columns = ("calendar_event_id", "reach", "region_id", "store_id", "starts_at", "first_day", "last_day")
    return select(*calendar_event.c[*columns]).where(~calendar_event.c.cancelled, *which)


def _stores(held: FromClause) -> CompoundSelect[Any]:
    """Of each event that is not national, its stores: the one, or those that are in the region today."""
    return union_all(
        select(*held.c["calendar_event_id", "store_id"]).where(held.c.reach == "store"),
        select(held.c.calendar_event_id, store.c.store_id).join(
            store, (held.c.reach == "regional") & (store.c.region_id == held.c.region_id)
        ),
    )


def _linked(terms: FromClause, calendars: FromClause, held: FromClause) -> Select[Any]:
    """Which of the events are on the calendar of an organization of which she is a member on their days."""
    return (
        select(terms.c.client_id, held.c.calendar_event_id)
        .join_from(terms, calendars, calendars.c.organization_id == terms.c.organization_id)
        .join(held, held.c.calendar_event_id == calendars.c.calendar_event_id)
        .where(_on_its_days(terms, held))
    )


def _near(local: FromClause, held: FromClause, stores: FromClause, hers: FromClause) -> Select[Any]:
    """Pairs of a client and an event, whose store is one of hers: rows of `client_id` and `store_id`."""
    return (
        select(*local.c["client_id", "calendar_event_id"])
        .join(held, held.c.calendar_event_id == local.c.calendar_event_id)
        .join(hers, hers.c.client_id == local.c.client_id)
        .join(
            stores,
            (stores.c.calendar_event_id == local.c.calendar_event_id) & (stores.c.store_id == hers.c.store_id),
        )
    )


def _first(rows: Select[Any]) -> CTE:
    """Rows that PostgreSQL finds before it joins them with anything."""
    return rows.cte().prefix_with("MATERIALIZED")


def _on_its_days(lasting: FromClause, held: FromClause) -> ColumnElement[bool]:
    return overlaps(lasting.c.since, lasting.c.until, held.c.first_day, held.c.last_day)


def _lately(goods: FromClause, held: FromClause) -> ColumnElement[bool]:
    """Whether goods changed hands in the months before today, or before an event that is over, and before it began."""
    day = cast(func.least(TODAY, held.c.first_day), DateTime)
    since = func.timezone("UTC", day - func.make_interval(0, _MONTHS))
    return and_(since <= goods.c.occurred_at, goods.c.occurred_at < held.c.starts_at)
