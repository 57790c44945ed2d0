"""An associate's day over HTTP: what is on her list, what a call needs, and what she does about it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from domain.access import Caller, Role
from tests.e2e.test_contacts import done, seen
from tests.support.running import Running

As = Callable[[str, Role], httpx.Client]


class Day:
    """A store in Tokyo where Yuki and Ken work, rules of its own, and Anne, who has her birthday today."""

    def __init__(self, carnet: Running, opened: ExitStack) -> None:
        self._carnet, self._opened, self.suffix = carnet, opened, uuid4().hex
        self.store = f"store-{self.suffix}"
        # Midnight may pass while this runs, so that the day is that of the store now.
        self.today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
        office = self.as_("office", Role.HEAD_OFFICE)
        body = {"id": self.store, "name": "Ginza", "country": "JP", "city": "Tokyo", "time_zone": "Asia/Tokyo"}
        done(office.post("/stores", json=body))
        for who in ("yuki", "ken"):
            person = {
                "id": self.id(who),
                "name": who,
                "role": "associate",
                "store_id": self.store,
                "since": "2020-01-01",
            }
            done(office.post("/associates", json={**person, "since": "2020-01-01"}))
        self.rule(office, "call", cause="own-date", text="Call", days=0, shown=3, dates=["birthday"])
        self.rule(office, "gift", cause="linked-date", text="Propose a gift", days=-28, shown=14, dates=["birthday"])
        self.yuki, self.ken = (self.as_(who, Role.ASSOCIATE) for who in ("yuki", "ken"))
        self.anne = done(self.yuki.post("/clients", json={"name": {"family": "Leclerc"}})).headers["Location"]
        done(self.yuki.post(f"{self.anne}/affiliations", json={}))
        self.last = done(self.yuki.put(f"{self.anne}/primary-associate", json={"associate_id": self.id("yuki")}))
        self.birthday(self.anne, self.today)

    def id(self, who: str) -> str:
        return f"{who}-{self.suffix}"

    def as_(self, who: str, role: Role) -> httpx.Client:
        token = self._carnet.token(Caller(self.id(who), role, self.store))
        client = httpx.Client(base_url=self._carnet.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        return self._opened.enter_context(client)

    def rule(self, office: httpx.Client, name: str, **said: Any) -> None:
        since = (self.today - timedelta(800)).isoformat()
        done(office.put(f"/tickler-rules/{self.id(name)}", json={"expires": 40, "since": since, **said}))

    def birthday(self, who: str, on: date) -> None:
        day = {"month": on.month, "day": on.day}
        self.last = done(self.yuki.post(f"{who}/dates", json={"kind": "birthday", "day": day}))

    def list(self, of: str = "", **asked: Any) -> list[dict[str, Any]]:
        """What is on a list, by rules of this store or somebody's own words; by default on Yuki's."""
        found = seen(self.yuki, of or f"/associates/{self.id('yuki')}/ticklers", self.last, **asked)
        rules = {self.id("call"), self.id("gift"), "follow-up"}
        return [each for each in found["items"] if each["about"]["rule_id"] in rules]

    def act(self, it: dict[str, Any], act: str, who: httpx.Client | None = None, **body: Any) -> None:
        path = f"/clients/{it['client']['client_id']}/ticklers/{it['tickler_id']}/{act}"
        self.last = done((who or self.yuki).post(path, json={"about": it["about"], **body}))


@pytest.fixture
def day(carnet: Running) -> Iterator[Day]:
    with ExitStack() as opened:
        yield Day(carnet, opened)


@pytest.mark.feature("CS-27", "X-22", "N-14")
def test_one_contact_closes_what_she_ticks_and_what_is_done_without_one_is_seen(day: Day) -> None:
    husband = {"relation": "husband", "person": {"name": {"family": "Leclerc", "given": "Paul"}}}
    linked = done(day.yuki.post(f"{day.anne}/family", json=husband))
    [relative] = seen(day.yuki, f"{day.anne}/family", linked)["items"]
    day.birthday(f"/clients/{relative['client_id']}", day.today + timedelta(28))
    said = {"due_on": day.today.isoformat(), "text": "Ask about the ring"}
    day.last = done(day.ken.post(f"{day.anne}/follow-ups", json={**said, "owner": day.id("yuki")}))

    by_text = {each["text"]: each for each in day.list()}
    assert by_text.keys() == {"Call", "Propose a gift", "Ask about the ring"}
    assert {each["state"] for each in by_text.values()} == {"today"}
    gift = by_text["Propose a gift"]
    assert (gift["person"]["relation"], gift["owner"]["associate_id"]) == ("husband", day.id("yuki"))

    ticked = [by_text[text]["about"] for text in ("Call", "Propose a gift")]
    call = {"channel": "call", "outcome": "message-left", "ticklers": ticked}
    day.last = done(day.yuki.post(f"{day.anne}/outreach", json=call))
    assert len(day.list()) == 3, "a voicemail is no conversation"
    day.last = done(day.yuki.post(f"{day.anne}/outreach", json={**call, "outcome": "reached", "remark": "Delighted"}))
    outreach_id = day.last.json()["id"]
    [left] = day.list()
    assert (left["text"], left["last_conversation"]["remark"]) == ("Ask about the ring", "Delighted")
    day.act(left, "completion", remark="She told me herself")
    assert day.list() == []
    ended = {each["text"]: each["ended"] for each in day.list(state="completed")}
    assert {text: (each["how"], each["outreach_id"]) for text, each in ended.items()} == {
        "Call": ("contact", outreach_id),
        "Propose a gift": ("contact", outreach_id),
        "Ask about the ring": ("completed", None),
    }


@pytest.mark.feature("CS-27", "X-09", "X-10")
def test_what_she_puts_off_hands_over_or_dismisses_is_off_her_list(day: Day) -> None:
    [call] = day.list()
    day.act(call, "snooze", until=(day.today + timedelta(2)).isoformat())
    assert day.list() == []
    [later] = day.list(on=(day.today + timedelta(2)).isoformat())
    assert (later["due"], later["state"]) == ((day.today + timedelta(2)).isoformat(), "today")
    day.act(later, "handover", to=day.id("ken"))
    on = {"on": (day.today + timedelta(2)).isoformat()}
    assert [each["owner"]["associate_id"] for each in day.list(**on)] == [day.id("ken")], "she still serves her"
    assert day.list(owned="true", **on) == []
    kens = seen(day.ken, f"/associates/{day.id('ken')}/ticklers", day.last, owned="true", **on)["items"]
    assert [each["tickler_id"] for each in kens] == [call["tickler_id"]]
    day.act(later, "dismissal", day.ken, reason="She is travelling")
    assert day.list(**on) == []
    assert [each["ended"]["remark"] for each in day.list(state="dismissed", **on)] == ["She is travelling"]


@pytest.mark.feature("X-14", "CS-26")
def test_what_is_nobodys_is_taken_once_and_a_death_silences_at_once(day: Day) -> None:
    zoe = done(day.yuki.post("/clients", json={"name": {"family": "Roe"}})).headers["Location"]
    day.birthday(zoe, day.today)
    there = f"/stores/{day.store}/ticklers"
    [hers] = day.list(there, unowned="true")
    assert hers["owner"] == {"associate_id": None, "name": None, "store_id": day.store}
    day.act(hers, "taking", day.ken)
    path = f"{zoe}/ticklers/{hers['tickler_id']}/taking"
    assert day.yuki.post(path, json={"about": hers["about"]}).json()["code"] == "tickler.taken"
    assert day.list(there, unowned="true") == []
    assert {each["owner"]["associate_id"] for each in day.list(there)} == {day.id("ken"), day.id("yuki")}

    day.last = done(day.yuki.put(f"{zoe}/death", json={"on": None}))
    assert {each["owner"]["associate_id"] for each in day.list(there)} == {day.id("yuki")}
    day.last = done(day.yuki.put(f"{day.anne}/death", json={"on": None}))
    assert (day.list(), day.list(f"{day.anne}/ticklers"), day.list(there)) == ([], [], [])


def test_who_works_elsewhere_asks_in_vain(day: Day, carnet: Running) -> None:
    [call] = day.list()
    far = (day.today + timedelta(800)).isoformat()
    with carnet.client() as stranger:
        for path in (f"/associates/{day.id('yuki')}/ticklers", f"/stores/{day.store}/ticklers"):
            assert stranger.get(path).status_code == 404
        page = stranger.get(f"{day.anne}/ticklers", params={"limit": 1, "from": day.today.isoformat(), "to": far})
        assert 'rel="next"' in page.headers["Link"]
        whole = stranger.get(f"{day.anne}/ticklers", params={"limit": 200}).json()
        assert call["tickler_id"] in [each["tickler_id"] for each in whole["items"]], "she sees the client"
        assert stranger.get(f"{day.anne}/ticklers", params={"cursor": "x"}).json()["code"] == "request.cursor_invalid"
        for asked in ({"from": "2026-13-01"}, {"state": "done"}, {"on": "today"}, {"owned": "true"}):
            assert stranger.get(f"{day.anne}/ticklers", params=asked).status_code == 422, asked
