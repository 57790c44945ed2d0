"""A sale as its events left it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    DeliveryAddressed,
    Event,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LinesArrived,
    LinesCancelled,
    LineServiced,
    LinesHandedOver,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    ReturnRecorded,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import Content, Line


@dataclass(frozen=True, slots=True)
class Sale:
    """`recorded` is what it began with; `content` is what it says by now, corrected as often as `corrections` counts.

    `arrived` and `cancelled` count pieces by line. Of an ordered line, `handed_over` is what moved.
    """

    recorded: SaleRecorded | ReturnRecorded | None = None
    client_id: UUID | None = None
    content: Content | None = None
    corrections: int = 0
    returns: dict[UUID, LinesReturned] = field(default_factory=dict)
    deliveries: tuple[DeliveryAddressed, ...] = ()
    arrived: Mapping[int, int] = field(default_factory=dict)
    cancelled: Mapping[int, int] = field(default_factory=dict)
    handed_over: tuple[LinesHandedOver, ...] = ()
    marks: Mapping[UUID, GiftMarked | KeptForHerself] = field(default_factory=dict)
    declined: frozenset[UUID] = frozenset()

    @property
    def lines(self) -> Mapping[int, Line]:
        """What was sold, by ordinal, as corrected."""
        return {line.ordinal: line for line in self.content.lines} if self.content else {}


def evolve(was: Sale, event: Event) -> Sale:
    match event:
        case SaleRecorded(client_id=client_id) | ReturnRecorded(client_id=client_id):
            content = Content(event.store_id, event.occurred_at, event.lines)
            return replace(was, recorded=event, client_id=client_id, content=content)
        case LinesReturned(return_id=id):
            return replace(was, returns={**was.returns, id: event})
        case ClientAttached(client_id=client_id):
            return replace(was, client_id=client_id)
        case ClientDetached():
            return replace(was, client_id=None)
        case DeliveryAddressed():
            return replace(was, deliveries=(*was.deliveries, event))
        case LinesArrived():
            return replace(was, arrived=_more(was.arrived, event))
        case LinesCancelled():
            return replace(was, cancelled=_more(was.cancelled, event))
        case LinesHandedOver():
            return replace(was, handed_over=(*was.handed_over, event))
        case SaleCorrected(number=number, now=content):
            return replace(was, content=content, corrections=number)
        case LineServiced():
            return was
        case GiftMarked(mark_id=id) | KeptForHerself(mark_id=id):
            return replace(was, marks={**was.marks, id: event})
        case MarkRemoved(mark_id=removed):
            return replace(was, marks={id: mark for id, mark in was.marks.items() if id != removed})
        case GiftReleaseSet(mark_id=id, released_on=released_on, discreet=discreet):
            mark = was.marks.get(id)
            if not isinstance(mark, GiftMarked):
                return was
            return replace(was, marks={**was.marks, id: replace(mark, released_on=released_on, discreet=discreet)})
        case ProposalDeclined(proposal_id=id):
            return replace(was, declined=was.declined | {id})


def _more(counted: Mapping[int, int], event: LinesArrived | LinesCancelled) -> Mapping[int, int]:
    more = {each.ordinal: counted.get(each.ordinal, 0) + each.quantity for each in event.lines}
    return {**counted, **more}


def after(events: Iterable[object]) -> Sale:
    """The sale these events are about; what an id of another noun leads to is no sale."""
    now = Sale()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now
