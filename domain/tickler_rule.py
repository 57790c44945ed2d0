"""The rules that ticklers follow from: data, set by command, each version from a day on.

A version holds for causes whose day is in its time, so that what an earlier one led to stays as it was.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

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
    by itself `expires` days after. `dates` are the kinds of dates and anniversaries it is about, `categories`, `types`
    and `event_kinds` what it is limited to, all of them if empty; `minimum` the least net of a line in `currency`.
    `every_months` counts for what is owned. `unless_date`: not for who has a date of this kind to come.
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
