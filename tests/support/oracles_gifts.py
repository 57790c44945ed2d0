"""Slow, simple answers about gifts that were given: one reading of the whole list of events each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.gift_policy import shows_to_recipient
from domain.personal import Erased
from domain.sale import state as sales
from domain.sale.events import GiftMarked, KeptForHerself, LineServiced
from domain.sale.facts import Line
from domain.sale.state import Sale
from domain.values import share
from projections.projection import Recorded
from tests.support.oracles_family import client_of, name_of

Answer = dict[str, Any]


def gifts_of(log: Sequence[Recorded], client_id: UUID, today: date) -> list[Answer] | None:
    """What she gave, and what she was given and her file may show, the latest day first."""
    if client_of(log, client_id).registered is None:
        return None
    found = [
        *(_gave(log, now, mark) for now, mark in _gifts(log) if client_id in [who.client_id for who in mark.givers]),
        *(
            gift
            for now, mark in _gifts(log)
            if client_id == mark.recipient_id and (gift := _got(log, now, mark, today)) is not None
        ),
    ]
    found.sort(key=lambda gift: gift["gift_id"])
    return sorted(found, key=lambda gift: gift["day"], reverse=True)


def marks_of(log: Sequence[Recorded], sale_id: UUID) -> list[Answer]:
    """What is said of the pieces of a sale."""
    its = [each for each in log if each.stream_id == sale_id]
    now = sales.after(each.event for each in its)
    found = []
    for mark in now.marks.values():
        gift = mark if isinstance(mark, GiftMarked) else None
        said = [each for each in its if isinstance(each.event, GiftMarked | KeptForHerself)]
        found.append(
            {
                "mark_id": mark.mark_id,
                "kind": "gift" if gift else "own",
                "ordinal": mark.ordinal,
                "quantity": mark.quantity,
                "returned_quantity": sum(quantity for quantity, _, _ in _returns(now, mark.mark_id)),
                "recipient_id": gift and gift.recipient_id,
                "occasion": gift and _occasion(gift),
                "givers": [{"client_id": who.client_id, "parts": who.parts} for who in gift.givers] if gift else [],
                "released_on": gift and _known(gift.released_on),
                "discreet": gift is not None and gift.discreet,
                "receipt_code": gift and _known(gift.receipt_code),
                "marked_at": [each.recorded_at for each in said if each.event.mark_id == mark.mark_id][-1],  # type: ignore[attr-defined]
            }
        )
    return sorted(found, key=lambda mark: (mark["ordinal"], mark["mark_id"]))


def _gave(log: Sequence[Recorded], now: Sale, mark: GiftMarked) -> Answer:
    assert now.recorded is not None
    assert now.content is not None
    line, said, currency = now.lines[mark.ordinal], _occasion(mark), now.recorded.currency
    others = [each for each in now.marks.values() if each.ordinal == mark.ordinal and each.mark_id < mark.mark_id]
    before = sum(each.quantity for each in others)
    net = _part(line.net, before, mark.quantity, line.quantity, currency)
    givers: list[Answer] = []
    parts = 0
    for who in mark.givers:
        hers = _part(net, parts, who.parts, sum(each.parts for each in mark.givers), currency)
        givers.append({"client_id": who.client_id, "name": _name(log, who.client_id), "parts": who.parts, "net": hers})
        parts += who.parts
    returns = _returns(now, mark.mark_id)
    return {
        **_piece(log, mark, line),
        "direction": "given",
        "day": said["day"] if said else now.content.occurred_at.astimezone(UTC).date(),
        "givers": [giver for giver in givers if client_of(log, giver["client_id"]).is_known],
        "quantity": mark.quantity,
        "returned_quantity": sum(quantity for quantity, _, exchanged in returns if not exchanged),
        "exchanged_quantity": sum(quantity for quantity, _, exchanged in returns if exchanged),
        "services": [],
        "bought": {
            "sale_id": mark.sale_id,
            "ordinal": mark.ordinal,
            "store_id": now.content.store_id,
            "occurred_at": now.content.occurred_at,
            "net": net,
            "currency": currency,
            "handed_over": now.moved(mark.ordinal).quantity > 0,
            "released_on": _known(mark.released_on),
            "discreet": mark.discreet,
            "receipt_code": _known(mark.receipt_code),
            "do_not_mention": any(hers for _, hers, _ in returns),
        },
    }


def _got(log: Sequence[Recorded], now: Sale, mark: GiftMarked, today: date) -> Answer | None:
    line, said, released_on = now.lines[mark.ordinal], _occasion(mark), _known(mark.released_on)
    returns = _returns(now, mark.mark_id)
    left = mark.quantity - sum(quantity for quantity, hers, _ in returns if not hers)
    shows = shows_to_recipient(released_on, today, discreet=mark.discreet)
    if not shows or not left or not now.moved(mark.ordinal).quantity:
        return None
    return {
        **_piece(log, mark, line),
        "direction": "received",
        "day": said["day"] if said else released_on,
        "givers": [
            {"client_id": who.client_id, "name": _name(log, who.client_id), "parts": who.parts, "net": None}
            for who in mark.givers
            if client_of(log, who.client_id).is_known
        ],
        "quantity": left,
        "returned_quantity": sum(quantity for quantity, hers, exchanged in returns if hers and not exchanged),
        "exchanged_quantity": sum(quantity for quantity, hers, exchanged in returns if hers and exchanged),
        "services": [
            {"service": each.event.service, "store_id": each.event.store_id, "occurred_at": each.event.occurred_at}
            for each in sorted(log, key=lambda each: getattr(each.event, "service_id", mark.mark_id))
            if isinstance(each.event, LineServiced) and each.event.mark_id == mark.mark_id
        ],
        "bought": None,
    }


def _piece(log: Sequence[Recorded], mark: GiftMarked, line: Line) -> Answer:
    her = mark.recipient_id
    known = her is not None and client_of(log, her).is_known
    return {
        "gift_id": mark.mark_id,
        "occasion": _occasion(mark),
        "recipient": {"client_id": her, "name": _name(log, her)} if her and known else None,
        "sku": line.sku,
        "description": line.description,
        "brand": line.brand,
        "category": line.category,
        "type": line.type,
        "serial_number": line.serial_number,
        "attributes": [{"name": each.name, "value": each.value} for each in line.attributes],
    }


def _returns(now: Sale, mark_id: UUID) -> list[tuple[int, bool, bool]]:
    """What came back of a mark: how many, whether somebody else than the buyer has the credit, and whether something
    was taken in its place."""
    return [
        (line.quantity, back.credited_to_id is not None, back.exchanged_for is not None)
        for back in now.returns.values()
        for line in back.lines
        if line.mark_id == mark_id
    ]


def _gifts(log: Sequence[Recorded]) -> Iterator[tuple[Sale, GiftMarked]]:
    for id in {each.stream_id for each in log}:
        now = sales.after(each.event for each in log if each.stream_id == id)
        yield from ((now, mark) for mark in now.marks.values() if isinstance(mark, GiftMarked))


def _occasion(mark: GiftMarked) -> Answer | None:
    said = _known(mark.occasion)
    return said and {"source": said.source, "name": said.name, "day": said.day}


def _known(value: Any) -> Any:
    return None if isinstance(value, Erased) else value


def _name(log: Sequence[Recorded], client_id: UUID) -> Answer | None:
    return name_of(client_of(log, client_id))


def _part(amount: Decimal, before: int, part: int, whole: int, currency: str) -> Decimal:
    return share(amount, before + part, whole, currency) - share(amount, before, whole, currency)
