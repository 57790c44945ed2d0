"""The versions of a rule of ticklers: what it says from a day on, until the next one begins or it is switched off.

Versions are recorded in the order of their days, so that what followed from one stays as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain.refusals import TicklerRuleInvalid, TicklerRuleUnknown
from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Event, Rule, RuleSet, RuleSwitchedOff, check
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- state


class Version(NamedTuple):
    """`rule` is None where nothing follows from it."""

    since: date
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Versions:
    """In order; the first is version 1."""

    all: tuple[Version, ...] = ()

    @property
    def last(self) -> Version | None:
        return self.all[-1] if self.all else None


def evolve(was: Versions, event: Event) -> Versions:
    match event:
        case RuleSet(rule=rule, since=since):
            return Versions((*was.all, Version(since, rule)))
        case RuleSwitchedOff(since=since):
            return Versions((*was.all, Version(since, None)))


def after(events: Iterable[object]) -> Versions:
    """The versions these events are about; what an id of another noun leads to has none."""
    now = Versions()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def in_force(now: Versions, on: date) -> int | None:
    """The number of the version that holds for causes of this day; None if nothing follows from the rule then."""
    begun = [number for number, version in enumerate(now.all, 1) if version.since <= on]
    return begun[-1] if begun and now.all[begun[-1] - 1].rule is not None else None


# ------------------------------------------------------------------------------------------------------------ decisions

RULES: Final = UUID("5c1d7a42-9e0b-5f36-8a27-d4b6c8e0f193")


def stream_id(rule_id: str) -> UUID:
    return named_id(RULES, rule_id)


def set_rule(now: Versions, rule_id: str, rule: Rule, since: date) -> list[Event]:
    """What the rule says from this day on; what it says by then already is no news."""
    if rule_id == OWN_WORDS:
        raise TicklerRuleInvalid("This stands for what somebody wrote herself.", "rule_id")
    check(rule)
    return [] if _says(now, rule, since) else [RuleSet(rule_id, len(now.all) + 1, rule, since)]


def adopt(now: Versions, rule_id: str, rule: Rule, since: date) -> list[Event]:
    """The same where the house has no version of the rule yet, not even that it is switched off."""
    return [] if now.all else set_rule(now, rule_id, rule, since)


def switch_off(now: Versions, rule_id: str, since: date) -> list[Event]:
    require_rule(now, "rule_id")
    return [] if _says(now, None, since) else [RuleSwitchedOff(rule_id, len(now.all) + 1, since)]


def require_rule(now: Versions, field: str) -> None:
    """Refuses with `TicklerRuleUnknown`, naming `field`, unless there is a version of this rule."""
    if not now.all:
        raise TicklerRuleUnknown("The house has no rule with this id.", field)


def _says(now: Versions, rule: Rule | None, since: date) -> bool:
    """Whether this is what the last version says; refuses what would begin before it."""
    if now.last is None:
        return False
    if since < now.last.since:
        raise TicklerRuleInvalid("A later version is known already.", "since")
    return now.last.rule == rule
