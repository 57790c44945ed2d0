"""What is known of a person, from HTTP to the log and back on her card."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from commands.ports import Change, Stream
from domain.access import Role
from domain.client.events import PersonNoted
from domain.client.facts import Name
from infra.wiring import new_id
from tests.e2e.test_bad_input import named
from tests.e2e.test_commands import history, made
from tests.e2e.test_queries import problem, since
from tests.support.memory import request
from tests.support.running import Running


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def client(associate: httpx.Client) -> str:
    return associate.post("/clients", json={"name": {"family": "Yamada", "given": "Hanako"}}).headers["Location"]


def card(associate: httpx.Client, client: str, seen: httpx.Response) -> dict[str, Any]:
    assert seen.is_success, seen.text
    shown: dict[str, Any] = associate.get(client, headers=since(seen)).raise_for_status().json()
    return shown


def test_every_fact_is_one_event_however_often_it_is_told(
    carnet: Running, associate: httpx.Client, client: str
) -> None:
    facts = {
        "names": {"kind": "maiden", "family": "Satō", "until": "2019-06-01"},
        "dates": {"kind": "birthday", "day": {"month": 2, "day": 29}},
        "traits": {"kind": "tag", "value": "VIP"},
    }
    for fact, body in facts.items():
        first, again = (associate.post(f"{client}/{fact}", json=body) for _ in "12")
        assert made(first) == made(again)
        for _ in "12":
            associate.delete(first.headers["Location"]).raise_for_status()
    for fact, wished in (("salutation", {"salutation": "Dear Hanako-san"}), ("death", {"on": "2026-02-28"})):
        for _ in "12":
            associate.put(f"{client}/{fact}", json=wished).raise_for_status()
    for _ in "12":
        last = associate.delete(f"{client}/death").raise_for_status()

    assert history(carnet, client.rpartition("/")[2], last) == [
        "client.registered.v1",
        "client.name-added.v1",
        "client.name-removed.v1",
        "client.date-added.v1",
        "client.date-removed.v1",
        "client.trait-added.v1",
        "client.trait-removed.v1",
        "client.salutation-set.v1",
        "client.death-recorded.v1",
        "client.death-withdrawn.v1",
    ]


@pytest.mark.feature("FL-C02", "FL-C03")
def test_a_card_says_who_made_it_and_when(carnet: Running, associate: httpx.Client, client: str) -> None:
    shown = card(associate, client, associate.put(f"{client}/salutation", json={"salutation": None}))

    assert shown["registered_by"] == "associate-1"
    assert shown["registered_at"].startswith("20")


def test_names_stand_beside_the_main_one(associate: httpx.Client, client: str) -> None:
    legal = {"kind": "legal", "family": "山田", "given": "花子", "script": "Jpan", "reading": "ヤマダ ハナコ"}
    added = associate.post(f"{client}/names", json=legal)
    shown = card(associate, client, added)

    assert shown["name"] == {"family": "Yamada", "given": "Hanako", "title": None}
    [name] = shown["names"]
    assert name == {**name, **legal, "name_id": made(added), "title": None, "since": None, "until": None}


@pytest.mark.feature("CS-36", "CS-37", "CS-38")
def test_addresses_without_limit_each_with_its_type_and_the_time_it_holds(associate: httpx.Client, client: str) -> None:
    for number in range(12):
        year = 2000 + 2 * number
        address = {"type": "seasonal", "country": "IT", "city": f"Villa {number}"}
        associate.post(f"{client}/addresses", json={**address, "since": f"{year}-05-01", "until": f"{year}-09-30"})
    home = associate.post(f"{client}/addresses", json={"country": "JP", "city": "Osaka"})
    moved = associate.put(f"{home.headers['Location']}/residency", json={"until": "2020-07-31"})

    def on(day: str | None) -> list[tuple[str, str]]:
        asked = {} if day is None else {"on": day}
        answer = associate.get(f"{client}/addresses", params=asked, headers=since(moved)).raise_for_status()
        return [(each["type"], each["city"]) for each in answer.json()["items"]]

    assert len(card(associate, client, moved)["addresses"]) == len(on(None)) == 13
    assert on("2020-07-31") == [("seasonal", "Villa 10"), ("home", "Osaka")]
    assert on("2020-08-01") == [("seasonal", "Villa 10")]
    assert on("2001-01-01") == [("home", "Osaka")]
    assert on("2020-05-01") == [("seasonal", "Villa 10"), ("home", "Osaka")]
    assert on("2020-04-30") == [("home", "Osaka")]
    assert on("2030-01-01") == []


def test_a_contact_point_says_whether_it_reaches_her_and_her_alone(associate: httpx.Client, client: str) -> None:
    point = associate.post(f"{client}/contact-points", json={"kind": "email", "value": "family@example.com"})
    place = point.headers["Location"]
    for state in ("confirmed", "bouncing", "opted_out"):
        associate.put(f"{place}/state", json={"state": state}).raise_for_status()
    marked = associate.put(f"{place}/surprises", json={"not_for_surprises": True})

    [shown] = card(associate, client, marked)["contact_points"]
    assert (shown["state"], shown["not_for_surprises"]) == ("opted_out", True)


@pytest.mark.feature("CS-44")
@pytest.mark.parametrize(
    ("day", "yearly"),
    [
        ({"month": 2, "day": 29}, True),
        ({"month": 2, "day": 29, "year": 1964}, True),
        ({"month": 12}, True),
        ({"month": 6, "day": 1, "year": 2027}, False),
    ],
)
def test_a_date_is_kept_as_people_remember_it(
    associate: httpx.Client, client: str, day: dict[str, int], yearly: bool
) -> None:
    body = {"kind": "other", "label": "Opened her gallery", "day": day, "yearly": yearly}
    added = associate.post(f"{client}/dates", json=body)

    [shown] = card(associate, client, added)["dates"]
    assert shown["day"] == {"day": None, "year": None, **day}
    assert (shown["label"], shown["yearly"], shown["date_id"]) == ("Opened her gallery", yearly, made(added))


@pytest.mark.feature("CS-44")
def test_nobody_has_two_birthdays(associate: httpx.Client, client: str) -> None:
    first = associate.post(f"{client}/dates", json={"kind": "birthday", "day": {"month": 3}})
    second = associate.post(f"{client}/dates", json={"kind": "birthday", "day": {"month": 3, "day": 5, "year": 1964}})

    assert made(first) == made(second)
    [shown] = card(associate, client, second)["dates"]
    assert shown["day"] == {"month": 3, "day": 5, "year": 1964}


@pytest.mark.feature("CS-41", "CS-42", "CS-43", "FL-F09", "FL-F10", "WK-10")
def test_interests_likes_dislikes_tags_lists_brands_and_categories(associate: httpx.Client, client: str) -> None:
    told = [
        ("interest", "Opera"),
        ("like", "White peonies"),
        ("dislike", "Yellow gold"),
        ("tag", "VIP"),
        ("mailing_list", "Summer party"),
        ("brand", "Maison"),
        ("category", "watches"),
    ]
    for kind, value in told:
        added = associate.post(f"{client}/traits", json={"kind": kind, "value": value})
        again = associate.post(f"{client}/traits", json={"kind": kind, "value": value.upper()})
        assert made(added) == made(again)

    shown = card(associate, client, again)["traits"]
    assert [(each["kind"], each["value"]) for each in shown] == told


def test_a_death_is_on_the_card_until_it_is_withdrawn(associate: httpx.Client, client: str) -> None:
    shown = card(associate, client, associate.put(f"{client}/death", json={"on": "2026-02-28"}))
    assert (shown["died"], shown["died_on"]) == (True, "2026-02-28")
    shown = card(associate, client, associate.delete(f"{client}/death"))
    assert (shown["died"], shown["died_on"]) == (False, None)


def test_somebody_known_through_a_client_is_found_once_she_is_one_herself(
    carnet: Running, associate: httpx.Client, client: str
) -> None:
    id = new_id()
    through = UUID(client.rpartition("/")[2])
    noted = PersonNoted(id, through, "paris-1", Name("Vavasour", "Zoë"))
    carnet.house.ports.streams.append([Change(Stream(id, id), 0, (noted,))], request())
    person = f"/clients/{id}"
    liked = associate.post(f"{person}/traits", json={"kind": "like", "value": "Pearls"})
    asked = {"name": "zoe vavasour"}

    def found(seen: httpx.Response) -> list[str]:
        answer = associate.post("/clients/search", json=asked, headers=since(seen)).raise_for_status()
        return [each["client_id"] for each in answer.json()["items"]]

    assert str(id) not in found(liked)
    for path in (person, f"{person}/addresses", f"{person}/purchases"):
        problem(associate.get(path, headers=since(liked)), 404, "client.unknown", "client_id")
    taken_up = associate.put(f"{person}/registration", json={"store_id": "rome-1"})
    again = associate.put(f"{person}/registration", json={})
    assert taken_up.json() == again.json() == {"id": str(id), "version": 3}
    shown = card(associate, person, again)
    assert (shown["store_id"], shown["name"]["family"], shown["traits"][0]["value"]) == ("rome-1", "Vavasour", "Pearls")
    assert str(id) in found(again)


@pytest.mark.parametrize(
    ("fact", "body", "field"),
    [
        ("names", {"kind": "legal"}, "family"),
        ("names", {"kind": "nick", "family": "X"}, "kind"),
        ("names", {"kind": "legal", "family": "X", "script": "japanese"}, "script"),
        ("names", {"kind": "legal", "family": "X", "reading": ""}, "reading"),
        ("names", {"kind": "former", "family": "X", "since": "2026-02-02", "until": "2026-02-01"}, "until"),
        ("dates", {"kind": "birthday"}, "day"),
        ("dates", {"kind": "anniversary", "day": {"month": 1}}, "kind"),
        ("dates", {"kind": "birthday", "day": "1964-02-29"}, "day"),
        ("dates", {"kind": "birthday", "day": {"month": 13}}, "day.month"),
        ("dates", {"kind": "birthday", "day": {"month": 2, "day": 30}}, "day"),
        ("dates", {"kind": "birthday", "day": {"month": 2, "day": 29, "year": 1965}}, "day"),
        ("dates", {"kind": "birthday", "day": {"month": 2, "day": 29}, "yearly": False}, "yearly"),
        ("dates", {"kind": "other", "day": {"month": 2, "day": 29}}, "label"),
        ("dates", {"kind": "wedding", "day": {"month": 2, "day": 29}, "yearly": False}, "day"),
        ("traits", {"kind": "hobby", "value": "Opera"}, "kind"),
        ("traits", {"kind": "like", "value": " "}, "value"),
        ("traits", {"kind": "like"}, "value"),
    ],
)
def test_a_fact_that_cannot_be(associate: httpx.Client, client: str, fact: str, body: Any, field: str) -> None:
    named(associate.post(f"{client}/{fact}", json=body), 422, field)


@pytest.mark.parametrize(
    ("fact", "body", "field"),
    [
        ("salutation", {}, "salutation"),
        ("salutation", {"salutation": "two\nlines"}, "salutation"),
        ("death", {"on": "2199-01-01"}, "on"),
        ("death", {"on": "yesterday"}, "on"),
        ("registration", {"store_id": ""}, "store_id"),
    ],
)
def test_a_setting_that_cannot_be(associate: httpx.Client, client: str, fact: str, body: Any, field: str) -> None:
    named(associate.put(f"{client}/{fact}", json=body), 422, field)


def test_a_detail_that_cannot_be_changed_so(associate: httpx.Client, client: str) -> None:
    point = associate.post(f"{client}/contact-points", json={"kind": "email", "value": "a@example.com"})
    place = point.headers["Location"]
    named(associate.put(f"{place}/state", json={"state": "lost"}), 422, "state")
    named(associate.put(f"{place}/surprises", json={"not_for_surprises": "yes"}), 422, "not_for_surprises")
    home = associate.post(f"{client}/addresses", json={"country": "FR"}).headers["Location"]
    wrong = {"since": "2026-02-02", "until": "2026-02-01"}
    named(associate.put(f"{home}/residency", json=wrong), 422, "until")
    for day in ("yesterday", "0", "2026-02-30"):
        named(associate.get(f"{client}/addresses", params={"on": day}), 422, "on")


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("DELETE", "names", None, "client.name_unknown"),
        ("DELETE", "dates", None, "client.date_unknown"),
        ("DELETE", "traits", None, "client.trait_unknown"),
        ("PUT", "contact-points/{}/state", {"state": "confirmed"}, "client.contact_point_unknown"),
        ("PUT", "contact-points/{}/surprises", {"not_for_surprises": True}, "client.contact_point_unknown"),
        ("PUT", "addresses/{}/residency", {}, "client.address_unknown"),
    ],
)
def test_what_was_never_there_is_unknown(
    associate: httpx.Client, client: str, method: str, path: str, body: Any, code: str
) -> None:
    nothing = "00000000-0000-0000-0000-00000000dead"
    below = path.format(nothing) if "{}" in path else f"{path}/{nothing}"
    answer = associate.request(method, f"{client}/{below}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    unknown = associate.request(method, f"/clients/{nothing}/{below}", json=body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "client.unknown")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_only_reads_tells_nothing(carnet: Running, client: str, role: Role) -> None:
    with carnet.client(role) as caller:
        for answer in (
            caller.post(f"{client}/traits", json={"kind": "like", "value": "Pearls"}),
            caller.post(f"{client}/names", json={"kind": "legal", "family": "X"}),
            caller.put(f"{client}/death", json={}),
            caller.put(f"{client}/registration", json={}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "caller.not_allowed")
