"""Slow, simple answers about gifts that could be given: one reading of the whole list of events each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from domain import gift_proposal, occasion
from domain.access import Viewer
from domain.client.state import Client
from domain.days import holds
from domain.gift_proposal import Given, Relative, Unmarked
from domain.occasion import Linked
from domain.personal import Erased
from domain.relation import Circle
from domain.sale import pieces
from domain.sale import state as sales
from domain.sale.events import GiftMarked, SaleRecorded
from domain.sale.state import Sale
from projections.projection import Recorded
from tests.support.oracles_family import client_of, linked_by, links_of, name_of, person_of

Answer = dict[str, Any]


def gift_occasions_of(log: Sequence[Recorded], client_id: UUID, on: date, who: Viewer) -> Answer | None:
    """The occasions to give around a day, and what she gave before to whom each is."""
    me = client_of(log, client_id)
    if me.registered is None:
        return None
    first, last = who.policy.gifts.window(on)
    herself = {"client_id": client_id, "link_id": None, "person": name_of(me), "relation": None}
    items = [{**each._asdict(), **herself} for each in occasion.own(person_of(me, on), first, last)]
    known: set[Any] = set()
    unknown: set[str] = set()
    in_force = [each for each in _others(log, client_id, on) if holds(each[3].since, each[3].until, on)]
    for link_id, other_id, other, linked in sorted(in_force, key=lambda each: [*Circle].index(each[3].circle)):
        unknown |= occasion.unknown_feasts(person_of(me, on), linked, first, last)
        for each in occasion.with_linked(person_of(me, on), linked, first, last):
            if each.gift and (other_id, each.source, each.name, each.day) not in known:
                known.add((other_id, each.source, each.name, each.day))
                person = {"person": name_of(other), "relation": linked.relation}
                items.append({**each._asdict(), "client_id": other_id, "link_id": link_id, **person})
    for item in items:
        gifts = list(_gifts(log, client_id, item))
        same_day = [each for each in gifts if each["same_occasion"] and each["occasion"]["day"] == item["day"]]
        item |= {
            "days": (item["day"] - on).days,
            "bought": same_day,
            "given": [each for each in gifts if each not in same_day],
        }
    items.sort(key=lambda each: (abs(each["days"]), each["days"] < 0, each["source"], each["name"], each["client_id"]))
    return {
        "client_id": client_id,
        "on": on,
        "from": first,
        "to": last,
        "items": items,
        "unknown_feasts": sorted(unknown),
    }


def proposals_of(log: Sequence[Recorded], sale_id: UUID | None, client_id: UUID | None, who: Viewer) -> Answer | None:
    """What is proposed of one sale, or of all that a client bought."""
    all_sales = dict(_sales(log))
    if sale_id is not None:
        if sale_id not in all_sales:
            return None
        all_sales, client_id = {sale_id: all_sales[sale_id]}, all_sales[sale_id].client_id
    me = client_of(log, client_id) if client_id else Client()
    if client_id is None or not me.is_known:
        return {"items": []}
    if me.registered is None and sale_id is None:
        return None
    hers = {
        id: now
        for id, now in all_sales.items()
        if now.client_id == client_id and isinstance(now.recorded, SaleRecorded)
    }
    others = list(_others(log, client_id, who.today))
    proposed = gift_proposal.proposals(
        who.policy.gifts,
        who.today,
        person_of(me, who.today),
        [
            Unmarked(id, ordinal, left, now.content.occurred_at.astimezone(UTC).date())
            for id, now in hers.items()
            for ordinal, line in now.lines.items()
            if now.content and line.moves_goods and (left := pieces.unmarked(now, ordinal))
        ],
        [Relative(other_id, linked) for _, other_id, _, linked in others],
        [_given(now, mark) for now, mark in _marks(log, client_id) if mark.recipient_id],
        {id for now in hers.values() for id in (*now.declined, *now.unmarked, *now.marks)},
    )
    names = {other_id: name_of(other) for _, other_id, other, _ in others}
    return {"items": [_proposed(each, hers[each.unmarked.sale_id], names[each.recipient_id]) for each in proposed]}


def _proposed(each: gift_proposal.Proposal, now: Sale, name: Answer | None) -> Answer:
    sold, of, line = each.unmarked, each.occasion, now.lines[each.unmarked.ordinal]
    decline = {"proposal_id": each.id, "ordinal": sold.ordinal}
    occasion_of = {"source": of.source, "name": of.name, "day": of.day}
    return {
        **decline,
        "sale_id": sold.sale_id,
        "sold_on": sold.sold_on,
        "sku": line.sku,
        "description": line.description,
        "quantity": sold.quantity,
        "recipient_id": each.recipient_id,
        "person": name,
        "relation": each.relation,
        "occasion": of._asdict(),
        "days": (of.day - sold.sold_on).days,
        "reason": each.reason,
        "confirm": {
            **decline, "quantity": sold.quantity, "recipient_id": each.recipient_id, "occasion": occasion_of
        },
        "decline": decline,
    }  # fmt: skip


def _gifts(log: Sequence[Recorded], client_id: UUID, item: Answer) -> Iterator[Answer]:
    """What she gave to whose occasion it is, the latest first."""
    found = [
        (now, now.content, mark)
        for now, mark in _marks(log, client_id)
        if now.content and mark.recipient_id == item["client_id"]
    ]
    found.sort(key=lambda each: (each[2].sale_id, each[2].mark_id))
    found.sort(key=lambda each: each[1].occurred_at, reverse=True)
    for now, content, mark in found:
        assert now.recorded
        line = now.lines[mark.ordinal]
        said = None if isinstance(mark.occasion, Erased) else mark.occasion
        yield {
            "sale_id": mark.sale_id,
            "mark_id": mark.mark_id,
            "bought_at": content.occurred_at,
            "occasion": said and {"source": said.source, "name": said.name, "day": said.day},
            "same_occasion": said is not None and (said.source, said.name) == (item["source"], item["name"]),
            "sku": line.sku,
            "description": line.description,
            "brand": line.brand,
            "category": line.category,
            "type": line.type,
            "quantity": mark.quantity,
            "unit_price": format(line.unit_price, "f"),
            "currency": now.recorded.currency,
            "returned_quantity": pieces.returned_of(now, mark.mark_id),
        }


def _given(now: Sale, mark: GiftMarked) -> Given:
    assert mark.recipient_id
    kept_the_money = [
        (back.occurred_at.astimezone(UTC).date(), line.quantity)
        for back in now.returns.values()
        for line in back.lines
        if line.mark_id == mark.mark_id and back.credited_to_id is None and back.exchanged_for is None
    ]
    all_of_it = sum(quantity for _, quantity in kept_the_money) >= mark.quantity
    said = None if isinstance(mark.occasion, Erased) else mark.occasion
    return Given(mark.sale_id, mark.recipient_id, said, max(day for day, _ in kept_the_money) if all_of_it else None)


def _marks(log: Sequence[Recorded], giver_id: UUID) -> Iterator[tuple[Sale, GiftMarked]]:
    """Every gift that somebody gives, alone or with others."""
    for _, now in _sales(log):
        for mark in now.marks.values():
            if isinstance(mark, GiftMarked) and giver_id in [each.client_id for each in mark.givers]:
                yield now, mark


def _others(log: Sequence[Recorded], client_id: UUID, on: date) -> Iterator[tuple[UUID, UUID, Client, Linked]]:
    """Everybody who is, was or will be linked to her, in the order that answers have: by link, other one, and tie."""
    found = []
    for link_id, link in links_of(log, client_id):
        for number, term in link.terms.items():
            [other_id] = term.relations().keys() - {client_id}
            other = client_of(log, other_id)
            if other.is_known:
                begun_at = next(each.recorded_at for each in log if each.event is term.begun)
                linked = linked_by(term, client_id, (other_id, other), on)
                found.append((begun_at, link_id, number, other_id, other, linked))
    for _, link_id, _, other_id, other, linked in sorted(found, key=lambda each: each[:3]):
        yield link_id, other_id, other, linked


def _sales(log: Sequence[Recorded]) -> Iterator[tuple[UUID, Sale]]:
    for id in sorted({each.stream_id for each in log}):
        now = sales.after(each.event for each in log if each.stream_id == id)
        if now.recorded is not None:
            yield id, now
