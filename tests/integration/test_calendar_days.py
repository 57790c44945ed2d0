"""On which days a client's calendar shows what, wherever it is held and in whichever order it was recorded."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain import affiliation
from domain.affiliation import EVERYTHING, AffiliationBegun
from domain.calendar_event import scheduling, state
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.client.events import AddressAdded, ClientRegistered, DateAdded
from domain.client.facts import AddressType, DateKind, Name, PostalAddress
from domain.days import CalendarDay
from domain.invitation.events import Party, PutOnList, TakenOffList, invitation_id
from domain.membership import MembershipBegun, MembershipEnded, MembershipTakenBack, Tie, membership_id
from domain.organization import OrganizationFounded
from domain.scope import Reach, Scope
from queries.client_calendar import EventDay, OccasionDay
from tests.support.asking import Book
from tests.support.clocks import held
from tests.support.records import Journal

Database = Callable[[], str]

MARIE, AURELIE, SHOW = UUID(int=1), UUID(int=2), UUID(int=3)
NATIONAL, PARIS = Scope(Reach.NATIONAL), Scope(Reach.STORE, None, "paris-1")

Told = tuple[UUID, object, UUID]
"""What is recorded: the key, the event, and the stream."""


def registered(client_id: UUID) -> Told:
    return client_id, ClientRegistered(client_id, "paris-1", Name("Dupont"), None), client_id


def founded(organization_id: UUID) -> Told:
    event = OrganizationFounded(organization_id, "Aurélie", "designer", None, NATIONAL, None)
    return organization_id, event, organization_id


def joined(client_id: UUID, organization_id: UUID, since: date | None = None) -> Told:
    id = membership_id(client_id, organization_id, Tie.INTEREST)
    return client_id, MembershipBegun(client_id, id, organization_id, Tie.INTEREST, 1, since, None), id


def scheduled(event_id: UUID, organization_id: UUID, when: Held, scope: Scope = NATIONAL) -> Told:
    event = CalendarEventScheduled(event_id, "Aurélie", "gala", (organization_id,), scope, when, None)
    return event_id, event, event_id


def journal(*told: Told) -> Journal:
    kept = Journal()
    for key, event, stream in told:
        kept.happened(key, event, stream)
    return kept


@pytest.fixture
def calendar(database: Database) -> Iterator[Callable[..., Book]]:
    """The book of a house in which Marie is interested in Aurélie, who holds an event, and what else is told."""
    made: list[Book] = []

    def calendar(when: Held, *more: Told) -> Book:
        told = (registered(MARIE), founded(AURELIE), joined(MARIE, AURELIE), scheduled(SHOW, AURELIE, when), *more)
        made.append(Book(database(), journal(*told)))
        return made[-1]

    yield calendar
    for book in made:
        book.__exit__()


def days_of_event(book: Book, *days: date) -> list[date]:
    """On which of these days her calendar shows an event."""
    return [day for day in days if any(isinstance(each, EventDay) for each in _items(book, day, day))]


def _items(book: Book, first: date, last: date) -> Sequence[EventDay | OccasionDay]:
    calendar = book.client_calendar(MARIE, first, last)
    assert calendar
    return calendar.items


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


def test_a_birthday_on_a_leap_day_is_kept_every_year(calendar: Callable[..., Book]) -> None:
    birthday = DateAdded(MARIE, UUID(int=9), DateKind.BIRTHDAY, None, CalendarDay(2, 29, 1984), yearly=True)
    book = calendar(held("2027-02-28T18:00", "2027-02-28T23:00"), (MARIE, birthday, MARIE))
    shown = [(each.kind, each.day) for each in _items(book, date(2027, 2, 1), date(2028, 3, 1))]
    assert shown == [
        ("calendar-event", date(2027, 2, 28)),
        ("occasion", date(2027, 2, 28)),
        ("occasion", date(2028, 2, 29)),
    ]


def test_an_event_in_auckland_is_on_the_day_of_auckland_though_in_paris_it_begins_the_day_before(
    calendar: Callable[..., Book],
) -> None:
    book = calendar(held("2026-11-14T09:00", "2026-11-14T17:00", "Pacific/Auckland"))
    assert days_of_event(book, *november(12, 13, 14, 15)) == november(14)


def test_an_event_in_honolulu_is_on_the_day_of_honolulu_though_in_paris_it_ends_the_day_after(
    calendar: Callable[..., Book],
) -> None:
    home = PostalAddress("JP", ("1-1 Ginza",), "Tokyo", None, None)
    lives = AddressAdded(MARIE, UUID(int=8), AddressType.HOME, home, None, None)  # where it is the day after that
    book = calendar(held("2026-11-14T12:00", "2026-11-14T23:00", "Pacific/Honolulu"), (MARIE, lives, MARIE))
    assert days_of_event(book, *november(13, 14, 15, 16)) == november(14)


def test_who_joins_on_the_last_day_of_an_event_is_reached_by_the_day_of_its_place(database: Database) -> None:
    when = held("2026-11-14T09:00", "2026-11-14T17:00", "Pacific/Auckland")
    told = [registered(MARIE), founded(AURELIE), scheduled(SHOW, AURELIE, when)]
    for since, expected in ((date(2026, 11, 14), november(14)), (date(2026, 11, 15), [])):
        with Book(database(), journal(*told, joined(MARIE, AURELIE, since))) as book:
            assert days_of_event(book, *november(13, 14, 15)) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [("2026-10-24T20:00", "2026-10-25T04:00", 9), ("2026-03-28T20:00", "2026-03-29T04:00", 7)],
)
def test_a_ball_in_the_night_of_changing_clocks_is_on_both_days_and_shows_what_the_clocks_do(
    calendar: Callable[..., Book], starts: str, ends: str, hours: int
) -> None:
    book = calendar(held(starts, ends))
    first, last = date.fromisoformat(starts[:10]), date.fromisoformat(ends[:10])
    assert days_of_event(book, first, last) == [first, last]
    [item] = _items(book, first, last)
    assert isinstance(item, EventDay)
    shown = item.calendar_event.held
    assert (shown.starts.isoformat()[:16], shown.ends.isoformat()[:16]) == (starts, ends)
    assert (shown.ends_at - shown.starts_at).total_seconds() == hours * 3600


# ------------------------------------------------------------------------------------------------------- in any order


def _chains(chance: Random, client_id: UUID, organization_id: UUID, event_id: UUID) -> list[list[Any]]:
    """What happens to a client, an organization and an event: each chain in its order, all of them in any.

    A decision stands for the event that it leads to when its turn comes; the event's concern different things of it, so
    that they come in any order, too, once it is scheduled.
    """
    told = [joined(client_id, organization_id, date(2026, 11, chance.choice([1, 14, 16])))]
    key, _, membership = told[0]
    wrong = membership_id(client_id, organization_id, Tie.BELONGING)
    invited = invitation_id(event_id, client_id)
    began = held("2026-11-10T18:00", "2026-11-10T22:00")
    when = held("2026-11-14T18:00", chance.choice(["2026-11-14T22:00", "2026-11-16T12:00"]))
    scope = chance.choice([NATIONAL, PARIS, Scope(Reach.STORE, None, "rome-1")])
    changes: list[Callable[[state.CalendarEvent], Any]] = [
        lambda now: scheduling.move(now, event_id, when),
        lambda now: scheduling.rescope(now, event_id, scope),
        lambda now: scheduling.put_on(now, event_id, organization_id),
        lambda now: scheduling.describe(now, event_id, "Aurélie", "ball", "Opéra"),
        *([lambda now: scheduling.cancel(now, event_id, None)] if chance.random() < 0.2 else []),
    ]
    serves = AffiliationBegun(client_id, UUID(int=4), "ines", "rome-1", EVERYTHING, None, date(2026, 11, 15))
    return [
        [registered(client_id)],
        [founded(organization_id)],
        [*told, *([(key, MembershipEnded(key, membership, 1, date(2026, 11, 20)), membership)] * chance.randrange(2))],
        [
            (key, MembershipBegun(key, wrong, organization_id, Tie.BELONGING, 1, None, None), wrong),
            (key, MembershipTakenBack(key, wrong, 1), wrong),
        ],
        [scheduled(event_id, UUID(int=7), began, NATIONAL), *changes],
        [(key, serves, affiliation.stream_id(client_id))] * chance.randrange(2),
        [
            (key, PutOnList(key, invited, event_id, Party.CLIENT, 1, None), invited),
            *([(key, TakenOffList(key, invited, event_id), invited)] if chance.random() < 0.8 else []),
        ],
    ]


def _in_some_order(chance: Random, chains: list[list[Any]], event_id: UUID) -> Iterator[Told]:
    its: list[object] = []
    turns = [number for number, chain in enumerate(chains) for _ in chain]
    chance.shuffle(turns)
    waiting = [iter(_any_changes(chance, chain)) for chain in chains]
    for number in turns:
        step = next(waiting[number])
        told = [(event_id, event, event_id) for event in step(state.after(its))] if callable(step) else [step]
        its += [event for _, event, stream in told if stream == event_id]
        yield from told


def _any_changes(chance: Random, chain: list[Any]) -> list[Any]:
    changes = [step for step in chain if callable(step)]
    return [step for step in chain if not callable(step)] + chance.sample(changes, len(changes))


@pytest.mark.feature("CS-20")
def test_joining_leaving_scheduling_moving_and_cancelling_in_any_order_give_the_same_calendars(
    database: Database,
) -> None:
    """Of each situation there are several copies in one house, each told in an order of its own."""
    situations, orders = 24, 5
    kept = Journal(2)
    for situation in range(situations):
        for order in range(orders):
            number = situation * orders + order
            client_id, organization_id, event_id = (UUID(int=(base << 32) + number) for base in (0xC, 0xA, 0xE))
            chains = _chains(Random(situation), client_id, organization_id, event_id)
            for key, event, stream in _in_some_order(Random(number), chains, event_id):
                kept.happened(key, event, stream)

    seen = set()
    with Book(database(), kept) as book:
        for situation in range(situations):
            shown = {_calendar(book, situation * orders + order) for order in range(orders)}
            assert len(shown) == 1, situation
            seen |= shown
    assert len(seen) > 3


def _calendar(book: Book, number: int) -> tuple[Any, ...]:
    """Hers and its organization's, by what they say besides ids."""
    hers = book.client_calendar(UUID(int=(0xC << 32) + number), date(2026, 11, 1), date(2026, 11, 30))
    its = book.organization_calendar(UUID(int=(0xA << 32) + number), date(2026, 11, 1), date(2026, 11, 30))
    assert hers
    assert its
    events = [each.calendar_event for each in hers.items if isinstance(each, EventDay)]
    return tuple((each.name, each.venue, each.cancelled, each.held.last_day) for each in [*events, *its.items]), len(
        events
    )
