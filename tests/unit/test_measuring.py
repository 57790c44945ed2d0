"""What was found becomes metrics: what is not known is no number, and above no limit."""

from dataclasses import replace
from math import isnan

from prometheus_client import REGISTRY

from infra.oncall.hops import Fed, Found, Kind, Lag, Projecting, Unreached
from infra.processes.measuring import tell_found
from tests.support.memory import NOON

NOTE = Projecting("note", 1, Lag(7, 3, 1.5), 2, True, rebuilt=0.25)
FOUND = Found(
    at=NOON,
    end=10,
    led=frozenset({Kind.RELAY}),
    relay=Lag(9, 1, 0.5),
    topics=[],
    projections=[NOTE],
    publisher=Lag(8, 2, 1.0),
    feeds=[Fed("kasse", 4, 5), Fed("atelier", None, 0)],
)
DOWN = Unreached("OperationalError")


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"carnet_{name}", labels)


def test_every_hop_that_is_known_is_told() -> None:
    tell_found(FOUND)

    assert (told("relay_lag_events"), told("relay_lag_seconds")) == (1, 0.5)
    assert (told("publisher_lag_events"), told("publisher_lag_seconds")) == (2, 1)
    of_note = {
        name: told(f"projection_{name}", projection="note")
        for name in ("lag_events", "lag_seconds", "parked_keys", "paused", "rebuilt_ratio")
    }
    assert of_note == {"lag_events": 3, "lag_seconds": 1.5, "parked_keys": 2, "paused": 1, "rebuilt_ratio": 0.25}
    assert [told("leaders", role=role) for role in ("relay", "publisher", "feed")] == [1, 0, 0]
    assert [told("feed_waiting_messages", format=each) for each in ("kasse", "atelier")] == [4, 0]
    assert [told("feed_parked_pieces", format=each) for each in ("kasse", "atelier")] == [5, 0]


def test_what_was_told_before_is_not_told_of_what_is_not_known_now() -> None:
    tell_found(FOUND)
    tell_found(replace(FOUND, led=DOWN, relay=DOWN, publisher=DOWN, projections=DOWN, feeds=DOWN))

    unknown = [told(name) for name in ("relay_lag_events", "publisher_lag_seconds")]
    unknown += [told(f"projection_{name}", projection="note") for name in ("lag_seconds", "parked_keys", "paused")]
    unknown += [told("leaders", role="relay")]
    assert all(value is not None and isnan(value) for value in unknown)
    assert told("projection_rebuilt_ratio", projection="note") is None
    assert told("feed_parked_pieces", format="kasse") is None


def test_a_projection_that_is_no_longer_rebuilt_tells_so() -> None:
    tell_found(FOUND)
    tell_found(replace(FOUND, projections=[replace(NOTE, rebuilt=None, lag=None)]))

    assert told("projection_rebuilt_ratio", projection="note") is None
    assert isnan(told("projection_lag_events", projection="note") or 0)
    assert told("projection_paused", projection="note") == 1
