"""A sale as its events left it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.refusals import SaleInvalid, SaleUnknown
from domain.sale.events import (
    AttributionRemoved,
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
    SaleAttributed,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import Content, HandedOverLine, Handover, Line, ReturnedLine


@dataclass(frozen=True, slots=True)
class Sale:
    """`recorded` is what it began with; `content` is what it says by now, corrected as often as `corrections` counts.

    Of a line that was ordered or laid away, `handed_over` is what moved. `attributed` is the calendar event that a line
    is said to come from; `stated` are all that any line ever was.
    """

    recorded: SaleRecorded | ReturnRecorded | None = None
    client_id: UUID | None = None
    content: Content | None = None
    corrections: int = 0
    returns: dict[UUID, LinesReturned] = field(default_factory=dict)
    deliveries: tuple[DeliveryAddressed, ...] = ()
    arrivals: Mapping[UUID, LinesArrived] = field(default_factory=dict)
    cancellations: Mapping[UUID, LinesCancelled] = field(default_factory=dict)
    handed_over: tuple[LinesHandedOver, ...] = ()
    marks: Mapping[UUID, GiftMarked | KeptForHerself] = field(default_factory=dict)
    unmarked: frozenset[UUID] = frozenset()
    declined: frozenset[UUID] = frozenset()
    attributed: Mapping[int, UUID] = field(default_factory=dict)
    stated: frozenset[UUID] = frozenset()

    @property
    def lines(self) -> Mapping[int, Line]:
        """What was sold, by ordinal, as corrected."""
        return {line.ordinal: line for line in self.content.lines} if self.content else {}

    def arrived(self, ordinal: int) -> int:
        """How many pieces of this line are known to have reached the store."""
        return _pieces(self.arrivals.values(), ordinal)

    def cancelled(self, ordinal: int) -> int:
        """How many pieces of this line will never change hands."""
        return _pieces(self.cancellations.values(), ordinal)

    def moved(self, ordinal: int, by: datetime | None = None) -> HandedOverLine:
        """What of this line changed hands, at the sale or since: `by` that moment, or ever. A line that moves no goods
        has nothing to wait for."""
        line = self.lines[ordinal]
        if line.handover is Handover.TAKEN:
            return HandedOverLine(ordinal, line.quantity, line.net)
        handed = [
            each
            for event in self.handed_over
            if by is None or event.occurred_at <= by
            for each in event.lines
            if each.ordinal == ordinal
        ]
        return HandedOverLine(
            ordinal, sum(each.quantity for each in handed), sum((each.net for each in handed), Decimal(0))
        )

    def came_back(self, ordinal: int) -> list[ReturnedLine]:
        """What of this line came back, in the order in which it was recorded."""
        return [line for back in self.returns.values() for line in back.lines if line.ordinal == ordinal]


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
        case LinesArrived(arrival_id=id):
            return replace(was, arrivals={**was.arrivals, id: event})
        case LinesCancelled(cancellation_id=id):
            return replace(was, cancellations={**was.cancellations, id: event})
        case LinesHandedOver():
            return replace(was, handed_over=(*was.handed_over, event))
        case SaleCorrected(number=number, now=content):
            return replace(was, content=content, corrections=number)
        case LineServiced():
            return was
        case GiftMarked(mark_id=id) | KeptForHerself(mark_id=id):
            return replace(was, marks={**was.marks, id: event}, unmarked=was.unmarked - {id})
        case MarkRemoved(mark_id=removed):
            marks = {id: mark for id, mark in was.marks.items() if id != removed}
            return replace(was, marks=marks, unmarked=was.unmarked | {removed})
        case GiftReleaseSet(mark_id=id, released_on=released_on, discreet=discreet):
            mark = was.marks.get(id)
            if not isinstance(mark, GiftMarked):
                return was
            return replace(was, marks={**was.marks, id: replace(mark, released_on=released_on, discreet=discreet)})
        case ProposalDeclined(proposal_id=id):
            return replace(was, declined=was.declined | {id})
        case SaleAttributed(calendar_event_id=id, lines=lines):
            attributed = {**was.attributed, **dict.fromkeys(lines, id)}
            return replace(was, attributed=attributed, stated=was.stated | {id})
        case AttributionRemoved(lines=lines):
            left = {ordinal: id for ordinal, id in was.attributed.items() if ordinal not in lines}
            return replace(was, attributed=left)


def _pieces(events: Iterable[LinesArrived | LinesCancelled], ordinal: int) -> int:
    return sum(each.quantity for event in events for each in event.lines if each.ordinal == ordinal)


def after(events: Iterable[object]) -> Sale:
    """The sale these events are about; what an id of another noun leads to is no sale."""
    now = Sale()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def require_sale(now: Sale) -> tuple[SaleRecorded, Content]:
    """What was sold, as recorded and as it is now; refuses what is no sale, like a return without the receipt."""
    if now.recorded is None or now.content is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    if isinstance(now.recorded, ReturnRecorded):
        raise SaleInvalid("This is a return, not a sale.", "sale_id")
    return now.recorded, now.content
