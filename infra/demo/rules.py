"""The rules that the ticklers of the example house follow from: the house defaults, in its own words."""

from collections.abc import Iterator
from typing import Final

from domain import tickler_rule_versions as versions
from domain.tickler_defaults import Vocabulary, house_defaults
from domain.tickler_rule_versions import Versions
from infra.demo.shopping import FIRST_DAY
from infra.demo.telling import Story, Telling

# The categories whose rhythm is watched: who buys no second scarf is not lost to the house. Of no ring it is known that
# it is for an engagement.
_WORDS: Final = Vocabulary(("Fragrance",), ("Ready-to-wear",), ("Jewellery", "Watches"), ("Ring",), ())


def rules() -> Iterator[Story]:
    """As they were adopted on the first day: the same for every seed."""
    for rule_id, rule in house_defaults(_WORDS).items():
        telling = Telling(versions.stream_id(rule_id), Versions(), versions.evolve)
        telling.then(versions.adopt(telling.now, rule_id, rule, FIRST_DAY))
        yield telling.story()
