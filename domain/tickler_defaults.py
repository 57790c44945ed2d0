"""The rules that a luxury house would begin with, to be adopted by a command and changed as it likes.

In brackets the source of a figure, as in the research on clienteling; figures without one are the trade judgement of
the house defaults. Where they differ the house defaults win.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from domain.client.facts import DateKind
from domain.tickler_rule import ANNIVERSARY, CategoryDays, Cause, Lapse, Owner, Rule


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the retailer calls the categories and types of goods that the defaults speak of."""

    beauty: tuple[str, ...] = ("beauty",)
    fashion: tuple[str, ...] = ("fashion",)
    jewelry: tuple[str, ...] = ("jewelry",)
    rings: tuple[str, ...] = ("engagement ring", "ring")
    engagement_rings: tuple[str, ...] = ("engagement ring",)


class Sum(NamedTuple):
    amount: Decimal
    currency: str


HOUSE_WORDS: Final = Vocabulary()

# From where on a purchase is a big one is not in the sources (ED1): it must be set, and this is where one may begin.
BIG_PURCHASE: Final = Sum(Decimal("10000.00"), "EUR")

_BIRTHDAY: Final = (DateKind.BIRTHDAY.value,)
_WEDDING: Final = (DateKind.WEDDING.value,)


def house_defaults(words: Vocabulary = HOUSE_WORDS, big: Sum = BIG_PURCHASE) -> dict[str, Rule]:
    """The rules by their ids."""
    return {**_dates(words), **_sold(big), **dict(_rings(words)), **_met(), **dict(_lapses(words))}


def _dates(words: Vocabulary) -> dict[str, Rule]:
    """About days in the life of clients and of those linked to them."""
    sooner = tuple(CategoryDays(category, -45) for category in words.jewelry)
    return {
        # A card takes a week; cards go out weekly (ED3). It is over on the day.
        "birthday-card": Rule(Cause.OWN_DATE, "Prepare a birthday card", -7, 7, 7, dates=_BIRTHDAY),
        # On the day itself; it is to be seen 3 days before (CL1).
        "birthday-call": Rule(Cause.OWN_DATE, "Call for the birthday", 0, 3, 7, dates=_BIRTHDAY),
        # 28 days before, 45 for jewelry: engraving, sizing, ordering. The till's window is open until 14 days after.
        "gift-for-linked": Rule(
            Cause.LINKED_DATE,
            "Propose a gift",
            -28,
            14,
            42,
            dates=(ANNIVERSARY, *_BIRTHDAY),
            by_category=sooner,
        ),
        # 8 weeks before; elsewhere a month (ED3). It is over on the day.
        "wedding-gift": Rule(Cause.LINKED_DATE, "Propose a wedding gift", -56, 14, 56, dates=_WEDDING),
        # 120 days before the wedding: sizing and engraving for two.
        "bridal-bands": Rule(Cause.OWN_DATE, "Speak about wedding bands", -120, 14, 60, dates=_WEDDING),
    }


def _sold(big: Sum) -> dict[str, Rule]:
    """About what changed hands."""
    big_purchase = Rule(
        Cause.PURCHASE, "Ask how it is worn", 180, 7, 30, Owner.SELLER, minimum=big.amount, currency=big.currency
    )
    return {
        # 1 day after, over 7 days after the hand-over; elsewhere 3 to 5 days (FU1), within a week (FU2).
        "thank-you": Rule(Cause.PURCHASE, "Say thank you", 1, 1, 6, Owner.SELLER),
        # 180 days and 11 months after (ED1): the second comes before the day on which it was a year.
        "big-purchase-180-days": big_purchase,
        "big-purchase-11-months": replace(big_purchase, text="Call before the year is round", days=335),
    }


def _rings(words: Vocabulary) -> Iterator[tuple[str, Rule]]:
    """About rings, if the retailer has a word for them: a rule that names no type is about everything."""
    rings, engagement_rings = (tuple(sorted(each)) for each in (words.rings, words.engagement_rings))
    if rings:
        # Every 6 months while it is owned; elsewhere once, 6 months after an engagement ring (ED3).
        check = Rule(Cause.OWNED, "Offer to check and clean the ring", 0, 14, 30, Owner.CATEGORY, every_months=6)
        yield "ring-check", replace(check, types=rings)
    if engagement_rings:
        # 90 days after the ring where nobody knows the day; the last step of a series of 30, 60, 90 (ED1).
        bands = Rule(Cause.PURCHASE, "Ask about the wedding, and speak about bands", 90, 14, 60, Owner.SELLER)
        yield "bridal-bands-after-ring", replace(bands, types=engagement_rings, unless_date=DateKind.WEDDING.value)


def _met() -> dict[str, Rule]:
    """About meeting her: appointments, visits, calendar events, and her first days in the book."""
    return {
        # 1 day before; elsewhere 2 hours (CL1). It is over when the day is.
        "before-appointment": Rule(Cause.APPOINTMENT, "Confirm the appointment", -1, 1, 1, Owner.SELLER),
        # 1 day after; elsewhere 5 days after check-in (CL1), where this is over.
        "after-appointment": Rule(Cause.APPOINTMENT, "Follow up on the appointment", 1, 0, 4, Owner.SELLER),
        # A call 1 to 2 days after a presentation without sale (FU1); a week later it is too late.
        "after-visit": Rule(Cause.VISIT, "Call about what was shown", 1, 0, 7, Owner.SELLER),
        # 4 weeks before, and over when it begins.
        "event-invitation": Rule(Cause.CALENDAR_EVENT, "Invite to the event", -28, 14, 28),
        # Shows pay back for about two months (EV2): the talk about it is had in the first weeks.
        "after-event": Rule(Cause.CALENDAR_EVENT, "Call after the event", 3, 0, 18),
        # 2 days after the client was created (CL1).
        "new-client": Rule(Cause.REGISTRATION, "Welcome her, and ask her in", 2, 0, 28),
    }


class _Rhythm(NamedTuple):
    """Who bought within so many months, but not in the last ones."""

    months: int
    within_months: int


def _lapses(words: Vocabulary) -> Iterator[tuple[str, Rule]]:
    """About clients who stay away: categories have their own rhythm, and good clients exceed their mean all the time.

    Lapsed by the fixed rule; at risk and lost at 1.5 and 3 times the client's own median interval, never sooner. Other
    fixed rules: bought in 24 months, not in 6 (LP4).
    """
    rhythms = (
        ("beauty", words.beauty, _Rhythm(4, 12)),
        ("fashion", words.fashion, _Rhythm(9, 24)),
        ("jewelry", words.jewelry, _Rhythm(18, 60)),
    )
    stages = (
        ("lapsed", None, "Call: she has not been here for long"),
        ("at-risk", Decimal("1.5"), "Call: she stays away longer than she used to"),
        ("lost", Decimal(3), "Win her back: she stays away"),
    )
    for group, categories, (months, within_months) in rhythms:
        for number, category in enumerate(categories, 1):
            name = group if number == 1 else f"{group}-{number}"
            for stage, times, text in stages:
                lapse = Lapse(category, months, within_months, times)
                yield f"{stage}-{name}", Rule(Cause.LAPSE, text, 0, 0, 60, Owner.CATEGORY, lapse=lapse)
