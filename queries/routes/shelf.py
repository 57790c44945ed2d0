"""Queries over HTTP: a path, filters and a cursor become one query function's arguments, its answer becomes bytes.

What all routes of the read side share. The routes themselves: a file for each noun, beside this one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Final

import fastapi
import orjson
from fastapi import Depends, Header
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.access import Caller, Policy, Viewer, viewer
from domain.refusals import NotAllowed, PositionInvalid, ReadModelBehind, Refusal
from queries.counter import View
from queries.page import LARGEST, USUAL, Paging
from queries.ports import Json, Reading, Versioned
from queries.typed import WrittenDay, WrittenTime

Position = Annotated[
    str | None,
    Header(
        alias="Carnet-Position",
        max_length=200,
        description="As a command answered it: the query waits up to half a second until it knows of that change.",
    ),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Day = WrittenDay
Moment = WrittenTime


class Asked(BaseModel):
    """Closed, so that a misspelt filter is an error and not silently everything."""

    model_config = ConfigDict(extra="forbid")


class OnDay(Asked):
    on: Annotated[Day | None, Field(description="The day in question. Default: today, in UTC.")] = None


class Period(Asked):
    since: Annotated[Moment | None, Field(alias="from", description="From this time on.")] = None
    before: Annotated[Moment | None, Field(alias="to", description="Before this time.")] = None


class Seen(Asked):
    view: Annotated[
        View | None,
        Field(description="`counter`: for a screen that is turned to the client. Default: for those who serve her."),
    ] = None


class Page(Asked):
    limit: Annotated[int, Field(ge=1, le=LARGEST, description="How many at most.")] = USUAL
    cursor: Annotated[
        str | None,
        Field(min_length=1, max_length=1000, description="`next_cursor` of the page before, with the same filters."),
    ] = None


ETAG: Final[dict[str, Any]] = {
    "ETag": {
        "description": "The version, to be sent as `If-Match` by who wants to change just this.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
LINK: Final[dict[str, Any]] = {
    "Link": {
        "description": 'The next page, `rel="next"`, if there is one.',
        "schema": {"type": "string"},
    }
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the routes of the read side are given.

    `caller` is the dependency that knows who asks; `answers` says how OpenAPI declares refusals; `policy` is the
    house's, and `clock` says when it is.
    """

    reading: Reading
    caller: Callable[..., Any]
    answers: Callable[..., dict[int | str, dict[str, Any]]]
    policy: Policy
    clock: Callable[[], datetime]

    def paging(self, page: Page) -> Paging:
        return Paging(self.reading.seal, page.limit, page.cursor)

    def asking(self) -> Any:
        """The dependency that knows who asks, what the house lets her see, and when she asks."""

        async def asking(who: Annotated[Caller, Depends(self.caller)]) -> Viewer:
            return viewer(who, self.policy, self.clock())

        return Depends(asking)

    def gives(
        self,
        shape: type[BaseModel] | UnionType,
        summary: str,
        *refused_with: type[Refusal],
        headers: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """How a route that answers in this shape, or in one of these, is declared."""
        refused = self.answers(NotAllowed, PositionInvalid, ReadModelBehind, *refused_with)
        return {
            "summary": summary,
            "response_model": shape,
            "response_description": "As it is known now.",
            "responses": {**refused, 200: {"headers": headers or {}}},
        }


def versioned(found: Versioned) -> Response:
    """One thing, with its version as `ETag`."""
    return Response(found.shown, 200, {"ETag": f'"{found.version}"'}, "application/json")


def paged(http: fastapi.Request, page: Json) -> Response:
    """A page, with a link to the next one."""
    if page["next_cursor"] is None:
        return answer(page)
    onward = http.url.include_query_params(cursor=page["next_cursor"])
    return answer(page, {"Link": f'<{onward.path}?{onward.query}>; rel="next"'})


def answer(content: Json, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content, default=plain), 200, headers, "application/json")


def plain(value: object) -> str:
    """How an answer writes what JSON has no form for: an amount is text, exact."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"an answer cannot hold a {type(value).__name__}")
