"""Whom a calendar event reaches: the same, for one client, as `queries/reach.py` asks of all.

It follows from what is true now, so that in whichever order a client joined and an event was scheduled, moved or
cancelled, her calendar is the same. An organization's own scope says who joins it; how far an event reaches among those
who did is the event's alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from domain.calendar_event.facts import Held
from domain.calendar_event.state import CalendarEvent
from domain.days import months_before, overlaps
from domain.membership import Term
from domain.scope import Reach


@dataclass(frozen=True, slots=True)
class Client:
    """Of a client, what decides whether an event reaches her.

    `terms` are those of her memberships, belonging and interest alike, each with its organization; `store_id` is the
    store that registered her; `shopped` where and when goods were handed to her; `served` at which stores, and on which
    days; `listed`: she was put on the event's list by hand.
    """

    terms: Collection[tuple[UUID, Term]] = ()
    store_id: str | None = None
    shopped: Collection[tuple[str, datetime]] = ()
    served: Collection[tuple[str | None, Term]] = ()
    listed: bool = False
    died: bool = False


def reaches(event: CalendarEvent, client: Client, stores: Collection[str], today: date, months: int) -> bool:
    """Whether an event reaches a client: she is on its list, or linked to it and, unless it is national, of one of its
    stores. `stores` are the one that its scope names, or those of the region; `months` for how long one who shopped at
    a store is of it.
    """
    if event.held is None or event.scope is None or event.cancelled or client.died:
        return False
    linked = any(id in event.organizations and _on_its_days(term, event.held) for id, term in client.terms)
    national = event.scope.reach is Reach.NATIONAL
    return client.listed or (linked and (national or _is_of(client, stores, event.held, today, months)))


def _is_of(client: Client, stores: Collection[str], held: Held, today: date, months: int) -> bool:
    """She shopped there lately, else nowhere and was registered there, which makes it her home store; or is served
    there on its days. Lately is in so many months before today, of what is over before its first day, and until it
    began: what she bought there brought nobody there.
    """
    since = datetime.combine(months_before(min(today, held.first_day), months), time(), UTC)
    lately = {store for store, at in client.shopped if since <= at < held.starts_at}
    served = (store for store, term in client.served if _on_its_days(term, held))
    return _any_of(stores, lately or {client.store_id}) or _any_of(stores, served)


def _on_its_days(term: Term, held: Held) -> bool:
    return overlaps(term.since, term.until, held.first_day, held.last_day)


def _any_of(stores: Collection[str], those: Iterable[str | None]) -> bool:
    return any(each in stores for each in those)
