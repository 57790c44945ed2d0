"""The contract of the API: complete enough to generate a client from, and to test it from."""

from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no stubs
import pytest

from commands import client, correction, exchange, fulfilment, gift, gift_receipt, membership, note, organization, sale
from commands.fields import Body
from tests.support.web import application

DOCUMENT: dict[str, Any] = application().openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize(
    ("name", "operation"), list(operations()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_an_operation_says_what_it_is_for_who_may_and_how_it_answers(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["tags"]
    assert operation["security"] == [{"token": []}]
    assert {"400", "401", "403", "413", "415", "422", "500", "503"} <= operation["responses"].keys()
    for status, answer in operation["responses"].items():
        [kind] = answer["content"]
        assert kind == ("application/json" if status < "300" else "application/problem+json")
        assert answer["description"]


def test_operations_are_called_what_a_programmer_would_call_them() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.islower() for name in names)


# What is asked for is personal, so it stands in the body.
QUESTIONS = {"POST /clients/search", "POST /clients/duplicates", "POST /gift-receipts", "POST /tickler-rules/trial"}

# What another system tells, in a form of its own, about many things at once.
FEEDS = {"POST /feeds/point-of-sale/{format}"}

# What is done to a sale that may be somebody else's: its version is no business of who brings a gift.
BROUGHT = {"POST /gift-receipts/returns", "POST /gift-receipts/services"}


def test_commands_declare_their_headers() -> None:
    for name, operation in operations():
        for status in ("200", "201"):
            if name.startswith("GET") or name in QUESTIONS | FEEDS or status not in operation["responses"]:
                continue
            headers = operation["responses"][status]["headers"]
            assert "Carnet-Position" in headers
            assert ("ETag" in headers) == (name not in BROUGHT)
            assert ("Location" in headers) == (status == "201")


def test_every_reference_leads_somewhere() -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if "$ref" in part:
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        if isinstance(part, list):
            for value in part:
                yield from references(value)

    for reference in references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in SCHEMAS


# Two enums of the domain, each of which is in the contract with subscribers under this name.
SAME_NAME = {"domain__reassignment__Cause", "domain__tickler_rule__Cause"}


def test_shapes_have_names_of_their_own_and_none_tells_where_it_stands_in_the_code() -> None:
    assert {name for name in SCHEMAS if "__" in name} == SAME_NAME


BODIES = [
    body
    for module in (client, sale, fulfilment, correction, exchange, gift, gift_receipt, organization, membership, note)
    for body in vars(module).values()
    if isinstance(body, type) and issubclass(body, Body)
]


@pytest.mark.parametrize(
    "body", [body for body in BODIES if body.__name__ in SCHEMAS and "examples" in SCHEMAS[body.__name__]]
)
def test_examples_are_true(body: type[Body]) -> None:
    for example in SCHEMAS[body.__name__]["examples"]:
        jsonschema.validate(example, {**SCHEMAS[body.__name__], "components": DOCUMENT["components"]})
        body.model_validate(example)


def test_every_command_has_an_example() -> None:
    for name, operation in operations():
        if name in FEEDS:
            assert operation["requestBody"]["content"]["application/json"]["examples"].keys() == {"atelier", "kasse"}
        elif "requestBody" in operation:
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert SCHEMAS[reference.rpartition("/")[2]]["examples"], reference


def test_bodies_are_closed() -> None:
    assert all(SCHEMAS[body.__name__]["additionalProperties"] is False for body in BODIES if body.__name__ in SCHEMAS)


def test_every_link_leads_to_an_operation_with_all_it_needs() -> None:
    known = {operation["operationId"]: operation for _, operation in operations()}
    links = [
        link
        for operation in known.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 10
    for link in links:
        wanted = {each["name"] for each in known[link["operationId"]]["parameters"] if each["in"] == "path"}
        assert link["parameters"].keys() == wanted
