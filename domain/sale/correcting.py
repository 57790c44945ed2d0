"""A sale that was recorded wrongly is put right: as an event, so that what was known before stays known.

What became of the sale since is true whatever it says: a correction that contradicts it is refused.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from domain.refusals import CorrectionContradicts
from domain.sale import attributing
from domain.sale.events import Event, SaleCorrected
from domain.sale.facts import Content, HandedOverLine, Handover, Line
from domain.sale.recording import check
from domain.sale.state import Sale, require_sale
from domain.values import share


def correct(now: Sale, content: Content, reason: str) -> list[Event]:
    """The sale says this instead. Without lines, nothing was sold: it was recorded in error.

    That a line comes from a calendar event is no hindrance: what was not sold comes from none.
    """
    sold, was = require_sale(now)
    if content == was:
        return []
    check(content.lines)
    since = [back.occurred_at for back in now.returns.values()]
    since += [arrival.occurred_at for arrival in now.arrivals.values()]
    since += [handover.occurred_at for handover in now.handed_over]
    since += [cancellation.occurred_at for cancellation in now.cancellations.values()]
    if any(at < content.occurred_at for at in since):
        raise CorrectionContradicts("Something became of the sale before that time.", "occurred_at")
    corrected = replace(now, content=content)
    places = {line.ordinal: f"lines.{place}" for place, line in enumerate(content.lines)}
    for line in was.lines:
        became = _became(now, line.ordinal)
        if became == _NOTHING:
            continue
        if line.ordinal not in places:
            raise CorrectionContradicts(f"Something became of line {line.ordinal}, so it was sold.", "lines")
        _check_order(line, corrected.lines[line.ordinal], became, sold.currency, places[line.ordinal])
        _check_rest(corrected.moved(line.ordinal), corrected.lines[line.ordinal], became, places[line.ordinal])
    return [
        SaleCorrected(sold.sale_id, now.corrections + 1, was, content, reason),
        *attributing.no_longer_sold(corrected),
    ]


@dataclass(frozen=True, slots=True)
class _Became:
    """What became of a line: in pieces, and what was handed over and refunded of its net."""

    arrived: int = 0
    cancelled: int = 0
    handed_over: int = 0
    handed_over_net: Decimal = Decimal(0)
    returned: int = 0
    refunded: Decimal = Decimal(0)
    marked: int = 0
    returned_unmarked: int = 0


_NOTHING: Final = _Became()

_SAID: Final = {Handover.TAKEN: "taken", Handover.ORDERED: "ordered", Handover.LAID_AWAY: "laid away"}


def _became(now: Sale, ordinal: int) -> _Became:
    handed_over = [line for event in now.handed_over for line in event.lines if line.ordinal == ordinal]
    came_back = now.came_back(ordinal)
    return _Became(
        now.arrived(ordinal),
        now.cancelled(ordinal),
        sum(line.quantity for line in handed_over),
        sum((line.net for line in handed_over), Decimal(0)),
        sum(line.quantity for line in came_back),
        sum((line.net for line in came_back), Decimal(0)),
        sum(mark.quantity for mark in now.marks.values() if mark.ordinal == ordinal),
        sum(line.quantity for line in came_back if line.mark_id is None),
    )


def _check_order(was: Line, line: Line, became: _Became, currency: str, field: str) -> None:
    """What arrived, was cancelled or changed hands was ordered; what changed hands keeps the amount that it had."""
    if (became.arrived or became.cancelled or became.handed_over) and line.handover is not was.handover:
        raise CorrectionContradicts(
            f"Line {line.ordinal} was {_SAID[was.handover]}, as what became of it shows.", f"{field}.handover"
        )
    if max(became.arrived, became.handed_over + became.cancelled) > line.quantity:
        raise CorrectionContradicts(f"More became of line {line.ordinal} than that.", f"{field}.quantity")
    if became.handed_over_net != share(line.net, became.handed_over, line.quantity, currency):
        raise CorrectionContradicts(
            f"Of line {line.ordinal}, {became.handed_over_net} was handed over already.", f"{field}.net"
        )


def _check_rest(moved: HandedOverLine, line: Line, became: _Became, field: str) -> None:
    """What came back had changed hands and was paid; what is marked was sold."""
    if became.marked + became.returned_unmarked > line.quantity:
        others = f", and {became.returned_unmarked} others came back" if became.returned_unmarked else ""
        raise CorrectionContradicts(f"{became.marked} of line {line.ordinal} are marked{others}.", f"{field}.quantity")
    if became.returned > moved.quantity:
        raise CorrectionContradicts(f"{became.returned} of line {line.ordinal} came back.", f"{field}.quantity")
    if became.refunded > moved.net:
        raise CorrectionContradicts(f"{became.refunded} of line {line.ordinal} was refunded.", f"{field}.net")
