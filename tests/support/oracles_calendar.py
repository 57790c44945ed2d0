"""Slow, simple answers about calendar events and whom they reach: one reading of the whole list of events each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from domain import affiliation, store
from domain.access import Viewer
from domain.calendar_event import state
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.reach import Client, reaches
from domain.calendar_event.state import CalendarEvent
from domain.days import overlaps
from domain.invitation.events import PutOnList, TakenOffList
from domain.membership import Term
from domain.scope import Scope
from domain.store import StoreOpened
from projections.projection import Recorded
from tests.support.oracles import Answer, card_of
from tests.support.oracles_circles import organization_of, terms_of
from tests.support.oracles_spending import movements_of


def calendar_events(log: Sequence[Recorded]) -> dict[UUID, CalendarEvent]:
    """Every calendar event that was ever scheduled, as the last event left it."""
    ids = [each.stream_id for each in log if isinstance(each.event, CalendarEventScheduled)]
    return {id: state.after(each.event for each in log if each.stream_id == id) for id in ids}


def reached(log: Sequence[Recorded], client_id: UUID, who: Viewer) -> dict[UUID, CalendarEvent]:
    """The events that reach a client."""
    card = card_of(log, client_id)
    if card is None:
        return {}
    terms = terms_of([each for each in log if each.key == client_id])
    serving = affiliation.after(each.event for each in log if each.stream_id == affiliation.stream_id(client_id))
    client = Client(
        [(each["organization_id"], Term(each["since"], each["until"])) for each in terms],
        card["store_id"],
        [(each.store_id, each.at) for each in movements_of(log, client_id) if each.quantity > 0],
        [(each.store_id, Term(each.since, each.until)) for each in serving.by_id.values()],
        died=card["died"],
    )
    listed = _listed(log, client_id)
    months = who.policy.home_store_months
    return {
        id: event
        for id, event in calendar_events(log).items()
        if reaches(event, replace(client, listed=id in listed), set(stores_of(log, event.scope)), who.today, months)
    }


def _listed(log: Sequence[Recorded], client_id: UUID) -> set[UUID]:
    said = [each.event for each in log if isinstance(each.event, PutOnList | TakenOffList)]
    last = {each.calendar_event_id: each for each in said if each.client_id == client_id}
    return {id for id, each in last.items() if isinstance(each, PutOnList)}


def stores_of(log: Sequence[Recorded], scope: Scope | None) -> Iterator[str]:
    if scope and scope.store_id:
        yield scope.store_id
    for id in {each.event.store_id for each in log if isinstance(each.event, StoreOpened)}:
        now = store.after(each.event for each in log if each.stream_id == store.stream_id(id))
        if scope and scope.region_id and now.region_id == scope.region_id:
            yield id


def told_of(log: Sequence[Recorded], event_id: UUID) -> Answer:
    """What is said of a calendar event wherever it is shown."""
    now = calendar_events(log)[event_id]
    assert now.held
    assert now.scope
    names = {id: organization_of(log, id) for id in now.organizations}
    whose = [{"organization_id": id, "name": of["name"] if of else None} for id, of in names.items()]
    return {
        "calendar_event_id": event_id,
        "name": now.name,
        "kind": now.kind,
        "venue": now.venue,
        "organizations": sorted(whose, key=lambda each: str(each["organization_id"])),
        "scope": {"reach": now.scope.reach, "region_id": now.scope.region_id, "store_id": now.scope.store_id},
        "held": {
            "starts": now.held.starts,
            "ends": now.held.ends,
            "time_zone": now.held.time_zone,
            "starts_at": now.held.starts_at,
            "ends_at": now.held.ends_at,
            "first_day": now.held.first_day,
            "last_day": now.held.last_day,
        },
        "cancelled": now.cancelled,
        "reason": now.reason,
    }


def through(log: Sequence[Recorded], client_id: UUID, event: CalendarEvent) -> list[UUID]:
    """The organizations of an event of which she is a member on its days."""
    assert event.held
    days = (event.held.first_day, event.held.last_day)
    return sorted(
        {
            each["organization_id"]
            for each in terms_of([each for each in log if each.key == client_id])
            if each["organization_id"] in event.organizations and overlaps(each["since"], each["until"], *days)
        }
    )


def on_days(events: Mapping[UUID, CalendarEvent], first: date, last: date) -> list[UUID]:
    """Those that are held on any of the days, in day order."""
    held = {id: event.held for id, event in events.items() if event.held}
    those = [id for id, when in held.items() if when.first_day <= last and first <= when.last_day]
    return sorted(those, key=lambda found: (held[found].first_day, found))
