"""What is given in the families of the example house, for birthdays and for Christmas."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from domain.days import CalendarDay
from domain.gift_policy import HOUSE_GIFTS
from domain.occasion import Source
from domain.sale import gift_code, gifts
from domain.sale.facts import GiftOccasion
from domain.sale.gifts import Gift
from domain.values import named_id
from infra.demo.families import Member
from infra.demo.telling import Telling

# So many days before an occasion presents are bought for it.
_BEFORE: Final = 40


class Reason(NamedTuple):
    """Whom there is to think of, and why."""

    recipient: Member
    occasion: GiftOccasion


def reasons(others: Sequence[Member], day: date) -> list[Reason]:
    """For whom of these something could be bought on this day, the nearest first; the dead are given nothing."""
    found = [
        Reason(each, occasion)
        for each in others
        for occasion in _occasions(each, day)
        if not each.died or occasion.day < each.died
    ]
    return sorted(found, key=lambda reason: reason.occasion.day)


def given(chance: Random, sale: Telling, others: Sequence[Member], day: date) -> None:
    """Now and then what was bought is a present, and was said to be one; or that she keeps it."""
    line = next((line for line in sale.now.lines.values() if line.moves_goods), None)
    if line is None or sale.now.client_id is None or sale.now.returns:
        return
    found = reasons(others, day)
    if found and chance.random() < 0.5:
        give(sale, line.ordinal, found[0])
    elif chance.random() < 0.03:
        sale.then(gifts.mark(sale.now, _mark(sale), line.ordinal, Gift(), _code(sale), HOUSE_GIFTS))
    elif chance.random() < 0.05:
        sale.then(gifts.keep(sale.now, _mark(sale), line.ordinal, None))


def give(sale: Telling, ordinal: int, reason: Reason) -> None:
    gift = Gift(reason.recipient.id, reason.occasion)
    sale.then(gifts.mark(sale.now, _mark(sale), ordinal, gift, _code(sale), HOUSE_GIFTS))


def birthday(person: Member, year: int) -> date:
    return CalendarDay(person.born.month, person.born.day).in_year(year)


def _occasions(person: Member, day: date) -> Iterator[GiftOccasion]:
    for year in (day.year, day.year + 1):
        days = [
            GiftOccasion(Source.OWN, "birthday", birthday(person, year)),
            GiftOccasion(Source.FEAST, "christmas", date(year, 12, 25)),
        ]
        yield from (each for each in days if timedelta(0) <= each.day - day <= timedelta(_BEFORE))


def _mark(sale: Telling) -> UUID:
    return named_id(sale.id, "gift")


def _code(sale: Telling) -> str:
    return gift_code.receipt_code(named_id(sale.id, "gift receipt"))
