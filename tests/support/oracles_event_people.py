"""Who was asked to an event, came, and bought, and what nobody said to come from it: person by person."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.access import Viewer
from domain.calendar_event.state import CalendarEvent
from domain.event_policy import EventPolicy
from domain.invitation import state as invitation
from domain.invitation.events import WENT_OUT, Event
from domain.invitation.state import Invitation
from domain.values import percent
from projections.projection import Recorded
from tests.support.oracles import Answer, card_of
from tests.support.oracles_calendar import calendar_events, reached
from tests.support.oracles_contacts import outreach_of
from tests.support.oracles_family import name_of
from tests.support.oracles_invitations import between, client_of
from tests.support.oracles_stated import NOTHING, day_of, goods_sold, statements, text


class Person(NamedTuple):
    """How a client stands to the event, and what is between them."""

    standing: set[str]
    people: int
    invitation: Invitation


def asked_of(log: Sequence[Recorded], id: UUID) -> dict[UUID, Person]:
    told = {who: between(log, id, who, lambda _: True) for who in _invitations(log, id)}
    return {
        who: Person(set(found["standing"]), found["attendance"]["people"] if found["attendance"] else 0, now)
        for who, now in _invitations(log, id).items()
        if (found := told[who])
    }


def _invitations(log: Sequence[Recorded], id: UUID) -> dict[UUID, Invitation]:
    its = [each.event for each in log if isinstance(each.event, Event) and each.event.calendar_event_id == id]
    return {who: invitation.after(one for one in its if one.client_id == who) for who in {one.client_id for one in its}}


def hosts(client_id: UUID | None, people: dict[UUID, Person]) -> set[UUID]:
    """Under whom what she buys counts besides, or instead: who brought her, unless she is on the list."""
    if client_id in people and "listed" in people[client_id].standing:
        return set()
    return {host for host, now in people.items() if client_id in now.invitation.guests}


def under(client_id: UUID, people: dict[UUID, Person]) -> set[UUID]:
    return hosts(client_id, people) or {client_id}


def response(people: dict[UUID, Person], under: set[UUID]) -> Answer:
    def those(*standing: str) -> set[UUID]:
        return {who for who, now in people.items() if now.standing >= {*standing}}

    listed, without = those("listed"), those("came-without")
    counts = {
        "accepted": len(those("accepted")),
        "attended": len(those("listed", "attended")),
        "bought": len(under & listed),
    }
    return {
        "invited": len(listed),
        "sent": len(those("sent")),
        "declined": len(those("declined")),
        **counts,
        **{f"percent_{name}": text(percent(count, len(listed))) for name, count in counts.items()},
        "came_without": len(without),
        "came_without_and_bought": len(without & under),
        "others_bought": len(under - listed - without),
        "people": sum(now.people for now in people.values()),
    }


def contacts(log: Sequence[Recorded], id: UUID, event: CalendarEvent) -> tuple[set[UUID], Answer]:
    """Who had been spoken to, and how often it was done."""
    assert event.held is not None
    starts_at = event.held.starts_at
    spoken = [
        client_id
        for client_id in {each.key for each in log}
        for each in outreach_of(log, client_id)
        if each["calendar_event_id"] == id and each["at"] < starts_at and each["outcome"] in WENT_OUT
    ]
    shown = [
        who
        for who, now in _invitations(log, id).items()
        for each in now.previews.values()
        if each.pieces and each.at < starts_at
    ]
    return {*spoken, *shown}, {"outreach": len(spoken), "previews": len(shown)}


def unstated(log: Sequence[Recorded], event: CalendarEvent, people: dict[UUID, Person], policy: EventPolicy) -> Answer:
    assert event.held is not None
    first, until = event.held.first_day, event.held.last_day + timedelta(policy.days_after)
    said = statements(log)
    lines = [
        (sale, line)
        for sale, line in goods_sold(log)
        if (sale["sale_id"], line["ordinal"]) not in said and line["kept_quantity"]
        if first <= day_of(event, sale["occurred_at"]) <= until
    ]
    whom = {who for who, now in people.items() if now.standing}
    whom |= {guest for now in people.values() for guest in now.invitation.guests}
    theirs = [(sale, line) for sale, line in lines if sale["client_id"] in whom]
    numbers = {(piece.sku, piece.serial_number) for piece in event.pieces.values() if piece.serial_number}
    return {
        "until": until,
        "clients": [
            {
                "currency": currency,
                "clients": len({sale["client_id"] for sale, _ in of}),
                "pieces": sum(line["kept_quantity"] for _, line in of),
                "net": sum((line["kept_net"] for _, line in of), NOTHING),
            }
            for currency in sorted({sale["currency"] for sale, _ in theirs})
            if (of := [each for each in theirs if each[0]["currency"] == currency])
        ],
        "pieces": [
            {
                **{name: line[name] for name in ("sku", "serial_number")},
                **{name: sale[name] for name in ("occurred_at", "store_id")},
            }
            for sale, line in lines
            if (line["sku"], line["serial_number"]) in numbers
        ],
    }


OFFERED = ("calendar_event_id", "days", "reached", "standing", "guest_of")


def offered_to(log: Sequence[Recorded], client_id: UUID, on: date, who: Viewer) -> list[Answer] | None:
    """The events that what she buys on a day may come from, the nearest first."""
    if card_of(log, client_id) is None:
        return None
    reaching = reached(log, client_id, who)
    found = []
    for id, event in calendar_events(log).items():
        held = event.held
        if held is None or event.cancelled or (on - held.last_day).days > who.policy.events.days_after:
            continue
        people = _invitations(log, id)
        told = between(log, id, client_id, lambda _: True)
        standing = told["standing"] if told else []
        shown = client_id in people and any(each.pieces for each in people[client_id].previews.values())
        known = [
            host for host, now in sorted(people.items()) if client_id in now.guests and client_of(log, host).is_known
        ]
        if id not in reaching and not standing and not shown and not known:
            continue
        days = max((held.first_day - on).days, 0) or min((held.last_day - on).days, 0)
        guest_of = [{"client_id": host, "name": name_of(client_of(log, host))} for host in known]
        place = (abs(days), -days, held.first_day, id)
        told = {"calendar_event_id": id, "days": days, "reached": id in reaching, "standing": standing}
        found.append((place, {**told, "guest_of": guest_of}))
    return [told for _, told in sorted(found, key=lambda each: each[0])]
