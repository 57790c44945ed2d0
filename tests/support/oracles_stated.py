"""What was sold, and which event it is said to come from: line by line."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar_event.state import CalendarEvent
from domain.sale.events import AttributionRemoved, SaleAttributed
from projections.projection import Recorded
from tests.support.oracles import Answer, sale_of

NOTHING = Decimal(0)


def statements(log: Sequence[Recorded]) -> dict[tuple[UUID, int], Recorded]:
    """By line, the last statement that was not taken back."""
    found: dict[tuple[UUID, int], Recorded] = {}
    for each in log:
        if isinstance(each.event, SaleAttributed):
            found |= {(each.event.sale_id, ordinal): each for ordinal in each.event.lines}
        elif isinstance(each.event, AttributionRemoved):
            for ordinal in each.event.lines:
                found.pop((each.event.sale_id, ordinal), None)
    return found


def goods_sold(log: Sequence[Recorded]) -> Iterator[tuple[Answer, Answer]]:
    """Every line of goods that was sold, beside its sale, in the order of the sales."""
    its: dict[UUID, list[Recorded]] = defaultdict(list)
    for each in log:
        if hasattr(each.event, "sale_id"):
            its[each.stream_id].append(each)
    sold = [found for id, events in its.items() if (found := sale_of(events, id)) and found["kind"] == "sale"]
    for sale in sorted(sold, key=lambda sale: (sale["occurred_at"], sale["sale_id"])):
        yield from ((sale, line) for line in sale["lines"] if line["moves_goods"])


def day_of(event: CalendarEvent, at: datetime) -> date:
    """The day where the event is held."""
    assert event.held is not None
    return at.astimezone(ZoneInfo(event.held.time_zone)).date()


def text(part: Decimal | None) -> str | None:
    """How a rate is told."""
    return None if part is None else str(part)
