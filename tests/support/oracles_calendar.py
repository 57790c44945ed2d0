"""Slow, simple answers about calendar events and whom they reach: one reading of the whole list of events each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from domain import affiliation, store
from domain.access import Viewer
from domain.calendar_event import state
from domain.calendar_event.reach import Client, reaches
from domain.calendar_event.state import CalendarEvent
from domain.invitation.events import PutOnList, TakenOffList
from domain.membership import Term
from domain.scope import Scope
from domain.store import StoreOpened
from projections.projection import Recorded
from tests.support.oracles import card_of
from tests.support.oracles_circles import terms_of
from tests.support.oracles_spending import movements_of


def calendar_events(log: Sequence[Recorded]) -> dict[UUID, CalendarEvent]:
    """Every calendar event that was ever scheduled, as the last event left it."""
    ids = dict.fromkeys(each.stream_id for each in log)
    found = {id: state.after(each.event for each in log if each.stream_id == id) for id in ids}
    return {id: now for id, now in found.items() if now.scheduled}


def reached(log: Sequence[Recorded], client_id: UUID, who: Viewer) -> dict[UUID, CalendarEvent]:
    """The events that reach a client."""
    card = card_of(log, client_id)
    if card is None:
        return {}
    terms = [(each["organization_id"], Term(each["since"], each["until"])) for each in terms_of(log)]
    hers = [term for each, term in zip(terms_of(log), terms, strict=True) if each["client_id"] == client_id]
    serving = affiliation.after(each.event for each in log if each.stream_id == affiliation.stream_id(client_id))
    client = Client(
        hers,
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
        if reaches(event, replace(client, listed=id in listed), set(_stores(log, event.scope)), who.today, months)
    }


def _listed(log: Sequence[Recorded], client_id: UUID) -> set[UUID]:
    said = [each.event for each in log if isinstance(each.event, PutOnList | TakenOffList)]
    last = {each.calendar_event_id: each for each in said if each.client_id == client_id}
    return {id for id, each in last.items() if isinstance(each, PutOnList)}


def _stores(log: Sequence[Recorded], scope: Scope | None) -> Iterator[str]:
    if scope and scope.store_id:
        yield scope.store_id
    for id in {each.event.store_id for each in log if isinstance(each.event, StoreOpened)}:
        now = store.after(each.event for each in log if each.stream_id == store.stream_id(id))
        if scope and scope.region_id and now.region_id == scope.region_id:
            yield id
