"""Exceptions to problems: refusals by their table, requests that cannot be understood, and parts that are down."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any, Final
from uuid import UUID

import psycopg
import sqlalchemy.exc
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from consumers.source import Unavailable
from domain.refusals import Refusal
from infra.web.caller import CallerUnknown
from infra.web.problems import invalid, problem, refused


class Fault(Enum):
    """What is no refusal of ours: status, code, title, and what to do about it."""

    MALFORMED = 400, "request.malformed", "The body cannot be read", "The body is not JSON in UTF-8."
    NO_RESOURCE = 404, "request.no_such_resource", "There is nothing here", "No resource has this path."
    NO_METHOD = 405, "request.no_such_method", "This cannot be done here", "See the header Allow for what can."
    TOO_LARGE = 413, "request.too_large", "The body is too large", "A body is at most 1 MB."
    NOT_JSON = 415, "request.not_json", "The body is not JSON", "Send Content-Type: application/json."
    INTERNAL = 500, "internal", "A fault of our own", "Ask again with the same Idempotency-Key, or name this request."
    UNAVAILABLE = 503, "unavailable", "A part of Carnet is not reachable", "Try again after Retry-After seconds."


def fault(fault: Fault, id: UUID, headers: dict[str, str] | None = None) -> Response:
    status, code, title, detail = fault.value
    field = "body" if fault in _OF_THE_BODY else None
    return problem(status, code, title, detail, field=field, instance=id, headers=headers)


_OF_THE_BODY: Final = {Fault.MALFORMED, Fault.TOO_LARGE, Fault.NOT_JSON}
_BY_STATUS: Final = {each.value[0]: each for each in Fault}


async def _refused(request: Request, refusal: Any) -> Response:
    return refused(refusal, request.state.request_id)


async def _invalid(request: Request, error: Any) -> Response:
    id = request.state.request_id
    faults = error.errors()
    if faults[0]["type"] == "json_invalid":
        return fault(Fault.MALFORMED, id)
    if faults[0]["loc"] == ("body",) and faults[0]["type"] != "missing" and not is_json(request):
        return fault(Fault.NOT_JSON, id)
    return invalid(faults, id)


async def _http(request: Request, error: Any) -> Response:
    known = _BY_STATUS.get(error.status_code, Fault.INTERNAL)
    # Starlette names the methods of one route; a path has as many as it has routes.
    headers = {"Allow": _allowed(request)} if known is Fault.NO_METHOD else dict(error.headers or {})
    return fault(known, request.state.request_id, headers)


def _allowed(request: Request) -> str:
    routes = request.app.router.routes
    scopes = ({**request.scope, "method": method} for method in ("GET", "POST", "PUT", "DELETE"))
    allowed = [scope["method"] for scope in scopes if any(route.matches(scope)[0] is Match.FULL for route in routes)]
    return ", ".join(allowed)


async def _caller_unknown(request: Request, error: Any) -> Response:
    return problem(
        401,
        "caller.unknown",
        "We do not know you",
        error.detail,
        field="Authorization",
        instance=request.state.request_id,
        headers={"WWW-Authenticate": error.challenge},
    )


async def _unavailable(request: Request, _: Any) -> Response:
    return fault(Fault.UNAVAILABLE, request.state.request_id)


def is_json(request: Request) -> bool:
    """Whether the request says that its body is JSON."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


HANDLERS: Final[dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]]] = {
    Refusal: _refused,
    RequestValidationError: _invalid,
    HTTPException: _http,
    CallerUnknown: _caller_unknown,
    Unavailable: _unavailable,
    psycopg.OperationalError: _unavailable,  # also when its pool has no connection left in time
    sqlalchemy.exc.OperationalError: _unavailable,
    sqlalchemy.exc.TimeoutError: _unavailable,
}
