"""A random house in which there is much to do: rules of every cause, clients with dates, goods, links, calendar events
and meetings around today, and associates who do something about it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import associate, store, tickler
from domain import tickler_rule_versions as versions
from domain.access import Role
from domain.associate import AssociateJoined, AssociateLeft
from domain.client import life, state
from domain.client.events import ClientRegistered, DateAdded
from domain.client.facts import DateKind, Name
from domain.contact import OUTCOMES, Channel, Direction, Outcome, Purpose
from domain.days import CalendarDay
from domain.follow_up import FollowUpWritten
from domain.invitation import answering, listing
from domain.invitation import state as invitation
from domain.invitation.events import Attended, InvitationSent, Party, PutOnList, invitation_id
from domain.outreach import OutreachRecorded
from domain.refusals import Refusal
from domain.sale import recording
from domain.sale import state as sales
from domain.sale.events import Event as SaleEvent
from domain.sale.events import SaleRecorded
from domain.sale.facts import Handover, Line, SaleReference, Seller
from domain.sale.state import Sale
from domain.store import StoreOpened
from domain.tickler import Which
from domain.tickler_cause import About
from domain.tickler_rule import Cause, Rule, check
from tests.support.decisions import affiliation, calendar_event, client, contact, gift, link, membership, sale
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CALENDAR_EVENTS as EVENTS
from tests.support.decisions.nouns import CLIENTS, SALES, STORES, Noun
from tests.support.decisions.tickler_rule import random_rule
from tests.support.records import NOON, Journal

TODAY = NOON.date()
ZONES = dict(zip(STORES, ["Pacific/Honolulu", "Pacific/Kiritimati"], strict=True))
"""As far apart as the clocks of two stores can be: hardly ever is it the same day at both."""

# Rules change on these days.
_SINCE = [date(2020, 1, 1), date(2026, 2, 20), date(2026, 3, 10), date(2026, 4, 1)]
_CATEGORIES = ["jewelry", "beauty", "watches", None]


def _date(chance: Random, now: state.Client, id: UUID, new: UUID) -> Sequence[object]:
    day = TODAY + timedelta(chance.randrange(-70, 70))
    kind, year = chance.choice(list(DateKind)), chance.choice([None, 1960, 2025, 2026])
    kept = CalendarDay(day.month, chance.choice([None, day.day, day.day, 29 if day.month == 2 else day.day]), year)
    label = chance.choice(["Ascot", ""]) if kind is DateKind.OTHER else None
    return life.add_date(now, DateAdded(id, new, kind, label, kept, chance.random() < 0.7))


def _buy(chance: Random, now: Sale, id: UUID, new: UUID) -> list[SaleEvent]:
    at = NOON - timedelta(
        days=chance.choice([chance.randrange(30), chance.randrange(1100)]), hours=chance.randrange(24)
    )
    lines = tuple(_line(chance, ordinal) for ordinal in range(1, chance.randrange(2, 4)))
    reference = SaleReference("till", str(id.int))
    sold = SaleRecorded(id, reference, chance.choice(STORES), at, "EUR", chance.choice(CLIENTS), lines)
    return recording.record(now, sold)


def _line(chance: Random, ordinal: int) -> Line:
    price, quantity = Decimal(chance.randrange(1, 9) * 100), chance.randrange(1, 4)
    sellers = tuple(Seller(who, chance.randrange(1, 3)) for who in chance.sample(ASSOCIATES, k=chance.randrange(3)))
    line = Line(ordinal, f"R-{ordinal}", f"Piece {ordinal}", quantity, price, quantity * price, sellers=sellers)
    handover = chance.choice([Handover.TAKEN, Handover.TAKEN, Handover.ORDERED])
    kind = chance.choice(["ring", "scarf", None])
    return replace(line, category=chance.choice(_CATEGORIES), type=kind, handover=handover)


DATES = Noun(client.NOUN.stream, state.after, [_date])
MORE_SALES = [*SALES, *(UUID(int=0x5A1E100 + number) for number in range(20))]


def _of_sale(chance: Random) -> tuple[UUID, UUID]:
    which = chance.choice(MORE_SALES)
    return which, which


GOODS = Noun(_of_sale, sales.after, [*[_buy] * 6, *sale.NOUN.decisions[2:14], *gift.NOUN.decisions])
NEWCOMER = UUID(int=0xC9)
"""A client who was taken up of late and bought nothing."""
PEOPLE = [*CLIENTS, NEWCOMER]

NOUNS = [
    client.LIVING,
    *[DATES] * 12,
    *[GOODS] * 5,
    link.NOUN,
    link.LASTING,
    membership.NOUN,
    affiliation.NOUN,
    calendar_event.NOUN,
    contact.VISIT,
    contact.APPOINTMENT,
]


def random_house(chance: Random, decisions: int, nouns: Sequence[Noun] = NOUNS) -> Journal:
    """What happened after so many decisions, and the rules; nobody did anything with a tickler yet."""
    journal = random_journal(chance, 2, decisions, nouns)
    for id, zone in ZONES.items():
        journal.happened(store.stream_id(id), StoreOpened(id, id, chance.choice(["emea", None]), "CH", id, zone, None))
    for number, name in enumerate(ASSOCIATES):
        key = associate.stream_id(name)
        joined = AssociateJoined(key, name, name.title(), Role.ASSOCIATE, STORES[number % 2], date(2020, 1, 1))
        journal.happened(key, joined)
    journal.happened(associate.stream_id("yuki"), AssociateLeft("yuki", TODAY + timedelta(chance.choice([-9, 9]))))
    for rule_id, event in _rules(chance):
        journal.happened(versions.stream_id(rule_id), event)
    for number, (who, where) in enumerate(product(CLIENTS, EVENTS)):
        _invited(chance, journal, who, where, UUID(int=0x07EAC4000 + number))
    journal.happened(NEWCOMER, ClientRegistered(NEWCOMER, chance.choice(STORES), Name("Roe", "New"), None))
    for number in range(6):
        _written(chance, journal, UUID(int=0xF0110 + number), chance.choice(CLIENTS))
    return journal


def _rules(chance: Random) -> Iterator[tuple[str, Any]]:
    """Two rules of each cause, some of them in two versions."""
    for cause in Cause:
        for number in range(2):
            rule_id, now = f"{cause}-{number}", versions.Versions()
            for since in sorted(chance.sample(_SINCE[:3], k=chance.choice([1, 1, 2]))):
                rule = _rule(chance, cause)
                for event in versions.set_rule(now, rule_id, rule, since if now.all else _SINCE[0]):
                    now = versions.evolve(now, event)
                    yield rule_id, event
            if chance.random() < 0.1:
                for off in versions.switch_off(now, rule_id, _SINCE[3]):
                    yield rule_id, off


def _rule(chance: Random, cause: Cause) -> Rule:
    while True:
        rule = random_rule(chance)
        if rule.cause is cause and _may_be(rule):
            return replace(
                rule,
                types=rule.types[:1],
                unless_date=chance.choice([None, None, rule.unless_date]),
                expires=chance.choice([0, 7, 30, 400]),
                every_months=rule.every_months and chance.choice([1, 2, 6]),
            )


def _may_be(rule: Rule) -> bool:
    with suppress(Refusal):
        check(rule)
        return True
    return False


def _invited(chance: Random, journal: Journal, who: UUID, where: UUID, outreach_id: UUID) -> None:
    """Some are on the list of an event, some of them were invited, and some came."""
    id, now = invitation_id(where, who), invitation.Invitation()
    sent = InvitationSent(who, id, where, outreach_id, Channel.MAIL, "ines", NOON)
    asked: list[tuple[Callable[..., Sequence[Any]], tuple[Any, ...]]] = [
        (listing.put_on, (PutOnList(who, id, where, Party.CLIENT, 1, None),)),
        (listing.send, (sent, Outcome.SENT)),
        (answering.attend, (Attended(who, id, where, 1, NOON),)),
    ]
    for decide, said in asked:
        if chance.random() < 0.6:
            for event in _decided(decide, now, *said):
                now = invitation.evolve(now, event)
                journal.happened(who, event, id)
    if outreach_id in now.sent:
        journal.happened(who, _contact(chance, who, outreach_id, Channel.MAIL, ()), outreach_id)


def _written(chance: Random, journal: Journal, id: UUID, who: UUID) -> None:
    due = TODAY + timedelta(chance.randrange(-20, 20))
    expires = chance.choice([None, due + timedelta(chance.randrange(20))])
    author, owner = chance.choices([*ASSOCIATES, "nobody"], k=2)
    written = FollowUpWritten(who, id, author, owner, due, expires, chance.choice([None, *EVENTS]), "Ask her")
    journal.happened(who, written, id)


def _decided(decide: Callable[..., Sequence[Any]], *said: Any) -> Sequence[Any]:
    try:
        return decide(*said)
    except Refusal:
        return []


def _contact(
    chance: Random, client_id: UUID, id: UUID, channel: Channel, ticklers: tuple[About, ...]
) -> OutreachRecorded:
    outcome = chance.choice(sorted(OUTCOMES[channel]))
    at = datetime.combine(TODAY, time(chance.randrange(24)), ZoneInfo("UTC"))
    return OutreachRecorded(
        client_id,
        id,
        chance.choice(ASSOCIATES),
        None,
        at,
        Direction.OUT,
        channel,
        Purpose.CONVERSATIONAL,
        outcome,
        None,
        (),
        None,
        ticklers,
        "Said so",
    )


def acted(chance: Random, journal: Journal, whiches: Sequence[Which]) -> None:
    """What associates did with some of these ticklers."""
    for number, which in enumerate(whiches):
        now, who = tickler.Tickler(), chance.choice([*ASSOCIATES, "nobody"])
        soon, late = (TODAY + timedelta(chance.randrange(1, days)) for days in (30, 300))
        every: list[tuple[Callable[..., Sequence[Any]], tuple[Any, ...]]] = [
            (tickler.complete, (which, who, chance.choice([None, "Done"]))),
            (tickler.dismiss, (which, who, None)),
            (tickler.snooze, (which, who, soon, TODAY)),
            (tickler.snooze, (which, who, late, TODAY)),
            (tickler.hand_over, (which, who)),
            (tickler.take, (which, who)),
            (tickler.reopen, (which,)),
        ]
        for decide, said in chance.sample(every, k=chance.randrange(3)):
            for event in _decided(decide, now, *said):
                now = tickler.evolve(now, event)
                journal.happened(which.client_id, event, which.tickler_id)
        if chance.random() < 0.2:
            id, channel = UUID(int=0x07EAC5000 + number), chance.choice(list(Channel))
            journal.happened(which.client_id, _contact(chance, which.client_id, id, channel, (which.about,)), id)
