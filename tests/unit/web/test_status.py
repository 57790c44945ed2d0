"""The page for who is on call: what is wrong first, in words, with what to type; nothing that a stranger put in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from typing_extensions import override

from infra.oncall.hops import Fed, Found, Kind, Lag, Projecting, State, Unreached, hops, wrong
from infra.oncall.limits import BEHIND_EVENTS, BEHIND_SECONDS, FEED_MESSAGES
from infra.oncall.text import describe, verdict
from infra.web.status import OLD_SECONDS, Board, page
from tests.support.commands import understood
from tests.support.memory import NOON
from tests.support.web import api_in_memory

UP = Lag(1_000, 0, 0.0)
LATE = Lag(7, 993, BEHIND_SECONDS + 1)
CARDS = Projecting("client_card", 3, UP, 0, False)
WELL = Found(
    at=NOON,
    end=1_000,
    led=frozenset({Kind.RELAY, Kind.PUBLISHER, Kind.FEED}),
    relay=UP,
    topics=[],
    projections=[CARDS, Projecting("note", 1, UP, 0, False)],
    publisher=UP,
    feeds=[Fed("atelier", 0, 0)],
)
DOWN = Unreached("OperationalError")


def seen(**differs: Any) -> list[tuple[str, State, str, tuple[str, ...]]]:
    return [(hop.name, hop.state, hop.says, hop.todo) for hop in wrong(hops(replace(WELL, **differs)))]


def test_in_a_house_that_is_well_nothing_wants_looking_at() -> None:
    assert seen() == []
    assert verdict(hops(WELL)) == "All is well"
    names = ["log", "relay", "topics", "client_card v3", "note v1", "publisher", "feed atelier"]
    assert [hop.name for hop in hops(WELL)] == names


def test_an_embedded_house_has_no_hops_of_kafka() -> None:
    embedded = replace(WELL, led=frozenset(), relay=None, topics=None, publisher=None, feeds=[Fed("atelier", None, 0)])
    assert [hop.kind for hop in hops(embedded)] == [Kind.LOG, Kind.PROJECTION, Kind.PROJECTION, Kind.FEED]
    assert wrong(hops(embedded)) == []


def test_a_projection_that_stands_still_says_so_and_what_to_type() -> None:
    paused = replace(CARDS, parked_keys=101, paused=True, lag=LATE)
    assert seen(projections=[paused]) == [
        (
            "client_card v3",
            State.PAUSED,
            "It stands still: 101 keys parked, too many to go on.",
            ("carnet dlq list client_card", "carnet dlq retry client_card --all", "carnet dlq resume client_card"),
        )
    ]
    [(_, state, says, _)] = seen(projections=[replace(paused, paused=False, parked_keys=1)])
    assert (state, says) == (State.PARKED, "1 key parked: its rows are old, all others go on.")


@pytest.mark.parametrize("lag", [Lag(7, 993, BEHIND_SECONDS + 0.1), Lag(7, BEHIND_EVENTS + 1, 0.1)])
@pytest.mark.parametrize("hop", ["relay", "publisher", "projections"])
def test_behind_is_more_seconds_or_more_events_than_the_alerts_allow(hop: str, lag: Lag) -> None:
    def of(lag: Lag) -> Any:
        return [replace(CARDS, lag=lag)] if hop == "projections" else lag

    [(_, state, says, _)] = seen(**{hop: of(lag)})
    assert state is State.BEHIND
    assert f"{lag.behind:,} events and {lag.behind_seconds:.0f} s behind" in says
    assert seen(**{hop: of(Lag(7, BEHIND_EVENTS, BEHIND_SECONDS))}) == []


def test_where_nobody_works_that_is_said_before_how_far_behind_it_is() -> None:
    found = seen(led=frozenset(), relay=LATE, publisher=LATE, feeds=[Fed("atelier", 1, 0)])
    assert [(name, state, todo) for name, state, _, todo in found] == [
        ("relay", State.STOPPED, ("carnet relay",)),
        ("publisher", State.STOPPED, ("carnet publish",)),
        ("feed atelier", State.STOPPED, ("carnet feed",)),
    ]


def test_of_a_feed_it_is_told_what_waits_for_the_house_and_what_for_somebody() -> None:
    [(_, state, says, _)] = seen(feeds=[Fed("atelier", FEED_MESSAGES + 1, 0)])
    assert (state, says.partition(":")[0]) == (State.BEHIND, "1,001 messages waiting")
    [(_, state, says, todo)] = seen(feeds=[Fed("kasse", None, 3, NOON - timedelta(days=2))])
    assert (state, says.partition(":")[0]) == (State.PARKED, "3 pieces parked, the oldest for 2 days")
    assert todo == ("carnet feed parked --format kasse", "carnet feed retry --format kasse")


def test_a_hop_that_cannot_be_reached_is_one_and_the_others_are_told() -> None:
    unknown = replace(CARDS, lag=None, parked_keys=2)
    found = replace(
        WELL, relay=DOWN, topics=DOWN, publisher=DOWN, projections=[unknown, replace(unknown, parked_keys=0)]
    )
    states = {(hop.name, hop.state) for hop in hops(found)}
    assert states >= {(name, State.UNREACHABLE) for name in ("relay", "topics", "publisher")}
    assert states >= {("client_card v3", State.PARKED), ("client_card v3", State.UNKNOWN), ("log", State.OK)}
    assert len(wrong(hops(found))) == 4, "what is not known for another's sake is not told twice"
    everything = replace(found, end=DOWN, led=DOWN, projections=DOWN, feeds=DOWN)
    assert {hop.state for hop in hops(everything)} == {State.UNREACHABLE}


def test_the_worst_comes_first() -> None:
    paused = replace(CARDS, paused=True, parked_keys=101)
    found = replace(WELL, projections=[replace(CARDS, parked_keys=1), paused], topics=DOWN, relay=LATE)
    assert [hop.state for hop in wrong(hops(found))] == [State.UNREACHABLE, State.PAUSED, State.PARKED, State.BEHIND]
    told = describe(hops(found), NOON).splitlines()
    assert told[0] == "4 things want looking at, as of 2026-03-02 12:00:00 UTC."
    assert told[2].startswith("UNREACHABLE topics: ")
    assert "            $ carnet dlq list client_card" in told


class Outline(HTMLParser):
    """What a browser, and whoever listens to one, would find."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(document)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def tags(self, tag: str) -> Sequence[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def board(found: Found, age: float = 1.0) -> Board:
    shown = Board(lambda: found.at + timedelta(seconds=age))
    shown.show(found)
    return shown


def test_the_page_is_read_without_colour_script_or_anybody_else() -> None:
    found = replace(WELL, projections=[replace(CARDS, paused=True, parked_keys=101, rebuilt=0.5, former=True)])
    document = Outline(page(board(found).shown()))

    assert document.open == []
    assert {tag for tag, _ in document.seen}.isdisjoint({"script", "img", "link", "iframe", "form"})
    assert [each["lang"] for each in document.tags("html")] == ["en"]
    assert [tag for tag, _ in document.seen if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h2"]
    assert len(document.tags("th")) == 7 + len(hops(found))
    assert {each["scope"] for each in document.tags("th")} == {"col", "row"}
    assert [each["href"] for each in document.tags("a")] == ["/status.json"]
    assert {each.get("http-equiv") for each in document.tags("meta")} == {None, "refresh"}
    text = "".join(document.text)
    assert text.index("It stands still") < text.index("Every hop")
    assert all(
        each in text for each in ("One thing wants looking at", "paused", "carnet dlq resume client_card", "50%")
    )


def test_what_a_fault_says_is_shown_as_text_and_never_run() -> None:
    found = replace(WELL, topics=Unreached('<script>alert("1")</script> & more'))
    text = page(board(found).shown())
    assert "<script" not in text
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more" in text


def test_a_look_that_is_old_says_so() -> None:
    assert "seconds old" not in page(board(WELL).shown())
    assert f"This is {OLD_SECONDS + 1:.0f} seconds old" in page(board(WELL, OLD_SECONDS + 1).shown())
    assert "Looking for the first time" in page(Board(lambda: NOON).shown())


def test_anybody_may_look_and_a_program_gets_the_same() -> None:
    found = replace(WELL, relay=DOWN)
    with api_in_memory(board=board(found)) as api:
        shown = api("GET", "/status", headers={"Authorization": None})
        told = api("GET", "/status.json", headers={"Authorization": None})
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert shown.headers["Cache-Control"] == "no-store"
    assert (told.status_code, told.json()["well"], told.json()["as_of"]) == (200, False, "2026-03-02T12:00:00+00:00")
    assert [(hop["name"], hop["state"]) for hop in told.json()["hops"]] == [
        (hop.name, hop.state.value) for hop in hops(found)
    ]
    with api_in_memory() as api:
        assert (api("GET", "/status").status_code, api("GET", "/status.json").status_code) == (200, 503)


def test_what_to_type_is_what_carnet_understands() -> None:
    broken = [
        replace(
            WELL, projections=[replace(CARDS, paused=True, parked_keys=101), replace(CARDS, lag=LATE)], topics=DOWN
        ),
        replace(WELL, led=frozenset(), feeds=[Fed("atelier", 1, 0), Fed("kasse", 0, 1)]),
    ]
    commands = {command for found in broken for hop in hops(found) for command in hop.todo}
    assert len(commands) == 10
    assert [command for command in commands if not understood(command)] == []
    assert not understood("carnet dlq mend client_card")
    assert not understood("carnet dlq retry client_card --everything")
