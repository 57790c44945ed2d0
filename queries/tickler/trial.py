"""What would a rule have led to, had it been switched on: how many ticklers, for whom, and did a sale follow?

The rule stands in the place of the house's own; everything else is asked as for any list of ticklers.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Date, Select, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Right, Viewer, require
from domain.refusals import DayInvalid
from domain.tickler_rule import Rule
from projections.client_card import card
from projections.purchase_history import SALE, line, sale
from queries import reach, visibility
from queries.asked_days import FARTHEST, require_covered
from queries.client_card import Name, name_of
from queries.ports import Json, example
from queries.sql import combined, listed, read
from queries.stores_shopped import home_since
from queries.tickler.causes import ticklers
from queries.tickler.row import Ground
from queries.tickler.rules import TRIED, trying
from queries.tickler.whose import OF_ALL

FOLLOWS: Final = 30
"""Within how many days after a tickler is due a sale follows it."""

MOST: Final = 200


class FollowedBy(BaseModel):
    sale_id: UUID
    occurred_at: datetime
    store_id: str


class Tried(BaseModel):
    """One tickler that there would have been."""

    client_id: UUID
    name: Name | None
    due: date
    day: Annotated[date, Field(description="The day of its cause.")]
    cause: str
    occurrence: str
    person_id: Annotated[UUID | None, Field(description="Whom it is about, if it is somebody linked to her.")]
    followed_by: Annotated[FollowedBy | None, Field(description="The first sale of goods to her within 30 days of it.")]


class TrialAnswer(BaseModel):
    """What a rule would have led to in that time, for the clients whom the caller sees."""

    model_config = example(
        **{"from": "2025-11-01", "to": "2025-11-30"},
        ticklers=31,
        clients=30,
        followed_by_sale=9,
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                "due": "2025-11-03",
                "day": "2025-11-03",
                "cause": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a",
                "occurrence": "2025",
                "person_id": None,
                "followed_by": {
                    "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                    "occurred_at": "2025-11-12T14:00:00+00:00",
                    "store_id": "paris-1",
                },
            }
        ],
    )
    since: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]
    ticklers: int
    clients: int
    followed_by_sale: Annotated[int, Field(description="Of the ticklers, those that a sale followed within 30 days.")]
    items: list[Tried]


def _statement() -> Select[Any]:
    """One row, which has the counts, and so many ticklers."""
    found = ticklers(Ground(OF_ALL, TRIED), written=False)
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    bought = (
        select(sale.c.sale_id, sale.c.occurred_at, sale.c.store_id)
        .where(
            sale.c.client_id == found.c.client_id,
            sale.c.kind == SALE,
            sale.c.occurred_at >= found.c.due,
            sale.c.occurred_at < found.c.due + FOLLOWS + 1,
            select(1).where(line.c.sale_id == sale.c.sale_id, line.c.moves_goods).exists(),
        )
        .order_by(sale.c.occurred_at, sale.c.sale_id)
        .limit(1)
        .lateral("bought")
    )
    each = (
        select(found, bought.c.sale_id.label("bought_id"), bought.c.occurred_at, bought.c.store_id)
        .select_from(found.outerjoin(bought, true()))
        .where(found.c.due.between(first, last))
        .cte("each")
    )
    counts = select(
        func.count().label("ticklers"),
        func.count(each.c.client_id.distinct()).label("clients"),
        func.count(each.c.bought_id).label("followed_by_sale"),
    ).subquery("counts")
    told = (
        select(
            each.c.client_id,
            name_of(),
            *each.c["due", "day", "cause", "occurrence", "person_id"],
            combined(sale_id=each.c.bought_id, occurred_at=each.c.occurred_at, store_id=each.c.store_id).label(
                "followed_by"
            ),
        )
        .join(card, card.c.client_id == each.c.client_id)
        .order_by(each.c.due, each.c.client_id, each.c.cause, each.c.occurrence)
        .limit(bindparam("fetch"))
    )
    return select(counts, listed(told).label("items"))


_TRIAL: Final = _statement()


async def trial(engine: AsyncEngine, caller: Viewer, rule: Rule, since: date, until: date, limit: int) -> Json:
    """What the rule would have led to, with so many of the ticklers. Refuses with `DayInvalid`, and with `NotAllowed`
    who may not set rules."""
    require(caller, Right.SET_RULES)
    require_covered(since, "from")
    require_covered(until, "to")
    if not timedelta(0) <= until - since <= FARTHEST:
        raise DayInvalid("The last day comes after the first, and at most three years later.", "to")
    values = {
        **visibility.parameters(caller),
        **reach.parameters(caller),
        **trying(rule),
        "on": caller.today,
        "zone": "UTC",
        "first": since,
        "last": until,
        "home_since": home_since(caller.today, caller.policy.home_store_months),
        "fetch": limit,
    }
    [row] = await read(engine, _TRIAL, values)
    return {
        "from": since,
        "to": until,
        "ticklers": row.ticklers,
        "clients": row.clients,
        "followed_by_sale": row.followed_by_sale,
        "items": row.items,
    }
