"""What was sold unmarked, and could be a gift: for whom, for what, and why that is thought.

One statement finds the client, hers, what she gave, and the pieces of which nothing was said; what is proposed is the
domain's to say (`domain/gift_proposal.py`). Nothing is stored to answer it, and a proposal is the same as often as it
is made: its own body is sent back to confirm it, or to decline it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import gift_proposal
from domain.access import Viewer
from domain.gift_proposal import Proposal, Reason, Relative, Unmarked
from domain.refusals import ClientUnknown, SaleUnknown
from projections.client_card import card
from projections.gifts import declined, given_back, mark
from projections.purchase_history import SALE, line, sale
from queries import visibility
from queries.client_card import Name
from queries.family import Occasion
from queries.gift_columns import GIVEN, day_of, given
from queries.gift_occasions import OfOccasion
from queries.household import COLUMNS, Household, who_is
from queries.ports import Json, example
from queries.sql import listed, read

# ----------------------------------------------------------------------------------------------------------- the shape


class Confirming(BaseModel):
    """The body of `POST /sales/{sale_id}/gift-marks` that makes this gift of it."""

    proposal_id: UUID
    ordinal: int
    quantity: int
    recipient_id: UUID
    occasion: OfOccasion


class Declining(BaseModel):
    """The body of `POST /sales/{sale_id}/declined-proposals` after which this is proposed no more."""

    proposal_id: UUID
    ordinal: int


class ProposedGift(BaseModel):
    """Pieces of a line that may be a gift."""

    proposal_id: UUID
    sale_id: UUID
    ordinal: int
    sold_on: date
    sku: str
    description: str
    quantity: Annotated[int, Field(description="Pieces of which nothing was said.")]
    recipient_id: UUID
    person: Annotated[Name | None, Field(description="Who that is.")]
    relation: Annotated[str, Field(description="What she is to the client.")]
    occasion: Occasion
    days: Annotated[int, Field(description="How many days after the sale it is; below zero: before it.")]
    reason: Annotated[Reason, Field(description="Why she is thought of.")]
    confirm: Confirming
    decline: Declining


class GiftProposals(BaseModel):
    """What is proposed, the best first: a few at a time, until they are confirmed, declined, or out of date."""

    model_config = example(
        items=[
            {
                "proposal_id": "0f1e2d3c-4b5a-5687-8796-a5b4c3d2e1f0",
                "sale_id": "3b2a1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
                "ordinal": 1,
                "sold_on": "2026-05-20",
                "sku": "E-2",
                "description": "Earrings",
                "quantity": 1,
                "recipient_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                "person": {"family": "Dupont", "given": "Colette", "title": "Mme"},
                "relation": "wife",
                "occasion": {
                    "day": "2026-06-14",
                    "source": "own",
                    "name": "birthday",
                    "years": 50,
                    "whole_month": False,
                    "sighted": False,
                    "gift": True,
                },
                "days": 25,
                "reason": "gave-before",
                "confirm": {
                    "proposal_id": "0f1e2d3c-4b5a-5687-8796-a5b4c3d2e1f0",
                    "ordinal": 1,
                    "quantity": 1,
                    "recipient_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
                    "occasion": {"source": "own", "name": "birthday", "day": "2026-06-14"},
                },
                "decline": {"proposal_id": "0f1e2d3c-4b5a-5687-8796-a5b4c3d2e1f0", "ordinal": 1},
            }
        ]
    )
    items: list[ProposedGift]


# ------------------------------------------------------------------------------------------------------ the statements

_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_BOUGHT: Final = bindparam("sale_id", type_=Uuid)
_SOLD_ON: Final = day_of(sale.c.occurred_at)


def _pieces(column: ColumnElement[int], *of_line: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.sum(column)).where(*of_line).correlate(line).scalar_subquery()
    return func.coalesce(counted, 0)


_MARKED: Final = _pieces(mark.c.quantity, mark.c.sale_id == line.c.sale_id, mark.c.ordinal == line.c.ordinal)
_BACK: Final = _pieces(
    given_back.c.quantity,
    given_back.c.sale_id == line.c.sale_id,
    mark.c.sale_id == given_back.c.sale_id,
    mark.c.mark_id == given_back.c.mark_id,
    mark.c.ordinal == line.c.ordinal,
)
# The same as `unmarked` of `domain/sale/pieces.py`: what came back of a mark came back of no unmarked pieces.
_LEFT: Final = line.c.quantity - line.c.cancelled_quantity - _MARKED - (line.c.returned_quantity - _BACK)


def _proposing(*which: ColumnElement[bool]) -> tuple[ColumnElement[Any], ...]:
    """What proposals for the client of the card are made of, for these of her sales."""
    hers = (sale.c.client_id == card.c.client_id, sale.c.kind == SALE, *which)
    of_sale = select(sale.c.sale_id).where(*hers).correlate(card)
    unmarked = (
        select(*line.c["sale_id", "ordinal", "sku", "description"], _LEFT.label("quantity"), _SOLD_ON.label("sold_on"))
        .join_from(sale, line, line.c.sale_id == sale.c.sale_id)
        .where(*hers, line.c.moves_goods, _LEFT > 0)
        .order_by(sale.c.occurred_at.desc(), line.c.sale_id, line.c.ordinal)
        .correlate(card)
    )
    # A mark has the id of the proposal that it confirmed.
    settled = (
        select(declined.c.proposal_id.label("id"))
        .where(declined.c.sale_id.in_(of_sale))
        .union_all(select(mark.c.mark_id).where(mark.c.sale_id.in_(of_sale)))
    )
    of_settled = settled.subquery("settled")
    return (
        *COLUMNS,
        listed(GIVEN).label("given"),
        listed(unmarked).label("unmarked"),
        listed(select(of_settled.c.id)).label("settled"),
    )


_OF_CLIENT: Final[Select[Any]] = select(*_proposing(sale.c.occurred_at >= _SINCE)).where(visibility.HER_FILE)
_sold: Final = sale.alias("sold")
_OF_SALE: Final[Select[Any]] = (
    select(*_proposing(sale.c.sale_id == _BOUGHT))
    .select_from(_sold.outerjoin(card, card.c.client_id == _sold.c.client_id))
    .where(_sold.c.sale_id == _BOUGHT, visibility.sale(_sold.c.client_id))
)


# --------------------------------------------------------------------------------------------------------- the answers


async def proposals_of_client(engine: AsyncEngine, caller: Viewer, client_id: UUID) -> Json:
    """What is proposed today of all that a client bought of late; refuses with `ClientUnknown`."""
    since = datetime.combine(caller.policy.gifts.first_sold_on(caller.today), time(), UTC)
    values = {**visibility.parameters(caller), "client_id": client_id, "since": since}
    found = await read(engine, _OF_CLIENT, values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return _answer(caller, found)


async def proposals_of_sale(engine: AsyncEngine, caller: Viewer, sale_id: UUID) -> Json:
    """What is proposed today of one sale, nothing if nobody is known who bought; refuses with `SaleUnknown`."""
    found = await read(engine, _OF_SALE, {**visibility.parameters(caller), "sale_id": sale_id})
    if not found:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return _answer(caller, [row for row in found if row.client_id is not None])


def _answer(caller: Viewer, found: Sequence[Any]) -> Json:
    return {"items": [each for row in found for each in _proposed(caller, row)]}


def _proposed(caller: Viewer, row: Any) -> list[Json]:
    household = Household(row.client_id, row.salutation, row.person, row.linked, caller.today)
    lines = {
        (UUID(each["sale_id"]), each["ordinal"]): (
            Unmarked(UUID(each["sale_id"]), each["ordinal"], each["quantity"], date.fromisoformat(each["sold_on"])),
            {"sku": each["sku"], "description": each["description"]},
        )
        for each in row.unmarked
    }
    others = household.others()
    people = {UUID(other["other_id"]): who_is(other)["person"] for other, _ in others}
    proposed = gift_proposal.proposals(
        caller.policy.gifts,
        caller.today,
        household.herself,
        [sold for sold, _ in lines.values()],
        [Relative(UUID(other["other_id"]), linked) for other, linked in others],
        [given(each) for each in row.given],
        {UUID(each["id"]) for each in row.settled},
    )
    return [
        _shown(each, people[each.recipient_id], lines[each.unmarked.sale_id, each.unmarked.ordinal][1])
        for each in proposed
    ]


def _shown(each: Proposal, person: Json | None, what: Json) -> Json:
    sold, of = each.unmarked, each.occasion
    named = {"proposal_id": each.id, "ordinal": sold.ordinal}
    for_whom = {"quantity": sold.quantity, "recipient_id": each.recipient_id}
    return {
        **named,
        **for_whom,
        **what,
        "sale_id": sold.sale_id,
        "sold_on": sold.sold_on,
        "person": person,
        "relation": each.relation,
        "occasion": of._asdict(),
        "days": each.days,
        "reason": each.reason,
        "confirm": {**named, **for_whom, "occasion": {"source": of.source, "name": of.name, "day": of.day}},
        "decline": named,
    }
