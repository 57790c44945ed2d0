"""Slow, simple answers about families: one reading of the whole list of events each."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain import link, occasion
from domain.client import state
from domain.client.facts import AddressType, DateKind, TraitKind
from domain.client.state import Client
from domain.days import CalendarDay, holds
from domain.link import Link, Term
from domain.occasion import Linked, Person, Remembered
from domain.personal import Erased
from projections.projection import Recorded

Answer = dict[str, Any]


def links_of(log: Sequence[Recorded], person_id: UUID) -> Iterator[tuple[UUID, Link]]:
    """Every link that somebody has, by its id."""
    for id in dict.fromkeys(each.stream_id for each in log if isinstance(each.event, link.LinkBegun)):
        found = link.after(each.event for each in log if each.stream_id == id)
        if person_id in link.people(found):
            yield id, found


def family_of(log: Sequence[Recorded], client_id: UUID, on: date, *, all_terms: bool) -> Answer | None:
    """Who is linked to her on a day, or ever was or will be, with the next of each occasion within a year."""
    me = client_of(log, client_id)
    if me.registered is None:
        return None
    items: list[Answer] = []
    couples: list[str] = []
    for id, found in links_of(log, client_id):
        for number, term in found.terms.items():
            in_force = holds(term.begun.since, term.until, on)
            [other_id] = term.relations().keys() - {client_id}
            other = client_of(log, other_id)
            if not other.is_known:
                continue
            said = term.salutation and (term.salutation.salutation, term.salutation.salutation_of_other)
            if said and all(said) and not any(isinstance(each, Erased) for each in said) and in_force:
                couples += [str(said[0])] * (other.died is None)
            if in_force or all_terms:
                items.append(_relative(log, id, number, term, (client_id, me), (other_id, other), on))
    own = None if isinstance(me.salutation, Erased) else me.salutation
    items.sort(key=lambda each: (each["begun_at"], each["link_id"], each["term"]))
    return {
        "client_id": client_id,
        "on": on,
        "salutation": {*couples, *([] if couples else [own])} if me.died is None else {None},
        "items": items,
    }


def _relative(
    log: Sequence[Recorded],
    link_id: UUID,
    number: int,
    term: Term,
    mine: tuple[UUID, Client],
    others: tuple[UUID, Client],
    on: date,
) -> Answer:
    (my_id, me), (other_id, other) = mine, others
    recorded = [each for each in log if each.stream_id == link_id and getattr(each.event, "term", None) == number]
    ended_at = next((each.recorded_at for each in recorded if isinstance(each.event, link.LinkEnded)), None)
    in_force = holds(term.begun.since, term.until, on)
    linked = linked_by(term, my_id, (other_id, other), on)
    year = timedelta(days=366)
    next_ones = occasion.next_of_each(occasion.with_linked(person_of(me, on), linked, on, on + year))
    return {
        "link_id": link_id,
        "term": number,
        "client_id": other_id,
        "name": name_of(other),
        "relation": term.relations()[other_id],
        "reverse": term.relations()[my_id],
        "circle": term.begun.circle,
        "since": term.begun.since,
        "until": term.until,
        "in_force": in_force,
        "reason": term.ended and term.ended.reason,
        "begun_at": next(each.recorded_at for each in recorded if isinstance(each.event, link.LinkBegun)),
        "ended_at": ended_at,
        "died": other.died is not None,
        "sees_file": other.registered is not None,
        "occasions": [each._asdict() for each in next_ones],
        "unknown_feasts": sorted(occasion.unknown_feasts(person_of(me, on), linked, on, on + year)) if in_force else [],
        "addresses": [
            {"address_id": id, "type": each.type, "city": each.address.city}
            for id, each in other.addresses.items()
            if in_force and other.died is None and not isinstance(each.address, Erased)
            if holds(each.since, each.until, on)
        ],
    }


def linked_by(term: Term, my_id: UUID, others: tuple[UUID, Client], on: date) -> Linked:
    """What the occasions follow from of whom a term of a link ties to somebody."""
    other_id, other = others
    kept = [
        Remembered(kind.value, day)
        for kind, each in term.anniversaries.items()
        if isinstance(day := each.day if each.client_id == my_id else each.day_of_other, CalendarDay)
    ]
    return Linked(
        person_of(other, on),
        term.relations()[other_id],
        term.begun.circle,
        term.begun.since,
        term.until,
        tuple(kept),
    )


def person_of(now: Client, on: date) -> Person:
    """What the occasions of a person follow from."""
    there = [
        each
        for each in now.addresses.values()
        if not isinstance(each.address, Erased) and holds(each.since, each.until, on)
    ]
    home = [each for each in there if each.type is AddressType.HOME] or there
    dates, labels = list[Remembered](), set[str]()
    for each in now.dates.values():
        if isinstance(each.day, CalendarDay) and not isinstance(each.label, Erased):
            name = each.label if each.kind is DateKind.OTHER and each.label else each.kind.value
            dates.append(Remembered(name, each.day, each.yearly))
            labels |= {each.label} if each.label else set()
    says = {kind: {each.value for each in now.traits.values() if each.kind is kind} for kind in TraitKind}
    likes = says[TraitKind.TAG] | says[TraitKind.LIKE] | says[TraitKind.INTEREST]
    return Person(
        tuple(dates),
        home[0].address.country if home and not isinstance(home[0].address, Erased) else None,
        frozenset(each for each in likes if isinstance(each, str)) | labels,
        frozenset(each for each in says[TraitKind.DISLIKE] if isinstance(each, str)),
        now.died is not None,
    )


def client_of(log: Sequence[Recorded], client_id: UUID) -> Client:
    """A client, or a person who is none, as her events left her."""
    return state.after(each.event for each in log if each.stream_id == client_id)


def name_of(now: Client) -> Answer | None:
    """Her main name, as answers say it."""
    if now.name is None or isinstance(now.name, Erased):
        return None
    return {"family": now.name.family, "given": now.name.given, "title": now.name.title}
