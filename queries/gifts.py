"""What did a client give, to whom and for what, and what was she given?

Facts of the time stay, whoever died, was divorced or married since: who was linked to whom is not asked. What others
gave her is in her file once it is released (`queries/visibility.py`), and never what it cost or where it came from.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from domain.values import portion
from projections.client_card import card
from projections.gifts import GIFT, given_back, mark, service
from projections.purchase_history import line, sale
from queries import counter, visibility
from queries.client_card import name_of
from queries.gift import GiftDirection
from queries.gift_columns import DO_NOT_MENTION, OCCASION, PIECES_BEFORE, day_of, giver
from queries.page import Paging, bound
from queries.ports import Json
from queries.sql import EMPTY, amount, combined, listed, read


class Filters(NamedTuple):
    """Which gifts: one way, to or from somebody, on occasions called so, with a day in this year."""

    direction: GiftDirection | None = None
    person_id: UUID | None = None
    occasion: str | None = None
    year: int | None = None


_CLIENT_ID: Final = bindparam("client_id", type_=Uuid)
_WITH: Final = bindparam("person_id", type_=Uuid)
_GIVEN: Final = literal(GiftDirection.GIVEN.value).label("direction")
_RECEIVED: Final = literal(GiftDirection.RECEIVED.value).label("direction")

_BACK: Final = and_(given_back.c.sale_id == mark.c.sale_id, given_back.c.mark_id == mark.c.mark_id)


def _came_back(*which: ColumnElement[bool]) -> ColumnElement[int]:
    found = select(func.coalesce(func.sum(given_back.c.quantity), 0)).where(_BACK, *which)
    return found.correlate(mark).scalar_subquery()


# What its giver brought back herself was never the recipient's.
_BY_GIVER: Final = _came_back(given_back.c.credited_to_id.is_(None))
_OF_HERS: Final = given_back.c.credited_to_id.is_not(None)


_her: Final = card.alias("her")
_RECIPIENT: Final = (
    select(func.json_build_object("client_id", _her.c.client_id, "name", name_of(_her)))
    .where(_her.c.client_id == mark.c.recipient_id)
    .correlate(mark)
    .scalar_subquery()
)
_who: Final = card.alias("who")
_GIVERS: Final = listed(
    select(_who.c.client_id, name_of(_who), giver.c.parts)
    .join_from(giver, _who, _who.c.client_id == giver.c.giver_id)
    .where(giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)
    .order_by(giver.c.place)
    .correlate(mark)
)
_SERVICES: Final = listed(
    select(*service.c["service", "store_id", "occurred_at"])
    .where(service.c.sale_id == mark.c.sale_id, service.c.mark_id == mark.c.mark_id)
    .order_by(service.c.occurred_at, service.c.service_id)
    .correlate(mark)
)
_PIECE: Final = (
    OCCASION.label("occasion"),
    _RECIPIENT.label("recipient"),
    _GIVERS.label("givers"),
    *line.c["sku", "description", "brand", "category", "type", "serial_number", "attributes"],
)
_BOUGHT: Final = combined(
    ordinal=line.c.ordinal,
    sale_id=case((visibility.sale(sale.c.client_id), sale.c.sale_id)),
    store_id=sale.c.store_id,
    occurred_at=sale.c.occurred_at,
    currency=sale.c.currency,
    handed_over=line.c.moved_quantity > 0,
    released_on=mark.c.released_on,
    discreet=mark.c.discreet,
    receipt_code=mark.c.receipt_code,
    do_not_mention=DO_NOT_MENTION,
    # What her share of the line is worked out of.
    line_net=amount(line.c.net),
    line_quantity=line.c.quantity,
    before=PIECES_BEFORE,
)
_SOLD: Final = mark.join(line, (line.c.sale_id == mark.c.sale_id) & (line.c.ordinal == mark.c.ordinal)).join(
    sale, sale.c.sale_id == mark.c.sale_id
)
_OF_GIVER: Final = (giver.c.sale_id == mark.c.sale_id, giver.c.mark_id == mark.c.mark_id)

_gave: Final = (
    select(
        _GIVEN,
        mark.c.mark_id,
        func.coalesce(mark.c.occasion_day, day_of(sale.c.occurred_at)).label("day"),
        *_PIECE,
        mark.c.quantity,
        _came_back(given_back.c.exchanged_for.is_(None)).label("returned_quantity"),
        _came_back(given_back.c.exchanged_for.is_not(None)).label("exchanged_quantity"),
        EMPTY.label("services"),
        _BOUGHT.label("bought"),
    )
    .select_from(_SOLD.join(giver, and_(*_OF_GIVER)))
    .where(giver.c.giver_id == _CLIENT_ID, mark.c.kind == GIFT)
)
_got: Final = (
    select(
        _RECEIVED,
        mark.c.mark_id,
        func.coalesce(mark.c.occasion_day, mark.c.released_on).label("day"),
        *_PIECE,
        (mark.c.quantity - _BY_GIVER).label("quantity"),
        _came_back(_OF_HERS, given_back.c.exchanged_for.is_(None)).label("returned_quantity"),
        _came_back(_OF_HERS, given_back.c.exchanged_for.is_not(None)).label("exchanged_quantity"),
        _SERVICES.label("services"),
        null().label("bought"),
    )
    .select_from(_SOLD)
    .where(
        mark.c.recipient_id == _CLIENT_ID,
        mark.c.kind == GIFT,
        visibility.gift_to(mark.c.released_on, mark.c.discreet),
        line.c.moved_quantity > 0,
        mark.c.quantity > _BY_GIVER,
    )
)
_FROM_WHOM: Final = select(1).where(*_OF_GIVER, giver.c.giver_id == _WITH).correlate(mark).exists()
_CALLED: Final = mark.c.occasion_name == bindparam("occasion")
_AFTER: Final = bindparam("after_day", type_=Date)


@cache
def _gifts(given: frozenset[str], direction: GiftDirection | None) -> Select[Any]:
    """Her gifts, with the conditions that are given; of a client without any, one row that has no gift."""
    ways = []
    if direction is not GiftDirection.RECEIVED:
        ways.append(_gave.where(mark.c.recipient_id == _WITH) if "person_id" in given else _gave)
    if direction is not GiftDirection.GIVEN:
        ways.append(_got.where(_FROM_WHOM) if "person_id" in given else _got)
    if "occasion" in given:
        ways = [way.where(_CALLED) for way in ways]
    every = union_all(*ways).subquery("every")
    conditions = {
        "year": extract("year", every.c.day) == bindparam("year", type_=Integer),
        "after_day": and_(
            every.c.day <= _AFTER, or_(every.c.day < _AFTER, every.c.mark_id > bindparam("after_mark", type_=Uuid))
        ),
    }
    order = (every.c.day.desc(), every.c.mark_id)
    page = (
        select(every)
        .where(*(condition for name, condition in conditions.items() if name in given))
        .order_by(*order)
        .limit(bindparam("fetch"))
        .subquery("page")
    )
    return (
        select(page)
        .select_from(card.outerjoin(page, true()))
        .where(visibility.HER_FILE)
        .order_by(page.c.day.desc(), page.c.mark_id)
    )


async def gifts(
    engine: AsyncEngine,
    caller: Viewer,
    client_id: UUID,
    filters: Filters,
    paging: Paging,
    view: counter.View | None = None,
) -> Json:
    """A page of a client's gifts; refuses with `ClientUnknown` and `CursorInvalid`."""
    values = {**visibility.parameters(caller), "client_id": client_id}
    page = bound(paging, caller, "gifts", client_id, *filters, view)
    if view:
        filters = filters._replace(direction=GiftDirection.RECEIVED)
    given = {name: value for name, value in filters._asdict().items() if value is not None and name != "direction"}
    if place := page.after():
        day, mark_id = place
        given |= {"after_day": date.fromisoformat(day), "after_mark": UUID(mark_id)}
    statement = _gifts(frozenset(given), filters.direction)
    found = await read(engine, statement, {**values, **given, "fetch": page.fetch})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return page.answer(
        [] if found[0].mark_id is None else found,
        counter.gift_shown if view else _shown,
        lambda row: [row.day.isoformat(), str(row.mark_id)],
    )


def _shown(row: Any) -> Json:
    item: Json = {str(name): value for name, value in row._mapping.items()}
    item["gift_id"] = item.pop("mark_id")
    bought = item["bought"]
    if bought is None:
        item["givers"] = [{**each, "net": None} for each in row.givers]
        return item
    net, quantity, before = Decimal(bought.pop("line_net")), bought.pop("line_quantity"), bought.pop("before")
    currency = bought["currency"]
    cost = portion(net, before, row.quantity, quantity, currency)
    item["bought"] = {**bought, "net": cost}
    whole, parts = sum(each["parts"] for each in row.givers), 0
    item["givers"] = []
    for each in row.givers:
        item["givers"].append({**each, "net": portion(cost, parts, each["parts"], whole, currency)})
        parts += each["parts"]
    return item
