"""Everything a caller can get wrong: each is a problem that names the field, and none is a fault of ours."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.access import Role
from infra.wiring import new_id, now
from tests.support.running import CALLERS, Running

NOBODY = UUID(int=1)
JSON = {"Content-Type": "application/json"}
LINE: dict[str, Any] = {"sku": "G-06", "description": "Glass", "quantity": 3, "unit_price": "33.50"}
ANNE: dict[str, Any] = {"name": {"family": "Leclerc"}}
POINT: dict[str, Any] = {"kind": "email", "value": "anne@example.com"}
ADDRESS: dict[str, Any] = {"country": "FR"}


def sale(**other: Any) -> dict[str, Any]:
    return {
        "reference": {"source": "till", "number": str(new_id())},
        "occurred_at": "2026-03-02T15:00:00+01:00",
        "currency": "EUR",
        "lines": [LINE],
        **other,
    }


def back(**other: Any) -> dict[str, Any]:
    return {"occurred_at": "2026-03-03T15:00:00+01:00", "lines": [{"ordinal": 1, "quantity": 1}], **other}


TRIED: dict[str, Any] = {
    "rule": {"cause": "own-date", "days": 0, "expires": 7, "dates": ["birthday"]},
    "from": "2025-01-01",
    "to": "2025-12-31",
}


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def client(associate: httpx.Client) -> str:
    return associate.post("/clients", json=ANNE).headers["Location"]


@pytest.fixture
def sold(associate: httpx.Client) -> str:
    return associate.post("/sales", json=sale()).headers["Location"]


def named(answer: httpx.Response, status: int, field: str) -> None:
    """The answer is a problem of this status, and says which field it is about."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])] or [problem["field"]]
    assert field in fields, problem
    assert problem["code"]
    assert problem["title"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/clients", {}, "name"),
        ("/clients", {"name": {}}, "name.family"),
        ("/clients", {"name": {"family": "Leclerc", "nick": "A"}}, "name.nick"),
        ("/clients", {**ANNE, "vip": True}, "vip"),
        ("/clients", {"name": {"family": ["Leclerc"]}}, "name.family"),
        ("/clients", {"name": {"family": "a\x00b"}}, "name.family"),
        ("/clients", {"name": {"family": "x" * 101}}, "name.family"),
        ("/clients", [], "body"),
        ("/clients", "Leclerc", "body"),
        ("/sales", sale(currency="XXX"), "currency"),
        ("/sales", sale(currency="eur"), "currency"),
        ("/sales", sale(occurred_at="2026-02-30T12:00:00Z"), "occurred_at"),
        ("/sales", sale(occurred_at="2026-03-02T12:00:00"), "occurred_at"),
        ("/sales", sale(occurred_at=1767225600), "occurred_at"),
        ("/sales", sale(occurred_at="9999-12-31T23:59:59-12:00"), "occurred_at"),
        ("/sales", sale(occurred_at="2199-01-01T00:00:00Z"), "occurred_at"),
        ("/sales", sale(client_id="anne"), "client_id"),
        ("/sales", sale(lines=[]), "lines"),
        ("/sales", sale(lines={"0": LINE}), "lines"),
        ("/sales", sale(lines=[LINE, {**LINE, "quantity": -1}]), "lines.1.quantity"),
        ("/sales", sale(lines=[{**LINE, "quantity": 0}]), "lines.0.quantity"),
        ("/sales", sale(lines=[{**LINE, "quantity": "3"}]), "lines.0.quantity"),
        ("/sales", sale(lines=[{**LINE, "quantity": 1.5}]), "lines.0.quantity"),
        ("/sales", sale(lines=[{**LINE, "quantity": True}]), "lines.0.quantity"),
        ("/sales", sale(lines=[{**LINE, "quantity": 10**30}]), "lines.0.quantity"),
        ("/sales", sale(lines=[{**LINE, "unit_price": "-1.00"}]), "lines.0.unit_price"),
        ("/sales", sale(lines=[{**LINE, "unit_price": 33.5}]), "lines.0.unit_price"),
        ("/sales", sale(lines=[{**LINE, "unit_price": "NaN"}]), "lines.0.unit_price"),
        ("/sales", sale(lines=[{**LINE, "moves_goods": "yes"}]), "lines.0.moves_goods"),
        ("/sales", sale(lines=[{**LINE, "sellers": [{"associate_id": "i", "parts": 0}]}]), "lines.0.sellers.0.parts"),
        ("/sales", sale(lines=[{**LINE, "sellers": [{"associate_id": "i"}] * 2}]), "lines.0.sellers"),
        ("/sales", {**sale(), "reference": None}, "reference"),
        ("/returns", sale(lines=[{**LINE, "quantity": -3}]), "lines.0.quantity"),
        ("/clients/search", {}, "body"),
        ("/clients/search", {"name": "Leclerc", "limit": 10**9}, "limit"),
        ("/clients/duplicates", {}, "body"),
        ("/clients/duplicates", {"names": [{}]}, "body"),
        ("/clients/duplicates", {"birthday": {"month": 3}}, "body"),
        ("/clients/duplicates", {"birthday": {"month": 2, "day": 30}}, "birthday"),
        ("/clients/duplicates", {"birthday": {"month": 13}}, "birthday.month"),
        ("/clients/duplicates", {"names": [{"family": "a\x00b"}]}, "names.0.family"),
        ("/clients/duplicates", {"names": [{"nick": "A"}]}, "names.0.nick"),
        ("/clients/duplicates", {"emails": "anne@example.com"}, "emails"),
        ("/clients/duplicates", {"phones": [{"value": "+33142685300"}, {"value": "01 42 68 53 00"}]}, "phones.1"),
        ("/clients/duplicates", {"phones": [{"value": "01 42 68 53 00", "country": "ZZ"}]}, "phones.0"),
        ("/clients/duplicates", {"addresses": [{"lines": ["x"] * 7}]}, "addresses.0.lines"),
        ("/clients/duplicates", {"emails": ["anne@example.com"], "limit": 0}, "limit"),
        ("/tickler-rules/trial", {}, "rule"),
        ("/tickler-rules/trial", {**TRIED, "to": "2026-1-1"}, "to"),
        ("/tickler-rules/trial", {**TRIED, "from": 20250101}, "from"),
        ("/tickler-rules/trial", {**TRIED, "rule": {"cause": "own-date", "days": "0"}}, "rule.days"),
        ("/tickler-rules/trial", {**TRIED, "rule": {"cause": "own-date", "days": 10**30}}, "rule.days"),
        ("/tickler-rules/trial", {**TRIED, "rule": {**TRIED["rule"], "dates": ["a\x00b"]}}, "rule.dates.0"),
        ("/tickler-rules/trial", {**TRIED, "store_id": "a\x00b"}, "store_id"),
    ],
)
def test_a_body_that_says_something_impossible(associate: httpx.Client, path: str, body: Any, field: str) -> None:
    named(associate.post(path, json=body), 422, field)


@pytest.mark.parametrize(
    ("fact", "body", "field"),
    [
        ("contact-points", {"kind": "fax", "value": "1"}, "kind"),
        ("contact-points", {"kind": "email", "value": "anne"}, "value"),
        ("contact-points", {"kind": "phone", "value": "01 42 68 53 00"}, "value"),
        ("contact-points", {"kind": "phone", "country": "ZZ", "value": "01 42 68 53 00"}, "country"),
        ("addresses", {"country": "France"}, "country"),
        ("addresses", {**ADDRESS, "type": "castle"}, "type"),
        ("addresses", {**ADDRESS, "lines": ["x"] * 7}, "lines"),
        ("addresses", {**ADDRESS, "since": "2026-02-30"}, "since"),
        ("addresses", {**ADDRESS, "since": "2026-02-02", "until": "2026-02-01"}, "until"),
    ],
)
def test_a_fact_of_a_client_that_cannot_be(
    associate: httpx.Client, client: str, fact: str, body: Any, field: str
) -> None:
    named(associate.post(f"{client}/{fact}", json=body), 422, field)


@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (409, back(lines=[{"ordinal": 1, "quantity": 4}]), "lines.0.quantity"),
        (409, back(lines=[{"ordinal": 1, "quantity": 1, "net": "100.51"}]), "lines.0.net"),
        (422, back(lines=[{"ordinal": 2, "quantity": 1}]), "lines.0.ordinal"),
        (422, back(lines=[{"ordinal": 1, "quantity": 1}] * 2), "lines"),
        (422, back(lines=[{"ordinal": 1, "quantity": -1}]), "lines.0.quantity"),
        (422, back(occurred_at="2026-03-01T15:00:00+01:00"), "occurred_at"),
    ],
)
def test_a_return_that_cannot_be(associate: httpx.Client, sold: str, status: int, body: Any, field: str) -> None:
    named(associate.post(f"{sold}/returns", json=body), status, field)


def test_more_than_is_left_does_not_come_back(associate: httpx.Client, sold: str) -> None:
    assert associate.post(f"{sold}/returns", json=back(lines=[{"ordinal": 1, "quantity": 2}])).status_code == 201
    answer = associate.post(f"{sold}/returns", json=back(lines=[{"ordinal": 1, "quantity": 2}]))

    named(answer, 409, "lines.0.quantity")
    assert "has 1 left" in answer.json()["detail"]


BODIES = [
    ("POST", "/clients"),
    ("PUT", f"/clients/{NOBODY}/name"),
    ("POST", f"/clients/{NOBODY}/contact-points"),
    ("POST", f"/clients/{NOBODY}/addresses"),
    ("POST", "/sales"),
    ("POST", "/returns"),
    ("POST", f"/sales/{NOBODY}/returns"),
    ("POST", f"/sales/{NOBODY}/arrivals"),
    ("POST", f"/sales/{NOBODY}/handovers"),
    ("POST", f"/sales/{NOBODY}/cancellations"),
    ("POST", f"/sales/{NOBODY}/corrections"),
    ("POST", f"/sales/{NOBODY}/exchanges"),
    ("PUT", f"/sales/{NOBODY}/client"),
    ("POST", f"/sales/{NOBODY}/gift-marks"),
    ("PUT", f"/sales/{NOBODY}/gift-marks/{NOBODY}"),
    ("PUT", f"/sales/{NOBODY}/gift-marks/{NOBODY}/release"),
    ("POST", f"/sales/{NOBODY}/kept-for-herself"),
    ("POST", f"/sales/{NOBODY}/declined-proposals"),
    ("POST", "/gift-receipts"),
    ("POST", "/gift-receipts/returns"),
    ("POST", "/gift-receipts/exchanges"),
    ("POST", "/gift-receipts/services"),
    ("POST", f"/clients/{NOBODY}/outreach"),
    ("POST", f"/clients/{NOBODY}/appointments"),
    ("PUT", "/tickler-rules/birthday-call"),
    ("POST", f"/clients/{NOBODY}/ticklers/{NOBODY}/snooze"),
    ("POST", f"/clients/{NOBODY}/follow-ups"),
    ("POST", "/clients/search"),
    ("POST", "/clients/duplicates"),
    ("POST", "/tickler-rules/trial"),
]


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe\x00", b'{"name": "\xc3\x28"}', b"[" * 50_000, b'{"a": 1e999}', b"9" * 5000, b""]
)
def test_a_body_that_is_not_json(associate: httpx.Client, method: str, path: str, content: bytes) -> None:
    answer = associate.request(method, path, content=content, headers=JSON)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["field"]


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_of_another_kind(associate: httpx.Client, method: str, path: str) -> None:
    named(associate.request(method, path, content=b"name=Anne", headers={"Content-Type": "text/plain"}), 415, "body")


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_body_of_ten_megabytes(associate: httpx.Client, method: str, path: str) -> None:
    named(associate.request(method, path, content=b" " * 10_000_000, headers=JSON), 413, "body")


def test_a_body_of_ten_megabytes_that_nobody_announced(associate: httpx.Client) -> None:
    chunks = (b" " * 100_000 for _ in range(100))
    named(associate.post("/clients", content=chunks, headers=JSON), 413, "body")


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "status"),
    [
        ("PUT", "/clients/anne/name", {"family": "X"}, "client_id", 422),
        ("GET", "/clients/anne", None, "client_id", 422),
        ("GET", "/sales/1", None, "sale_id", 422),
        ("DELETE", f"/clients/{NOBODY}/addresses/home", None, "address_id", 422),
        ("PUT", f"/clients/{NOBODY}/name", {"family": "X"}, "client_id", 404),
        ("GET", f"/clients/{NOBODY}", None, "client_id", 404),
        ("GET", f"/clients/{NOBODY}/purchases", None, "client_id", 404),
        ("GET", f"/sales/{NOBODY}", None, "sale_id", 404),
        ("POST", f"/sales/{NOBODY}/returns", back(), "sale_id", 404),
        ("DELETE", f"/sales/{NOBODY}/client", None, "sale_id", 404),
        ("POST", "/sales", sale(client_id=str(NOBODY)), "client_id", 404),
    ],
)
def test_a_thing_that_is_not_there(
    associate: httpx.Client, method: str, path: str, body: Any, field: str, status: int
) -> None:
    named(associate.request(method, path, json=body), status, field)


def test_a_part_of_a_client_that_is_not_there(associate: httpx.Client, client: str) -> None:
    named(associate.delete(f"{client}/contact-points/{NOBODY}"), 404, "contact_point_id")
    named(associate.delete(f"{client}/addresses/{NOBODY}"), 404, "address_id")


def test_a_version_that_is_stale_or_none(associate: httpx.Client, client: str) -> None:
    path, body = f"{client}/name", {"family": "Leclercq"}
    assert associate.put(path, json=body, headers={"If-Match": '"1"'}).status_code == 200

    named(associate.put(path, json={"family": "X"}, headers={"If-Match": '"1"'}), 412, "If-Match")
    for tag in ("1", 'W/"2"', '"1", "2"', "latest"):
        named(associate.put(path, json={"family": "X"}, headers={"If-Match": tag}), 400, "If-Match")


def test_a_key_used_with_another_body_or_none_at_all(associate: httpx.Client) -> None:
    key = {"Idempotency-Key": str(new_id())}
    assert associate.post("/clients", json=ANNE, headers=key).status_code == 201

    named(associate.post("/clients", json={"name": {"family": "X"}}, headers=key), 422, "Idempotency-Key")
    named(associate.post("/clients", json=ANNE, headers={"Idempotency-Key": "x" * 201}), 400, "Idempotency-Key")


def test_a_number_used_for_other_content(associate: httpx.Client) -> None:
    first = sale()
    assert associate.post("/sales", json=first).status_code == 201
    named(associate.post("/sales", json={**first, "currency": "CHF"}), 409, "reference")


def _forge(carnet: Running, key: Any, algorithm: str, **claims: Any) -> str:
    settings = carnet.house.settings
    said = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": "associate-1",
        "role": "associate",
        "exp": now() + timedelta(hours=1),
    }
    return jwt.encode({**said, **claims}, key, algorithm)


FORGED: dict[str, Callable[[Running], str]] = {
    "none": lambda carnet: "",
    "no token": lambda carnet: "Bearer abc",
    "no scheme": lambda carnet: carnet.token(CALLERS[Role.ASSOCIATE]),
    "expired": lambda carnet: f"Bearer {carnet.token(CALLERS[Role.ASSOCIATE], timedelta(minutes=-1))}",
    "another key": lambda carnet: f"Bearer {_forge(carnet, Ed25519PrivateKey.generate(), 'EdDSA')}",
    "no signature": lambda carnet: f"Bearer {_forge(carnet, None, 'none')}",
    "another algorithm": lambda carnet: f"Bearer {_forge(carnet, 'x' * 32, 'HS256')}",
    "another house": lambda carnet: f"Bearer {_forge(carnet, carnet.house.secrets.signing_key, 'EdDSA', iss='x')}",
    "another audience": lambda carnet: f"Bearer {_forge(carnet, carnet.house.secrets.signing_key, 'EdDSA', aud='x')}",
    "no role of ours": lambda carnet: f"Bearer {_forge(carnet, carnet.house.secrets.signing_key, 'EdDSA', role='x')}",
    "cut": lambda carnet: f"Bearer {carnet.token(CALLERS[Role.ASSOCIATE])[:-4]}",
}


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize(
    ("method", "path"), [*BODIES, ("GET", f"/clients/{NOBODY}"), ("DELETE", f"/sales/{NOBODY}/client")]
)
def test_a_token_that_is_not_ours(carnet: Running, method: str, path: str, forged: str) -> None:
    authorization = {"Authorization": FORGED[forged](carnet)}
    answer = httpx.request(method, carnet.url + path, headers=authorization)
    named(answer, 401, "Authorization")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cursor_that_was_tampered_with_or_given_for_something_else(associate: httpx.Client, client: str) -> None:
    sales = [associate.post("/sales", json=sale(client_id=client.rpartition("/")[2])) for _ in "123"]
    seen = {"Carnet-Position": sales[-1].headers["Carnet-Position"]}
    page = associate.get(f"{client}/purchases", params={"limit": 1}, headers=seen).json()
    cursor = page["next_cursor"]
    assert associate.get(f"{client}/purchases", params={"limit": 1, "cursor": cursor}).status_code == 200

    other = associate.post("/clients", json=ANNE)
    seen = {"Carnet-Position": other.headers["Carnet-Position"]}
    swapped = ("B" if cursor[5] == "A" else "A").join((cursor[:5], cursor[6:]))
    for path, bad in (
        (client, swapped),
        (client, cursor[:-2]),
        (client, "abc"),
        (client, "é"),
        (other.headers["Location"], cursor),
    ):
        named(associate.get(f"{path}/purchases", params={"cursor": bad}, headers=seen), 400, "cursor")
    named(associate.get(f"{client}/purchases", params={"cursor": cursor, "store_id": "rome-1"}), 400, "cursor")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"from": "2026-02-30T00:00:00Z"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"colour": "red"}, "colour"),
        ({"brand": "a\x00b"}, "brand"),
    ],
)
def test_a_filter_that_is_none(associate: httpx.Client, client: str, query: dict[str, str], field: str) -> None:
    named(associate.get(f"{client}/purchases", params=query), 422, field)


@pytest.mark.parametrize("day", ["0", "1772409600", "yesterday", "2026-02-30", "2026-03-02T00:00:00Z"])
@pytest.mark.parametrize(
    "path",
    [
        "{client}/addresses",
        "{client}/organizations",
        "{client}/associates",
        "{client}/family",
        "/associates/associate-1/book",
        "/organizations/0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21/members",
    ],
)
def test_a_day_that_is_none(associate: httpx.Client, client: str, path: str, day: str) -> None:
    named(associate.get(path.format(client=client), params={"on": day}), 422, "on")


@pytest.mark.parametrize("written", ["2026", "1772409600", "20260302T153000Z"])
def test_on_no_route_is_a_number_a_time_or_a_day(associate: httpx.Client, written: str) -> None:
    """Read as seconds since 1970 it would be one, and the answer that of another year."""
    asked = 0
    for path, operations in associate.get("/openapi.json").json()["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and '"format": "date' in json.dumps(parameter["schema"]):
                there = re.sub("{.*?}", str(NOBODY), path)
                named(associate.get(there, params={parameter["name"]: written}), 422, parameter["name"])
                asked += 1
    assert asked > 20


@pytest.mark.parametrize("token", ["abc", "A" * 42, "é"])
def test_a_position_that_nobody_gave_out(associate: httpx.Client, client: str, token: str) -> None:
    answer = associate.get(client, headers=httpx.Headers({"Carnet-Position": token}, encoding="utf-8"))
    named(answer, 400, "Carnet-Position")


def test_a_path_or_a_method_that_is_not_there(associate: httpx.Client) -> None:
    assert associate.get("/nothing/here").json()["code"] == "request.no_such_resource"
    answer = associate.patch("/clients", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "request.no_such_method")
    assert answer.headers["Allow"] == "POST"
