"""The application over HTTP, on a log in memory: what every request and every answer has."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from typing_extensions import override

from commands.ports import Change, Request
from consumers.source import Unavailable
from domain.access import Caller, Role
from tests.support.memory import MemoryStreams
from tests.support.web import Api, api_in_memory, token

ANNE = {"name": {"family": "Leclerc"}}


@pytest.fixture
def api() -> Iterator[Api]:
    with api_in_memory() as api:
        yield api


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["instance"] == f"urn:uuid:{answer.headers['Carnet-Request-Id']}"
    return found


def test_a_client_is_registered_and_corrected(api: Api) -> None:
    made = api("POST", "/clients", json=ANNE)
    id = made.json()["id"]
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, f"/clients/{id}", '"1"')
    assert made.json() == {"id": id, "version": 1}

    path = f"/clients/{id}/name"
    corrected = api("PUT", path, json={"family": "Leclercq"}, headers={"If-Match": made.headers["ETag"]})
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"')
    assert corrected.headers["Carnet-Position"] != made.headers["Carnet-Position"]
    assert "Location" not in corrected.headers

    stale = api("PUT", path, json={"family": "Leclerck"}, headers={"If-Match": made.headers["ETag"]})
    assert problem(stale, 412, "request.version_stale")["field"] == "If-Match"


@pytest.mark.parametrize("tag", ["1", "3", 'W/"1"', '"1", "2"', '""', '"-1"', '"9999999999"', "abc"])
def test_an_if_match_that_is_no_etag_of_ours_is_named(api: Api, tag: str) -> None:
    id = api("POST", "/clients", json=ANNE).json()["id"]
    answer = api("PUT", f"/clients/{id}/name", json={"family": "X"}, headers={"If-Match": tag})
    assert problem(answer, 400, "request.invalid")["field"] == "If-Match"


def test_if_match_any_matches_any_version(api: Api) -> None:
    id = api("POST", "/clients", json=ANNE).json()["id"]
    assert api("PUT", f"/clients/{id}/name", json={"family": "X"}, headers={"If-Match": "*"}).status_code == 200


def test_a_command_sent_again_has_the_first_answer(api: Api) -> None:
    first, again = (api("POST", "/clients", json=ANNE, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert again.headers.pop("Idempotent-Replayed") == "true"
    first.headers.pop("Carnet-Request-Id")
    again.headers.pop("Carnet-Request-Id")
    assert (again.status_code, again.headers, again.content) == (first.status_code, first.headers, first.content)


def test_a_key_is_used_for_one_request_only(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    id = api("POST", "/clients", json=ANNE, headers=key).json()["id"]

    other_body = api("POST", "/clients", json={"name": {"family": "Leclercq"}}, headers=key)
    assert problem(other_body, 422, "request.key_reused")["field"] == "Idempotency-Key"
    other_path = api("PUT", f"/clients/{id}/name", json=ANNE["name"], headers=key)
    problem(other_path, 422, "request.key_reused")


def test_another_callers_same_key_is_another_key(api: Api) -> None:
    other = {"Authorization": f"Bearer {token(Caller('marc', Role.ASSOCIATE))}", "Idempotency-Key": "k"}
    first = api("POST", "/clients", json=ANNE, headers={"Idempotency-Key": "k"})
    assert api("POST", "/clients", json=ANNE, headers=other).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "é"])
def test_a_key_that_is_none_is_named(api: Api, key: str) -> None:
    answer = api("POST", "/clients", json=ANNE, headers={"Idempotency-Key": key.encode()})
    assert problem(answer, 400, "request.invalid")["field"] == "Idempotency-Key"


def test_what_was_written_carries_who_asked_and_to_which_request_it_belongs() -> None:
    streams = MemoryStreams()
    given = UUID(int=0xC0FFEE)
    with api_in_memory(streams) as api:
        answer = api("POST", "/clients", json=ANNE, headers={"Carnet-Request-Id": str(given)})
    assert answer.headers["Carnet-Request-Id"] == str(given)
    [request] = streams.requests
    assert (request.caller.id, request.correlation_id) == ("associate-7", given)


TRACE, STEP = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_request_id_is_taken_from_a_trace_and_never_from_anything_else(api: Api) -> None:
    traced = api("GET", "/live", headers={"traceparent": f"00-{TRACE}-{STEP}-01"})
    assert UUID(traced.headers["Carnet-Request-Id"]) == UUID(TRACE)
    torn = api("GET", "/live", headers={"traceparent": f"00-{TRACE}-{STEP}"})
    assert UUID(torn.headers["Carnet-Request-Id"]) != UUID(TRACE)

    answer = api("GET", "/live", headers={"Carnet-Request-Id": "<script>"})
    assert UUID(answer.headers["Carnet-Request-Id"]).version == 4


def test_what_was_written_is_the_next_step_of_the_callers_trace_or_the_first_of_one() -> None:
    streams = MemoryStreams()
    told = {
        "traceparent": f"00-{TRACE}-{STEP}-01",
        "tracestate": "vendor=Leclerc",
        "Carnet-Request-Id": str(UUID(int=7)),
    }
    with api_in_memory(streams) as api, capture_logs(processors=[merge_contextvars]) as logged:
        api("POST", "/clients", json=ANNE, headers=told)
        api("POST", "/clients", json=ANNE)
        api("POST", "/clients", json=ANNE, headers={"traceparent": ", ".join([told["traceparent"]] * 2)})
    followed, alone, torn = [request.trace for request in streams.requests]

    assert followed is not None
    assert alone is not None
    assert torn is not None
    assert (followed.trace_id, followed.flags) == (TRACE, 1)
    assert streams.requests[0].correlation_id == UUID(int=7)
    assert streams.requests[1].correlation_id == UUID(alone.trace_id)
    assert len({STEP, followed.step_id, alone.step_id, torn.step_id}) == 4
    assert len({TRACE, alone.trace_id, torn.trace_id}) == 3
    assert [line["trace_id"] for line in logged] == [TRACE, alone.trace_id, torn.trace_id]
    assert "vendor" not in str(streams.requests) + str(logged)


@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        (None, 'Bearer realm="carnet"'),
        ("Basic aW5lczppbmVz", 'Bearer realm="carnet"'),
        ("Bearer", 'Bearer realm="carnet"'),
        ("Bearer abc", 'Bearer realm="carnet", error="invalid_token"'),
    ],
)
def test_who_brings_no_token_of_ours_is_asked_for_one(api: Api, authorization: str | None, challenge: str) -> None:
    answer = api("POST", "/clients", json=ANNE, headers={"Authorization": authorization})
    assert problem(answer, 401, "caller.unknown")["field"] == "Authorization"
    assert answer.headers["WWW-Authenticate"] == challenge


def test_forged_and_expired_tokens_open_nothing(api: Api) -> None:
    forged = token(key=Ed25519PrivateKey.generate())
    expired = token(valid=timedelta(minutes=-5))
    for bad in (forged, expired):
        problem(api("POST", "/clients", json=ANNE, headers={"Authorization": f"Bearer {bad}"}), 401, "caller.unknown")


def test_a_role_that_may_not_is_told_so(api: Api) -> None:
    auditor = {"Authorization": f"Bearer {token(Caller('audit', Role.AUDITOR))}"}
    problem(api("POST", "/clients", json=ANNE, headers=auditor), 403, "caller.not_allowed")


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff\xfe", b'{"name": "\xff"}', b"[" * 100_000, b'{"name": NaN,}', b"1" * 5000, b"null x"]
)
def test_a_body_that_cannot_be_read_is_named(api: Api, body: bytes) -> None:
    answer = api("POST", "/clients", content=body, headers=JSON)
    assert answer.status_code in {400, 422}
    assert problem(answer, answer.status_code, answer.json()["code"])["field"] == "body"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_said_to_be_json_is_not_read(api: Api, kind: str | None) -> None:
    answer = api("POST", "/clients", content=b'{"name": {"family": "Leclerc"}}', headers={"Content-Type": kind})
    assert problem(answer, 415, "request.not_json")["field"] == "body"


def test_a_body_of_ten_megabytes_is_refused_announced_or_not(api: Api) -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 100_000

    for content in (b" " * 10_000_000, chunks()):
        answer = api("POST", "/clients", content=content, headers=JSON)
        assert problem(answer, 413, "request.too_large")["field"] == "body"


def test_what_is_not_there_and_what_cannot_be_done_are_problems(api: Api) -> None:
    problem(api("GET", "/nothing"), 404, "request.no_such_resource")
    not_so = api("DELETE", "/clients")
    problem(not_so, 405, "request.no_such_method")
    assert not_so.headers["Allow"] == "POST"
    assert api("POST", f"/sales/{UUID(int=1)}/client", json={}).headers["Allow"] == "PUT, DELETE"


def test_answers_are_neither_stored_nor_guessed_at(api: Api) -> None:
    for answer in (api("POST", "/clients", json=ANNE), api("GET", "/nothing"), api("GET", "/live")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


class Broken(MemoryStreams):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    @override
    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        raise self.error


def test_a_fault_of_our_own_says_nothing_about_it_to_anybody() -> None:
    with api_in_memory(Broken(RuntimeError("Leclerc"))) as api, capture_logs() as logged:
        answer = api("POST", "/clients", json=ANNE)
    problem(answer, 500, "internal")
    line, access = logged
    assert (line["error"], access["status"]) == ("RuntimeError", 500)
    assert "Leclerc" not in answer.text + str(logged)


def test_while_the_log_is_down_a_caller_may_try_again() -> None:
    with api_in_memory(Broken(Unavailable("the log"))) as api:
        answer = api("POST", "/clients", json=ANNE)
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


def test_while_the_read_models_are_down_a_caller_may_try_again(api: Api) -> None:
    problem(api("GET", f"/clients/{UUID(int=1)}"), 503, "unavailable")


def test_operators_see_that_it_lives_whether_it_is_ready_and_how_it_does(api: Api) -> None:
    assert api("GET", "/live").json() == {"live": True}
    assert api("GET", "/ready").json() == {"ready": True, "projections": {}}

    id = api("POST", "/clients", json=ANNE).json()["id"]
    api("PUT", f"/clients/{id}/name", json={"family": "Leclercq"})
    metrics = api("GET", "/metrics").text
    assert 'route="/clients/{client_id}/name",status="200"' in metrics
    assert id not in metrics
    assert "Leclerc" not in metrics


def test_the_page_about_the_api_needs_no_internet(api: Api) -> None:
    page = api("GET", "/docs")
    assert "http" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        assert f"/docs/{asset}" in page.text
        assert api("GET", f"/docs/{asset}").status_code == 200
    assert api("GET", "/docs/__init__.py").status_code == 404
