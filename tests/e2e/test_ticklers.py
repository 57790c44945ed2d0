"""Ticklers over HTTP: the rules they follow from, and what an associate does with one."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Caller, Role
from domain.tickler_cause import About, tickler_id
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


Act = tuple[str, dict[str, Any]]

DONE: Act = ("completion", {"remark": "She called herself."})
NOT_TO_BE_DONE: Act = ("dismissal", {"reason": "She wants no calls this year."})
PUT_OFF: Act = ("snooze", {"until": "2099-03-09"})
TAKEN: Act = ("taking", {})
REOPENED: Act = ("reopening", {})


@pytest.fixture
def marc(carnet: Running, office: httpx.Client) -> Iterator[httpx.Client]:
    """A colleague, who works for the house."""
    marc = {"id": "marc-of-ticklers", "name": "Marc", "role": "associate", "since": "2019-05-02"}
    assert office.post("/associates", json=marc).status_code == 201
    headers = {"Authorization": f"Bearer {carnet.token(Caller('marc-of-ticklers', Role.ASSOCIATE, 'paris-1'))}"}
    with httpx.Client(base_url=carnet.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def anne(associate: httpx.Client, office: httpx.Client) -> UUID:
    """A client, in a house that has rules."""
    office.post("/tickler-rules/house-defaults", json={"since": "2026-01-01"}).raise_for_status()
    return UUID(associate.post("/clients", json={"name": {"family": "Leclerc"}}).json()["id"])


def acted(who: httpx.Client, client_id: UUID, about: dict[str, str], act: Act, **headers: str) -> httpx.Response:
    """What comes of an act on the tickler of this client about that."""
    id = tickler_id(client_id, About(**about))
    path = f"/clients/{client_id}/ticklers/{id}/{act[0]}"
    return who.post(path, json={"about": about, **act[1]}, headers=headers)


def call_of(year: int) -> dict[str, str]:
    return {"rule_id": "birthday-call", "cause": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a", "occurrence": str(year)}


@pytest.mark.feature("CS-27", "X-09", "X-10")
def test_a_tickler_is_put_off_done_reopened_and_dismissed(
    associate: httpx.Client, marc: httpx.Client, anne: UUID
) -> None:
    call = call_of(2026)
    off = acted(associate, anne, call, PUT_OFF)
    id = str(tickler_id(anne, About(**call)))
    assert (off.status_code, off.json(), off.headers["ETag"]) == (200, {"id": id, "version": 1}, '"1"')
    done = acted(marc, anne, call, DONE)
    assert done.json()["version"] == 2
    assert acted(associate, anne, call, DONE).json()["version"] == 2
    for act in (NOT_TO_BE_DONE, PUT_OFF, TAKEN, ("handover", {"to": "marc-of-ticklers"})):
        named(acted(associate, anne, call, act), 409, "tickler.ended", "tickler_id")
    reopened = acted(associate, anne, call, REOPENED, **{"If-Match": '"2"'})
    assert reopened.json()["version"] == 3
    named(acted(associate, anne, call, DONE, **{"If-Match": '"2"'}), 412, "request.version_stale", "If-Match")
    assert acted(associate, anne, call, NOT_TO_BE_DONE).json()["version"] == 4


@pytest.mark.feature("X-14")
def test_one_of_two_takes_a_tickler_of_the_store_and_hands_it_over_with_its_history(
    carnet: Running, associate: httpx.Client, marc: httpx.Client, anne: UUID
) -> None:
    call = call_of(2026)
    assert acted(marc, anne, call, TAKEN).status_code == 200
    named(acted(associate, anne, call, TAKEN), 409, "tickler.taken", "tickler_id")
    key = {"Idempotency-Key": uuid4().hex}
    assert acted(marc, anne, call, TAKEN).json()["version"] == 1
    nobody = acted(associate, anne, call, ("handover", {"to": "nobody"}))
    named(nobody, 404, "associate.unknown", "to")
    given = acted(associate, anne, call_of(2027), ("handover", {"to": "marc-of-ticklers"}), **key)
    again = acted(associate, anne, call_of(2027), ("handover", {"to": "marc-of-ticklers"}), **key)
    assert (given.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")

    with carnet.client(Role.AUDITOR) as auditor:
        history = auditor.get(f"/clients/{anne}/history", headers=since(given)).json()["items"]
    assert [(each["name"], each["actor"]) for each in history][:2] == [
        ("tickler.handed-over.v1", "associate-1"),
        ("tickler.taken.v1", "marc-of-ticklers"),
    ]


@pytest.mark.feature("CS-27")
def test_an_associate_writes_a_follow_up_for_a_colleague_who_acts_on_it_like_on_any_other(
    associate: httpx.Client, marc: httpx.Client, anne: UUID
) -> None:
    body = {"due_on": "2026-03-09", "expires_on": "2026-04-01", "text": "Ask about the ring"}
    written = associate.post(f"/clients/{anne}/follow-ups", json={**body, "owner": "marc-of-ticklers"})
    assert (written.status_code, written.headers["ETag"]) == (201, '"1"')
    place = written.headers["Location"]
    assert place == f"/clients/{anne}/follow-ups/{written.json()['id']}"

    later = {**body, "due_on": "2026-03-10"}
    assert marc.put(place, json=later, headers={"If-Match": '"1"'}).json()["version"] == 2
    assert associate.put(place, json=later).json()["version"] == 2
    said = {"rule_id": "follow-up", "cause": written.json()["id"], "occurrence": "once"}
    assert acted(marc, anne, said, PUT_OFF).status_code == 200
    assert acted(marc, anne, said, DONE).status_code == 200
    assert associate.post(f"{place}/withdrawal").json()["version"] == 3
    named(associate.put(place, json=body), 404, "follow_up.unknown", "follow_up_id")


def test_a_follow_up_is_not_changed_by_anybody_else(
    carnet: Running, associate: httpx.Client, marc: httpx.Client, anne: UUID
) -> None:
    body = {"due_on": "2026-03-09", "text": "Ask about the ring"}
    place = associate.post(f"/clients/{anne}/follow-ups", json=body).headers["Location"]
    named(marc.put(place, json=body), 403, "caller.not_allowed", "follow_up_id")
    named(marc.post(f"{place}/withdrawal"), 403, "caller.not_allowed", "follow_up_id")
    with carnet.client(Role.AUDITOR) as auditor:
        named(auditor.post(f"/clients/{anne}/follow-ups", json=body), 403, "caller.not_allowed", None)
    elsewhere = place.replace(str(anne), str(NOBODY))
    named(associate.put(elsewhere, json=body), 404, "client.unknown", "client_id")
    named(associate.put(f"/clients/{anne}/follow-ups/{NOBODY}", json=body), 404, "follow_up.unknown", "follow_up_id")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "Ask"}, "due_on"),
        ({"due_on": "2026-03-09"}, "text"),
        ({"due_on": "2026-03-09", "text": " "}, "text"),
        ({"due_on": "2026-02-30", "text": "Ask"}, "due_on"),
        ({"due_on": "2026-03-09", "expires_on": "2026-03-08", "text": "Ask"}, "expires_on"),
        ({"due_on": "2026-03-09", "text": "Ask", "owner": "a b"}, "owner"),
        ({"due_on": "2026-03-09", "text": "Ask", "author": "marc"}, "author"),
        ({"due_on": "2026-03-09", "text": "Ask", "calendar_event_id": "gala"}, "calendar_event_id"),
    ],
)
def test_a_follow_up_that_cannot_be(associate: httpx.Client, anne: UUID, body: dict[str, Any], field: str) -> None:
    answer = associate.post(f"/clients/{anne}/follow-ups", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_an_act_that_cannot_be_names_what_is_wrong_with_it(associate: httpx.Client, anne: UUID) -> None:
    call = call_of(2026)
    path = f"/clients/{anne}/ticklers/{tickler_id(anne, About(**call))}"
    bad: list[tuple[str, dict[str, Any], int, str, str]] = [
        ("completion", {}, 422, "request.invalid", "about"),
        ("completion", {"about": {**call, "occurrence": ""}}, 422, "request.invalid", "about.occurrence"),
        ("completion", {"about": call, "note": "x"}, 422, "request.invalid", "note"),
        ("completion", {"about": {**call, "occurrence": "2027"}}, 404, "tickler.unknown", "tickler_id"),
        ("completion", {"about": {**call, "rule_id": "whim"}}, 404, "tickler_rule.unknown", "about.rule_id"),
        ("completion", {"about": {**call, "rule_id": "follow-up"}}, 404, "follow_up.unknown", "about.cause"),
        ("dismissal", {"about": call, "reason": " "}, 422, "request.invalid", "reason"),
        ("snooze", {"about": call}, 422, "request.invalid", "until"),
        ("snooze", {"about": call, "until": "2020-03-01"}, 422, "tickler.invalid", "until"),
        ("handover", {"about": call}, 422, "request.invalid", "to"),
        ("handover", {"about": call, "to": "a b"}, 422, "request.invalid", "to"),
        ("reopening", {"about": call}, 422, "tickler.invalid", "tickler_id"),
    ]
    for act, body, status, code, field in bad:
        named(associate.post(f"{path}/{act}", json=body), status, code, field)
    named(acted(associate, NOBODY, call, DONE), 404, "client.unknown", "client_id")


def tried(office: httpx.Client, rule: dict[str, Any], first: str, last: str, **more: Any) -> httpx.Response:
    said = {name: value for name, value in rule.items() if name != "since"}
    return office.post("/tickler-rules/trial", json={"rule": said, "from": first, "to": last, **more})


@pytest.mark.feature("N-06")
def test_a_rule_is_tried_on_the_past_before_it_is_switched_on(associate: httpx.Client, office: httpx.Client) -> None:
    label = f"the day of {uuid4().hex}"
    rule = {**CALL, "cause": "own-date", "dates": ["graduation"], "days": -3}
    women = []
    for month, day in ((5, 3), (5, 31), (6, 4)):
        woman = associate.post("/clients", json={"name": {"family": label}}).json()["id"]
        date_of_hers = {"kind": "graduation", "day": {"month": month, "day": day, "year": 1990}}
        associate.post(f"/clients/{woman}/dates", json=date_of_hers).raise_for_status()
        women.append(woman)
    line = {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "4200.00"}
    sale = {
        "reference": {"source": "trial", "number": label},
        "occurred_at": "2025-05-20T15:00:00+02:00",
        "store_id": "paris-1",
        "currency": "EUR",
        "client_id": women[0],
        "lines": [line],
    }
    # What was bought before it was due followed nothing.
    earlier = {**sale, "reference": {"source": "trial", "number": f"{label}, earlier"}, "client_id": women[1]}
    associate.post("/sales", json=earlier).raise_for_status()
    sold = associate.post("/sales", json=sale)

    def came(first: str, last: str) -> list[tuple[str, str, bool]]:
        answer = office.post(
            "/tickler-rules/trial",
            json={"rule": {k: v for k, v in rule.items() if k != "since"}, "from": first, "to": last, "limit": 200},
            headers=since(sold),
        )
        assert answer.status_code == 200, answer.text
        found = answer.json()
        mine = [each for each in found["items"] if each["client_id"] in women]
        assert found["ticklers"] >= found["clients"] >= len({each["client_id"] for each in mine})
        assert found["followed_by_sale"] >= sum(each["followed_by"] is not None for each in mine)
        return [(each["client_id"], each["due"], each["followed_by"] is not None) for each in mine]

    assert came("2025-04-30", "2025-06-01") == [
        (women[0], "2025-04-30", True),
        (women[1], "2025-05-28", False),
        (women[2], "2025-06-01", False),
    ]
    assert came("2025-05-01", "2025-05-31") == [(women[1], "2025-05-28", False)]
    assert tried(office, rule, "2025-05-01", "2025-05-31", limit=0).json()["items"] == []


def test_a_trial_that_cannot_be_and_those_who_may_not_try(office: httpx.Client, associate: httpx.Client) -> None:
    named(tried(associate, CALL, "2025-05-01", "2025-05-31"), 403, "caller.not_allowed", None)
    for first, last, field in (("2025-05-01", "2025-04-30", "to"), ("2020-01-01", "2025-04-30", "to")):
        named(tried(office, CALL, first, last), 422, "day.invalid", field)
    named(tried(office, CALL, "2025-02-30", "2025-04-30"), 422, "request.invalid", "from")
    for wrong, field in (
        ({**CALL, "cause": "owned", "dates": []}, "every_months"),
        ({**CALL, "minimum": "1.00"}, "minimum"),
    ):
        named(tried(office, wrong, "2025-05-01", "2025-05-31"), 422, "tickler_rule.invalid", field)
    for wrong, field in (({**CALL, "days": "3"}, "rule.days"), ({**CALL, "whim": 1}, "rule.whim")):
        named(tried(office, wrong, "2025-05-01", "2025-05-31"), 422, "request.invalid", field)
