"""Queries over HTTP: a path, filters and a cursor become one query function's arguments, its answer becomes bytes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import fastapi
import orjson
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from domain.access import Caller
from domain.refusals import (
    ClientUnknown,
    CursorInvalid,
    NotAllowed,
    PositionInvalid,
    ReadModelBehind,
    Refusal,
    SaleUnknown,
)
from projections.client_card import client_card as card
from projections.client_history import client_history as history
from projections.purchase_history import purchase_history
from queries.client_card import ClientCard, client_card
from queries.client_history import ClientHistory, client_history
from queries.client_search import Matches, Search, search
from queries.freshness import caught_up
from queries.page import LARGEST, USUAL, Paging
from queries.ports import Json, Reading, Versioned
from queries.purchase_history import Filters, Purchases, purchases
from queries.sale import Sale, one_sale

Answers = Callable[..., dict[int | str, dict[str, Any]]]

Position = Annotated[
    str | None,
    Header(
        alias="Carnet-Position",
        max_length=200,
        description="As a command answered it: the query waits up to half a second until it knows of that change.",
    ),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class Page(BaseModel):
    """Closed, so that a misspelt filter is an error and not silently everything."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=LARGEST, description="How many at most.")] = USUAL
    cursor: Annotated[
        str | None,
        Field(min_length=1, max_length=1000, description="`next_cursor` of the page before, with the same filters."),
    ] = None


class PurchasePage(Page):
    store_id: Annotated[Code | None, Field(description="Of this store.")] = None
    brand: Code | None = None
    category: Code | None = None
    since: Annotated[AwareDatetime | None, Field(alias="from", description="From this time on.")] = None
    before: Annotated[AwareDatetime | None, Field(alias="to", description="Before this time.")] = None


_ETAG: Final[dict[str, Any]] = {
    "ETag": {
        "description": "The version, to be sent as `If-Match` by who wants to change just this.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
_LINK: Final[dict[str, Any]] = {
    "Link": {
        "description": 'The next page, `rel="next"`, if there is one.',
        "schema": {"type": "string"},
    }
}


def routes(reading: Reading, caller: Callable[..., Any], answers: Answers) -> APIRouter:
    """The routes of every query.

    `caller` is the dependency that knows who asks; `answers` says how OpenAPI declares refusals.
    """
    router = APIRouter()
    asking = Depends(caller)

    def gives(
        shape: type[BaseModel],
        tag: str,
        summary: str,
        *refused_with: type[Refusal],
        headers: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """How a route that answers in this shape is declared."""
        refused = answers(NotAllowed, PositionInvalid, ReadModelBehind, *refused_with)
        return {
            "tags": [tag],
            "summary": summary,
            "response_model": shape,
            "response_description": "As it is known now.",
            "responses": {**refused, 200: {"headers": headers or {}}},
        }

    # ------------------------------------------------------------------------------------------------------- clients

    @router.get(
        "/clients/{client_id}", **gives(ClientCard, "clients", "One client's card", ClientUnknown, headers=_ETAG)
    )
    async def get_client(client_id: UUID, who: Annotated[Caller, asking], position: Position = None) -> Response:
        await caught_up(reading, position, card)
        return _versioned(await client_card(reading.engine, who, client_id))

    @router.post("/clients/search", **gives(Matches, "clients", "Find a client"))
    async def search_clients(body: Search, who: Annotated[Caller, asking], position: Position = None) -> Response:
        await caught_up(reading, position, card)
        return _answer(await search(reading.engine, who, body))

    @router.get(
        "/clients/{client_id}/purchases",
        **gives(
            Purchases, "clients", "What a client bought and brought back", ClientUnknown, CursorInvalid, headers=_LINK
        ),
    )
    async def get_purchases(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Caller, asking],
        page: Annotated[PurchasePage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history)
        filters = Filters(page.store_id, page.brand, page.category, page.since, page.before)
        paging = Paging(reading.seal, page.limit, page.cursor)
        return _page(http, await purchases(reading.engine, who, client_id, filters, paging))

    @router.get(
        "/clients/{client_id}/history",
        **gives(
            ClientHistory,
            "clients",
            "Every event of a client, for the auditor",
            ClientUnknown,
            CursorInvalid,
            headers=_LINK,
        ),
    )
    async def get_history(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Caller, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, history)
        paging = Paging(reading.seal, page.limit, page.cursor)
        return _page(http, await client_history(reading.engine, who, client_id, paging, reading.events))

    # --------------------------------------------------------------------------------------------------------- sales

    @router.get("/sales/{sale_id}", **gives(Sale, "sales", "One sale and what came back", SaleUnknown, headers=_ETAG))
    async def get_sale(sale_id: UUID, who: Annotated[Caller, asking], position: Position = None) -> Response:
        await caught_up(reading, position, purchase_history)
        return _versioned(await one_sale(reading.engine, who, sale_id))

    return router


def _versioned(found: Versioned) -> Response:
    return Response(found.shown, 200, {"ETag": f'"{found.version}"'}, "application/json")


def _page(http: fastapi.Request, page: Json) -> Response:
    if page["next_cursor"] is None:
        return _answer(page)
    onward = http.url.include_query_params(cursor=page["next_cursor"])
    return _answer(page, {"Link": f'<{onward.path}?{onward.query}>; rel="next"'})


def _answer(content: Json, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content, default=plain), 200, headers, "application/json")


def plain(value: object) -> str:
    """How an answer writes what JSON has no form for: an amount is text, exact."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"an answer cannot hold a {type(value).__name__}")
