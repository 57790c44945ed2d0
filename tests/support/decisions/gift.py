"""Random decisions about the gifts of a sale."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain.gift_policy import HOUSE_GIFTS
from domain.occasion import Source
from domain.sale import gift_code, gifts, returning
from domain.sale import state as sales
from domain.sale.events import Event, LineServiced
from domain.sale.facts import GiftOccasion, Giver
from domain.sale.returning import Returning
from domain.sale.state import Sale
from tests.support.decisions.nouns import CLIENTS, SALES, STORES, Noun
from tests.support.records import NOON

NAMES = ["birthday", "christmas"]


def _mark(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return gifts.mark(now, new, _some_line(chance, now), _gift(chance), gift_code.receipt_code(new), HOUSE_GIFTS)


def _remark(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return gifts.remark(now, _some_mark(chance, now, new), _gift(chance), gift_code.receipt_code(new), HOUSE_GIFTS)


def _keep(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    ordinal = chance.choice([None, _some_line(chance, now)])
    return gifts.keep(now, new, ordinal, ordinal and chance.choice([None, 1]))


def _remove(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return gifts.remove(now, _some_mark(chance, now, new))


def _release(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    discreet = chance.random() < 0.3
    return gifts.release(now, _some_mark(chance, now, new), None if discreet else _day(chance), discreet=discreet)


def _decline(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return gifts.decline(now, new, _some_line(chance, now))


def _return_marked(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    if not now.marks:
        return []
    mark = chance.choice([*now.marks.values()])
    back = (Returning(mark.ordinal, chance.randrange(1, 3), mark_id=mark.mark_id),)
    credited_to_id = chance.choice([None, *CLIENTS])
    exchanged_for = chance.choice([None, new])
    return returning.return_lines(
        now, new, chance.choice(STORES), NOON, back, credited_to_id=credited_to_id, exchanged_for=exchanged_for
    )


def _service(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    if not now.marks:
        return []
    mark = chance.choice([*now.marks.values()])
    return [LineServiced(id, new, mark.ordinal, mark.mark_id, "sizing", chance.choice(STORES), NOON)]


def _gift(chance: Random) -> gifts.Gift:
    occasion = GiftOccasion(chance.choice([*Source]), chance.choice(NAMES), _day(chance))
    givers = [Giver(who, chance.randrange(1, 3)) for who in chance.sample(CLIENTS[:2], k=chance.randrange(3))]
    return gifts.Gift(
        chance.choice([None, CLIENTS[-1], *CLIENTS]),
        chance.choice([None, occasion]),
        tuple(givers),
        chance.choice([None, 1, 2]),
        None,
        chance.choice([None, None, True, False]),
    )


def _some_line(chance: Random, now: Sale) -> int:
    return chance.choice([*now.lines, 1])


def _some_mark(chance: Random, now: Sale, new: UUID) -> UUID:
    return chance.choice([*now.marks, new])


def _day(chance: Random) -> date:
    return NOON.date() + timedelta(days=chance.randrange(-20, 20))


NOUN = Noun(
    lambda chance: (which := chance.choice(SALES), which),
    sales.after,
    [*[_mark] * 5, _remark, _remark, _keep, _remove, _release, _decline, *[_return_marked] * 3, *[_service] * 3],
)
