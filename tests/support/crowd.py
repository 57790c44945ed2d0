"""A crowd of clients around a few events, so that whatever lets an event reach somebody is what decides for some."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from domain import affiliation, store
from domain.affiliation import EVERYTHING, AffiliationBegun
from domain.calendar_event.events import CalendarEventCancelled, CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.client.events import ClientRegistered, DeathRecorded, PersonNoted
from domain.client.facts import Name
from domain.invitation.events import Party, PutOnList, invitation_id
from domain.membership import MembershipBegun, Tie, membership_id
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, SaleReference
from domain.scope import Reach, Scope
from domain.store import RegionFormed, StoreOpened
from tests.support.records import NOON, Journal

STORES = ["paris-1", "rome-1", "osaka-1"]
DESIGNERS = [UUID(int=0xDE51 + number) for number in range(2)]
CROWD = [UUID(int=0xC40D0 + number) for number in range(40)]
SHOWS = [UUID(int=0x5000 + number) for number in range(12)]
SCOPES = [Scope(Reach.NATIONAL), Scope(Reach.REGIONAL, "europe"), *(Scope(Reach.STORE, None, id) for id in STORES)]

Days = tuple[date | None, date | None]


def crowd(seed: int) -> Journal:
    journal = Journal()
    for key, event, stream in _events(Random(seed)):
        journal.happened(key, event, stream)
    return journal


def _events(chance: Random) -> Iterator[tuple[UUID, object, UUID]]:
    for store_id in STORES:
        region = None if store_id == "osaka-1" else "europe"
        key = store.stream_id(store_id)
        yield key, StoreOpened(store_id, "A store", region, "FR", "Paris", "Europe/Paris", None), key
    yield (key := store.region_stream_id("europe")), RegionFormed("europe", "Europe"), key
    for id in SHOWS:
        on = tuple(chance.sample(DESIGNERS, k=chance.choice([1, 1, 2])))
        yield id, CalendarEventScheduled(id, "A show", "gala", on, chance.choice(SCOPES), _held(chance), None), id
        if chance.random() < 0.1:
            yield id, CalendarEventCancelled(id, None), id
    for number, client_id in enumerate(CROWD):
        yield from _of_client(chance, client_id, number)


def _of_client(chance: Random, client_id: UUID, number: int) -> Iterator[tuple[UUID, object, UUID]]:
    if chance.random() < 0.1:
        yield client_id, PersonNoted(client_id, CROWD[0], STORES[0], Name("Noted")), client_id
    else:
        yield client_id, ClientRegistered(client_id, chance.choice([None, *STORES]), Name("Dupont"), None), client_id
    for designer in chance.sample(DESIGNERS, k=chance.choice([0, 1, 2])):
        tie, days = chance.choice(list(Tie)), _days(chance)
        id = membership_id(client_id, designer, tie)
        yield client_id, MembershipBegun(client_id, id, designer, tie, 1, *days), id
    for sale in range(chance.choice([0, 0, 1, 2])):
        kind, id = chance.choice([SaleRecorded, SaleRecorded, ReturnRecorded]), UUID(int=0x5A1E00 + number * 10 + sale)
        line = Line(1, "B-7", "Bracelet", 1, Decimal(100), Decimal(100))
        at = NOON - timedelta(days=chance.randrange(-30, 900))
        yield id, kind(id, SaleReference("till", str(id)), chance.choice(STORES), at, "EUR", client_id, (line,)), id
    if chance.random() < 0.3:
        key, id = affiliation.stream_id(client_id), UUID(int=number + 1)
        where = chance.choice([None, *STORES])
        begun = AffiliationBegun(client_id, id, "ines", where, EVERYTHING, *_days(chance))
        yield client_id, begun, key
    if chance.random() < 0.1:
        event_id = chance.choice(SHOWS)
        id = invitation_id(event_id, client_id)
        yield client_id, PutOnList(client_id, id, event_id, Party.CLIENT, 1, None), id
    if chance.random() < 0.1:
        yield client_id, DeathRecorded(client_id, None), client_id


def _held(chance: Random) -> Held:
    """Of some days, the last week's or the next one's, last year's, or next year's."""
    day = NOON.date() + timedelta(chance.randrange(-7, 8) + chance.choice([0, 0, -365, 300]))
    starts = datetime.combine(day, time(chance.randrange(24)), UTC)
    return Held(starts, starts + timedelta(hours=chance.choice([3, 60])), "Europe/Paris")


def _days(chance: Random) -> Days:
    """In half of the cases without a beginning or an end, else around the events of now."""
    since = NOON.date() + timedelta(chance.randrange(-12, 8))
    until = since + timedelta(chance.randrange(9))
    return chance.choice([None, since]), chance.choice([None, until])
