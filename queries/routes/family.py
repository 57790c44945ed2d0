"""The routes of queries about a client's family and friends."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import ClientUnknown, DayInvalid
from projections.client_card import client_card as card
from projections.family import family as links
from queries.family import Family, Occasions, family, occasions
from queries.freshness import caught_up
from queries.relation_kinds import RelationKinds, relation_kinds
from queries.routes.shelf import Asked, Day, OnDay, Position, Shelf, answer


class LinkedOn(OnDay):
    all_terms: Annotated[bool, Field(alias="all", description="Also who is linked to her no longer, or not yet.")] = (
        False
    )


class Span(Asked):
    first: Annotated[Day | None, Field(alias="from", description="From this day on. Default: today.")] = None
    last: Annotated[
        Day | None, Field(alias="to", description="To this day, at most three years later. Default: 90 days later.")
    ] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["family"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/family",
        **gives(Family, "Who is linked to a client, and their next occasions", ClientUnknown, DayInvalid),
    )
    async def get_family(
        client_id: UUID, who: Annotated[Viewer, asking], asked: Annotated[LinkedOn, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, links)
        return answer(await family(reading.engine, who, client_id, asked.on, all_terms=asked.all_terms))

    @router.get(
        "/clients/{client_id}/occasions",
        **gives(Occasions, "The occasions of a client and of those linked to her", ClientUnknown, DayInvalid),
    )
    async def get_occasions(
        client_id: UUID, who: Annotated[Viewer, asking], span: Annotated[Span, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, links)
        return answer(await occasions(reading.engine, who, client_id, span.first, span.last))

    @router.get("/relation-kinds", **gives(RelationKinds, "Which kinds of links there are"))
    async def get_relation_kinds(who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, links)
        return answer(await relation_kinds(reading.engine, who))

    return router
