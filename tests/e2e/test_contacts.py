"""Contacts, visits and appointments over HTTP, as an associate and her manager meet them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Caller, Role
from tests.support.running import Running

NOBODY = UUID(int=1)
PATIENCE = 20
CALL: dict[str, Any] = {"channel": "call", "outcome": "reached"}
HOUR: dict[str, Any] = {"starts": "2026-03-09T07:30", "ends": "2026-03-09T08:30"}

As = Callable[[str, Role], httpx.Client]


@pytest.fixture
def store(carnet: Running) -> str:
    """A store of its own: whoever else works in this house does nothing there."""
    id = f"store-{uuid4().hex}"
    body = {"id": id, "name": "Ginza", "country": "JP", "city": "Tokyo", "time_zone": "Asia/Tokyo"}
    with carnet.client(Role.HEAD_OFFICE) as head:
        head.post("/stores", json=body).raise_for_status()
    return id


@pytest.fixture
def as_(carnet: Running, store: str) -> Iterator[As]:
    """Somebody who works at that store."""
    with ExitStack() as opened:

        def client(id: str, role: Role) -> httpx.Client:
            headers = {"Authorization": f"Bearer {carnet.token(Caller(f'{id}-{store}', role, store))}"}
            return opened.enter_context(httpx.Client(base_url=carnet.url, headers=headers, timeout=60))

        yield client


@pytest.fixture
def yuki(as_: As) -> httpx.Client:
    return as_("yuki", Role.ASSOCIATE)


@pytest.fixture
def anne(yuki: httpx.Client) -> str:
    return str(yuki.post("/clients", json={"name": {"family": "Leclerc"}}).headers["Location"])


def done(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code in {200, 201}, answer.text
    return answer


def seen(who: httpx.Client, path: str, write: httpx.Response, **params: str) -> Any:
    """What a query answers that knows of this write; on a busy machine she asks again."""
    for _ in range(PATIENCE):
        answer = who.get(path, params=params, headers={"Carnet-Position": write.headers["Carnet-Position"]})
        if answer.status_code != 503:
            break
    return done(answer).json()


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


@pytest.mark.feature("CS-59", "X-26", "NJ-14")
def test_what_was_said_to_a_client_is_recorded_and_put_right(yuki: httpx.Client, anne: str) -> None:
    phone = done(yuki.post(f"{anne}/contact-points", json={"kind": "phone", "value": "+81312345678"})).json()["id"]
    tickler = {"rule_id": "birthday-call", "cause": anne.rpartition("/")[2], "occurrence": "2026"}
    said = {**CALL, "contact_point_id": phone, "items": ["R-17"], "ticklers": [tickler], "remark": "She will think."}
    called = done(yuki.post(f"{anne}/outreach", json={**said, "at": "2026-03-02T10:00:00+09:00"}))
    letter = {"channel": "letter", "outcome": "sent", "purpose": "marketing", "at": "2026-03-03T10:00:00+09:00"}
    sent = done(yuki.post(f"{anne}/outreach", json=letter))
    wrong = done(yuki.post(f"{anne}/outreach", json={**CALL, "direction": "in"}))
    done(yuki.post(f"{wrong.headers['Location']}/withdrawal"))
    bounced = done(
        yuki.put(f"{sent.headers['Location']}/outcome", json={"outcome": "bounced"}, headers={"If-Match": '"1"'})
    )

    told = seen(yuki, f"{anne}/outreach", bounced)["items"]
    assert [(each["outreach_id"], each["outcome"], each["settles"]) for each in told] == [
        (sent.json()["id"], "bounced", False),
        (called.json()["id"], "reached", True),
    ]
    assert (told[1]["contact_point_id"], told[1]["items"], told[1]["remark"]) == (phone, ["R-17"], "She will think.")
    assert len(told[1]["ticklers"]) == 1
    marketing = yuki.get(f"{anne}/outreach", params={"purpose": "marketing", "channel": "letter"}).json()["items"]
    assert [each["outreach_id"] for each in marketing] == [sent.json()["id"]]
    lines = yuki.get(f"{anne}/timeline", params={"kind": "outreach"}).json()["items"]
    assert [each["id"] for each in lines] == [sent.json()["id"], called.json()["id"]]


@pytest.mark.feature("CS-60")
def test_a_manager_reads_what_her_store_did(
    as_: As, carnet: Running, yuki: httpx.Client, store: str, anne: str
) -> None:
    ken, manager, other = as_("ken", Role.ASSOCIATE), as_("mari", Role.MANAGER), as_("ann", Role.ASSOCIATE)
    # By UTC of one day, by the clocks of the store of two.
    evening, night = "2026-03-09T23:30:00+09:00", "2026-03-10T00:30:00+09:00"
    for who, body in (
        (yuki, {**CALL, "at": evening}),
        (ken, {**CALL, "at": evening}),
        (ken, {"channel": "mail", "outcome": "sent", "purpose": "marketing", "at": evening}),
        (ken, {**CALL, "at": night}),
    ):
        done(who.post(f"{anne}/outreach", json=body))
    done(yuki.post(f"{anne}/visits", json={"reason": "Price", "items": ["R-17"], "at": evening}))
    kept = done(yuki.post(f"{anne}/appointments", json={**HOUR, "out_of_hours": True}))
    done(yuki.put(f"{kept.headers['Location']}/attendance", json={"kept": True}))
    missed = done(ken.post(f"{anne}/appointments", json=HOUR))
    last = done(ken.put(f"{missed.headers['Location']}/attendance", json={"kept": False}))

    asked: dict[str, Any] = {"params": {"from": "2026-03-09", "to": "2026-03-09"}}
    report = seen(manager, f"/stores/{store}/actions", last, **asked["params"])
    by_call = {"direction": "out", "channel": "call", "purpose": "conversational", "outcome": "reached"}
    by_mail = {"direction": "out", "channel": "mail", "purpose": "marketing", "outcome": "sent"}
    assert report["outreach"] == [{**by_call, "contacts": 2}, {**by_mail, "contacts": 1}]
    assert (report["clients_contacted"], report["clients_reached"]) == (1, 1)
    assert report["visits"] == [{"reason": "price", "visits": 1}]
    assert report["appointments"] == {
        "made": 2, "open": 0, "kept": 1, "missed": 1, "cancelled": 0, "out_of_hours": 1,
    }  # fmt: skip
    assert [(each["associate_id"], len(each["outreach"])) for each in report["associates"]] == [
        (f"ken-{store}", 2),
        (f"yuki-{store}", 1),
    ]
    with carnet.client(Role.HEAD_OFFICE) as head:
        assert done(head.get(f"/stores/{store}/actions", **asked)).json() == report
    with carnet.client(Role.MANAGER) as elsewhere, carnet.client(Role.AUDITOR) as auditor:
        for stranger in (elsewhere, auditor):
            named(stranger.get(f"/stores/{store}/actions", **asked), 404, "store.unknown", "store_id")
            named(stranger.get(f"/stores/{store}/appointments"), 404, "store.unknown", "store_id")
            for about in ("actions", "appointments"):
                path = f"/associates/ken-{store}/{about}"
                named(stranger.get(path), 404, "associate.unknown", "associate_id")
    hers = done(ken.get(f"/associates/ken-{store}/actions", **asked)).json()
    assert hers["associates"] == [each for each in report["associates"] if each["associate_id"] == f"ken-{store}"]
    named(other.get(f"/associates/ken-{store}/actions", **asked), 404, "associate.unknown", "associate_id")


@pytest.mark.feature("BO-26")
def test_a_store_opens_early_for_a_client(carnet: Running, yuki: httpx.Client, store: str, anne: str) -> None:
    made = done(yuki.post(f"{anne}/appointments", json={**HOUR, "out_of_hours": True, "remark": "Emeralds."}))
    here = made.headers["Location"]
    to = {"starts": "2026-03-10T07:00", "ends": "2026-03-10T08:00"}
    moved = done(yuki.put(f"{here}/time", json=to, headers={"If-Match": made.headers["ETag"]}))

    week = {"from": "2026-03-09T00:00:00+09:00", "to": "2026-03-16T00:00:00+09:00"}
    [expected] = seen(yuki, f"/stores/{store}/appointments", moved, **week)["items"]
    assert (expected["starts_at"], expected["day"]) == ("2026-03-09T22:00:00+00:00", "2026-03-10")
    assert (expected["out_of_hours"], expected["standing"], expected["name"]["family"]) == (True, "open", "Leclerc")
    assert yuki.get(f"/associates/yuki-{store}/appointments").json()["items"] == [expected]
    assert yuki.get(f"{anne}/appointments").json()["items"] == [expected]
    assert yuki.get(f"{anne}/appointments", params={"to": week["from"]}).json()["items"] == []

    kept = done(yuki.put(f"{here}/attendance", json={"kept": True}))
    [line] = seen(yuki, f"{anne}/timeline", kept, kind="appointment")["items"]
    assert (line["standing"], line["remark"]) == ("kept", "Emeralds.")
    named(yuki.post(f"{here}/cancellation"), 422, "appointment.invalid", "appointment_id")
    named(yuki.put(f"{here}/time", json=HOUR), 422, "appointment.invalid", "starts")


@pytest.mark.feature("CS-59", "NJ-14")
def test_a_visit_that_ended_with_a_sale_after_all_is_withdrawn(yuki: httpx.Client, anne: str) -> None:
    came = done(yuki.post(f"{anne}/visits", json={"reason": "wants-to-think", "remark": "Back with her husband."}))
    [line] = seen(yuki, f"{anne}/timeline", came, kind="visit")["items"]
    assert (line["reason"], line["remark"]) == ("wants-to-think", "Back with her husband.")
    for _ in "12":
        gone = done(yuki.post(f"{came.headers['Location']}/withdrawal"))
        assert gone.headers["ETag"] == '"2"'
    assert seen(yuki, f"{anne}/timeline", gone, kind="visit")["items"] == []


@pytest.mark.parametrize(
    ("to", "body", "field"),
    [
        ("outreach", {**CALL, "channel": "pigeon"}, "channel"),
        ("outreach", {**CALL, "outcome": "sent"}, "outcome"),
        ("outreach", {"channel": "letter", "outcome": "no-answer"}, "outcome"),
        ("outreach", {"channel": "call"}, "outcome"),
        ("outreach", {**CALL, "direction": "in", "outcome": "message-left"}, "outcome"),
        ("outreach", {**CALL, "at": "2199-01-01T00:00:00Z"}, "at"),
        ("outreach", {**CALL, "at": "2026-03-02T10:00:00"}, "at"),
        ("outreach", {**CALL, "items": ["x"] * 51}, "items"),
        ("outreach", {**CALL, "items": [""]}, "items.0"),
        ("outreach", {**CALL, "ticklers": [{"rule_id": "a", "cause": "b", "occurrence": "c"}] * 51}, "ticklers"),
        ("outreach", {**CALL, "ticklers": [{"rule_id": "a", "cause": "b"}]}, "ticklers.0.occurrence"),
        ("outreach", {**CALL, "remark": "a\x00b"}, "remark"),
        ("outreach", {**CALL, "vip": True}, "vip"),
        ("visits", {"reason": ""}, "reason"),
        ("visits", {"at": "2199-01-01T00:00:00Z"}, "at"),
        ("visits", {"remark": 7}, "remark"),
        ("appointments", {"starts": "2026-03-09T08:00"}, "ends"),
        ("appointments", {**HOUR, "starts": "2026-03-09T08:00:00Z"}, "starts"),
        ("appointments", {**HOUR, "ends": "2026-03-09T07:30"}, "ends"),
        ("appointments", {**HOUR, "ends": "2026-03-10T07:31"}, "ends"),
        ("appointments", {**HOUR, "time_zone": "Mars/Olympus"}, "time_zone"),
        (
            "appointments",
            {"starts": "2026-03-29T02:30", "ends": "2026-03-29T03:30", "time_zone": "Europe/Paris"},
            "starts",
        ),
        ("appointments", {**HOUR, "out_of_hours": "yes"}, "out_of_hours"),
    ],
)
def test_a_contact_that_cannot_have_been(yuki: httpx.Client, anne: str, to: str, body: Any, field: str) -> None:
    answer = yuki.post(f"{anne}/{to}", json=body)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert field in ([error["field"] for error in problem.get("errors", [])] or [problem["field"]]), problem


def test_a_contact_names_only_what_there_is(yuki: httpx.Client, anne: str) -> None:
    for to, body in (("outreach", CALL), ("visits", {}), ("appointments", HOUR)):
        for field, named_as, code in (
            ("calendar_event_id", str(NOBODY), "calendar_event.unknown"),
            ("store_id", "atlantis", "store.unknown"),
        ):
            named(yuki.post(f"{anne}/{to}", json={**body, field: named_as}), 404, code, field)
        named(yuki.post(f"/clients/{NOBODY}/{to}", json=body), 404, "client.unknown", "client_id")
    point = {**CALL, "contact_point_id": str(NOBODY)}
    named(yuki.post(f"{anne}/outreach", json=point), 404, "client.contact_point_unknown", "contact_point_id")
    for one, what, body in (
        ("outreach", "outcome", {"outcome": "reached"}),
        ("appointments", "time", HOUR),
        ("appointments", "attendance", {"kept": True}),
    ):
        code = {"outreach": "outreach.unknown", "appointments": "appointment.unknown"}[one]
        field = {"outreach": "outreach_id", "appointments": "appointment_id"}[one]
        named(yuki.put(f"{anne}/{one}/{NOBODY}/{what}", json=body), 404, code, field)
    for path in ("outreach", "appointments"):
        named(yuki.get(f"/clients/{NOBODY}/{path}"), 404, "client.unknown", "client_id")
    assert yuki.get(f"{anne}/outreach", params={"channel": "pigeon"}).status_code == 422
