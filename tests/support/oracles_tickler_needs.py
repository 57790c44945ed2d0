"""Slow, simple answers about what a call needs: a tickler as it is shown, with all that is told beside it."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from domain.appointment import AppointmentMade, AppointmentMoved
from domain.calendar_event.events import CalendarEventMoved, CalendarEventScheduled
from domain.client.events import ClientRegistered, DateAdded
from domain.follow_up import FollowUpCorrected, FollowUpWritten
from domain.link import LinkBegun
from domain.occasion import Source
from domain.personal import Erased
from domain.sale.events import GiftMarked
from domain.sale.pieces import returned_of
from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause
from domain.visit import VisitRecorded
from queries.contactable import Conversation, ReachedAt
from tests.support.oracles import Answer, sale_of
from tests.support.oracles_contacts import last_conversation, reached_at
from tests.support.oracles_family import links_of, name_of
from tests.support.oracles_invitations import between
from tests.support.oracles_tickled import Tickler, World
from tests.support.oracles_tickler_lists import Standing, home_store

MOST = 5


def told(world: World, each: Standing) -> Answer:
    it, facts = each.tickler, dict(each.tickler.found.facts or {})
    marks = _gives(world, it)
    points = reached_at(world.log, it.client_id, surprise=bool(it.found.person_id or marks))
    said = world.once(("said", it.client_id), lambda: last_conversation(world.log, it.client_id))
    return {
        "tickler_id": it.id,
        "about": {"rule_id": it.about.rule_id, "cause": it.about.cause, "occurrence": it.about.occurrence},
        "version": it.version,
        "text": it.text,
        "state": each.state,
        **{name: getattr(each, name) for name in ("due", "shows_on", "expires_on", "put_off_until")},
        "owner": {
            "associate_id": each.owner,
            "name": each.owner and _associates_name(world, each.owner),
            "store_id": None if each.owner else home_store(world, it.client_id),
        },
        "client": {"client_id": it.client_id, "name": name_of(world.person(it.client_id))},
        "person": _person(world, it, facts),
        "why": {
            "kind": it.kind,
            "day": it.found.day,
            **{name: facts.get(name) for name in ("name", "at", "link_id", "calendar_event_id")},
            **{name: facts.get(name) for name in ("sale_id", "ordinal", "gift_id")},
            "category": it.found.matter,
            "date_id": it.about.cause if it.kind.endswith("-date") and "/" not in it.about.cause else None,
            "appointment_id": it.about.cause if it.kind == Cause.APPOINTMENT else None,
            "visit_id": it.about.cause if it.kind == Cause.VISIT else None,
            "follow_up_id": it.about.cause if it.kind == OWN_WORDS else None,
            "events": _events(world, it, facts, marks),
        },
        "calendar_event": _calendar_event(world, it, facts.get("calendar_event_id")),
        "contact_point": _only(ReachedAt, points[0] if points else None),
        "last_conversation": _only(Conversation, said),
        "given": _given(world, it, facts),
        "given_to": [whom for mark in marks if (whom := _whom(world, mark))],
        "not_to_mention": world.once(("came back", it.client_id), lambda: _not_to_mention(world, it.client_id)),
        "ended": each.ended,
    }


def _only(shape: type[BaseModel], told: Answer | None) -> Answer | None:
    return told and {name: told[name] for name in shape.model_fields}


def _associates_name(world: World, associate_id: str) -> str | None:
    joined = world.associate(associate_id).joined
    return None if joined is None or isinstance(joined.name, Erased) else joined.name


def _person(world: World, it: Tickler, facts: Answer) -> Answer | None:
    if it.found.person_id is None:
        return None
    link = next(found for id, found in links_of(world.log, it.client_id) if id == facts["link_id"])
    return {
        "client_id": it.found.person_id,
        "link_id": facts["link_id"],
        "name": name_of(world.person(it.found.person_id)),
        "relation": link.terms[max(link.terms)].relations()[it.found.person_id],
    }


def _calendar_event(world: World, it: Tickler, id: UUID | None) -> Answer | None:
    event = world.calendar_events.get(id) if id else None
    if id is None or event is None or event.held is None:
        return None
    between_them = between(world.log, id, it.client_id, lambda _: True)
    return {
        "calendar_event_id": id,
        "name": event.name,
        "kind": event.kind,
        "first_day": event.held.first_day,
        "last_day": event.held.last_day,
        "standing": between_them["standing"] if between_them else [],
    }


# ---------------------------------------------------------------------------------------------------------------- gifts


def _marks(world: World, sale_id: UUID) -> list[GiftMarked]:
    marks = [mark for mark in world.sales[sale_id].marks.values() if isinstance(mark, GiftMarked)]
    return sorted(marks, key=lambda mark: mark.mark_id)


def _gave(world: World, client_id: UUID) -> list[tuple[UUID, GiftMarked]]:
    """Whatever she gave, with its sale."""
    every = [(sale_id, mark) for sale_id in world.sales for mark in _marks(world, sale_id)]
    return [each for each in every if client_id in {giver.client_id for giver in each[1].givers}]


def _gives(world: World, it: Tickler) -> list[GiftMarked]:
    """The marks of a line that she bought which say that she gives it away."""
    if it.kind != Cause.PURCHASE:
        return []
    of = {name: it.found.facts[name] for name in ("sale_id", "ordinal")} if it.found.facts else {}
    gave = _gave(world, it.client_id)
    return [mark for sale_id, mark in gave if {"sale_id": sale_id, "ordinal": mark.ordinal} == of]


def _whom(world: World, mark: GiftMarked) -> Answer | None:
    if mark.recipient_id is None or not world.person(mark.recipient_id).is_known:
        return None
    return {"client_id": mark.recipient_id, "name": name_of(world.person(mark.recipient_id))}


def _given(world: World, it: Tickler, facts: Answer) -> list[Answer]:
    """What she gave to whom it is about, for the same occasion, before."""
    if it.found.person_id is None:
        return []
    source = Source.ANNIVERSARY if "/" in it.about.cause else Source.OWN
    found = []
    for sale_id, mark in _gave(world, it.client_id):
        said = None if isinstance(mark.occasion, Erased) else mark.occasion
        if mark.recipient_id != it.found.person_id or said is None or said.day >= it.found.day:
            continue
        if (said.source, said.name) == (source, facts["name"]):
            line = _line(world, sale_id, mark)
            of = {name: line[name] for name in ("sku", "description", "brand", "category")}
            back = returned_of(world.sales[sale_id], mark.mark_id)
            pieces = {"quantity": mark.quantity, "returned_quantity": back}
            found.append({"gift_id": mark.mark_id, "day": said.day, **of, **pieces})
    return sorted(found, key=lambda each: each["day"], reverse=True)[:MOST]


def _not_to_mention(world: World, client_id: UUID) -> list[Answer]:
    """What of hers was brought back by whom it was for."""
    found: list[tuple[Any, Answer]] = []
    for sale_id, mark in _gave(world, client_id):
        returns = world.sales[sale_id].returns.values()
        backs = [back for back in returns if mark.mark_id in {line.mark_id for line in back.lines}]
        if any(back.credited_to_id is not None for back in backs):
            described, whom = _line(world, sale_id, mark)["description"], _whom(world, mark)
            marked_at = _said_last(world, sale_id, mark).recorded_at
            found.append((marked_at, {"gift_id": mark.mark_id, "description": described, "recipient": whom}))
    found.sort(key=lambda each: each[1]["gift_id"])
    return [each for _, each in sorted(found, key=lambda each: each[0], reverse=True)][:MOST]


def _line(world: World, sale_id: UUID, mark: GiftMarked) -> Answer:
    sold = world.once(("sale", sale_id), lambda: sale_of(world.its(sale_id), sale_id))
    assert sold
    found: Answer = next(line for line in sold["lines"] if line["ordinal"] == mark.ordinal)
    return found


def _said_last(world: World, sale_id: UUID, mark: GiftMarked) -> Any:
    its = [each for each in world.its(sale_id) if isinstance(each.event, GiftMarked)]
    return [each for each in its if each.event.mark_id == mark.mark_id][-1]  # type: ignore[attr-defined]


# --------------------------------------------------------------------------------------------------------------- events

_SAID_BY: dict[str, tuple[type, ...]] = {
    Cause.REGISTRATION: (ClientRegistered,),
    Cause.APPOINTMENT: (AppointmentMade, AppointmentMoved),
    Cause.VISIT: (VisitRecorded,),
    Cause.CALENDAR_EVENT: (CalendarEventScheduled, CalendarEventMoved),
    OWN_WORDS: (FollowUpWritten, FollowUpCorrected),
}


def _events(world: World, it: Tickler, facts: Answer, marks: list[GiftMarked]) -> list[UUID]:
    """Which events say so: the last of its stream that does, or that of the goods."""
    if it.kind in _SAID_BY:
        its = world.its(UUID(it.about.cause))
        return [[each.event_id for each in its if isinstance(each.event, _SAID_BY[it.kind])][-1]]
    if facts.get("gift_id"):
        [sale_id] = [id for id, now in world.sales.items() if facts["gift_id"] in now.marks]
        return [_said_last(world, sale_id, _mark_of(world, sale_id, facts["gift_id"])).event_id]
    if facts.get("sale_id"):
        its = [_said_last(world, facts["sale_id"], mark) for mark in marks]
        return [facts["event_id"], *(each.event_id for each in its)]
    begun = []
    if it.found.person_id is not None:
        of_link = [each for each in world.its(facts["link_id"]) if isinstance(each.event, LinkBegun)]
        begun = [max(of_link, key=lambda each: each.event.term).event_id]  # type: ignore[attr-defined]
    if "/" in it.about.cause:
        return [facts["event_id"], *begun]
    of_person = world.its(it.found.person_id or it.client_id)
    dates = [each for each in of_person if isinstance(each.event, DateAdded)]
    return [[each.event_id for each in dates if str(each.event.date_id) == it.about.cause][-1], *begun]  # type: ignore[attr-defined]


def _mark_of(world: World, sale_id: UUID, mark_id: UUID) -> GiftMarked:
    mark = world.sales[sale_id].marks[mark_id]
    assert isinstance(mark, GiftMarked)
    return mark
