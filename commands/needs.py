"""What commands need of the people and places they name: checks for `Decision.needs`."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from domain import associate, store
from domain.client import state

Check = Callable[[Sequence[object]], None]


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


def known_store(field: str) -> Check:
    """What is named in `field` is a store of the house."""

    def check(events: Sequence[object]) -> None:
        store.require_store(store.after(events), field)

    return check


def together(*needs: tuple[UUID, Check]) -> dict[UUID, Check]:
    """All of these, in this order; of what is named twice, both have to be true."""
    found: dict[UUID, Check] = {}
    for id, check in needs:
        found[id] = _both(found[id], check) if id in found else check
    return found


def _both(one: Check, other: Check) -> Check:
    def check(events: Sequence[object]) -> None:
        one(events)
        other(events)

    return check
