"""A slow, simple answer about a client's history: one reading of the whole list of events."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from domain.sale import state as sales
from domain.sale.events import (
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesHandedOver,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
)
from projections.projection import Recorded

_GIFTS = (GiftMarked, KeptForHerself, MarkRemoved, GiftReleaseSet, ProposalDeclined, LineServiced)


def history_of(log: Sequence[Recorded], client_id: UUID) -> list[Recorded]:
    """Her own events and those of every link of hers, and of every sale up to when it left her, newest first.

    Of a sale that was not hers at first no gift that was told of before; and nothing of one that holds a gift to her.
    """
    keys = dict.fromkeys(each.key for each in log)
    found = [each for key in keys for each in _under(key, [each for each in log if each.key == key], client_id)]
    return sorted(found, key=lambda each: each.position, reverse=True)


def _under(key: UUID, events: Sequence[Recorded], client_id: UUID) -> Iterator[Recorded]:
    if key == client_id:
        yield from events
        return
    marks = sales.after(each.event for each in events).marks.values()
    if any(isinstance(mark, GiftMarked) and mark.recipient_id == client_id for mark in marks):
        return
    since = until = None
    for number, each in enumerate(events):
        if isinstance(each.event, LinesReturned | LinesHandedOver):
            continue
        if getattr(each.event, "previous_client_id", None) == client_id:
            until = number
        if client_id in (getattr(each.event, "client_id", None), getattr(each.event, "other_id", None)):
            since, until = number, None
    if since is not None:
        last = len(events) - 1 if until is None else until
        yield from (
            each
            for number, each in enumerate(events[: last + 1])
            if number >= since or not _tells_of_a_gift(each.event)
        )


def _tells_of_a_gift(event: object) -> bool:
    if isinstance(event, LinesReturned):
        return any(line.mark_id for line in event.lines)
    return isinstance(event, _GIFTS)
