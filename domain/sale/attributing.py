"""Which lines of a sale were sold because of a calendar event, as who sold them says: each of one event at most.

Nothing is worked out here: what nobody states comes from no event.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from domain.refusals import AttributionInvalid, SaleDiffers
from domain.sale.events import AttributionRemoved, Event, SaleAttributed
from domain.sale.state import Sale, after, require_sale


def attribute(
    now: Sale, calendar_event_id: UUID, lines: Collection[int] | None, associate_id: str, field: str = "lines"
) -> list[Event]:
    """Says that these lines, by default all of goods, come from an event, and from no other; the same is no news.

    `field` is what the lines were called by who named them.
    """
    sold, _ = require_sale(now)
    named = _goods(now) if lines is None else _named(now, lines, field)
    if not named:
        raise AttributionInvalid("Nothing was sold that could come from an event.", field)
    news = [ordinal for ordinal in named if now.attributed.get(ordinal) != calendar_event_id]
    if not news:
        return []
    return [*_removed(now, news), SaleAttributed(sold.sale_id, calendar_event_id, tuple(news), associate_id)]


def remove(now: Sale, lines: Collection[int] | None) -> list[Event]:
    """Says that these lines, by default all, come from no event after all."""
    require_sale(now)
    if lines is not None:
        _known(now, lines, "lines")
    return _removed(now, now.attributed if lines is None else lines)


def along_with(
    now: Sale, recorded: Sequence[object], calendar_event_id: UUID, associate_id: str, field: str
) -> list[object]:
    """A sale as it is just recorded, and that all of it comes from an event; of no news there is no more.

    A sale that was recorded before without ever having been said to come from this event is another one.
    """
    if recorded:
        return [*recorded, *attribute(after(recorded), calendar_event_id, None, associate_id, field)]
    if calendar_event_id not in now.stated:
        raise SaleDiffers("A sale with this number is recorded already, and was not said to come from it.", field)
    return []


def no_longer_sold(now: Sale) -> list[Event]:
    """What was stated of lines that the sale, put right, does not have or that are no goods comes from no event."""
    return _removed(now, now.attributed.keys() - set(_goods(now)))


def _goods(now: Sale) -> list[int]:
    return [line.ordinal for line in now.lines.values() if line.moves_goods]


def _named(now: Sale, lines: Collection[int], field: str) -> list[int]:
    for ordinal in _known(now, lines, field):
        if not now.lines[ordinal].moves_goods:
            raise AttributionInvalid(f"Line {ordinal} is no goods.", field)
    return sorted(set(lines))


def _known(now: Sale, lines: Collection[int], field: str) -> Collection[int]:
    for ordinal in lines:
        if ordinal not in now.lines:
            raise AttributionInvalid(f"The sale has no line {ordinal}.", field)
    return lines


def _removed(now: Sale, lines: Iterable[int]) -> list[Event]:
    """Takes these lines off whatever event each of them has, if it has one."""
    sold, _ = require_sale(now)
    of: dict[UUID, list[int]] = {}
    for ordinal in sorted(set(lines) & now.attributed.keys()):
        of.setdefault(now.attributed[ordinal], []).append(ordinal)
    return [AttributionRemoved(sold.sale_id, event_id, tuple(ordinals)) for event_id, ordinals in of.items()]
