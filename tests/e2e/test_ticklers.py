"""Ticklers over HTTP: the rules they follow from, and what an associate does with one."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from domain.tickler_defaults import house_defaults
from tests.support.running import Running

NOBODY = UUID(int=1)
CALL: dict[str, Any] = {
    "cause": "own-date",
    "text": "Call for the birthday",
    "days": 0,
    "expires": 7,
    "dates": ["birthday"],
    "since": "2026-03-01",
}


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def office(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.HEAD_OFFICE) as client:
        yield client


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


def told(office: httpx.Client, rule_id: str, seen: httpx.Response, **asked: Any) -> list[dict[str, Any]]:
    answer = office.get("/tickler-rules", params=asked, headers=since(seen))
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["items"] if each["rule_id"] == rule_id]


@pytest.mark.feature("N-05")
def test_a_rule_is_set_from_a_day_on_and_each_of_its_versions_stays_known(office: httpx.Client) -> None:
    rule_id = f"birthday-{uuid4().hex}"
    place = f"/tickler-rules/{rule_id}"
    first = office.put(place, json=CALL)
    assert (first.status_code, first.json(), first.headers["ETag"]) == (200, {"id": rule_id, "version": 1}, '"1"')
    assert office.put(place, json=CALL).json()["version"] == 1
    card = {**CALL, "text": "Prepare a card", "days": -7, "since": "2026-05-01"}
    assert office.put(place, json=card, headers={"If-Match": '"1"'}).json()["version"] == 2
    named(office.put(place, json=CALL, headers={"If-Match": '"1"'}), 412, "request.version_stale", "If-Match")
    off = office.post(f"{place}/switching-off", json={"since": "2026-06-01"})

    in_force = {
        day: [each["rule"]["text"] for each in told(office, rule_id, off, on=day)]
        for day in ("2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01")
    }
    assert list(in_force.values()) == [
        [],
        ["Call for the birthday"],
        ["Call for the birthday"],
        ["Prepare a card"],
        ["Prepare a card"],
        [],
    ]
    versions = told(office, rule_id, off, all=True)
    assert [(each["version"], each["since"], each["replaced_on"]) for each in versions] == [
        (1, "2026-03-01", "2026-05-01"),
        (2, "2026-05-01", "2026-06-01"),
        (3, "2026-06-01", None),
    ]
    assert (versions[2]["rule"], versions[2]["set_by"]) == (None, "head-office-1")
    one = office.get(place)
    assert one.headers["ETag"] == '"3"'
    assert [each["rule"] for each in one.json()["versions"]] == [each["rule"] for each in versions]


def test_a_rule_says_all_that_it_was_told(office: httpx.Client) -> None:
    rule_id = f"sold-{uuid4().hex}"
    goods = {
        **CALL,
        "cause": "owned",
        "owner": "category",
        "shown": 14,
        "dates": [],
        "categories": ["jewelry", "watches"],
        "types": ["ring"],
        "minimum": "500.00",
        "currency": "EUR",
        "every_months": 6,
        "by_category": [{"category": "jewelry", "days": -45}],
        "unless_date": "wedding",
    }
    lapse = {"category": "jewelry", "months": 18, "within_months": 60, "times": "1.5"}
    set_ = office.put(f"/tickler-rules/{rule_id}", json=goods)
    assert set_.status_code == 200, set_.text
    [version] = told(office, rule_id, set_, on="2026-03-01")
    expected = {**goods, "event_kinds": [], "lapse": None}
    del expected["since"]
    assert version["rule"] == expected

    lapsed = {**CALL, "cause": "lapse", "dates": [], "lapse": lapse, "since": "2026-03-02"}
    set_ = office.put(f"/tickler-rules/{rule_id}", json=lapsed)
    [version] = told(office, rule_id, set_, on="2026-03-02")
    assert version["rule"]["lapse"] == lapse


def test_the_house_defaults_are_adopted_where_the_house_has_said_nothing(office: httpx.Client) -> None:
    mine = {**CALL, "text": "Send flowers"}
    office.put("/tickler-rules/birthday-call", json=mine).raise_for_status()
    body = {"since": "2026-04-01", "words": {"jewelry": ["jewelry", "watches"]}}
    key = {"Idempotency-Key": uuid4().hex}
    adopted = office.post("/tickler-rules/house-defaults", json=body, headers=key)
    assert adopted.status_code == 201, adopted.text
    again = office.post("/tickler-rules/house-defaults", json=body)
    repeated = office.post("/tickler-rules/house-defaults", json=body, headers=key)
    assert adopted.json()["rules"] == again.json()["rules"] == repeated.json()["rules"]
    assert set(adopted.json()["rules"]) == {
        *house_defaults(),
        "lapsed-jewelry-2",
        "at-risk-jewelry-2",
        "lost-jewelry-2",
    }

    answer = office.get("/tickler-rules", params={"all": True}, headers=since(adopted))
    found = {each["rule_id"]: each for each in answer.json()["items"]}
    assert found.keys() >= set(adopted.json()["rules"])
    assert found["birthday-call"]["rule"]["text"] == "Send flowers"
    assert (found["thank-you"]["since"], found["thank-you"]["version"]) == ("2026-04-01", 1)
    assert found["lost-jewelry-2"]["rule"]["lapse"] == {
        "category": "watches",
        "months": 18,
        "within_months": 60,
        "times": "3",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "cause"),
        ({**CALL, "cause": "whim"}, "cause"),
        ({**CALL, "text": " "}, "text"),
        ({**CALL, "days": "3"}, "days"),
        ({**CALL, "days": 5000}, "days"),
        ({**CALL, "shown": -1}, "shown"),
        ({**CALL, "owner": "anybody"}, "owner"),
        ({**CALL, "dates": ["birthdays"]}, "dates"),
        ({**CALL, "dates": ["anniversary"]}, "dates"),
        ({**CALL, "dates": ["birthday"] * 51}, "dates"),
        ({**CALL, "minimum": "100.00", "currency": "EUR"}, "minimum"),
        ({**CALL, "currency": "XXX"}, "currency"),
        ({**CALL, "every_months": 6}, "every_months"),
        ({**CALL, "cause": "owned", "dates": []}, "every_months"),
        ({**CALL, "cause": "lapse", "dates": []}, "lapse"),
        ({**CALL, "cause": "lapse", "dates": [], "lapse": {"months": 6, "within_months": 6}}, "lapse.within_months"),
        ({**CALL, "cause": "lapse", "dates": [], "lapse": {"months": 6}}, "lapse.within_months"),
        ({**CALL, "by_category": [{"category": "jewelry"}]}, "by_category.0.days"),
        ({**CALL, "since": "2026-02-30"}, "since"),
        ({**CALL, "lead": 3}, "lead"),
    ],
)
def test_a_rule_that_cannot_be(office: httpx.Client, body: dict[str, Any], field: str) -> None:
    answer = office.put("/tickler-rules/birthday-of-nobody", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_a_rule_that_is_not_there_and_those_who_may_not_set_one(office: httpx.Client, associate: httpx.Client) -> None:
    off = {"since": date.today().isoformat()}  # noqa: DTZ011 - any day will do
    named(office.post("/tickler-rules/nothing/switching-off", json=off), 404, "tickler_rule.unknown", "rule_id")
    named(office.get("/tickler-rules/nothing"), 404, "tickler_rule.unknown", "rule_id")
    named(office.put("/tickler-rules/follow-up", json=CALL), 422, "tickler_rule.invalid", "rule_id")
    named(office.put("/tickler-rules/a%20b", json=CALL), 422, "request.invalid", "rule_id")
    named(office.get("/tickler-rules", params={"on": "today"}), 422, "request.invalid", "on")
    for answer in (
        associate.put("/tickler-rules/birthday-call", json=CALL),
        associate.post("/tickler-rules/birthday-call/switching-off", json=off),
        associate.post("/tickler-rules/house-defaults", json=off),
    ):
        named(answer, 403, "caller.not_allowed", None)
    assert associate.get("/tickler-rules").status_code == 200
