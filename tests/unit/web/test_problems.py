"""Refusals become problems, each with a status of its own table, and never with what was sent."""

import json
from typing import Any

import pytest

from domain import refusals
from domain.refusals import Refusal
from infra.web.problems import COMMON, MOST_ERRORS, STATUS, Problem, answers, invalid, refused


def test_every_refusal_has_a_status_and_every_status_a_refusal() -> None:
    assert set(_leaves()) == set(STATUS)


def test_codes_are_told_apart_and_titles_are_sentences() -> None:
    codes = [refusal.code for refusal in _leaves()]
    assert len(set(codes)) == len(codes)
    assert all(refusal.title[0].isupper() and not refusal.title.endswith(".") for refusal in _leaves())


@pytest.mark.parametrize("refusal", STATUS, ids=lambda refusal: refusal.code)
def test_a_refusal_is_a_problem(refusal: type[Refusal]) -> None:
    answer = refused(refusal("Because.", "lines.0.quantity"), "id")
    problem = Problem.model_validate_json(bytes(answer.body))

    assert (answer.status_code, answer.media_type) == (STATUS[refusal], "application/problem+json")
    assert problem == Problem(
        type=f"urn:carnet:problem:{refusal.code}",
        title=refusal.title,
        status=STATUS[refusal],
        detail="Because.",
        code=refusal.code,
        instance="urn:uuid:id",
        field="lines.0.quantity",
    )
    assert ("retry-after" in answer.headers) == (STATUS[refusal] == 503)


def test_faults_of_form_are_named_as_the_caller_wrote_them_without_values() -> None:
    faults: list[dict[str, Any]] = [
        {"type": "greater_than_equal", "loc": ("body", "lines", 0, "quantity"), "msg": "Too small", "input": "secret"},
        {"type": "missing", "loc": ("body",), "msg": "Field required"},
        {"type": "extra_forbidden", "loc": ("body", "x" * 500), "msg": "Not permitted"},
    ]
    answer = invalid(faults, "id")
    problem = json.loads(bytes(answer.body))

    assert (answer.status_code, problem["field"]) == (422, "lines.0.quantity")
    assert [error["field"] for error in problem["errors"]] == ["lines.0.quantity", "body", "x" * 100]
    assert b"secret" not in answer.body


def test_a_fault_of_a_header_is_a_bad_request() -> None:
    faults = [{"type": "string_pattern_mismatch", "loc": ("header", "If-Match"), "msg": "..."}]
    assert invalid(faults, "id").status_code == 400


def test_a_thousand_faults_make_a_bounded_answer() -> None:
    faults = [{"type": "missing", "loc": ("body", "lines", number), "msg": "..."} for number in range(1000)]
    assert len(json.loads(bytes(invalid(faults, "id").body))["errors"]) == MOST_ERRORS


def test_what_a_route_declares_keeps_what_all_routes_declare() -> None:
    declared = answers(refusals.KeyReused, refusals.SaleInvalid, refusals.SaleUnknown)

    assert declared.keys() == {404, 422}
    assert declared[422]["description"].startswith(COMMON[422]["description"])
    assert "request.key_reused" in declared[422]["description"]


def _leaves() -> list[type[Refusal]]:
    return [each for each in Refusal.__subclasses__() if each.__module__ == "domain.refusals"]
