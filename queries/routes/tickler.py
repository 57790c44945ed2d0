"""The routes of queries about ticklers and the rules that they follow from."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import TicklerRuleUnknown
from projections.ticklers import ticklers
from queries.freshness import caught_up
from queries.routes.shelf import ETAG, Code, OnDay, Position, Shelf, answer, versioned
from queries.tickler_rules import TicklerRule, TicklerRules, Wanted, tickler_rule, tickler_rules


class RulesOn(OnDay):
    all_versions: Annotated[
        bool, Field(alias="all", description="Every version, also those that hold no longer, or not yet.")
    ] = False


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["ticklers"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get("/tickler-rules", **gives(TicklerRules, "The rules of ticklers"))
    async def get_tickler_rules(
        who: Annotated[Viewer, asking], asked: Annotated[RulesOn, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, ticklers)
        return answer(await tickler_rules(reading.engine, who, Wanted(asked.on, asked.all_versions)))

    @router.get(
        "/tickler-rules/{rule_id}",
        **gives(TicklerRule, "One rule, in all its versions", TicklerRuleUnknown, headers=ETAG),
    )
    async def get_tickler_rule(rule_id: Code, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, ticklers)
        return versioned(await tickler_rule(reading.engine, who, rule_id))

    return router
