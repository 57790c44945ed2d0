"""Slow, simple answers about what ticklers follow from: every cause of a client is looked at by every version of every
rule, whatever is asked. What is asked for is picked out of all that in `oracles_tickler_lists.py`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from domain import follow_up
from domain import tickler_rule_versions as versions
from domain.client.facts import DateKind
from domain.client.state import Client
from domain.days import CalendarDay, holds
from domain.follow_up import FollowUpWritten
from domain.invitation import state as invitation
from domain.invitation.events import invitation_id
from domain.link import AnniversarySet
from domain.personal import Erased
from domain.relation import Circle
from domain.tickler_cause import OWN_WORDS, About
from domain.tickler_rule import ANNIVERSARY, Cause, Owner, Rule, RuleSet
from tests.support.oracles_contacts import appointments_of, visits_of, zone_of
from tests.support.oracles_family import links_of
from tests.support.oracles_tickled import FIRST, LAST, Found, Her, Tickler, World
from tests.support.oracles_tickled_goods import goods_of, lapses, owned, purchases


def ticklers_of(world: World, client_id: UUID) -> Iterator[Tickler]:
    """Whatever there is to do for a client, ever."""
    me = world.person(client_id)
    if me.registered is None or me.died is not None:
        return
    her = Her(world, client_id, me, world.once("goods", lambda: goods_of(world)))
    for rule_id, number, rule, now in _rules(world):
        for found in _CAUSES[rule.cause](her, rule, number):
            if versions.in_force(now, found.day) != number or _excepted(me, rule, found.day):
                continue
            due = found.day + timedelta(_days(rule, her, found))
            if rule.cause is Cause.REGISTRATION and found.over_on and found.over_on <= due:
                continue
            shows, expires = due - timedelta(rule.shown), due + timedelta(rule.expires)
            about = About(rule_id, found.cause, found.occurrence)
            yield Tickler(client_id, about, rule.cause, number, rule.text, rule.owner, due, shows, expires, found)
    yield from _written(world, client_id)


def _rules(world: World) -> Iterator[tuple[str, int, Rule, versions.Versions]]:
    for rule_id in sorted({each.event.rule_id for each in world.log if isinstance(each.event, RuleSet)}):
        now = versions.after(each.event for each in world.its(versions.stream_id(rule_id)))
        yield from ((rule_id, number, each.rule, now) for number, each in enumerate(now.all, 1) if each.rule)


def _days(rule: Rule, her: Her, found: Found) -> int:
    days = {each.category: each.days for each in rule.by_category}
    if rule.cause in {Cause.PURCHASE, Cause.OWNED}:
        return days.get(found.matter or "", rule.days)
    bought = {each["category"] for each in her.bought}
    return min((lead for category, lead in days.items() if category in bought), default=rule.days)


def _excepted(me: Client, rule: Rule, day: date) -> bool:
    """Whether she has a date to come of the kind that the rule excepts."""
    kept = [each for each in me.dates.values() if each.kind == rule.unless_date and isinstance(each.day, CalendarDay)]
    return any(each.yearly or each.day.in_year(each.day.year or 0) >= day for each in kept)  # type: ignore[union-attr]


# ---------------------------------------------------------------------------------------------------------------- dates


def _own_dates(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    yield from _dates(her.now, rule)


def _linked_dates(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    """Somebody who is linked twice has each of her days once: by the closest link, that of the smallest id."""
    found: dict[tuple[str, date], tuple[tuple[int, UUID, int], Found]] = {}
    for link_id, link in links_of(her.world.log, her.client_id):
        for term_number, term in link.terms.items():
            [other_id] = term.relations().keys() - {her.client_id}
            other = her.world.person(other_id)
            if not other.is_known or other.died is not None:
                continue
            place = ([*Circle].index(term.begun.circle), link_id, term_number)
            days = list(_dates(other, rule))
            for kind, said in term.anniversaries.items():
                day = said.day if said.client_id == her.client_id else said.day_of_other
                if isinstance(day, CalendarDay) and (not rule.dates or ANNIVERSARY in rule.dates):
                    event_id = _said_by(her, said)
                    turns = _turns(f"{link_id}/{kind}", day, kind.value, yearly=True)
                    days += [replace(each, facts={**(each.facts or {}), "event_id": event_id}) for each in turns]
            for each in days:
                if holds(term.begun.since, term.until, each.day):
                    with_whom = {**(each.facts or {}), "link_id": link_id}
                    this = (place, replace(each, person_id=other_id, facts=with_whom))
                    key = (each.cause, each.day)
                    found[key] = min(found.get(key, this), this, key=lambda known: known[0])
    yield from (each for _, each in found.values())


def _said_by(her: Her, said: AnniversarySet) -> UUID:
    return [each.event_id for each in her.world.its(said.link_id) if each.event == said][-1]


def _dates(of: Client, rule: Rule) -> Iterator[Found]:
    for id, each in of.dates.items():
        if isinstance(each.day, Erased) or isinstance(each.label, Erased):
            continue
        if not rule.dates or each.kind in rule.dates:
            name = each.label if each.kind is DateKind.OTHER and each.label else each.kind.value
            yield from _turns(str(id), each.day, name, yearly=each.yearly)


def _turns(cause: str, day: CalendarDay, name: str, *, yearly: bool) -> Iterator[Found]:
    for year in range(FIRST.year, LAST.year + 1):
        if day.year is None or year == day.year or (yearly and year > day.year):
            yield Found(cause, str(year) if yearly else "once", day.in_year(year), facts={"name": name})


# ------------------------------------------------------------------------------------------------------------- meetings


def _calendar_events(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    to = her.world.reached(her.client_id)
    for id, event in her.world.calendar_events.items():
        its = her.world.its(invitation_id(id, her.client_id))
        came = invitation.after(each.event for each in its).attended is not None
        is_about = not rule.event_kinds or event.kind in rule.event_kinds
        if is_about and (id in to or (came and not event.cancelled)):
            assert event.held
            yield Found(str(id), "once", event.held.first_day, facts={"calendar_event_id": id, "name": event.name})


def _appointments(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    for each in appointments_of(her.world.log, her.client_id):
        if each["standing"] != "cancelled":
            facts = {"at": each["starts_at"], "calendar_event_id": each["calendar_event_id"]}
            who = each["associate_id"]
            yield Found(str(each["appointment_id"]), "once", each["day"], associate_id=who, facts=facts)


def _visits(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    for each in visits_of(her.world.log, her.client_id):
        day = each["at"].astimezone(zone_of(her.world.log, each["store_id"])).date()
        facts = {"at": each["at"], "name": each["reason"], "calendar_event_id": each["calendar_event_id"]}
        yield Found(str(each["visit_id"]), "once", day, associate_id=each["associate_id"], facts=facts)


def _registrations(her: Her, rule: Rule, number: int) -> Iterator[Found]:
    registered = next(each for each in her.world.its(her.client_id) if each.event == her.now.registered)
    assert her.now.registered
    day = registered.recorded_at.astimezone(zone_of(her.world.log, her.now.registered.store_id)).date()
    first = min((each["day"] for each in her.bought), default=None)
    yield Found(str(her.client_id), "once", day, over_on=first, facts={})


def _written(world: World, client_id: UUID) -> Iterator[Tickler]:
    for id in dict.fromkeys(each.stream_id for each in world.log if isinstance(each.event, FollowUpWritten)):
        its = world.its(id)
        now = follow_up.after(each.event for each in its)
        if now.written is None or now.wording is None or now.withdrawn or now.written.client_id != client_id:
            continue
        due, expires, said = now.wording
        facts = {"calendar_event_id": now.written.calendar_event_id}
        found = Found(str(now.written.follow_up_id), "once", due, associate_id=now.written.owner, facts=facts)
        yield Tickler(
            client_id,
            About(OWN_WORDS, found.cause, "once"),
            OWN_WORDS,
            None,
            None if isinstance(said, Erased) else said,
            Owner.PRIMARY,
            due,
            min(due, its[0].recorded_at.astimezone(world.zone).date()),
            expires,
            found,
        )


_CAUSES: dict[Cause, Callable[[Her, Rule, int], Iterator[Found]]] = {
    Cause.OWN_DATE: _own_dates,
    Cause.LINKED_DATE: _linked_dates,
    Cause.CALENDAR_EVENT: _calendar_events,
    Cause.PURCHASE: purchases,
    Cause.OWNED: owned,
    Cause.APPOINTMENT: _appointments,
    Cause.VISIT: _visits,
    Cause.LAPSE: lapses,
    Cause.REGISTRATION: _registrations,
}
