"""A sale as its events left it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    DeliveryAddressed,
    Event,
    LinesReturned,
    ReturnRecorded,
    SaleRecorded,
)


@dataclass(frozen=True, slots=True)
class Sale:
    recorded: SaleRecorded | ReturnRecorded | None = None
    client_id: UUID | None = None
    returns: dict[UUID, LinesReturned] = field(default_factory=dict)
    deliveries: tuple[DeliveryAddressed, ...] = ()


def evolve(was: Sale, event: Event) -> Sale:
    match event:
        case SaleRecorded(client_id=client_id) | ReturnRecorded(client_id=client_id):
            return replace(was, recorded=event, client_id=client_id)
        case LinesReturned(return_id=id):
            return replace(was, returns={**was.returns, id: event})
        case ClientAttached(client_id=client_id):
            return replace(was, client_id=client_id)
        case ClientDetached():
            return replace(was, client_id=None)
        case DeliveryAddressed():
            return replace(was, deliveries=(*was.deliveries, event))


def after(events: Iterable[object]) -> Sale:
    """The sale these events are about; what an id of another noun leads to is no sale."""
    now = Sale()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now
