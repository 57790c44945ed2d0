"""The rules of ticklers asked of PostgreSQL: the same as what their streams say, on random histories."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from domain import tickler_rule_versions as versions
from domain.access import Role
from domain.refusals import NotAllowed, TicklerRuleUnknown
from domain.tickler_rule import RuleSet
from queries.tickler_rules import RuleVersion, Said, TicklerRule, TicklerRules, Wanted, tickler_rules
from queries.tickler_rules import tickler_rule as one_rule
from tests.support.asking import ASSOCIATE, Book, viewer
from tests.support.decisions import tickler_rule
from tests.support.decisions.journal import random_journal

Database = Callable[[], str]
TILL = viewer("till-1", Role.POINT_OF_SALE)
DAYS = sorted({day + timedelta(apart) for day in tickler_rule.DAYS for apart in (-1, 0, 1)})


@pytest.mark.parametrize("seed", range(3))
def test_on_each_day_the_rules_say_what_was_set_for_it(database: Database, seed: int) -> None:
    journal = random_journal(Random(seed), 2, 40, [tickler_rule.NOUN])
    streams: defaultdict[str, list[Any]] = defaultdict(list)
    for recorded in journal.recorded():
        event: Any = recorded.event
        streams[event.rule_id].append(event)
    assert len(streams) > 2

    with Book(database(), journal) as book:
        for day in DAYS:
            found = book.asked(TicklerRules, partial(tickler_rules, caller=ASSOCIATE, wanted=Wanted(day)))
            assert found
            assert {each.rule_id: (each.version, each.rule) for each in found.items} == {
                rule_id: (version, _said(events[version - 1]))
                for rule_id, events in streams.items()
                if (version := versions.in_force(versions.after(events), day))
            }
        every = book.asked(TicklerRules, partial(tickler_rules, caller=ASSOCIATE, wanted=Wanted(None, True)))
        assert every
        for rule_id, events in streams.items():
            told = [each for each in every.items if each.rule_id == rule_id]
            assert [_plain(each) for each in told] == [
                (each.version, each.since, after and after.since, _said(each))
                for each, after in zip(events, [*events[1:], None], strict=True)
            ]
            one = book.asked(TicklerRule, partial(one_rule, caller=ASSOCIATE, rule_id=rule_id))
            assert one
            assert (one.versions, one.version) == (told, len(events))


def test_who_reads_no_clients_reads_no_rules(database: Database) -> None:
    with Book(database()) as book:
        with pytest.raises(NotAllowed):
            book.asked(
                TicklerRules, lambda engine: tickler_rules(engine, viewer("till-1", Role.POINT_OF_SALE), Wanted())
            )
        with pytest.raises(TicklerRuleUnknown):
            book.asked(TicklerRule, partial(one_rule, caller=ASSOCIATE, rule_id="birthday-call"))


def _plain(each: RuleVersion) -> Any:
    return each.version, each.since, each.replaced_on, each.rule


def _said(event: Any) -> Said | None:
    return Said.model_validate(asdict(event.rule)) if isinstance(event, RuleSet) else None
