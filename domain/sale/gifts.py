"""Which pieces of a sale are given, by whom and to whom; and which the client keeps for herself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.gift_policy import GiftPolicy
from domain.personal import Erased, unless_erased
from domain.refusals import MarkDiffers, MarkInvalid, MarksExceedLine, MarkUnknown
from domain.sale import pieces
from domain.sale.events import (
    Event,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    MarkRemoved,
    ProposalDeclined,
)
from domain.sale.facts import MOST_GIVERS, GiftOccasion, Giver, Line
from domain.sale.state import Sale, require_sale
from domain.values import named_id


@dataclass(frozen=True, slots=True)
class Gift:
    """What is said of a gift. Without givers the sale's client gives it, without a quantity it is all that is left.

    Without `released_on` the policy has the day, without `discreet` it is not; of a gift that is marked already both
    stay as they are, the day as long as the occasion is the same.
    """

    recipient_id: UUID | None = None
    occasion: GiftOccasion | None = None
    givers: tuple[Giver, ...] = ()
    quantity: int | None = None
    released_on: date | None = None
    discreet: bool | None = None


def mark(now: Sale, mark_id: UUID, ordinal: int, gift: Gift, code: str, policy: GiftPolicy) -> list[Event]:
    """Marks pieces of a line as a gift; the same again is no news."""
    line = _line(now, ordinal)
    known = now.marks.get(mark_id)
    if known is not None:
        if known.ordinal == ordinal and _marked(now, known, line, gift, code, policy) == known:
            return []
        raise MarkDiffers("This is marked already, with other content.", "proposal_id")
    quantity = _free(now, line, gift.quantity)
    return [_marked(now, KeptForHerself(_sale_id(now), mark_id, ordinal, quantity), line, gift, code, policy)]


def remark(now: Sale, mark_id: UUID, gift: Gift, code: str, policy: GiftPolicy) -> list[Event]:
    """Puts right what a mark says; what was her own becomes a gift like this. A gift keeps its code."""
    known = _mark(now, mark_id)
    line = _line(now, known.ordinal)
    _check_quantity(now, known, gift.quantity)
    marked = _marked(now, known, line, gift, code, policy)
    return [] if marked == known else [marked]


def keep(now: Sale, id: UUID, ordinal: int | None, quantity: int | None) -> list[Event]:
    """Says that the client bought pieces for herself: so many of a line, all that is left of it, or of every line.

    The mark of a line is `of_line` of the id.
    """
    if ordinal is not None:
        return _keep(now, id, _line(now, ordinal), quantity)
    if quantity is not None:
        raise MarkInvalid("A quantity is that of a line.", "ordinal")
    _sale_id(now)
    left = [line for line in now.lines.values() if line.moves_goods and pieces.unmarked(now, line.ordinal) > 0]
    return [event for line in left for event in _keep(now, id, line, None)]


def of_line(id: UUID, ordinal: int) -> UUID:
    """The id of one line's part in what was given an id as a whole."""
    return named_id(id, str(ordinal))


def remove(now: Sale, mark_id: UUID) -> list[Event]:
    """Takes a mark away: what it said was wrong. Not one of which pieces came back: that can only be put right."""
    if mark_id in now.unmarked:
        return []
    _mark(now, mark_id)
    if pieces.returned_of(now, mark_id):
        raise MarkInvalid("Pieces of this came back; put right what it says.", "mark_id")
    return [MarkRemoved(_sale_id(now), mark_id)]


def release(now: Sale, mark_id: UUID, released_on: date | None, *, discreet: bool) -> list[Event]:
    """Says from which day on the recipient's own file may show a gift: from none without it, and never if discreet."""
    known = _mark(now, mark_id)
    if not isinstance(known, GiftMarked):
        raise MarkInvalid("She keeps this for herself; there is no surprise.", "mark_id")
    if discreet and released_on is not None:
        raise MarkInvalid("What is discreet is released on no day.", "released_on")
    if (known.released_on, known.discreet) == (released_on, discreet):
        return []
    return [GiftReleaseSet(_sale_id(now), mark_id, known.concerns_id, released_on, discreet)]


def decline(now: Sale, proposal_id: UUID, ordinal: int) -> list[Event]:
    """Says that a line is not the gift that was proposed."""
    _line(now, ordinal)
    return [] if proposal_id in now.declined else [ProposalDeclined(_sale_id(now), proposal_id, ordinal)]


def mark_with_sale(
    now: Sale, ordinal: int, gift: Gift, code: str, policy: GiftPolicy, field: str, *, just_recorded: bool
) -> list[Event]:
    """Marks a gift that was said with its sale, in `field`: once, so that the sale sent again finds its mark.

    A sale that was recorded before is not marked anew: since then pieces may have been marked by themselves, or a mark
    taken away.
    """
    try:
        marked = mark(now, of_line(_sale_id(now), ordinal), ordinal, gift, code, policy)
        if marked and not just_recorded:
            raise MarkDiffers("This sale was recorded before, and has no such mark.", "proposal_id")
    except (MarkInvalid, MarkDiffers, MarksExceedLine) as refusal:
        said = refusal.field not in ("ordinal", "proposal_id")
        raise type(refusal)(refusal.detail, f"{field}.{refusal.field}" if said else field) from None
    return marked


def _keep(now: Sale, id: UUID, line: Line, quantity: int | None) -> list[Event]:
    if now.client_id is None:
        raise MarkInvalid("Nobody is known who could have bought it for herself.", "ordinal")
    marks = {id: mark for id, mark in now.marks.items() if mark.ordinal == line.ordinal}
    mark_id = of_line(id, line.ordinal)
    all_hers = marks and all(isinstance(mark, KeptForHerself) for mark in marks.values())
    if mark_id in marks or (quantity is None and all_hers and pieces.unmarked(now, line.ordinal) == 0):
        return []
    return [KeptForHerself(_sale_id(now), mark_id, line.ordinal, _free(now, line, quantity))]


def _marked(
    now: Sale, known: GiftMarked | KeptForHerself, line: Line, gift: Gift, code: str, policy: GiftPolicy
) -> GiftMarked:
    givers = gift.givers or _client(now)
    if len(givers) > MOST_GIVERS or len({giver.client_id for giver in givers}) < len(givers):
        raise MarkInvalid(f"A gift names each giver once, and at most {MOST_GIVERS}.", "givers")
    if any(giver.parts < 1 for giver in givers):
        raise MarkInvalid("A giver has at least one part of it.", "givers")
    recipient_id = gift.recipient_id
    if recipient_id in [giver.client_id for giver in givers]:
        raise MarkInvalid("Nobody gives to herself; what she keeps is her own.", "recipient_id")
    if recipient_id is not None and recipient_id == now.client_id:
        raise MarkInvalid("This sale stands on her; a gift to her is of a sale of who gives it.", "recipient_id")
    if gift.discreet and gift.released_on is not None:
        raise MarkInvalid("What is discreet is released on no day.", "released_on")
    before = known if isinstance(known, GiftMarked) else None
    discreet = gift.discreet if gift.discreet is not None else before is not None and before.discreet
    released_on = gift.released_on or policy.release(gift.occasion.day if gift.occasion else None)
    if gift.released_on is None and before is not None and not before.discreet and before.occasion == gift.occasion:
        released_on = unless_erased(before.released_on)
    return GiftMarked(
        _sale_id(now),
        known.mark_id,
        line.ordinal,
        known.quantity if gift.quantity is None else gift.quantity,
        givers,
        recipient_id,
        recipient_id or givers[0].client_id,
        gift.occasion,
        None if discreet else released_on,
        code if before is None or isinstance(before.receipt_code, Erased) else before.receipt_code,
        discreet,
    )


def _client(now: Sale) -> tuple[Giver, ...]:
    if now.client_id is None:
        raise MarkInvalid("Nobody is known who gives it.", "givers")
    return (Giver(now.client_id),)


def _sale_id(now: Sale) -> UUID:
    return require_sale(now)[0].sale_id


def _line(now: Sale, ordinal: int) -> Line:
    _sale_id(now)
    line = now.lines.get(ordinal)
    if line is None:
        raise MarkInvalid(f"The sale has no line {ordinal}.", "ordinal")
    if not line.moves_goods:
        raise MarkInvalid(f"Line {ordinal} is no goods.", "ordinal")
    return line


def _mark(now: Sale, mark_id: UUID) -> GiftMarked | KeptForHerself:
    _sale_id(now)
    known = now.marks.get(mark_id)
    if known is None:
        raise MarkUnknown("The sale has no mark with this id.", "mark_id")
    return known


def _free(now: Sale, line: Line, wanted: int | None) -> int:
    """The wanted quantity, or all that is left, of which nothing was said yet."""
    left = pieces.unmarked(now, line.ordinal)
    if left == 0 or (wanted is not None and wanted > left):
        raise MarksExceedLine(f"Line {line.ordinal} has {left} left to mark.", "quantity" if wanted else "ordinal")
    return wanted or left


def _check_quantity(now: Sale, known: GiftMarked | KeptForHerself, wanted: int | None) -> None:
    """A mark grows only by pieces of which nothing was said, and never covers fewer than came back of it."""
    if wanted is None:
        return
    left = pieces.unmarked(now, known.ordinal)
    if wanted > known.quantity + left:
        raise MarksExceedLine(f"Line {known.ordinal} has {known.quantity + left} left to mark.", "quantity")
    if wanted < (back := pieces.returned_of(now, known.mark_id)):
        raise MarkInvalid(f"Of this {back} came back.", "quantity")
