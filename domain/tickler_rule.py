"""The rules that ticklers follow from: data, set by command, each version from a day on.

A version holds for causes whose day is in its time, so that what an earlier one led to stays as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from domain.client.facts import DateKind
from domain.refusals import TicklerRuleInvalid
from domain.values import CURRENCIES

# ---------------------------------------------------------------------------------------------------------------- facts


class Cause(StrEnum):
    """What a rule is about, and which day of it counts."""

    OWN_DATE = "own-date"
    """A date in the client's life: the day on which it comes round."""
    LINKED_DATE = "linked-date"
    """A date in the life of somebody linked to her, or an anniversary of theirs."""
    CALENDAR_EVENT = "calendar-event"
    """A calendar event that reaches her, or to which she is invited: its first day."""
    PURCHASE = "purchase"
    """A line of which goods changed hands: the day of it. Of a gift the giver is called, after the occasion."""
    OWNED = "owned"
    """A piece she owns, bought or given and released: every so many months since it is hers."""
    APPOINTMENT = "appointment"
    """The day of an appointment that was not cancelled."""
    VISIT = "visit"
    """The day of a visit without a sale."""
    LAPSE = "lapse"
    """The day on which she has not bought for so long as the rule says, having bought before."""
    REGISTRATION = "registration"
    """The day on which a client was registered who has bought nothing since."""


class Owner(StrEnum):
    """Whose tickler it is: of who sold, if she still serves the client; of who serves her for the category; of her
    primary associate. Where there is none, the next of these; in the end the store."""

    SELLER = "seller"
    CATEGORY = "category"
    PRIMARY = "primary"


ANNIVERSARY: Final = "anniversary"
"""Among the kinds of dates of a rule: any day that a couple keeps, of its wedding or another one. The kinds of dates
themselves are those of a person, so that `wedding` is the day on which she marries."""


@dataclass(frozen=True, slots=True)
class CategoryDays:
    """For who buys in this category, or what is of it, so many days instead."""

    category: str
    days: int


@dataclass(frozen=True, slots=True)
class Lapse:
    """Who bought in this category within `within_months`, but not in the last `months`.

    With `times`, not sooner than so many times the client's own median interval, of whom three purchases are known.
    """

    category: str | None
    months: int
    within_months: int
    times: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When something is to be done, for whom, and by whom.

    It is due `days` after the day of its cause, below zero before it; shows `shown` days before it is due, and is over
    by itself `expires` days after. `dates` are the kinds of dates it is about, `anniversary` among them, `categories`,
    `types` and `event_kinds` what it is limited to, all of them if empty; `minimum` the least net of a line in
    `currency`. `every_months` counts for what is owned. `unless_date`: not for who has a date of this kind to come.
    """

    cause: Cause
    text: str
    days: int
    shown: int
    expires: int
    owner: Owner = Owner.PRIMARY
    dates: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    event_kinds: tuple[str, ...] = ()
    minimum: Decimal | None = None
    currency: str | None = None
    every_months: int | None = None
    by_category: tuple[CategoryDays, ...] = ()
    lapse: Lapse | None = None
    unless_date: str | None = None


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class RuleSet:
    """This is what the rule says from a day on; versions are counted from 1."""

    rule_id: str
    version: int
    rule: Rule
    since: date


@dataclass(frozen=True, slots=True)
class RuleSwitchedOff:
    """Nothing follows from the rule from a day on."""

    rule_id: str
    version: int
    since: date


Event: TypeAlias = RuleSet | RuleSwitchedOff

# --------------------------------------------------------------------------------------------------------------- checks

MOST_DAYS: Final = 1830
"""How far a day of a rule may be from its cause, or from when it is due: five years."""
MOST_MONTHS: Final = 240
MOST_TIMES: Final = 100

_DATES: Final = frozenset({Cause.OWN_DATE, Cause.LINKED_DATE})
_GOODS: Final = frozenset({Cause.PURCHASE, Cause.OWNED})

# Said of any other cause it would be of no effect.
_ONLY_FOR: Final[dict[str, frozenset[Cause]]] = {
    "dates": _DATES,
    "categories": _GOODS,
    "types": _GOODS,
    "minimum": _GOODS,
    "unless_date": _GOODS,
    "by_category": _DATES | _GOODS,
    "event_kinds": frozenset({Cause.CALENDAR_EVENT}),
    "every_months": frozenset({Cause.OWNED}),
    "lapse": frozenset({Cause.LAPSE}),
}
_REQUIRED_BY: Final = {Cause.OWNED: "every_months", Cause.LAPSE: "lapse"}


def check(rule: Rule) -> None:
    """Refuses with `TicklerRuleInvalid`, naming the field, what no rule can say."""
    for field, detail in _faults(rule):
        raise TicklerRuleInvalid(detail, field)


def _faults(rule: Rule) -> Iterator[tuple[str, str]]:
    if not rule.text.strip():
        yield "text", "A tickler says what is to be done."
    for field in ("days", "shown", "expires"):
        least = -MOST_DAYS if field == "days" else 0
        if not least <= getattr(rule, field) <= MOST_DAYS:
            yield field, f"This is a number of days from {least} to {MOST_DAYS}."
    for field, causes in _ONLY_FOR.items():
        if getattr(rule, field) not in (None, ()) and rule.cause not in causes:
            yield field, f"No rule about {rule.cause} has this."
    needed = _REQUIRED_BY.get(rule.cause)
    if needed is not None and getattr(rule, needed) is None:
        yield needed, f"A rule about {rule.cause} needs this."
    yield from _faulty_kinds(rule)
    yield from _faulty_amounts(rule)
    yield from _faulty_periods(rule)


def _faulty_kinds(rule: Rule) -> Iterator[tuple[str, str]]:
    hers: frozenset[str] = frozenset(DateKind)
    if not hers.union([ANNIVERSARY] if rule.cause is Cause.LINKED_DATE else []).issuperset(rule.dates):
        yield "dates", "There is no such kind of date, or none of hers."
    if rule.unless_date is not None and rule.unless_date not in hers:
        yield "unless_date", "There is no such kind of date."


def _faulty_amounts(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.minimum is not None and rule.minimum <= 0:
        yield "minimum", "This is an amount above zero."
    if (rule.minimum is None) != (rule.currency is None):
        yield "currency" if rule.currency is None else "minimum", "An amount has a currency, and the reverse."
    if rule.currency is not None and rule.currency not in CURRENCIES:
        yield "currency", "This is no currency of ISO 4217, like EUR."


def _faulty_periods(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.every_months is not None and not 1 <= rule.every_months <= MOST_MONTHS:
        yield "every_months", f"This is a number of months from 1 to {MOST_MONTHS}."
    if len({each.category for each in rule.by_category}) < len(rule.by_category):
        yield "by_category", "Each category is named once."
    if any(abs(each.days) > MOST_DAYS for each in rule.by_category):
        yield "by_category", f"This is a number of days from {-MOST_DAYS} to {MOST_DAYS}."
    if rule.lapse is None:
        return
    if rule.lapse.months < 1:
        yield "lapse.months", "This is a number of months, at least 1."
    if not rule.lapse.months < rule.lapse.within_months <= MOST_MONTHS:
        yield "lapse.within_months", f"This is more than the months without a purchase, and at most {MOST_MONTHS}."
    if rule.lapse.times is not None and not 0 < rule.lapse.times <= MOST_TIMES:
        yield "lapse.times", f"This is above zero, and at most {MOST_TIMES}."
