"""What commands need of the people and places they name: checks for `Decision.needs`."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from domain import associate, organization, store
from domain.calendar_event import state as calendar_event
from domain.client import state

Check = Callable[[Sequence[object]], None]
Needs = dict[UUID, Check]


def known_client(events: Sequence[object]) -> None:
    state.require_client(state.after(events))


def living_client(events: Sequence[object]) -> None:
    state.require_living(state.after(events))


def somebody(field: str) -> Check:
    """Whoever is named in `field` is known to the house, as a client or through one."""
    return lambda events: state.require_somebody(state.after(events), field)


def at_work(field: str, on: date) -> Check:
    """Whoever is named in `field` works for the house on this day, or will."""
    return lambda events: associate.require_at_work(associate.after(events), field, on)


def known_associate(field: str) -> Check:
    """Whoever is named in `field` works for the house, or did."""

    def check(events: Sequence[object]) -> None:
        associate.require_associate(associate.after(events), field)

    return check


def known_store(field: str) -> Check:
    """What is named in `field` is a store of the house."""

    def check(events: Sequence[object]) -> None:
        store.require_store(store.after(events), field)

    return check


def known_region(field: str) -> Check:
    return lambda events: store.require_region(store.region_after(events), field)


def known_organization(field: str) -> Check:
    return lambda events: organization.require_known(organization.after(events), field)


def known_event(events: Sequence[object]) -> None:
    """There is such a calendar event, called off or not."""
    calendar_event.require_known(calendar_event.after(events))


def together(*needs: tuple[UUID, Check]) -> Needs:
    """All of these, in this order; of what is named twice, both have to be true."""
    found: Needs = {}
    for id, check in needs:
        found[id] = _both(found[id], check) if id in found else check
    return found


def _both(one: Check, other: Check) -> Check:
    def check(events: Sequence[object]) -> None:
        one(events)
        other(events)

    return check
