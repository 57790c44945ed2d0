"""The rules of the example house are about what it sells, and are there however small it is."""

from collections import Counter

from domain.tickler_rule import Rule, RuleSet
from infra.demo.house import ARTICLES
from infra.demo.load import load
from infra.demo.rules import rules
from infra.demo.shopping import FIRST_DAY
from tests.support.memory import MemoryStreams, ports, request


def adopted() -> list[Rule]:
    events = [event for story in rules() for event in story.events]
    assert all(isinstance(event, RuleSet) and event.since == FIRST_DAY for event in events)
    return [event.rule for event in events if isinstance(event, RuleSet)]


def test_they_speak_of_categories_and_types_that_the_house_has() -> None:
    categories, types = {each.category for each in ARTICLES}, {each.type for each in ARTICLES}
    for rule in adopted():
        named = {*rule.categories, *(each.category for each in rule.by_category)}
        assert named | ({rule.lapse.category} if rule.lapse and rule.lapse.category else set()) <= categories
        assert {*rule.types} <= types
    causes = Counter(rule.cause for rule in adopted())
    assert len(causes) == 9
    assert causes.total() == len({story.stream.id for story in rules()})


def test_they_are_there_before_anybody_is() -> None:
    streams = MemoryStreams()
    load(ports(streams), request, 1, 7)
    assert all(list(story.events) == streams.events(story.stream.id) for story in rules())
