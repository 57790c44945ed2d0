"""The routes of commands about the rules that ticklers follow from."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from commands import tickler_rule
from commands.fields import Code
from commands.ports import Done, Request
from commands.routes.desk import Desk, Named, called
from domain.refusals import TicklerRuleInvalid, TicklerRuleUnknown

RuleId = Annotated[Code, Path(description="The id of a rule, new or known.", examples=["birthday-call"])]


class Adopted(Named):
    """The rules that the house has a version of now; `id` and `version` are those of one of them."""

    rules: Annotated[list[str], Field(description="All that the defaults are, by their ids, set now or before.")]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["ticklers"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one_rule = "/tickler-rules/{rule_id}"

    @desk.makes(router, "/tickler-rules/house-defaults", "Adopt the house defaults", TicklerRuleInvalid, shape=Adopted)
    async def adopt_house_defaults(body: tickler_rule.AdoptDefaults, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/tickler-rules", partial(tickler_rule.adopt_defaults, body, ports, request), _adopted)

    @desk.changes(router.put, one_rule, "Say what a rule says from a day on", TicklerRuleInvalid, shape=Named)
    async def set_tickler_rule(
        rule_id: RuleId, body: tickler_rule.SetRule, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler_rule.set_rule, rule_id, body, ports, request), called(rule_id))

    @desk.changes(
        router.post,
        f"{one_rule}/switching-off",
        "Switch a rule off from a day on",
        TicklerRuleUnknown,
        TicklerRuleInvalid,
        shape=Named,
    )
    async def switch_off_tickler_rule(
        rule_id: RuleId, body: tickler_rule.SwitchOff, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler_rule.switch_off, rule_id, body, ports, request), called(rule_id))

    return router


def _adopted(done: Done) -> dict[str, Any]:
    assert isinstance(done, tickler_rule.Adopted)
    return {"id": done.last, "rules": done.rules}
