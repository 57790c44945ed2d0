"""The routes of queries about ticklers and the rules that they follow from."""

from typing import Annotated, Final
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from domain.access import Viewer
from domain.refusals import (
    AssociateUnknown,
    ClientUnknown,
    CursorInvalid,
    DayInvalid,
    StoreUnknown,
    TicklerRuleInvalid,
    TicklerRuleUnknown,
)
from projections.contacts import contacts
from projections.family import family
from projections.gifts import gifts
from projections.ticklers import ticklers
from queries import reach
from queries.freshness import caught_up
from queries.routes.shelf import ETAG, LINK, Asked, Code, Day, OnDay, Page, Position, Shelf, answer, paged, versioned
from queries.tickler.listing import Wanted, ticklers_at_store, ticklers_of_associate, ticklers_of_client
from queries.tickler.shape import Ticklers
from queries.tickler.state import State
from queries.tickler.trial import MOST, TrialAnswer, trial
from queries.tickler.tried import TriedRule
from queries.tickler_rules import TicklerRule, TicklerRules, tickler_rule, tickler_rules
from queries.tickler_rules import Wanted as WantedRules

# Whatever a tickler can follow from, and what a call needs.
READ: Final = (*reach.READS, family, gifts, contacts, ticklers)


_ASKED_WRONGLY: Final = (DayInvalid, CursorInvalid)


class RulesOn(OnDay):
    all_versions: Annotated[
        bool, Field(alias="all", description="Every version, also those that hold no longer, or not yet.")
    ] = False


class TicklerPage(Page, OnDay):
    """Without `from` and `to`: what is on the list on the day, and due in the next two weeks at most."""

    on: Annotated[Day | None, Field(description="The day in question. Default: today, where the store is.")] = None
    since: Annotated[Day | None, Field(alias="from", description="Due from this day on, shown by then or not.")] = None
    until: Annotated[
        Day | None,
        Field(alias="to", description="Due until this day, shown by then or not. Default: two weeks from the day."),
    ] = None
    state: Annotated[
        tuple[State, ...],
        Field(
            max_length=len(State),
            description="In one of these states. Default: open; with `from` or `to`, in whichever state.",
        ),
    ] = ()

    def wanted(self, *, mine: bool = False) -> Wanted:
        return Wanted(self.on, self.since, self.until, tuple(sorted(set(self.state))), mine)


class Trial(Asked):
    """A rule, and the days on which its ticklers would have been due."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": {"cause": "own-date", "text": "Call", "days": 0, "expires": 7, "dates": ["birthday"]},
                    "from": "2025-11-01",
                    "to": "2025-11-30",
                }
            ]
        }
    )
    rule: TriedRule
    since: Annotated[Day, Field(alias="from", description="Due from this day on.")]
    until: Annotated[Day, Field(alias="to", description="Due until this day, at most three years later.")]
    limit: Annotated[int, Field(strict=True, ge=0, le=MOST, description="How many of them are told, at most.")] = 50


class HerTicklers(TicklerPage):
    owned: Annotated[bool, Field(description="Only those that are hers, and not a colleague's.")] = False


class StoresTicklers(TicklerPage):
    unowned: Annotated[bool, Field(description="Only those that are nobody's: whoever comes first may take one.")] = (
        False
    )


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["ticklers"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get("/tickler-rules", **gives(TicklerRules, "The rules of ticklers"))
    async def get_tickler_rules(
        who: Annotated[Viewer, asking], asked: Annotated[RulesOn, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, ticklers)
        return answer(await tickler_rules(reading.engine, who, WantedRules(asked.on, asked.all_versions)))

    @router.post(
        "/tickler-rules/trial",
        **gives(TrialAnswer, "What a rule would have led to", TicklerRuleInvalid, DayInvalid),
    )
    async def try_rule(body: Trial, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, *READ)
        rule = body.rule.value()
        return answer(await trial(reading.engine, who, rule, body.since, body.until, body.limit))

    @router.get(
        "/tickler-rules/{rule_id}",
        **gives(TicklerRule, "One rule, in all its versions", TicklerRuleUnknown, headers=ETAG),
    )
    async def get_tickler_rule(rule_id: Code, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, ticklers)
        return versioned(await tickler_rule(reading.engine, who, rule_id))

    @router.get(
        "/associates/{associate_id}/ticklers",
        **gives(
            Ticklers,
            "What there is to do for the clients of an associate",
            AssociateUnknown,
            *_ASKED_WRONGLY,
            headers=LINK,
        ),
    )
    async def get_ticklers_of_associate(
        http: fastapi.Request,
        associate_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[HerTicklers, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, *READ)
        wanted = page.wanted(mine=page.owned)
        return paged(http, await ticklers_of_associate(reading.engine, who, associate_id, wanted, shelf.paging(page)))

    @router.get(
        "/stores/{store_id}/ticklers",
        **gives(Ticklers, "What there is to do at a store", StoreUnknown, *_ASKED_WRONGLY, headers=LINK),
    )
    async def get_ticklers_at_store(
        http: fastapi.Request,
        store_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[StoresTicklers, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, *READ)
        wanted = page.wanted(mine=page.unowned)
        return paged(http, await ticklers_at_store(reading.engine, who, store_id, wanted, shelf.paging(page)))

    @router.get(
        "/clients/{client_id}/ticklers",
        **gives(Ticklers, "What there is to do for a client", ClientUnknown, *_ASKED_WRONGLY, headers=LINK),
    )
    async def get_ticklers_of_client(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[TicklerPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, *READ)
        return paged(http, await ticklers_of_client(reading.engine, who, client_id, page.wanted(), shelf.paging(page)))

    return router
