"""Which pieces of a line are meant: those of a mark, or those of which nothing was said."""

from collections.abc import Iterator
from uuid import UUID

from domain.refusals import MarkUnknown, ReturnExceedsSale
from domain.sale.events import KeptForHerself
from domain.sale.facts import Pieces
from domain.sale.state import Sale


def unmarked(now: Sale, ordinal: int) -> int:
    """How many pieces of a line can still be marked: neither marked, nor brought back, nor cancelled."""
    marked = sum(mark.quantity for mark in now.marks.values() if mark.ordinal == ordinal)
    back = sum(line.quantity for line in now.came_back(ordinal) if line.mark_id is None)
    return max(now.lines[ordinal].quantity - marked - back - now.cancelled(ordinal), 0)


def returned_of(now: Sale, mark_id: UUID) -> int:
    """How many pieces of a mark came back."""
    return sum(line.quantity for back in now.returns.values() for line in back.lines if line.mark_id == mark_id)


def taken(
    now: Sale, ordinal: int, quantity: int, mark_id: UUID | None, field: str = ""
) -> list[tuple[UUID | None, Pieces]]:
    """Which pieces a return takes, each with its mark: those of the named one, else the unmarked ones first, then what
    she kept for herself, and gifts last. There are so many pieces of the line to return.

    `field` is what stands before the names of refused fields.
    """
    if mark_id is not None:
        known = now.marks.get(mark_id)
        if known is None or known.ordinal != ordinal:
            raise MarkUnknown(f"Line {ordinal} has no mark with this id.", f"{field}mark_id")
        left = known.quantity - returned_of(now, mark_id)
        if quantity > left:
            raise ReturnExceedsSale(f"Of this mark {left} are left to return.", f"{field}quantity")
        return [(mark_id, Pieces(ordinal, quantity))]
    found: list[tuple[UUID | None, Pieces]] = []
    for whose, left in _left(now, ordinal):
        if (part := min(quantity, left)) > 0:
            found.append((whose, Pieces(ordinal, part)))
            quantity -= part
    return found


def _left(now: Sale, ordinal: int) -> Iterator[tuple[UUID | None, int]]:
    yield None, unmarked(now, ordinal)
    marks = sorted(now.marks.values(), key=lambda mark: not isinstance(mark, KeptForHerself))
    for mark in marks:
        if mark.ordinal == ordinal:
            yield mark.mark_id, mark.quantity - returned_of(now, mark.mark_id)
