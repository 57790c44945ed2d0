"""Random decisions about outreach, visits and appointments: few clients, associates and days, so that they meet."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from domain import appointment, outreach, visit
from domain.calendar_event.facts import Held
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.tickler_cause import About
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, STORES, WORDS, Noun
from tests.support.records import NOON

_ZONES = ["Europe/Zurich", "Asia/Tokyo", "Pacific/Kiritimati"]
OUT_TO = {UUID(int=0x07EAC40 + number): CLIENTS[number % len(CLIENTS)] for number in range(30)}
_OF = {UUID(int=0x7151700 + number): CLIENTS[number % len(CLIENTS)] for number in range(9)}
_WITH = {UUID(int=0xA9901700 + number): CLIENTS[number % len(CLIENTS)] for number in range(12)}


def _record(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    event = outreach.OutreachRecorded(
        OUT_TO[id],
        id,
        chance.choice(ASSOCIATES),
        chance.choice([None, *STORES]),
        _at(chance),
        chance.choice(list(Direction)),
        chance.choice(list(Channel)),
        chance.choice(list(Purpose)),
        chance.choice(list(Outcome)),
        chance.choice([None, new]),
        tuple(chance.choices(["B-7", "S-1"], k=chance.randrange(3))),
        chance.choice([None, *CALENDAR_EVENTS]),
        tuple(About("birthday", str(OUT_TO[id]), str(2020 + year)) for year in range(chance.randrange(3))),
        chance.choice([None, *WORDS]),
    )
    return outreach.record(now, event)


def _correct_outcome(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    return outreach.correct_outcome(now, OUT_TO[id], chance.choice(list(Outcome)))


def _withdraw(chance: Random, now: outreach.Outreach, id: UUID, new: UUID) -> list[outreach.Event]:
    return outreach.withdraw(now, OUT_TO[id])


OUTREACH = Noun(
    lambda chance: (id := chance.choice(list(OUT_TO)), OUT_TO[id]),
    outreach.after,
    [*[_record] * 6, *[_correct_outcome] * 2, _withdraw],
)


def _came(chance: Random, now: visit.Visit, id: UUID, new: UUID) -> list[visit.Event]:
    event = visit.VisitRecorded(
        _OF[id],
        id,
        chance.choice(ASSOCIATES),
        chance.choice(STORES),
        _at(chance),
        tuple(chance.choices(["B-7", "S-1"], k=chance.randrange(3))),
        chance.choice([None, *visit.REASONS]),
        chance.choice([None, *CALENDAR_EVENTS]),
        chance.choice([None, *WORDS]),
    )
    return visit.record(now, event)


def _never_came(chance: Random, now: visit.Visit, id: UUID, new: UUID) -> list[visit.Event]:
    return visit.withdraw(now, _OF[id])


def _make(chance: Random, now: appointment.Appointment, id: UUID, new: UUID) -> list[appointment.Event]:
    event = appointment.AppointmentMade(
        _WITH[id],
        id,
        chance.choice(ASSOCIATES),
        chance.choice(STORES),
        _time(chance),
        chance.random() < 0.3,
        chance.choice([None, *CALENDAR_EVENTS]),
        chance.choice([None, *WORDS]),
    )
    return appointment.make(now, event)


def _move(chance: Random, now: appointment.Appointment, id: UUID, new: UUID) -> list[appointment.Event]:
    return appointment.move(now, _WITH[id], _time(chance))


def _cancel(chance: Random, now: appointment.Appointment, id: UUID, new: UUID) -> list[appointment.Event]:
    return appointment.cancel(now, _WITH[id])


def _keep(chance: Random, now: appointment.Appointment, id: UUID, new: UUID) -> list[appointment.Event]:
    return appointment.keep(now, _WITH[id], NOON)


def _miss(chance: Random, now: appointment.Appointment, id: UUID, new: UUID) -> list[appointment.Event]:
    return appointment.miss(now, _WITH[id], NOON)


def _at(chance: Random) -> datetime:
    """Some of one moment; half of them of another day by UTC than at the stores."""
    return NOON - timedelta(minutes=30, hours=12 * chance.randrange(80))


def _time(chance: Random) -> Held:
    starts_at = _at(chance) + timedelta(days=10)
    return Held(starts_at, starts_at + timedelta(minutes=chance.choice([30, 90])), chance.choice(_ZONES))


VISIT = Noun(lambda chance: (id := chance.choice(list(_OF)), _OF[id]), visit.after, [_came, _came, _came, _never_came])
APPOINTMENT = Noun(
    lambda chance: (id := chance.choice(list(_WITH)), _WITH[id]),
    appointment.after,
    [*[_make] * 3, _move, _cancel, *[_keep] * 2, _miss],
)
