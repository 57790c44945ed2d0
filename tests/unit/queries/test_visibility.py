"""Who may not read is refused before any SQL."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from domain.access import Role, Viewer
from domain.refusals import NotAllowed
from domain.tickler_rule import Cause, Rule
from infra.sql.engine import read_engine
from infra.web.sealing import CursorSeal
from queries.actions import actions_at, actions_of
from queries.appointment import Span as Time
from queries.appointment import appointments_at, appointments_of, appointments_with
from queries.client_history import client_history
from queries.client_search import Search, search
from queries.family import family, occasions
from queries.gift_occasions import gift_occasions
from queries.gift_proposals import proposals_of_client, proposals_of_sale
from queries.membership import Wanted as WantedMembers
from queries.membership import client_organizations, members
from queries.note import notes_of, one_note
from queries.organization import Wanted, one_organization, organizations
from queries.outreach import Wanted as WantedOutreach
from queries.outreach import outreach_of
from queries.owned import owned
from queries.page import Paging
from queries.profile import profile
from queries.purchase_history import Filters, purchases
from queries.relation_kinds import relation_kinds
from queries.returns import Wanted as WantedReturns
from queries.returns import returns
from queries.sale import one_sale
from queries.sold_to import Wanted as WantedSoldTo
from queries.sold_to import clients_sold_to
from queries.tickler.listing import Wanted as WantedTicklers
from queries.tickler.listing import ticklers_at_store, ticklers_of_associate, ticklers_of_client
from queries.tickler.trial import trial
from queries.timeline.timeline import Filters as Lines
from queries.timeline.timeline import timeline
from queries.totals import totals
from tests.support.asking import TODAY, viewer

# Reaching for it would fail in another way.
NOWHERE = read_engine("postgresql://nobody@/nothing?host=/nowhere", 1)
PAGING = Paging(CursorSeal(bytes(32)))
SOMEBODY = UUID(int=1)


CALL = Rule(Cause.OWN_DATE, "Call", 0, 0, 7)


async def no_events(positions: Any) -> list[Any]:
    raise AssertionError("nothing is read from the log")


QUESTIONS: dict[str, Callable[[Viewer], Coroutine[Any, Any, Any]]] = {
    "profile": lambda who: profile(NOWHERE, who, SOMEBODY),
    "timeline": lambda who: timeline(NOWHERE, who, SOMEBODY, Lines(), PAGING),
    "search": lambda who: search(NOWHERE, who, Search(name="Dupont")),
    "purchases": lambda who: purchases(NOWHERE, who, SOMEBODY, Filters(), PAGING),
    "owned": lambda who: owned(NOWHERE, who, SOMEBODY, Filters(), PAGING),
    "returns": lambda who: returns(NOWHERE, who, SOMEBODY, WantedReturns(), PAGING),
    "totals": lambda who: totals(NOWHERE, who, SOMEBODY),
    "sold to": lambda who: clients_sold_to(NOWHERE, who, "ines", WantedSoldTo(), PAGING),
    "sale": lambda who: one_sale(NOWHERE, who, SOMEBODY),
    "family": lambda who: family(NOWHERE, who, SOMEBODY, None, all_terms=False),
    "occasions": lambda who: occasions(NOWHERE, who, SOMEBODY, None, None),
    "gift occasions": lambda who: gift_occasions(NOWHERE, who, SOMEBODY, None),
    "gift proposals": lambda who: proposals_of_client(NOWHERE, who, SOMEBODY),
    "gift proposals of a sale": lambda who: proposals_of_sale(NOWHERE, who, SOMEBODY),
    "relation kinds": lambda who: relation_kinds(NOWHERE, who),
    "notes": lambda who: notes_of(NOWHERE, who, SOMEBODY, PAGING),
    "outreach": lambda who: outreach_of(NOWHERE, who, SOMEBODY, WantedOutreach(), PAGING),
    "appointments": lambda who: appointments_of(NOWHERE, who, SOMEBODY, Time(), PAGING),
    "appointments at a store": lambda who: appointments_at(NOWHERE, who, "paris-1", Time(), PAGING),
    "appointments with an associate": lambda who: appointments_with(NOWHERE, who, "ines", Time(), PAGING),
    "actions at a store": lambda who: actions_at(NOWHERE, who, "paris-1", None, None),
    "actions of an associate": lambda who: actions_of(NOWHERE, who, "ines", None, None),
    "note": lambda who: one_note(NOWHERE, who, SOMEBODY, SOMEBODY),
    "organizations": lambda who: organizations(NOWHERE, who, Wanted(), PAGING),
    "organization": lambda who: one_organization(NOWHERE, who, SOMEBODY),
    "members": lambda who: members(NOWHERE, who, SOMEBODY, WantedMembers(), PAGING),
    "organizations of a client": lambda who: client_organizations(NOWHERE, who, SOMEBODY, None),
    "ticklers of an associate": lambda who: ticklers_of_associate(NOWHERE, who, "ines", WantedTicklers(), PAGING),
    "ticklers at a store": lambda who: ticklers_at_store(NOWHERE, who, "paris-1", WantedTicklers(), PAGING),
    "ticklers of a client": lambda who: ticklers_of_client(NOWHERE, who, SOMEBODY, WantedTicklers(), PAGING),
    "a rule tried": lambda who: trial(NOWHERE, who, CALL, TODAY, TODAY, 1),
    "history": lambda who: client_history(NOWHERE, who, SOMEBODY, PAGING, no_events),
}


@pytest.mark.parametrize("role", [Role.SUBSCRIBER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("question", QUESTIONS)
def test_who_may_not_read_clients_is_refused(question: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(QUESTIONS[question](viewer("somebody", role)))


@pytest.mark.parametrize("role", [Role.ASSOCIATE, Role.MANAGER, Role.HEAD_OFFICE])
def test_a_history_is_for_the_auditor(role: Role) -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(QUESTIONS["history"](viewer("somebody", role)))
