"""Commands over HTTP: a body becomes a command; an outcome becomes a status, `ETag` and `Carnet-Position`.

What all routes of the write side share. The routes themselves: a file for each noun, beside this one.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import fastapi
import orjson
import structlog
from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic.json_schema import SkipJsonSchema

from commands.ports import Done, OpenReceipt, Ports, Receipt, Request
from domain.access import Caller
from domain.receipt import receipt_id
from domain.refusals import KeyReused, NotAllowed, Refusal, TooBusy, VersionStale

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Says = Callable[[Done], dict[str, Any]]


class Changed(BaseModel):
    """What was made or changed, and the version now of the thing that `If-Match` is about."""

    id: UUID
    version: int


class Recorded(BaseModel):
    """What was done, by an id of its own. What it was done to may be somebody else's: nothing of that is told."""

    id: UUID


class Named(BaseModel):
    """What was made or changed, by the id that the house gave it, and its version now."""

    id: str
    version: int


_ETAG: Final[dict[str, Any]] = {
    "ETag": {
        "description": "The version, to be sent as `If-Match` by who wants to change just this.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
_HEADERS: Final[dict[str, Any]] = {
    "Carnet-Position": {
        "description": "Sent with a query, the query waits until it knows of this change.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the first answer again, from its receipt.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
_LOCATION: Final[dict[str, Any]] = {
    "Location": {
        "description": "Where the new thing is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}

# Left out or a string: a header has no null.
IfMatch = Annotated[
    str | SkipJsonSchema[None],
    Header(
        alias="If-Match",
        pattern=r'^(\*|"[0-9]{1,9}")$',
        description='The version that was seen, as its `ETag`: `"3"`. If it is another by now, nothing changes.',
    ),
]
IdempotencyKey = Annotated[
    str | SkipJsonSchema[None],
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, new for each command: sent again, the command has the first answer.",
    ),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes of the write side are given.

    `caller` is the dependency that knows who asks; `run` carries a command out in a thread, as soon as a connection to
    the log is free; `position` makes the token of `Carnet-Position`; `receipts_key` is that of the fingerprints in
    receipts; `answers` says how OpenAPI declares refusals; `opened` knows what a gift receipt's token is about. The
    request's id stands in `request.state.request_id`, its step in a trace in `request.state.trace`.
    """

    ports: Ports
    caller: Callable[..., Any]
    run: Callable[[Callable[[], Done]], Awaitable[Done]]
    position: Callable[[Done], str]
    receipts_key: bytes
    answers: Callable[..., dict[int | str, dict[str, Any]]]
    opened: OpenReceipt

    def creating(self) -> Any:
        """The dependency that makes the `Request` around a command about something new."""

        async def creating(
            http: fastapi.Request, who: Annotated[Caller, Depends(self.caller)], key: IdempotencyKey = None
        ) -> Request:
            receipt = None if key is None else Receipt(receipt_id(who.id, key), await self._fingerprint(http))
            command_id = self.ports.new_id()
            structlog.contextvars.bind_contextvars(command_id=str(command_id))
            return Request(who, http.state.request_id, command_id, receipt=receipt, trace=http.state.trace)

        return Depends(creating)

    def changing(self) -> Any:
        """The dependency that makes the `Request` around a command about something with a version."""

        async def changing(request: Annotated[Request, self.creating()], if_match: IfMatch = None) -> Request:
            if if_match is None or if_match == "*":
                return request
            return replace(request, expected_version=int(if_match.strip('"')))

        return Depends(changing)

    def makes(
        self,
        router: APIRouter,
        path: str,
        summary: str,
        *refused_with: type[Refusal],
        leads_to: Sequence[str] = (),
        shape: type[BaseModel] = Changed,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declares a route whose command makes something: 201, with its `Location`.

        `leads_to` are the operations that take the new thing's id, each as `operation(parameter, parameter)`: the last
        parameter is the new id, those before it are in the path already.
        """
        return router.post(
            path,
            status_code=201,
            summary=summary,
            response_model=shape,
            response_description="Recorded, now or before.",
            responses={
                **self.answers(NotAllowed, KeyReused, TooBusy, *refused_with),
                201: {"headers": {**_headers(shape), **_LOCATION}, "links": dict(map(_link, leads_to))},
            },
        )

    def changes(
        self,
        method: Callable[..., Any],
        path: str,
        summary: str,
        *refused_with: type[Refusal],
        shape: type[BaseModel] = Changed,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declares a route whose command changes something that is there: 200."""
        declare: Callable[[Endpoint], Endpoint] = method(
            path,
            summary=summary,
            response_model=shape,
            response_description="It is so, now or before.",
            responses={
                **self.answers(NotAllowed, VersionStale, KeyReused, TooBusy, *refused_with),
                200: {"headers": _headers(shape)},
            },
        )
        return declare

    async def made(self, place: str, command: Callable[[], Done], says: Says | None = None) -> Response:
        """Runs a command and answers 201; `place` is the path of the collection that the new thing is in, and `says`
        what the answer tells besides, or otherwise."""
        done = await self.run(command)
        return self._answer(done, 201, place, _versioned(done, says))

    async def noted(self, place: str, command: Callable[[], Done]) -> Response:
        """The same for what is done to something of which the caller learns nothing, its version neither."""
        done = await self.run(command)
        return self._answer(done, 201, place, {"id": done.subject_id})

    async def changed(self, command: Callable[[], Done], says: Says | None = None) -> Response:
        """Runs a command and answers 200."""
        done = await self.run(command)
        return self._answer(done, 200, None, _versioned(done, says))

    def _answer(self, done: Done, status: int, place: str | None, body: dict[str, Any]) -> Response:
        headers = {"Carnet-Position": self.position(done)}
        if "version" in body:
            headers["ETag"] = f'"{body["version"]}"'
        if place is not None:
            headers["Location"] = f"{place}/{body['id']}"
        if done.repeated:
            headers["Idempotent-Replayed"] = "true"
        return Response(orjson.dumps(body), status, headers, "application/json")

    async def _fingerprint(self, http: fastapi.Request) -> str:
        said = f"{http.method} {http.url.path}\n".encode() + await http.body()
        return hmac.digest(self.receipts_key, said, "sha256").hex()


def called(id: str) -> Says:
    """Says what was made or changed by the id that the house gave it: see `Named`."""
    return lambda done: {"id": id}


def _headers(shape: type[BaseModel]) -> dict[str, Any]:
    return {**(_ETAG if "version" in shape.model_fields else {}), **_HEADERS}


def _versioned(done: Done, says: Says | None) -> dict[str, Any]:
    return {"id": done.subject_id, "version": done.version, **(says(done) if says else {})}


def _link(written: str) -> tuple[str, dict[str, Any]]:
    operation, _, parameters = written.rstrip(")").partition("(")
    *known, new = parameters.split(", ")
    values = {name: f"$request.path.{name}" for name in known} | {new: "$response.body#/id"}
    return operation, {"operationId": operation, "parameters": values}
