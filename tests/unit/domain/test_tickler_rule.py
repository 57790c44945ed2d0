"""The rules of ticklers: what one can say, since when, and what the house begins with."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.refusals import Refusal, TicklerRuleInvalid, TicklerRuleUnknown
from domain.tickler_cause import OWN_WORDS
from domain.tickler_defaults import Sum, Vocabulary, house_defaults
from domain.tickler_rule import (
    MOST_DAYS,
    CategoryDays,
    Cause,
    Event,
    Lapse,
    Owner,
    Rule,
    RuleSet,
    RuleSwitchedOff,
    check,
)
from domain.tickler_rule_versions import Version, adopt, after, in_force, set_rule, switch_off
from tests.support.decisions import tickler_rule

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
CALL = Rule(Cause.OWN_DATE, "Call for the birthday", 0, 3, 7, dates=("birthday",))
CARD = replace(CALL, text="Prepare a card", days=-7)
BOUGHT = Rule(Cause.PURCHASE, "Say thank you", 1, 0, 6)
OWNS = Rule(Cause.OWNED, "Offer to clean it", 0, 0, 30, every_months=6)
LAPSED = Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse("jewelry", 18, 60))

first = RuleSet("birthday", 1, CALL, MARCH)
second = RuleSet("birthday", 2, CARD, MAY)
off = RuleSwitchedOff("birthday", 3, MAY)


def test_each_version_of_a_rule_holds_from_its_day_until_the_next_one_begins() -> None:
    assert set_rule(after([]), "birthday", CALL, MARCH) == [first]
    assert set_rule(after([first]), "birthday", CARD, MAY) == [second]

    now = after([first, second])
    days = (MARCH - timedelta(1), MARCH, MAY - timedelta(1), MAY)
    assert [in_force(now, day) for day in days] == [None, 1, 1, 2]


def test_of_two_versions_of_one_day_the_later_holds_and_an_earlier_day_is_refused() -> None:
    now = after([first, second, off])
    assert in_force(now, MAY) is None
    assert set_rule(now, "birthday", CALL, MAY) == [RuleSet("birthday", 4, CALL, MAY)]
    with pytest.raises(TicklerRuleInvalid) as refused:
        set_rule(now, "birthday", CALL, APRIL)
    assert refused.value.field == "since"
    with pytest.raises(TicklerRuleInvalid):
        switch_off(after([first, second]), "birthday", APRIL)


def test_what_a_rule_says_already_is_no_news() -> None:
    assert set_rule(after([first]), "birthday", CALL, MARCH) == []
    assert set_rule(after([first]), "birthday", CALL, MAY) == []
    assert set_rule(after([first, second]), "birthday", CALL, MAY) == [RuleSet("birthday", 3, CALL, MAY)]
    assert switch_off(after([first, second]), "birthday", MAY) == [off]
    assert switch_off(after([first, second, off]), "birthday", MAY) == []


def test_a_rule_that_nobody_set_is_unknown_and_one_rule_is_nobodys() -> None:
    with pytest.raises(TicklerRuleUnknown):
        switch_off(after([]), "birthday", MAY)
    with pytest.raises(TicklerRuleInvalid) as refused:
        set_rule(after([]), OWN_WORDS, CALL, MAY)
    assert refused.value.field == "rule_id"


def test_a_default_is_adopted_only_where_the_house_has_said_nothing_yet() -> None:
    assert adopt(after([]), "birthday", CALL, MARCH) == [first]
    assert adopt(after([first]), "birthday", CARD, MAY) == []
    assert adopt(after([first, replace(off, version=2)]), "birthday", CALL, MAY) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (replace(CALL, text=" "), "text"),
        (replace(CALL, shown=-1), "shown"),
        (replace(CALL, expires=-1), "expires"),
        (replace(CALL, expires=MOST_DAYS + 1), "expires"),
        (replace(CALL, days=-MOST_DAYS - 1), "days"),
        (replace(CALL, dates=("birthdays",)), "dates"),
        (replace(CALL, dates=("anniversary",)), "dates"),
        (replace(CALL, categories=("jewelry",)), "categories"),
        (replace(CALL, minimum=Decimal(1), currency="EUR"), "minimum"),
        (replace(CALL, unless_date="wedding"), "unless_date"),
        (replace(CALL, every_months=6), "every_months"),
        (replace(CALL, lapse=LAPSED.lapse), "lapse"),
        (replace(CALL, event_kinds=("gala",)), "event_kinds"),
        (replace(CALL, by_category=(CategoryDays("jewelry", 1), CategoryDays("jewelry", 2))), "by_category"),
        (replace(CALL, by_category=(CategoryDays("jewelry", -MOST_DAYS - 1),)), "by_category"),
        (replace(BOUGHT, dates=("birthday",)), "dates"),
        (replace(BOUGHT, types=("ring",), cause=Cause.VISIT), "types"),
        (replace(BOUGHT, minimum=Decimal(1)), "currency"),
        (replace(BOUGHT, minimum=Decimal(0), currency="EUR"), "minimum"),
        (replace(BOUGHT, minimum=Decimal(1), currency="XXX"), "currency"),
        (replace(BOUGHT, currency="EUR"), "minimum"),
        (replace(BOUGHT, unless_date="anniversary"), "unless_date"),
        (replace(OWNS, every_months=None), "every_months"),
        (replace(OWNS, every_months=0), "every_months"),
        (replace(LAPSED, lapse=None), "lapse"),
        (replace(LAPSED, lapse=Lapse(None, 0, 12)), "lapse.months"),
        (replace(LAPSED, lapse=Lapse(None, 12, 12)), "lapse.within_months"),
        (replace(LAPSED, lapse=Lapse(None, 6, 12, Decimal(0))), "lapse.times"),
    ],
)
def test_a_rule_that_cannot_be_names_the_field(rule: Rule, field: str) -> None:
    with pytest.raises(TicklerRuleInvalid) as refused:
        check(rule)
    assert refused.value.field == field


def test_anniversaries_are_dates_of_those_linked_to_her() -> None:
    check(replace(CALL, cause=Cause.LINKED_DATE, dates=("anniversary", "birthday")))
    check(replace(BOUGHT, minimum=Decimal("500.00"), currency="EUR", unless_date="wedding"))


@settings(max_examples=200, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_whatever_is_set_and_switched_off_each_day_has_the_last_version_that_had_begun(seed: int) -> None:
    chance = Random(seed)
    noun = tickler_rule.NOUN
    stream, _ = noun.stream(chance)
    events: list[Any] = []
    for number in range(1, 20):
        decide, drawn = chance.choice(noun.decisions), chance.random()
        with suppress(Refusal):
            events += decide(Random(drawn), after(events), stream, UUID(int=number))
            assert decide(Random(drawn), after(events), stream, UUID(int=number)) == []
    versions: list[Event] = events
    assert [each.version for each in versions] == list(range(1, len(versions) + 1))
    assert [each.since for each in versions] == sorted(each.since for each in versions)
    for day in tickler_rule.DAYS:
        begun = [each for each in versions if each.since <= day]
        expected = begun[-1].version if begun and isinstance(begun[-1], RuleSet) else None
        assert in_force(after(versions), day) == expected
    for each in versions:
        if isinstance(each, RuleSet):
            check(each.rule)


DEFAULTS = house_defaults()


@pytest.mark.parametrize("rule_id", DEFAULTS)
def test_every_default_is_a_rule_that_can_be(rule_id: str) -> None:
    assert set_rule(after([]), rule_id, DEFAULTS[rule_id], MARCH)


def test_the_defaults_say_when_as_the_house_has_settled_it() -> None:
    when = {rule_id: (rule.days, rule.days + rule.expires) for rule_id, rule in DEFAULTS.items() if not rule.lapse}
    # From the cause: when it is due, and the last day.
    assert when == {
        "birthday-card": (-7, 0),
        "birthday-call": (0, 7),
        "gift-for-linked": (-28, 14),
        "wedding-gift": (-56, 0),
        "bridal-bands": (-120, -60),
        "thank-you": (1, 7),
        "bridal-bands-after-ring": (90, 150),
        "ring-check": (0, 30),
        "big-purchase-180-days": (180, 210),
        "big-purchase-11-months": (335, 365),
        "before-appointment": (-1, 0),
        "after-appointment": (1, 5),
        "after-visit": (1, 8),
        "event-invitation": (-28, 0),
        "after-event": (3, 21),
        "new-client": (2, 30),
    }
    assert DEFAULTS["gift-for-linked"].by_category == (CategoryDays("jewelry", -45),)
    assert DEFAULTS["ring-check"].every_months == 6
    assert DEFAULTS["bridal-bands-after-ring"].unless_date == "wedding"
    assert DEFAULTS["thank-you"].owner is Owner.SELLER


def test_each_category_has_its_own_rhythm_and_each_client_hers() -> None:
    lapses = {rule_id: rule.lapse for rule_id, rule in DEFAULTS.items() if rule.lapse}
    assert lapses == {
        f"{stage}-{category}": Lapse(category, months, within, times)
        for category, months, within in (("beauty", 4, 12), ("fashion", 9, 24), ("jewelry", 18, 60))
        for stage, times in (("lapsed", None), ("at-risk", Decimal("1.5")), ("lost", Decimal(3)))
    }


def test_the_defaults_speak_the_retailers_words_and_leave_out_what_it_has_none_for() -> None:
    words = Vocabulary(("Fragrance",), (), ("Jewellery", "Watches"), rings=(), engagement_rings=("Solitaire",))
    rules = house_defaults(words, Sum(Decimal(8000), "CHF"))

    assert {each.category for each in rules["gift-for-linked"].by_category} == {"Jewellery", "Watches"}
    assert {rule.lapse.category for rule in rules.values() if rule.lapse} == {"Fragrance", "Jewellery", "Watches"}
    assert rules["lost-jewelry-2"].lapse == Lapse("Watches", 18, 60, Decimal(3))
    assert rules["bridal-bands-after-ring"].types == ("Solitaire",)
    assert rules["big-purchase-180-days"].minimum == 8000
    assert "ring-check" not in rules
    assert after([RuleSet("x", 1, rules["thank-you"], MARCH)]).last == Version(MARCH, rules["thank-you"])
