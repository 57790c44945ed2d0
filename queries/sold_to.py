"""To whom did an associate sell something, whether she serves her or not?"""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import DateTime, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.associate import stream_id
from domain.refusals import AssociateUnknown
from domain.sale import facts
from domain.sale.shares import shares
from projections.client_card import card
from projections.purchase_history import line
from queries import visibility
from queries.book import SERVED
from queries.client_card import Name, name_of
from queries.page import Paging, bound
from queries.ports import Json, example
from queries.sale_line import Amount
from queries.sql import amount, contains, listed, read
from queries.workplace import KNOWN_ASSOCIATE, WHO


class CreditOfSeller(BaseModel):
    currency: str
    net: Annotated[Amount, Field(description="Her share of what changed hands, less her share of what came back.")]


class SoldToEntry(BaseModel):
    client_id: UUID
    name: Name | None
    served: Annotated[bool, Field(description="Whether she serves the client today.")]
    sales: int
    last_at: Annotated[datetime, Field(description="When she sold her something last.")]
    credit: list[CreditOfSeller]


class SoldTo(BaseModel):
    """The clients of the sales of which an associate sold goods, alone or with others, the latest first."""

    model_config = example(
        items=[
            {
                "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
                "name": {"family": "Dupont", "given": "Marie-Claire", "title": "Mme"},
                "served": False,
                "sales": 2,
                "last_at": "2026-03-02T14:00:00+00:00",
                "credit": [{"currency": "EUR", "net": "620.00"}],
            }
        ],
        next_cursor=None,
    )
    items: list[SoldToEntry]
    next_cursor: str | None


class Wanted(NamedTuple):
    """Sold in a period, and to whom: whom she serves today, whom she does not, or both."""

    since: datetime | None = None
    before: datetime | None = None
    served: bool | None = None


_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_BEFORE: Final = bindparam("before", type_=DateTime(timezone=True))
_HERS: Final = (
    select(
        *line.c["client_id", "sale_id", "occurred_at", "currency", "sellers"],
        amount(line.c.moved_net).label("moved_net"),
        amount(line.c.returned_net).label("returned_net"),
    )
    .where(
        contains(line.c.sellers, bindparam("sold_by", type_=JSONB)),
        line.c.moves_goods,
        line.c.moved_quantity > 0,
        or_(_SINCE.is_(None), line.c.occurred_at >= _SINCE),
        or_(_BEFORE.is_(None), line.c.occurred_at < _BEFORE),
    )
    .cte("hers")
)
_LAST_AT: Final = func.max(_HERS.c.occurred_at)


@cache
def _sold_to(*, served: bool | None, continued: bool) -> Select[Any]:
    to = (
        select(_HERS.c.client_id, func.count(_HERS.c.sale_id.distinct()).label("sales"), _LAST_AT.label("last_at"))
        .where(_HERS.c.client_id.is_not(None))
        .group_by(_HERS.c.client_id)
        .subquery("sold_to")
    )
    serves = card.c.client_id.in_(SERVED)
    page = (
        select(
            card.c.client_id,
            name_of(),
            serves.label("served"),
            *to.c["sales", "last_at"],
        )
        .join_from(to, card, card.c.client_id == to.c.client_id)
        .where(visibility.file())
        .order_by(to.c.last_at.desc(), card.c.client_id)
        .limit(bindparam("fetch"))
    )
    if served is not None:
        page = page.where(serves if served else ~serves)
    if continued:
        page = page.where(
            or_(
                to.c.last_at < bindparam("after_at"),
                and_(to.c.last_at == bindparam("after_at"), card.c.client_id > bindparam("after_id")),
            )
        )
    found = page.subquery("page")
    sold = select(*_HERS.c["currency", "sellers", "moved_net", "returned_net"]).where(
        _HERS.c.client_id == found.c.client_id
    )
    return (
        select(found, listed(sold.correlate(found)).label("lines"))
        .select_from(WHO.outerjoin(found, true()))
        .where(KNOWN_ASSOCIATE)
        .order_by(found.c.last_at.desc(), found.c.client_id)
    )


async def clients_sold_to(
    engine: AsyncEngine, caller: Viewer, associate_id: str, wanted: Wanted, paging: Paging
) -> Json:
    """A page of the clients an associate sold to; refuses with `AssociateUnknown`, also for who may not see her book,
    and with `CursorInvalid`."""
    page = bound(paging, caller, "sold-to", associate_id, *wanted)
    values: dict[str, Any] = {
        **visibility.parameters(caller),
        "key": stream_id(associate_id),
        "associate_id": associate_id,
        "sold_by": [{"associate_id": associate_id}],
        "since": wanted.since,
        "before": wanted.before,
        "on": caller.today,
        "fetch": page.fetch,
    }
    if place := page.after():
        values |= {"after_at": datetime.fromisoformat(place[0]), "after_id": UUID(place[1])}
    found = await read(engine, _sold_to(served=wanted.served, continued=bool(place)), values)
    if not found:
        raise AssociateUnknown("There is no associate with this id.", "associate_id")
    sold_to = [] if found[0].client_id is None else found
    return page.answer(sold_to, lambda row: _entry(row, associate_id), lambda row: [row.last_at, row.client_id])


def _entry(row: Any, associate_id: str) -> Json:
    credit: dict[str, Decimal] = {}
    for each in row.lines:
        credit[each["currency"]] = credit.get(each["currency"], Decimal(0)) + _share(each, associate_id)
    told = {name: getattr(row, name) for name in ("client_id", "name", "served", "sales", "last_at")}
    return {**told, "credit": [{"currency": currency, "net": credit[currency]} for currency in sorted(credit)]}


def _share(sold: Json, associate_id: str) -> Decimal:
    """Her share of a line: what she is credited with, less what she was debited."""
    sellers = [facts.Seller(each["associate_id"], each["parts"]) for each in sold["sellers"]]
    place = [seller.associate_id for seller in sellers].index(associate_id)
    moved, back = (
        shares(Decimal(sold[net]), sellers, sold["currency"])[place] for net in ("moved_net", "returned_net")
    )
    return moved - back
