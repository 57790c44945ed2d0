"""Commands about the rules that ticklers follow from: set one from a day on, switch it off, adopt the house's own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Amount, Body, Currency, Day, Sentence, Whole, Word, example
from commands.ports import Done, Ports, Request, Stream
from domain import tickler_defaults, tickler_rule
from domain import tickler_rule_versions as versions
from domain.access import Right, require
from domain.client.facts import DateKind
from domain.tickler_defaults import BIG_PURCHASE, HOUSE_WORDS, house_defaults
from domain.tickler_rule import ANNIVERSARY, MOST_DAYS, MOST_MONTHS, Cause, Owner, Rule
from domain.tickler_rule_versions import Versions

# --------------------------------------------------------------------------------------------------------------- bodies

_KINDS = [*(kind.value for kind in DateKind), ANNIVERSARY]

Apart = Annotated[Whole, Field(ge=-MOST_DAYS, le=MOST_DAYS)]
Period = Annotated[Whole, Field(ge=0, le=MOST_DAYS)]
Months = Annotated[Whole, Field(ge=1, le=MOST_MONTHS)]
Words = Annotated[tuple[Word, ...], Field(max_length=50)]


class CategoryDays(Body):
    """For who buys in this category, or what is of it, so many days instead."""

    category: Word
    days: Apart

    def value(self) -> tickler_rule.CategoryDays:
        return tickler_rule.CategoryDays(self.category, self.days)


class Lapse(Body):
    """Who bought within so many months, but not in the last ones; with `times` not sooner than so many times the
    client's own median interval, of whom three purchases are known."""

    category: Annotated[Word | None, Field(description="What she bought. Default: anything.")] = None
    months: Months
    within_months: Months
    times: Amount | None = None

    def value(self) -> tickler_rule.Lapse:
        return tickler_rule.Lapse(self.category, self.months, self.within_months, self.times)


class SetRule(Body):
    """What a rule says from a day on. What else is about one kind of cause only is refused for the others."""

    model_config = example(
        cause="linked-date",
        text="Propose a gift",
        days=-28,
        shown=14,
        expires=42,
        owner="primary",
        dates=["birthday", "anniversary"],
        by_category=[{"category": "jewelry", "days": -45}],
        since="2026-04-01",
    )
    cause: Cause
    text: Annotated[Sentence, Field(description="What is to be done.")]
    days: Annotated[Apart, Field(description="When it is due: so many days after its cause, below zero before it.")]
    shown: Annotated[Period, Field(description="How many days before it is due it shows.")] = 0
    expires: Annotated[Period, Field(description="How many days after it is due it is over by itself.")]
    owner: Annotated[
        Owner, Field(description="Whose it is. Where there is none, the next of these; in the end the store.")
    ] = Owner.PRIMARY
    dates: Annotated[
        Words,
        Field(description=f"Kinds of dates, all if empty: {', '.join(_KINDS)}.", examples=[["birthday"]]),
    ] = ()
    categories: Annotated[Words, Field(description="Of goods; all if empty.")] = ()
    types: Annotated[Words, Field(description="Of goods; all if empty.")] = ()
    event_kinds: Annotated[Words, Field(description="Of calendar events; all if empty.")] = ()
    minimum: Annotated[Amount | None, Field(description="The least that a line comes to, in its currency.")] = None
    currency: Currency | None = None
    every_months: Annotated[Months | None, Field(description="For what is owned: how often.")] = None
    by_category: Annotated[tuple[CategoryDays, ...], Field(max_length=50)] = ()
    lapse: Lapse | None = None
    unless_date: Annotated[
        Word | None, Field(description="Not for who has a date of this kind to come.", examples=["wedding"])
    ] = None
    since: Annotated[Day, Field(description="For causes from this day on.")]

    def value(self) -> Rule:
        lapse = None if self.lapse is None else self.lapse.value()
        return Rule(
            self.cause,
            self.text,
            self.days,
            self.shown,
            self.expires,
            self.owner,
            _sorted(self.dates),
            _sorted(self.categories),
            _sorted(self.types),
            _sorted(self.event_kinds),
            self.minimum,
            self.currency,
            self.every_months,
            tuple(sorted((each.value() for each in self.by_category), key=lambda each: each.category)),
            lapse,
            self.unless_date,
        )


class SwitchOff(Body):
    """Nothing follows from the rule any more."""

    model_config = example(since="2026-06-01")
    since: Annotated[Day, Field(description="For causes from this day on.")]


class Vocabulary(Body):
    """What the retailer calls the categories and types of goods that the defaults speak of."""

    beauty: Words = HOUSE_WORDS.beauty
    fashion: Words = HOUSE_WORDS.fashion
    jewelry: Words = HOUSE_WORDS.jewelry
    rings: Words = HOUSE_WORDS.rings
    engagement_rings: Words = HOUSE_WORDS.engagement_rings


class Sum(Body):
    amount: Amount
    currency: Currency


class AdoptDefaults(Body):
    """The house defaults, for every rule of theirs that the house has no version of. The same again changes nothing."""

    model_config = example(since="2026-04-01", words={"jewelry": ["jewelry", "watches"]})
    since: Annotated[Day, Field(description="For causes from this day on.")]
    words: Vocabulary = Vocabulary()
    big_purchase: Annotated[
        Sum | None, Field(description=f"The least that one comes to. Default: {' '.join(map(str, BIG_PURCHASE))}.")
    ] = None

    def rules(self) -> dict[str, Rule]:
        named = {group: tuple(dict.fromkeys(words)) for group, words in self.words}
        words = tickler_defaults.Vocabulary(**named)
        big = self.big_purchase
        return house_defaults(words, BIG_PURCHASE if big is None else tickler_defaults.Sum(big.amount, big.currency))


@dataclass(frozen=True, slots=True)
class Adopted(Done):
    """The rules that the house has a version of now; `last` is the one whose version is told."""

    last: str = ""
    rules: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------------- handlers


def set_rule(rule_id: str, body: SetRule, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.SET_RULES)
    rule = body.value()
    return execute(ports, request, _of(rule_id, lambda now: versions.set_rule(now, rule_id, rule, body.since)))


def switch_off(rule_id: str, body: SwitchOff, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.SET_RULES)
    return execute(ports, request, _of(rule_id, lambda now: versions.switch_off(now, rule_id, body.since)))


def adopt_defaults(body: AdoptDefaults, ports: Ports, request: Request) -> Adopted:
    require(request.caller, Right.SET_RULES)
    rules = body.rules()
    by_stream = {versions.stream_id(rule_id): rule_id for rule_id in rules}
    known = ports.streams.read(list(by_stream))
    # What is news comes last: who waits for the position that is answered has seen all of it.
    ordered = sorted(zip(rules.items(), known, strict=True), key=lambda each: not each[1].events)
    *others, last = [_adopting(rule_id, rule, body.since) for (rule_id, rule), _ in ordered]
    done = execute(ports, request, replace(last, also=others))
    told = by_stream[done.stream.id]
    return Adopted(
        done.subject_id, done.stream, done.version, done.position, done.events, done.repeated, told, tuple(rules)
    )


def _adopting(rule_id: str, rule: Rule, since: date) -> Decision[Versions]:
    return _of(rule_id, lambda now: versions.adopt(now, rule_id, rule, since))


def _of(rule_id: str, decide: Callable[[Versions], list[tickler_rule.Event]]) -> Decision[Versions]:
    id = versions.stream_id(rule_id)
    return Decision(Stream(id, id), versions.after, decide, id)


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    """In which order, and how often, something is named says nothing."""
    return tuple(sorted(set(words)))
