"""Random decisions about the rules of ticklers: few rules and days, so that versions meet."""

from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

from domain import tickler_rule_versions as versions
from domain.client.facts import DateKind
from domain.tickler_defaults import house_defaults
from domain.tickler_rule import MOST_DAYS, CategoryDays, Cause, Event, Lapse, Owner, Rule
from domain.tickler_rule_versions import Versions
from tests.support.decisions.nouns import WORDS, Noun

RULE_IDS = ["birthday-call", "lapsed", "thank-you", "follow-up"]
DAYS = [date(2025, 6, 1), date(2026, 2, 28), date(2026, 3, 2), date(2026, 9, 30)]
DEFAULTS = list(house_defaults().values())
_BY_STREAM = {versions.stream_id(rule_id): rule_id for rule_id in RULE_IDS}


def random_rule(chance: Random) -> Rule:
    """Any rule that there may be; one in ten says something that it cannot say, mostly."""
    cause = chance.choice(list(Cause))
    goods, dates = cause in {Cause.PURCHASE, Cause.OWNED}, cause in {Cause.OWN_DATE, Cause.LINKED_DATE}
    wrong = chance.random() < 0.1
    minimum = chance.choice([None, Decimal("500.00")]) if goods or wrong else None
    return Rule(
        cause,
        chance.choice([*WORDS, "Call"]),
        chance.randint(-60, 60),
        chance.randint(-1 if wrong else 0, 30),
        chance.choice([0, 7, MOST_DAYS + wrong]),
        chance.choice(list(Owner)),
        _some(chance, DateKind) if dates or wrong else (),
        _some(chance, ["beauty", "jewelry"]) if goods or wrong else (),
        _some(chance, ["ring", "scarf"]) if goods or wrong else (),
        _some(chance, ["gala", "preview"]) if cause is Cause.CALENDAR_EVENT or wrong else (),
        minimum,
        chance.choice([None, "EUR"]) if wrong else None if minimum is None else "EUR",
        chance.choice([3, 6]) if cause is Cause.OWNED or wrong else None,
        (CategoryDays("jewelry", chance.randint(-60, 60)),) if (goods or dates) and chance.random() < 0.5 else (),
        _lapse(chance) if cause is Cause.LAPSE or wrong else None,
        chance.choice([None, *DateKind]) if goods or wrong else None,
    )


def _lapse(chance: Random) -> Lapse:
    return Lapse(chance.choice([None, "jewelry"]), chance.randint(1, 18), 24, chance.choice([None, Decimal("1.5")]))


def _some(chance: Random, words: type[DateKind] | list[str]) -> tuple[str, ...]:
    return tuple(sorted(chance.sample([str(word) for word in words], chance.randint(0, 2))))


def _set(chance: Random, now: Versions, id: UUID, new: UUID) -> list[Event]:
    rule = chance.choice(DEFAULTS) if chance.random() < 0.3 else random_rule(chance)
    return versions.set_rule(now, _BY_STREAM[id], rule, _day(chance, now))


def _adopt(chance: Random, now: Versions, id: UUID, new: UUID) -> list[Event]:
    return versions.adopt(now, _BY_STREAM[id], chance.choice(DEFAULTS), chance.choice(DAYS))


def _switch_off(chance: Random, now: Versions, id: UUID, new: UUID) -> list[Event]:
    return versions.switch_off(now, _BY_STREAM[id], _day(chance, now))


def _day(chance: Random, now: Versions) -> date:
    """Mostly not before the last version's: what comes before is refused."""
    return chance.choice([day for day in DAYS if now.last is None or day >= now.last.since or chance.random() < 0.1])


NOUN = Noun(
    lambda chance: (which := chance.choice(list(_BY_STREAM)), which),
    versions.after,
    [_set, _set, _set, _adopt, _switch_off],
)
