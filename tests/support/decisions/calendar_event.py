"""Random decisions about calendar events: of few organizations, stores and days, so that whom they reach changes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from domain.calendar_event import assortment, scheduling, state
from domain.calendar_event.events import CalendarEventScheduled, Event
from domain.calendar_event.facts import KINDS, Held, Piece, piece_id
from domain.calendar_event.state import CalendarEvent, Target
from domain.scope import Reach, Scope
from tests.support.decisions.house import REGION_OF
from tests.support.decisions.nouns import CALENDAR_EVENTS, ORGANIZATIONS, STORES, WORDS, Noun

ZONES = ["Europe/Zurich", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Honolulu"]
SCOPES = [
    Scope(Reach.NATIONAL),
    *(Scope(Reach.REGIONAL, region) for region in REGION_OF.values()),
    *(Scope(Reach.STORE, None, store) for store in STORES),
]
# As lines of sales have them.
_SKUS = ["sku-1", "sku-2"]
_NUMBERS = [None, *WORDS[:2]]
_SELLERS = [None, "a", "b"]


def _schedule(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    on = tuple(chance.sample(ORGANIZATIONS, k=chance.randrange(3)))
    name, kind, venue = chance.choice(WORDS), chance.choice(KINDS), chance.choice([None, *WORDS])
    scheduled = CalendarEventScheduled(id, name, kind, on, chance.choice(SCOPES), _held(chance), venue)
    return scheduling.schedule(now, scheduled)


def _describe(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.describe(now, id, chance.choice(WORDS), chance.choice(KINDS), chance.choice([None, *WORDS]))


def _move(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.move(now, id, _held(chance))


def _rescope(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.rescope(now, id, chance.choice(SCOPES))


def _put_on(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.put_on(now, id, chance.choice(ORGANIZATIONS))


def _take_off(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.take_off(now, id, chance.choice(ORGANIZATIONS))


def _cancel(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.cancel(now, id, chance.choice([None, *WORDS]))


def _reinstate(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return scheduling.reinstate(now, id)


def _bring(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return assortment.bring(now, id, [_piece(chance) for _ in range(chance.randrange(1, 3))])


def _take_out(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return assortment.take_out(now, id, piece_id(id, chance.choice(_SKUS), chance.choice(_NUMBERS)))


def _set_target(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    target = Target(Decimal(chance.randrange(9) * 1000), chance.choice(["CHF", "JPY"]))
    return assortment.set_target(now, id, chance.choice(STORES), chance.choice(_SELLERS), target)


def _remove_target(chance: Random, now: CalendarEvent, id: UUID, new: UUID) -> list[Event]:
    return assortment.remove_target(now, id, chance.choice(STORES), chance.choice(_SELLERS))


def _held(chance: Random) -> Held:
    starts = datetime.combine(_day(chance), datetime.min.time()) + timedelta(hours=chance.randrange(24))
    return scheduling.held(starts, starts + timedelta(hours=chance.choice([3, 30, 200])), chance.choice(ZONES))


def _day(chance: Random) -> date:
    """A day of March 2026, or one of the year before."""
    return date(2026, 3, chance.randrange(1, 29)) - timedelta(chance.choice([0, 0, 0, 300]))


def _piece(chance: Random) -> Piece:
    number = chance.choice(_NUMBERS)
    units = chance.randrange(1, 4) if number is None else 1
    value, currency = Decimal(chance.randrange(1, 9)) * 100, chance.choice(["CHF", "CHF", "CHF", "JPY"])
    brand = chance.choice([None, *WORDS[:2]])
    return Piece(
        chance.choice(_SKUS), chance.choice(WORDS), units, value, currency, number, brand, consigned=units == 1
    )


NOUN = Noun(
    lambda chance: (which := chance.choice(CALENDAR_EVENTS), which),
    state.after,
    [
        _schedule,
        _schedule,
        _describe,
        _move,
        _rescope,
        _put_on,
        _take_off,
        _cancel,
        _reinstate,
        _bring,
        _bring,
        _take_out,
        _set_target,
        _remove_target,
    ],
)
