"""What every request gets before anything looks at it, and every answer before it leaves: an id, its place in a trace,
a limit, a clock."""

from time import perf_counter
from typing import Final
from uuid import UUID

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commands.ports import NewId
from commands.trace import Trace, begun, read
from infra.logging import ACCESS, place
from infra.metrics import REQUEST_SECONDS
from infra.web.failures import Fault, fault

REQUEST_ID: Final = "Carnet-Request-Id"
LARGEST_BODY: Final = 1_000_000
MOST_DISCARDED: Final = 20_000_000

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = structlog.get_logger()
access = structlog.get_logger(ACCESS)


class Envelope:
    """The outermost layer. Whatever goes wrong inside leaves as a problem; only its kind and place are logged."""

    def __init__(self, app: ASGIApp, new_id: NewId) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        trace = self._step_of(headers)
        id = _given_id(headers) or UUID(trace.trace_id)
        scope.setdefault("state", {}).update(request_id=id, trace=trace)
        limited, answered = _Limited(receive), _Answer(id, send)
        began = perf_counter()
        # Requests that come one behind another on a connection may share a context.
        structlog.contextvars.unbind_contextvars("command_id")
        structlog.contextvars.bind_contextvars(correlation_id=str(id), trace_id=trace.trace_id)
        try:
            if _announced(headers) > LARGEST_BODY:
                await limited.discard()
                await fault(Fault.TOO_LARGE, id)(scope, receive, answered)
            else:
                await self._app(scope, limited, answered)
        except Exception as error:
            log.error("request failed", **place(error))  # noqa: TRY400 - not the text, see below
            if answered.status:
                raise  # half an answer is out; the server cuts the connection
            await fault(Fault.INTERNAL, id)(scope, receive, answered)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", "unmatched")
            seconds = perf_counter() - began
            REQUEST_SECONDS.labels(method, route, answered.status).observe(seconds)
            access.info("request", method=method, route=route, status=answered.status, seconds=round(seconds, 6))

    def _step_of(self, headers: Headers) -> Trace:
        """This request's own step: the next one of the caller's trace, or the first of a new one."""
        step = self._new_id()
        before = read(headers.getlist("traceparent"))
        return before.next(step) if before else begun(self._new_id(), step)


class _Answer:
    """Sends an answer on, with the headers that every answer has."""

    def __init__(self, id: UUID, send: Send) -> None:
        self.status = 0
        self._id = id
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = str(self._id)
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
        await self._send(message)


class _Limited:
    """Receives a body up to the limit, also one whose length was not announced.

    What comes of a larger one is thrown away before the answer: who is cut off while sending may never read it.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._next()
        if self._size > LARGEST_BODY:
            await self.discard(message)
            raise HTTPException(413)
        return message

    async def discard(self, message: Message | None = None) -> None:
        while (message or {"more_body": True}).get("more_body") and self._size <= MOST_DISCARDED:
            message = await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        return message


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _given_id(headers: Headers) -> UUID | None:
    """The id that the caller gave this request."""
    try:
        return UUID(headers.get(REQUEST_ID, ""))
    except ValueError:
        return None
