"""What becomes of one client's affiliations when the book of an associate is reassigned, for good or as cover."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from domain import affiliation
from domain.affiliation import (
    Affiliation,
    AffiliationBegun,
    AffiliationEnded,
    Affiliations,
    AffiliationWithdrawn,
    Event,
    PrimaryNamed,
    Scope,
    turning_days,
)
from domain.refusals import NotServing
from domain.values import named_id

_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Handover:
    """What `giver` serves from `since` on goes to `taker`, who serves at `store_id`: all of it, or these categories.

    With `until`, the taker stands in until that day, and the affiliation goes on by itself after it. Who is giver
    and taker takes her clients along to another store.
    """

    reassignment_id: UUID
    giver: str
    taker: str
    store_id: str | None
    categories: tuple[str, ...] | None
    since: date
    until: date | None


def hand_over(now: Affiliations, client_id: UUID, order: Handover) -> list[Event]:
    """Asked again for the same reassignment it is no news; refuses with `NotServing` if there is nothing to give."""
    if order.reassignment_id in now.reassigned:
        return []
    events = [event for held in now.by_id.values() for event in _handed_over(held, client_id, order)]
    if not events:
        raise NotServing("She does not serve this client then.", "clients")
    then = now
    for event in events:
        then = affiliation.evolve(then, event)
    return [*events, *_primary_passed_on(now, then, client_id, order)]


def _handed_over(held: Affiliation, client_id: UUID, order: Handover) -> Iterator[Event]:
    given, left = held.scope.part(order.categories), held.scope.without(order.categories)
    since = max(held.since or date.min, order.since)
    until = _earlier(held.until, order.until)
    if held.associate_id != order.giver or (held.associate_id, held.store_id) == (order.taker, order.store_id):
        return
    if given is None or (until is not None and until < since):
        return
    of, reassignment_id = (client_id, held.id, held.associate_id, held.store_id), order.reassignment_id
    if held.since is None or held.since < since:
        yield AffiliationEnded(*of, since - _DAY, reassignment_id)
    else:
        yield AffiliationWithdrawn(*of, reassignment_id)

    def begun(
        what: str, who: str, where: str | None, scope: Scope, days: tuple[date, date | None], covers: str | None
    ) -> Event:
        id = named_id(reassignment_id, str(held.id), what)
        return AffiliationBegun(client_id, id, who, where, scope, *days, covers, reassignment_id)

    stands_in_for = held.covers if order.until is None or order.taker == order.giver else order.giver
    yield begun("given", order.taker, order.store_id, given, (since, until), stands_in_for)
    if left is not None:
        yield begun("left", held.associate_id, held.store_id, left, (since, until), held.covers)
    if until != held.until and until is not None:
        yield begun("back", held.associate_id, held.store_id, held.scope, (until + _DAY, held.until), held.covers)


def _primary_passed_on(
    before: Affiliations, then: Affiliations, client_id: UUID, order: Handover
) -> list[PrimaryNamed]:
    """On the days on which the giver was the primary associate and serves the client no more, the taker is."""
    days = turning_days(then, order.since, order.until)
    lasts = [day - _DAY for day in days[1:]] + [order.until]
    runs: list[tuple[date, date | None]] = []
    for since, until in zip(days, lasts, strict=True):
        gave = affiliation.primary(before, since) == order.giver and affiliation.primary(then, since) is None
        if not gave or order.taker not in _who(then, since):
            continue
        if runs and runs[-1][1] == since - _DAY:
            runs[-1] = (runs[-1][0], until)
        else:
            runs.append((since, until))
    return [PrimaryNamed(client_id, order.taker, *days, order.reassignment_id) for days in runs]


def _who(now: Affiliations, on: date) -> set[str]:
    return {each.associate_id for each in affiliation.in_force(now, on)}


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
