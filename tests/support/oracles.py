"""Slow, simple answers to the questions that the read side answers: one reading of the whole list of events each.

Nothing here knows how projections and queries work; what they answer must equal this.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from domain.client import state
from domain.personal import Erased
from domain.sale import state as sales
from domain.sale.events import (
    LinesArrived,
    LinesCancelled,
    LinesHandedOver,
    ReturnRecorded,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import HandedOverLine, Handover, Line
from domain.sale.shares import shares
from domain.sale.state import Sale
from projections.projection import Recorded

Answer = dict[str, Any]
Fact = TypeVar("Fact")


def card_of(log: Sequence[Recorded], client_id: UUID) -> Answer | None:
    """Who she is and how she is reached, as the last event left it."""
    hers = [each for each in log if each.stream_id == client_id]
    if not hers:
        return None
    now = state.after(each.event for each in hers)
    registered = now.registered
    if registered is None:
        return None
    began = next(each for each in hers if each.event == registered)
    added_at = {
        getattr(each.event, field): each.recorded_at
        for each in hers
        for field in ("name_id", "contact_point_id", "address_id", "date_id", "trait_id")
        if hasattr(each.event, field) and type(each.event).__name__.endswith("Added")
    }
    return {
        "client_id": client_id,
        "name": _told(now.name, "family", "given", "title"),
        "names": [
            {
                "name_id": id,
                "kind": added.kind,
                **_told(added.name, "family", "given", "title"),  # type: ignore[dict-item]
                **_told(added, "reading", "script", "since", "until"),  # type: ignore[dict-item]
                "added_at": added_at[id],
            }
            for id, added in _oldest_first(now.names, added_at)
            if not isinstance(added.name, Erased)
        ],
        "salutation": None if isinstance(now.salutation, Erased) else now.salutation,
        "died": now.died is not None,
        "died_on": None if now.died is None or isinstance(now.died.on, Erased) else now.died.on,
        "erased": isinstance(now.name, Erased),
        "reference": _told(registered.reference, "source", "number"),
        "store_id": registered.store_id,
        "registered_at": began.recorded_at,
        "registered_by": began.actor,
        "version": len(hers),
        "contact_points": [
            {
                "contact_point_id": id,
                **_told(point, "kind", "value", "state", "not_for_surprises"),  # type: ignore[dict-item]
                "added_at": added_at[id],
            }
            for id, point in _oldest_first(now.contact_points, added_at)
            if not isinstance(point.value, Erased)
        ],
        "addresses": [
            {
                "address_id": id,
                "type": added.type,
                **_told(added.address, "lines", "city", "region", "postal_code", "country"),  # type: ignore[dict-item]
                "since": added.since,
                "until": added.until,
                "added_at": added_at[id],
            }
            for id, added in _oldest_first(now.addresses, added_at)
            if not isinstance(added.address, Erased)
        ],
        "dates": [
            {
                "date_id": id,
                **_told(celebrated, "kind", "label", "yearly"),  # type: ignore[dict-item]
                "day": _told(celebrated.day, "month", "day", "year"),
                "added_at": added_at[id],
            }
            for id, celebrated in _oldest_first(now.dates, added_at)
            if not isinstance(celebrated.day, Erased)
        ],
        "traits": [
            {"trait_id": id, "kind": known.kind, "value": known.value, "added_at": added_at[id]}
            for id, known in _oldest_first(now.traits, added_at)
            if not isinstance(known.value, Erased)
        ],
    }


def sale_of(log: Sequence[Recorded], sale_id: UUID) -> Answer | None:
    """A sale with all its lines, as the last event left it."""
    its = [each for each in log if each.stream_id == sale_id]
    if not its:
        return None
    now = sales.after(each.event for each in its)
    sold = now.recorded
    assert sold is not None
    assert now.content is not None
    return {
        "sale_id": sale_id,
        "kind": "sale" if isinstance(sold, SaleRecorded) else "return",
        "client_id": now.client_id,
        "reference": {"source": sold.reference.source, "number": sold.reference.number},
        "store_id": now.content.store_id,
        "occurred_at": now.content.occurred_at,
        "recorded_at": its[0].recorded_at,
        "currency": sold.currency,
        "version": len(its),
        "delivery": _delivery(log, now),
        "bought_by_id": sold.bought_by_id if isinstance(sold, SaleRecorded) else None,
        "exchange_of": _of_the_same(log, now, sold.exchange_of) if isinstance(sold, SaleRecorded) else None,
        "corrections": [
            {
                "known_until": each.recorded_at,
                "store_id": each.event.was.store_id,
                "occurred_at": each.event.was.occurred_at,
                "reason": each.event.reason,
            }
            for each in its
            if isinstance(each.event, SaleCorrected)
        ],
        "lines": sorted((_line(log, now, line) for line in now.content.lines), key=lambda line: line["ordinal"]),
    }


def _delivery(log: Sequence[Recorded], now: Sale) -> Answer | None:
    if not now.deliveries:
        return None
    last = now.deliveries[-1]
    address = None if isinstance(last.address, Erased) else last.address
    recipient = state.after(each.event for each in log if each.stream_id == last.recipient_id)
    open_file = address is not None and recipient.registered is not None
    return {
        "recipient_id": last.recipient_id,
        "link_id": last.link_id,
        "address_id": last.address_id,
        "lines": list(address.lines) if address and open_file else None,
        "postal_code": address.postal_code if address and open_file else None,
        "city": address and address.city,
        "region": address and address.region,
        "country": address and address.country,
    }


def purchases_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Every line of goods of every sale that stands on her, newest first."""
    sales = [answer for id in {each.stream_id for each in log} if (answer := _sale_or_none(log, id))]
    bought = [
        {**{name: value for name, value in each.items() if name not in _NOT_SHOWN}, **line}
        for each in sales
        if each["client_id"] == client_id
        for line in each["lines"]
        if line["moves_goods"] and (line["moved_quantity"] or line["returned_quantity"])
    ]
    bought.sort(key=lambda line: (line["sale_id"], line["ordinal"]))
    return sorted(bought, key=lambda line: line["occurred_at"], reverse=True)


_NOT_SHOWN = {
    "client_id",
    "recorded_at",
    "version",
    "delivery",
    "bought_by_id",
    "exchange_of",
    "corrections",
    "lines",
}


def may_be_meant(typed: str, part: str) -> bool:
    """Whether a part of a name may be meant by what was typed; a single letter is never another one."""
    return typed == part or (one_error_apart(typed, part) and (len(typed), len(part)) != (1, 1))


def one_error_apart(one: str, other: str) -> bool:
    """Whether a text becomes the other by at most one letter more, less, other, or two neighbours swapped."""
    edits = {one}
    letters = set(other)
    for i in range(len(one) + 1):
        edits |= {one[:i] + letter + one[i:] for letter in letters}
        edits |= {one[:i] + one[i + 1 :], one[:i] + one[i : i + 2][::-1] + one[i + 2 :]}
        edits |= {one[:i] + letter + one[i + 1 :] for letter in letters}
    return other in edits


def _oldest_first(facts: Mapping[UUID, Fact], added_at: Mapping[UUID, datetime]) -> list[tuple[UUID, Fact]]:
    return sorted(facts.items(), key=lambda fact: (added_at[fact[0]], fact[0]))


def _sale_or_none(log: Sequence[Recorded], id: UUID) -> Answer | None:
    about_a_sale = any(each.stream_id == id and hasattr(each.event, "sale_id") for each in log)
    return sale_of(log, id) if about_a_sale else None


def _of_the_same(log: Sequence[Recorded], now: Sale, sale_id: UUID | None) -> UUID | None:
    its = [each.event for each in log if each.stream_id == sale_id]
    return sale_id if its and sales.after(its).client_id == now.client_id else None


def _line(log: Sequence[Recorded], now: Sale, line: Line) -> Answer:
    sold = now.recorded
    assert sold is not None
    nothing = Decimal(0)
    quantity, net, moved_quantity, moved_net = line.quantity, line.net, line.quantity, line.net
    back = ("return_id", "store_id", "occurred_at", "quantity", "net", "reason", "exchanged_for", "do_not_mention")
    returns: list[tuple[Any, ...]] = [
        (
            *(each.return_id, each.store_id, each.occurred_at),
            *(sum(came.quantity for came in pieces), sum((came.net for came in pieces), nothing), pieces[0].reason),
            _of_the_same(log, now, each.exchanged_for),
            each.credited_to_id not in (None, now.client_id),
        )
        for each in now.returns.values()
        if (pieces := [came for came in each.lines if came.ordinal == line.ordinal])
    ]
    steps: list[Answer] = [
        {
            "step_id": id,
            "kind": kind,
            "store_id": event.store_id,
            "occurred_at": event.occurred_at,
            "quantity": each.quantity,
            "net": each.net if isinstance(each, HandedOverLine) else None,
            "reason": event.reason if isinstance(event, LinesCancelled) else None,
        }
        for kind, id, event in _steps(now)
        for each in event.lines
        if each.ordinal == line.ordinal
    ]
    if line.handover is not Handover.TAKEN:
        handed = [each for each in steps if each["kind"] == "handed-over"]
        moved_quantity = sum(each["quantity"] for each in handed)
        moved_net = sum((each["net"] for each in handed), nothing)
    if isinstance(sold, ReturnRecorded):
        quantity, net, moved_quantity, moved_net = 0, nothing, 0, nothing
        returns = [(sold.sale_id, sold.store_id, sold.occurred_at, line.quantity, line.net, None, None, False)]
    back_quantity, back_net = sum(each[3] for each in returns), sum((each[4] for each in returns), nothing)
    cancelled = sum(each["quantity"] for each in steps if each["kind"] == "cancelled")
    moved, returned = (shares(amount, line.sellers, sold.currency) for amount in (moved_net, back_net))
    return {
        "ordinal": line.ordinal,
        "sku": line.sku,
        "description": line.description,
        "brand": line.brand,
        "category": line.category,
        "type": line.type,
        "moves_goods": line.moves_goods,
        "sellers": [
            {"associate_id": seller.associate_id, "parts": seller.parts, "net": share, "returned_net": less}
            for seller, share, less in zip(line.sellers, moved, returned, strict=True)
        ],
        "serial_number": line.serial_number,
        "attributes": [{"name": each.name, "value": each.value} for each in line.attributes],
        "handover": line.handover,
        "deposit": line.deposit,
        "unit_price": line.unit_price,
        "quantity": quantity,
        "net": net,
        "arrived_quantity": sum(each["quantity"] for each in steps if each["kind"] == "arrived"),
        "cancelled_quantity": cancelled,
        "open_quantity": quantity - moved_quantity - cancelled,
        "moved_quantity": moved_quantity,
        "moved_net": moved_net,
        "returned_quantity": back_quantity,
        "returned_net": back_net,
        "kept_quantity": moved_quantity - back_quantity,
        "kept_net": moved_net - back_net,
        "calendar_event_id": now.attributed.get(line.ordinal),
        "steps": sorted(steps, key=lambda each: (each["occurred_at"], each["step_id"])),
        "returns": [
            dict(zip(back, each, strict=True)) for each in sorted(returns, key=lambda each: (each[2], each[0]))
        ],
    }


def _steps(now: Sale) -> Iterator[tuple[str, UUID, LinesArrived | LinesHandedOver | LinesCancelled]]:
    yield from (("arrived", id, event) for id, event in now.arrivals.items())
    yield from (("handed-over", event.handover_id, event) for event in now.handed_over)
    yield from (("cancelled", id, event) for id, event in now.cancellations.items())


def _told(fact: object, *names: str) -> Answer | None:
    if fact is None or isinstance(fact, Erased):
        return None
    return {name: list(value) if isinstance(value := getattr(fact, name), tuple) else value for name in names}
