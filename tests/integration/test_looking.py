"""What does not answer is shown as such, and the others are told all the same, in time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from socket import socket
from time import monotonic

import pytest

from infra.oncall.hops import Kind, Lag, State, Unreached, hops
from infra.oncall.looking import PATIENCE_SECONDS, Looking
from infra.settings import Settings
from infra.wiring import House, house
from projections.registry import PROJECTIONS

NOBODY = "127.0.0.1:1"


@pytest.fixture
def opened(database: Callable[[], str], tmp_path: Path) -> Iterator[House]:
    settings = Settings(database_url=database(), keys_url=database(), read_url=database(), home=tmp_path)
    with house(settings) as opened:
        yield opened


def with_read_models_at(opened: House, address: str) -> House:
    return replace(opened, databases=replace(opened.databases, read=f"postgresql://nobody@{address}/nothing"))


def states(found: House) -> dict[Kind, set[State]]:
    seen: dict[Kind, set[State]] = {}
    for hop in hops(Looking(found).look()):
        seen.setdefault(hop.kind, set()).add(hop.state)
    return seen


def test_an_embedded_house_that_nobody_uses_is_well(opened: House) -> None:
    found = Looking(opened).look()

    assert (found.end, found.relay, found.topics, found.publisher) == (0, None, None, None)
    assert not isinstance(found.projections, Unreached)
    assert [each.lag for each in found.projections] == [Lag(0, 0, 0.0)] * len(PROJECTIONS)
    assert {state for each in states(opened).values() for state in each} == {State.OK}


def test_a_database_that_is_away_hides_no_other_hop_and_says_no_more_than_its_class(opened: House) -> None:
    away = with_read_models_at(opened, NOBODY)

    assert Looking(away).look().projections == Unreached("OperationalError")
    assert states(away) == {Kind.LOG: {State.OK}, Kind.PROJECTION: {State.UNREACHABLE}, Kind.FEED: {State.OK}}


def test_who_never_answers_is_not_waited_for_nor_asked_twice_at_once(opened: House) -> None:
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        looking = Looking(with_read_models_at(opened, f"127.0.0.1:{silent.getsockname()[1]}"), patience=0.5)
        began = monotonic()
        for _ in range(3):
            found = looking.look()
            assert (found.projections, found.end) == (Unreached("no answer in time"), 0)
        assert monotonic() - began < PATIENCE_SECONDS

        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
