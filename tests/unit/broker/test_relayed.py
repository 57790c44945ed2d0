"""How far a projection is in the whole log, from where it is in each partition."""

from uuid import UUID

import pytest

from infra.broker.position import Relayed
from infra.broker.topics import Topics

RELAYED = Relayed(UUID(int=1), 90, "x", [90, 0, 57])


@pytest.mark.parametrize(
    ("positions", "reached"),
    [
        ({0: 90, 1: 0, 2: 57}, 90),
        ({0: 90, 2: 60}, 90),
        ({0: 85, 2: 57}, 85),
        ({0: 90, 2: 30}, 30),
        ({0: 80, 2: 30}, 30),
        ({0: 90}, 0),
        ({}, 0),
    ],
)
def test_only_partitions_with_news_hold_a_projection_back(positions: dict[int, int], reached: int) -> None:
    assert RELAYED.reached(positions) == reached


def test_topics_are_named_by_their_prefix() -> None:
    assert (Topics().events, Topics().relay, Topics().partitions) == ("carnet.events", "carnet.relay", 24)
    assert Topics("other", 3).settings["other.events"][0] == 3
