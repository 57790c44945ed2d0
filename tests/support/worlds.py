"""Every route there is, called the same way in two houses, and the answers made comparable.

Routes come from the OpenAPI document, so that a new one is called too. What a path names is looked up in the things of
the story; what a body holds is the document's own example, with those things' ids in place of the example's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx

from domain.access import Caller
from tests.support.running import Running

# What differs between any two runs, and says nothing: times, positions, sealed cursors, codes of chance, sizes.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CURSOR = re.compile(r"cursor=[\w-]+")
_DIFFERS = {"date", "server", "content-length"}
_OPAQUE = {"carnet-position": "<position>"}
_OPAQUE_FIELDS = {"position", "next_cursor", "receipt_code"}

MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; `example` is what its body may look like, if it has one, and `makes` are the
    operations and parameters that take the id of what it makes."""

    name: str
    method: str
    path: str
    parameters: tuple[str, ...]
    example: Any
    makes: frozenset[tuple[str, str]]

    @property
    def asks(self) -> bool:
        """Whether it only reads."""
        return self.method == "GET" or self.path.endswith(("/search", "/duplicates", "/trial"))

    @property
    def ends(self) -> bool:
        """Whether something is over or gone after it, and can be asked for no other thing."""
        return self.method == "DELETE" or self.path.endswith(
            ("/ending", "/withdrawal", "/handover", "/closing", "/cancellation", "/death")
        )


def operations(document: Mapping[str, Any]) -> list[Operation]:
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            tuple(re.findall(r"{(\w+)}", path)),
            _example(document, operation),
            frozenset(_made(operation)),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def made_by(operation: Operation, parameter: str, known: list[Operation]) -> Operation | None:
    """The operation that makes what this one has in its path as this parameter: the document links them, or it stands
    at the path where such things are made."""
    collection = operation.path.partition(f"/{{{parameter}}}")[0]
    makers = [each for each in known if (operation.name, parameter) in each.makes]
    return next(iter([*makers, *(each for each in known if (each.method, each.path) == ("POST", collection))]), None)


def _made(operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for link in operation["responses"].get("201", {}).get("links", {}).values():
        for parameter, value in link["parameters"].items():
            if value == "$response.body#/id":
                yield link["operationId"], parameter


def _example(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]["application/json"]
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    reference = content["schema"]["$ref"]
    return document["components"]["schemas"][reference.rpartition("/")[2]]["examples"][0]


@dataclass
class World:
    """A house in which a story happened. `things` are the ids that its routes are asked with, by the name of the
    parameter, or by operation and parameter for one that needs a thing of its own; `secret` is the id of a note that
    strangers must not know of, or, where there is none, of nothing."""

    carnet: Running
    things: dict[str, str]
    secret: str
    seen: str
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {id: f"<{name}>" for name, id in self.things.items()} | {self.secret: "<secret>"}

    def answers(self, who: Caller, operations: list[Operation]) -> Iterator[tuple[str, Any]]:
        """Each call's name, and what was answered, in an order that is the same in every world."""
        headers = {"Authorization": f"Bearer {self.carnet.token(who)}", "Carnet-Position": self.seen}
        with httpx.Client(base_url=self.carnet.url, headers=headers, timeout=60) as client:
            for operation in operations:
                for variant, things, more in self._variants(operation):
                    name = f"{who.id} {operation.name} {variant}"
                    path = operation.path.format_map(things)
                    content = None if operation.example is None else filled(operation.example, things)
                    yield from self._call(client, name, operation, path, content, more)

    def _variants(self, operation: Operation) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
        """As it is meant; and with the secret in the place of every id, as who guesses or remembers it would ask."""
        own = {parameter: self.things.get(f"{operation.name}.{parameter}") for parameter in operation.parameters}
        things = {**self.things, **{parameter: id for parameter, id in own.items() if id}}
        if missing := set(operation.parameters) - things.keys():
            raise LookupError(f"{operation.name}: tell the story of two worlds what {', '.join(missing)} is")
        yield "", things, {}
        for parameter in operation.parameters:
            if not _ID.fullmatch(things[parameter]):
                continue
            guessed = {**things, parameter: self.secret}
            yield f"{parameter}=secret", guessed, {}
            if not operation.asks:
                yield f"{parameter}=secret, If-Match", guessed, {"If-Match": '"99"'}
                yield f"{parameter}=secret, with a key", guessed, {"Idempotency-Key": f"{operation.name} {parameter}"}
        if operation.example is not None:
            everywhere = {name: self.secret for name, id in things.items() if _ID.fullmatch(id)}
            path = {name: things[name] for name in operation.parameters}
            yield "body=secret", {**everywhere, **path, "in the body": self.secret}, {}

    def _call(
        self, client: httpx.Client, name: str, operation: Operation, path: str, content: Any, more: dict[str, str]
    ) -> Iterator[tuple[str, Any]]:
        request_id = {"Carnet-Request-Id": str(uuid5(NAMESPACE_OID, name))}
        answer = client.request(operation.method, path, json=content, headers={**more, **request_id})
        yield name, self.comparable(answer)
        if "next_cursor" not in answer.text:
            return
        url: str | None = f"{path}?limit=1"
        for number in range(1, MOST_PAGES):
            assert url is not None
            answer = client.get(url, headers=request_id)
            yield f"{name} page {number}", self.comparable(answer)
            if (url := answer.links.get("next", {}).get("url")) is None:
                return
        raise AssertionError(f"{name}: more than {MOST_PAGES} pages")

    def comparable(self, answer: httpx.Response) -> Any:
        """An answer without what differs between any two runs."""
        headers = {
            name: _OPAQUE.get(name, self._plain(value))
            for name, value in answer.headers.items()
            if name not in _DIFFERS
        }
        body = json.loads(answer.text) if answer.text else None
        return {"status": answer.status_code, "headers": headers, "body": self._without(body)}

    def _without(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._plain(name): (
                    inner is not None and f"<{name}>" if name in _OPAQUE_FIELDS else self._without(inner)
                )
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._without(inner) for inner in value]
        return self._plain(value) if isinstance(value, str) else value

    def _plain(self, text: str) -> str:
        text = _CURSOR.sub("cursor=<cursor>", _TIME.sub("<time>", text))
        return _ID.sub(lambda found: self._names.setdefault(found[0], f"<id {len(self._names)}>"), text)


def filled(example: Any, things: Mapping[str, str], name: str = "") -> Any:
    """A body's example with the ids of things that are there."""
    if isinstance(example, dict):
        return {inner: filled(value, things, inner) for inner, value in example.items()}
    if isinstance(example, list):
        return [filled(value, things, name) for value in example]
    if isinstance(example, str) and _ID.fullmatch(example):
        return things.get(name, things.get("in the body", example))
    return example


def nowhere(number: int) -> str:
    """The id of nothing."""
    return str(UUID(int=0xDEAD + number))


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The calls that were answered differently, or in one world only, with both answers."""
    return {
        name: (one.get(name), other.get(name))
        for name in [*one, *(name for name in other if name not in one)]
        if one.get(name) != other.get(name)
    }
