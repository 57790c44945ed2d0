"""Slow, simple answers about all that is known of a client: one reading of the whole list of events each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain import affiliation, associate
from domain.access import Viewer
from domain.affiliation import AffiliationBegun, AffiliationEnded, AffiliationWithdrawn, PrimaryNamed
from domain.client.events import DeathRecorded, NameCorrected
from domain.invitation.events import WENT_OUT
from domain.invitation.events import invitation_id as named
from domain.personal import Erased
from projections.projection import Recorded
from tests.support.oracles import Answer, card_of
from tests.support.oracles_calendar import calendar_events
from tests.support.oracles_circles import notes_of, organization_of, terms_of
from tests.support.oracles_contacts import appointments_of, outreach_of, visits_of
from tests.support.oracles_family import family_of
from tests.support.oracles_invitations import between
from tests.support.oracles_spending import movements_of, sales_of


def profile_of(log: Sequence[Recorded], client_id: UUID, who: Viewer, home_since: datetime) -> Answer | None:
    """Her whole profile on the caller's day. What is in no order that means anything is in that of its ids;
    `card_salutation` are those that may be said."""
    card, on = card_of(log, client_id), who.today
    family = family_of(log, client_id, on, all_terms=False)
    if card is None or family is None:
        return None
    now = affiliation.after(each.event for each in log if each.stream_id == affiliation.stream_id(client_id))
    shopped = _stores(log, client_id)
    lately = _stores(log, client_id, home_since)
    return {
        **card,
        "on": on,
        "card_salutation": family["salutation"],
        "family": family["items"],
        "primary": affiliation.primary(now, on),
        "associates": [
            {
                "affiliation_id": each.id,
                "associate_id": each.associate_id,
                "name": _associate(log, each.associate_id),
                "scope": _scope(each.scope),
                "store_id": each.store_id,
                "since": each.since,
                "until": each.until,
                "covers": each.covers,
            }
            for each in sorted(affiliation.in_force(now, on), key=lambda each: each.id)
        ],
        "organizations": [
            {**_organization(log, each), **_without(each, "client_id", "begun_at")}
            for each in sorted(terms_of(log, on), key=lambda each: (each["membership_id"], each["term"]))
            if each["client_id"] == client_id and organization_of(log, each["organization_id"])
        ],
        "home_store_id": lately[0]["store_id"] if lately else card["store_id"],
        "stores": shopped,
        "notes": [
            _without(each, "version", "wordings")
            for each in notes_of(log, client_id, who)
            if each["withdrawn_at"] is None
        ][:5],
    }


def timeline_of(log: Sequence[Recorded], client_id: UUID, who: Viewer) -> list[Answer] | None:
    """Everything that passed between her and the house up to the caller's day, newest first."""
    card = card_of(log, client_id)
    if card is None:
        return None
    come = [
        {"at": at if isinstance(at, datetime) else datetime.combine(at, time(), UTC), "kind": kind, "id": str(id), **of}
        for found in (_person, _shopping, _circles, _serving, _contacts, _invitations)
        for kind, at, id, of in found(log, client_id, card, who)
        if isinstance(at, datetime) or at <= who.today
    ]
    come.sort(key=lambda line: (line["kind"], line["id"]))
    return sorted(come, key=lambda line: line["at"], reverse=True)


Line = tuple[str, date | datetime, object, Answer]


def _person(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    hers = [each for each in log if each.stream_id == client_id]
    yield "taken-up", card["registered_at"], client_id, {"store_id": card["store_id"], "by": card["registered_by"]}
    if corrected := [each.recorded_at for each in hers if isinstance(each.event, NameCorrected)]:
        yield "name-corrected", corrected[-1], client_id, {"name": card["name"]}
    for each in card["names"]:
        called = {part: each[part] for part in ("family", "given", "title")}
        yield "name-added", each["added_at"], each["name_id"], {"of_kind": each["kind"], "name": called}
    for each in card["contact_points"]:
        of = {"of_kind": each["kind"], "value": each["value"]}
        yield "contact-point-added", each["added_at"], each["contact_point_id"], of
    for each in card["addresses"]:
        of = {name: each[name] for name in ("type", "city", "country")}
        yield "address-added", each["added_at"], each["address_id"], of
    for each in card["dates"]:
        of = {"of_kind": each["kind"], "label": each["label"], "day": each["day"]}
        yield "date-learned", each["added_at"], each["date_id"], of
    for each in card["traits"]:
        of = {"of_kind": each["kind"], "value": each["value"]}
        yield "trait-learned", each["added_at"], each["trait_id"], of
    if card["died"]:
        told = [each.recorded_at for each in hers if isinstance(each.event, DeathRecorded)]
        yield "death", card["died_on"] or told[-1], client_id, {"died_on": card["died_on"]}


def _shopping(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    for sold in sales_of(log, client_id):
        goods = [line for line in sold["lines"] if line["moves_goods"]]
        at = {"store_id": sold["store_id"], "currency": sold["currency"]}
        for kind, of in (
            ("sale", [line for line in goods if line["handover"] == "taken"]),
            ("order", [line for line in goods if line["handover"] != "taken"]),
        ):
            if sold["kind"] == "sale" and of:
                yield kind, sold["occurred_at"], sold["sale_id"], {**at, **_sum([(line, line) for line in of])}
        steps = defaultdict(list)
        for line in goods:
            for step in line["steps"]:
                if step["kind"] == "handed-over":
                    steps[step["step_id"], step["store_id"], step["occurred_at"]].append((line, step))
        for (id, store_id, occurred_at), handed in steps.items():
            at = {"store_id": store_id, "currency": sold["currency"], "sale_id": sold["sale_id"]}
            yield "goods-handed-over", occurred_at, id, {**at, **_sum(handed)}
        returns = defaultdict(list)
        for line in goods:
            for back in line["returns"]:
                returns[back["return_id"], back["store_id"], back["occurred_at"]].append((line, back))
        for (id, store_id, occurred_at), backs in returns.items():
            at = {"store_id": store_id, "currency": sold["currency"], "sale_id": sold["sale_id"]}
            yield "return", occurred_at, id, {**at, **_sum(backs)}


def _sum(goods: list[tuple[Answer, Answer]]) -> Answer:
    return {
        "net": sum((each["net"] for _, each in goods), Decimal(0)),
        "pieces": sum(each["quantity"] for _, each in goods),
        "what": [line["description"] for line, _ in goods][:5],
    }


def _circles(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    for each in notes_of(log, client_id, who):
        yield "note", each["written_at"], each["note_id"], {name: each[name] for name in ("author", "privacy", "text")}
    family = family_of(log, client_id, who.today, all_terms=True)
    for each in family["items"] if family else ():
        id, of = f"{each['link_id']}.{each['term']}", {name: each[name] for name in _OF_LINK}
        yield "link-begun", each["since"] or each["begun_at"], id, of
        if each["ended_at"]:
            yield "link-ended", each["until"] or each["ended_at"], id, {**of, "reason": each["reason"]}
    for each in terms_of(log):
        its = organization_of(log, each["organization_id"])
        if each["client_id"] == client_id and its:
            id, of = f"{each['membership_id']}.{each['term']}", {name: each[name] for name in _OF_MEMBERSHIP}
            yield "membership-begun", each["since"] or each["begun_at"], id, {**of, "organization": its["name"]}
            if each["until"]:
                yield "membership-ended", each["until"], id, {**of, "organization": its["name"]}


_OF_LINK = ("link_id", "client_id", "name", "relation")
_OF_MEMBERSHIP = ("membership_id", "organization_id", "tie")


def _serving(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    its = [each for each in log if each.stream_id == affiliation.stream_id(client_id)]
    now = affiliation.after(each.event for each in its)
    begun_by: dict[UUID, UUID | None] = {}
    handed_over: dict[UUID, tuple[datetime, str]] = {}
    for told in its:
        event = told.event
        if isinstance(event, AffiliationBegun):
            begun_by[event.affiliation_id] = event.reassignment_id
        if isinstance(event, PrimaryNamed):
            of: Answer = {"associate_id": event.associate_id, "until": event.until}
            yield "primary-named", event.since or told.recorded_at, told.stream_version, of
        if isinstance(event, AffiliationEnded | AffiliationWithdrawn) and event.reassignment_id:
            handed_over[event.reassignment_id] = told.recorded_at, event.associate_id
    for id, each in now.by_id.items():
        began = next(told.recorded_at for told in its if getattr(told.event, "affiliation_id", None) == id)
        of = {"associate_id": each.associate_id, "store_id": each.store_id, "covers": each.covers}
        of["scope"] = _scope(each.scope)
        yield "affiliation-begun", each.since or began, id, {**of, "reassignment_id": begun_by[id]}
        if each.until:
            yield "affiliation-ended", each.until, id, of
    for reassignment_id, (at, giver) in handed_over.items():
        given = [
            each for id, each in now.by_id.items() if begun_by[id] == reassignment_id and each.associate_id != giver
        ]
        since = min((each.since for each in given if each.since), default=None)
        of = {"giver": giver, "taker": min((each.associate_id for each in given), default=None), "since": since}
        yield "handover", at, reassignment_id, of


def _contacts(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    for each in outreach_of(log, client_id):
        yield "outreach", each["at"], each["outreach_id"], {name: each[name] for name in (*_OF_CONTACT, *_OUTREACH)}
    for each in visits_of(log, client_id):
        yield "visit", each["at"], each["visit_id"], {name: each[name] for name in (*_OF_CONTACT, "items", "reason")}
    for each in appointments_of(log, client_id):
        if each["day"] <= who.today:
            of = {name: each[name] for name in (*_OF_CONTACT, "ends_at", "out_of_hours", "standing")}
            yield "appointment", each["starts_at"], each["appointment_id"], of


def _invitations(log: Sequence[Recorded], client_id: UUID, card: Answer, who: Viewer) -> Iterator[Line]:
    for id, event in calendar_events(log).items():
        its, told = {"calendar_event_id": id, "calendar_event": event.name}, between(log, id, client_id, lambda _: True)
        invitation_id = named(id, client_id)
        if told is None:
            continue
        for each in told["sendings"]:
            if each["outcome"] in WENT_OUT:
                of = {name: each[name] for name in ("channel", "associate_id")}
                yield "invited", each["at"], each["outreach_id"], {**its, **of}
        for each in told["previews"]:
            of = {name: each[name] for name in ("associate_id", "pieces", "remark")}
            yield "previewed", each["at"], each["preview_id"], {**its, **of}
        if answer := told["answer"]:
            of = {name: answer[name] for name in ("accepted", "seats")}
            yield "answered", answer["at"], invitation_id, {**its, **of}
        if came := told["attendance"]:
            on_list = "listed" in told["standing"]
            yield "attended", came["at"], invitation_id, {**its, "people": came["people"], "on_list": on_list}


_OF_CONTACT = ("associate_id", "store_id", "calendar_event_id", "remark")
_OUTREACH = ("direction", "channel", "purpose", "outcome", "items")


def _stores(log: Sequence[Recorded], client_id: UUID, since: datetime | None = None) -> list[Answer]:
    """Where she bought goods, the most frequented first, of two alike the one of the latest sale."""
    bought = defaultdict(list)
    for each in movements_of(log, client_id):
        if each.quantity > 0 and (since is None or each.at >= since):
            bought[each.store_id].append((each.at, each.sale["sale_id"]))
    stores = [
        {"store_id": id, "sales": len({sale for _, sale in of}), "first_at": min(of)[0], "last_at": max(of)[0]}
        for id, of in sorted(bought.items())
    ]
    return sorted(stores, key=lambda store: (store["sales"], store["last_at"]), reverse=True)


def _organization(log: Sequence[Recorded], member: Answer) -> Answer:
    its: Any = organization_of(log, member["organization_id"])
    shown = {name: its[name] for name in ("organization_id", "name", "kind", "world", "part_of", "closed")}
    return {**shown, "scope": {name: its[name] for name in ("reach", "region_id", "store_id")}}


def _associate(log: Sequence[Recorded], associate_id: str) -> str | None:
    now = associate.after(each.event for each in log if each.stream_id == associate.stream_id(associate_id))
    joined = now.joined
    return None if joined is None or isinstance(joined.name, Erased) else joined.name


def _scope(scope: affiliation.Scope) -> Answer:
    return {"only": None if scope.only is None else list(scope.only), "but": list(scope.but)}


def _without(answer: Answer, *names: str) -> Answer:
    return {name: value for name, value in answer.items() if name not in names}
