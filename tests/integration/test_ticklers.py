"""Ticklers as an associate meets them: which day it is, and what follows from what."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain import tickler_rule_versions as versions
from domain.access import Role, Viewer
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.client.events import ClientRegistered, DeathRecorded, DeathWithdrawn
from domain.client.facts import DateKind, Name
from domain.days import CalendarDay
from domain.link import AnniversaryKind, AnniversarySet, EndReason, LinkEnded
from domain.membership import MembershipBegun, Tie
from domain.organization import OrganizationFounded
from domain.refusals import DayInvalid
from domain.relation import Circle
from domain.sale.events import GiftReleaseSet, LinesHandedOver, LinesReturned
from domain.sale.facts import HandedOverLine, Handover, ReturnedLine
from domain.scope import Reach, Scope
from domain.tickler import TicklerSnoozed
from domain.tickler_cause import About
from domain.tickler_rule import CategoryDays, Cause, Lapse, Rule, RuleSwitchedOff
from domain.visit import VisitRecorded
from queries.tickler.state import How, State
from tests.support.asking import TODAY, viewer
from tests.support.tickling import (
    ANNE,
    CALL,
    CHECK,
    FRIENDSHIP,
    GIFT,
    MARK,
    MARRIAGE,
    PAUL,
    RING,
    SALE,
    THANKS,
    ZOE,
    House,
)

Database = Callable[[], str]


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    with house.book:
        yield house


def at(*moment: int) -> Viewer:
    return viewer("head-office-1", Role.HEAD_OFFICE, now=datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type, misc]


# ----------------------------------------------------------------------------------------------------------------- days


@pytest.mark.feature("CS-44", "X-17")
def test_a_leap_day_birthday_is_kept_on_the_28th_where_there_is_none(house: House) -> None:
    house.rule(CALL)
    house.kept(PAUL, date(2000, 2, 29))
    due = {
        year: [each.due for each in house.of(since=date(year, 1, 1), until=date(year, 12, 31))] for year in (2026, 2028)
    }
    assert due == {2026: [date(2026, 2, 28)], 2028: [date(2028, 2, 29)]}
    assert [each.about.occurrence for each in house.of(since=date(2028, 2, 1), until=date(2028, 3, 1))] == ["2028"]


def test_what_is_known_by_its_month_counts_from_its_first_day_and_what_is_once_has_no_year(house: House) -> None:
    house.rule(CALL)
    house.rule(replace(CALL, dates=("graduation",)), "graduation")
    house.kept(PAUL, TODAY, day=CalendarDay(3))
    house.kept(PAUL, TODAY, 2, DateKind.GRADUATION, day=CalendarDay(3, 20, 2026), yearly=False)
    found = house.of(since=date(2026, 1, 1), until=date(2027, 12, 31))
    assert [(each.due, each.about.occurrence) for each in found] == [
        (date(2026, 3, 1), "2026"),
        (date(2026, 3, 20), "once"),
        (date(2027, 3, 1), "2027"),
    ]


def test_in_tokyo_the_new_day_has_begun(house: House) -> None:
    """It is 8 o'clock on the 15th there, and midnight in Paris."""
    house.rule(CALL)
    house.kept(PAUL, date(2000, 3, 15))
    house.served(PAUL, "yuki", primary=False)
    morning = at(2026, 3, 14, 22, 30)
    tokyo, paris = house.hers("yuki", morning), house.hers("ines", morning)
    assert (tokyo.on, paris.on) == (date(2026, 3, 15), date(2026, 3, 14))
    assert ([each.state for each in tokyo.items], [each.state for each in paris.items]) == (["today"], ["coming"])
    assert house.there("tokyo", morning).on == date(2026, 3, 15)
    assert house.page(who=viewer("yuki", Role.ASSOCIATE, "tokyo", now=morning.now)).on == date(2026, 3, 15)
    assert house.page(who=morning).on == date(2026, 3, 14), "head office is nowhere, and goes by UTC"


def test_a_day_is_that_of_the_store_where_it_was_also_when_the_clocks_change(house: House) -> None:
    house.rule(THANKS)
    house.rule(Rule(Cause.VISIT, "Call", 1, 0, 7), "visit")
    # In Paris it is half past midnight on the 29th, and at 1 UTC the clocks go from 2 to 3.
    house.bought(at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    late = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    for number, when in enumerate((late, late + timedelta(minutes=1))):
        visit = VisitRecorded(PAUL, UUID(int=number), "ines", "paris-1", when, (), None, None, None)
        house.happened(visit, PAUL, UUID(int=number))
    found = house.of(since=date(2026, 3, 1), until=date(2026, 4, 30))
    assert sorted((each.why.kind, each.why.day, each.due) for each in found) == [
        ("purchase", date(2026, 3, 29), date(2026, 3, 30)),
        ("visit", date(2026, 3, 29), date(2026, 3, 30)),
        ("visit", date(2026, 3, 30), date(2026, 3, 31)),
    ]


@pytest.mark.parametrize("asked", [{"on": date(1899, 1, 1)}, {"since": date(2300, 1, 1)}, {"until": date(1, 1, 1)}])
def test_days_nobody_lives_on_are_refused(house: House, asked: Any) -> None:
    with pytest.raises(DayInvalid):
        house.of(**asked)


def test_the_last_day_comes_after_the_first(house: House) -> None:
    with pytest.raises(DayInvalid):
        house.of(since=TODAY, until=TODAY - timedelta(1))
    with pytest.raises(DayInvalid):
        house.of(since=TODAY, until=TODAY + timedelta(3 * 366 + 1))


# --------------------------------------------------------------------------------------------------------------- people


@pytest.mark.feature("X-17")
def test_who_is_linked_twice_is_thought_of_once_and_shows_no_more_than_who_she_is(house: House) -> None:
    house.rule(GIFT)
    date_id = house.kept(ANNE, TODAY + timedelta(30))
    house.linked(FRIENDSHIP, Circle.FRIEND)
    house.linked()
    [found] = house.of()
    assert found.person
    assert found.person.model_dump(exclude={"name"}) == {"client_id": ANNE, "link_id": MARRIAGE, "relation": "wife"}
    assert (found.about.cause, found.why.date_id, found.why.name) == (str(date_id), date_id, "birthday")
    assert (found.due, found.why.day) == (TODAY + timedelta(2), TODAY + timedelta(30))
    begun, kept = (each.event_id for each in house.book.journal.recorded()[-3::2]), found.why.events
    assert kept[1] in begun, "the link says so as well as the date"


def test_after_a_divorce_neither_her_birthday_nor_the_anniversary_is_left(house: House) -> None:
    house.rule(GIFT)
    house.kept(ANNE, TODAY + timedelta(30))
    house.linked()
    day = CalendarDay(4, 12, 1999)
    house.happened(AnniversarySet(MARRIAGE, 1, AnniversaryKind.WEDDING, PAUL, ANNE, day, day), MARRIAGE)
    wanted: Any = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
    assert [each.about.cause for each in house.of(**wanted)][1:] == [str(house.kept(ANNE, TODAY + timedelta(30)))]
    assert house.of(**wanted)[0].about.cause == f"{MARRIAGE}/wedding"
    house.happened(LinkEnded(MARRIAGE, 1, PAUL, ANNE, TODAY + timedelta(29), EndReason.DIVORCE), MARRIAGE)
    assert [each.why.name for each in house.of(**wanted)] == ["wedding"], "on whose day they were still married"
    assert house.of(since=date(2027, 1, 1), until=date(2027, 12, 31)) == []


@pytest.mark.feature("CS-26")
def test_a_death_silences_at_once_and_only_what_is_about_the_dead(house: House) -> None:
    house.rule(GIFT)
    house.rule(CALL, "call")
    house.kept(PAUL, TODAY)
    house.kept(ANNE, TODAY + timedelta(30))
    house.linked()
    assert len(house.of()) == 2
    house.happened(DeathRecorded(ANNE, None), ANNE)
    assert [each.text for each in house.of()] == ["Call"]
    house.happened(DeathRecorded(PAUL, None), PAUL)
    assert (house.of(), house.hers("ines").items) == ([], [])
    house.happened(DeathWithdrawn(PAUL), PAUL)
    assert [each.text for each in house.of()] == ["Call"]


# ---------------------------------------------------------------------------------------------------------------- goods


def brought_back() -> LinesReturned:
    """Zoe has the money for the ring that she was given."""
    back = ReturnedLine(1, 1, RING.net, "R-1", True, None, "jewelry", "ring", (), None, MARK)
    at = datetime(2026, 3, 14, tzinfo=UTC)
    returned = LinesReturned(SALE, UUID(int=5), "paris-1", "paris-1", at, "EUR", PAUL, (back,))
    return replace(returned, credited_to_id=ZOE)


@pytest.mark.feature("X-15", "N-09")
def test_of_a_gift_who_gives_it_is_called_after_its_day_and_she_learns_nothing_before(house: House) -> None:
    house.rule(THANKS)
    house.rule(CHECK, "check")
    ever: Any = {"since": date(2026, 1, 1), "until": date(2028, 12, 31)}
    house.bought()
    assert [each.due for each in house.of(since=TODAY)] == [TODAY + timedelta(1)]
    birthday = TODAY + timedelta(10)
    house.gave(ZOE, birthday, released_on=birthday + timedelta(7))

    [thanks] = house.of(**ever)
    assert (thanks.why.kind, thanks.due) == ("purchase", birthday + timedelta(1))
    assert [each.client_id for each in thanks.given_to] == [ZOE]
    assert house.of(ZOE, **ever) == [], "it is a surprise yet"
    released = viewer("head-office-1", Role.HEAD_OFFICE, now=datetime(2026, 3, 31, 12, tzinfo=UTC))
    [first, *_] = house.of(ZOE, released, **ever)
    assert (first.why.kind, first.why.name, first.why.sale_id, first.why.gift_id) == (
        "owned",
        "Ring",
        None,
        first.why.gift_id,
    )
    assert first.due == date(2026, 9, 24), "six months after the birthday"
    assert house.of(ZOE, released, since=first.due, until=first.due) == [first], "asked for nothing but this time"
    later = date(2026, 12, 24)
    house.acted(TicklerSnoozed, About(**first.about.model_dump()), "ines", later, client=ZOE)
    assert [each.due for each in house.of(ZOE, released, on=later)] == [later], "in a month without any of its times"
    assert str(SALE) not in first.model_dump_json()
    assert {each.why.kind for each in house.of(PAUL, released, **ever)} == {"purchase"}, "he has it no longer"


def test_what_she_was_given_is_asked_after_from_its_release_on_and_not_once_she_brought_it_back(house: House) -> None:
    house.rule(CHECK)
    house.bought()
    house.gave(ZOE, TODAY, released_on=TODAY + timedelta(7))
    ever: Any = {"since": date(2026, 1, 1), "until": date(2028, 12, 31)}
    assert house.of(ZOE, **ever) == []
    for released_on, discreet in ((TODAY, False), (TODAY, True), (None, False), (TODAY, False)):
        house.happened(GiftReleaseSet(SALE, MARK, ZOE, released_on, discreet), SALE)
        assert bool(house.of(ZOE, **ever)) is (released_on == TODAY and not discreet)
    house.happened(brought_back(), SALE)
    assert house.of(ZOE, **ever) == []


def test_nobody_is_thanked_for_what_came_back_or_for_whom_it_was_has_died(house: House) -> None:
    house.rule(THANKS)
    house.bought()
    house.gave(ZOE, TODAY, released_on=TODAY)
    assert len(house.of(since=TODAY)) == 1
    house.happened(DeathRecorded(ZOE, None), ZOE)
    assert house.of(since=TODAY) == []
    house.happened(DeathWithdrawn(ZOE), ZOE)
    house.happened(brought_back(), SALE)
    assert house.of(since=TODAY) == []
    house.rule(CALL, "call")
    house.kept(PAUL, TODAY)
    [call] = house.of()
    assert [each.description for each in call.not_to_mention] == ["Ring"], "she brought it back, which he may not know"


def test_what_was_ordered_is_bought_on_the_day_on_which_the_first_of_it_was_handed_over(house: House) -> None:
    house.rule(THANKS)
    house.bought(on=TODAY - timedelta(20), line=replace(RING, quantity=2, handover=Handover.ORDERED))
    assert house.of(since=TODAY - timedelta(30)) == []
    for number, day in enumerate((TODAY, TODAY - timedelta(3))):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        piece = HandedOverLine(1, 1, RING.net / 2)
        house.happened(LinesHandedOver(SALE, UUID(int=number), "paris-1", noon, PAUL, (piece,)), SALE)
    assert [each.due for each in house.of(since=TODAY - timedelta(30))] == [TODAY - timedelta(2)]


def test_an_event_is_on_the_list_of_members_who_are_clients(house: House) -> None:
    house.rule(Rule(Cause.CALENDAR_EVENT, "Invite", -14, 14, 14))
    club, gala, evening = UUID(int=1), UUID(int=2), datetime(2026, 3, 28, 18, tzinfo=UTC)
    held = Held(evening, evening + timedelta(hours=4), "Europe/Paris")
    house.happened(OrganizationFounded(club, "The club", "club", None, Scope(Reach.NATIONAL), None), club)
    for number, reach in enumerate((Scope(Reach.NATIONAL), Scope(Reach.STORE, store_id="paris-1"))):
        id = UUID(int=gala.int + number)
        house.happened(CalendarEventScheduled(id, f"Gala {number}", "gala", (club,), reach, held, None), id)
    for who in (PAUL, ANNE):
        id = UUID(int=who.int + 0x1000)
        house.happened(MembershipBegun(who, id, club, Tie.BELONGING, 1, None, None), who, id)

    assert sorted(each.why.name or "" for each in house.of(PAUL)) == ["Gala 0", "Gala 1"]
    there = house.there("paris-1").items
    assert [each.client.client_id for each in there] == [PAUL, PAUL], "Anne is known through him, and no client"


def test_whom_another_store_took_up_is_on_the_list_of_the_store_where_she_is_served(house: House) -> None:
    house.rule(CALL)
    house.rule(Rule(Cause.CALENDAR_EVENT, "Invite", -14, 14, 14), "invite")
    mia, club, gala, evening = UUID(int=3), UUID(int=1), UUID(int=2), datetime(2026, 3, 28, 18, tzinfo=UTC)
    house.happened(ClientRegistered(mia, "tokyo", Name("Roe", "Mia"), None), mia)
    house.served(mia, "ines")
    house.kept(mia, TODAY)
    house.happened(OrganizationFounded(club, "The club", "club", None, Scope(Reach.NATIONAL), None), club)
    held = Held(evening, evening + timedelta(hours=4), "Europe/Paris")
    house.happened(CalendarEventScheduled(gala, "Gala", "gala", (club,), Scope(Reach.NATIONAL), held, None), gala)
    house.happened(MembershipBegun(mia, mia, club, Tie.BELONGING, 1, None, None), mia, UUID(int=4))

    for there in (house.there("paris-1"), house.hers("ines")):
        assert sorted(each.text or "" for each in there.items) == ["Call", "Invite"]
    assert house.there("tokyo").items == []


def test_who_is_new_is_called_unless_she_has_bought_by_the_day_on_which_it_is_due(house: House) -> None:
    house.rule(Rule(Cause.REGISTRATION, "Call", 30, 5, 30))
    ever: Any = {"since": date(2025, 1, 1), "until": date(2027, 12, 31)}
    [new] = house.of(**ever)
    house.bought(on=new.due + timedelta(1))
    assert [each.due for each in house.of(**ever)] == [new.due]
    house.bought(UUID(int=0xD1), new.due)
    assert house.of(**ever) == []


def test_another_lead_for_who_buys_jewelry(house: House) -> None:
    house.rule(replace(GIFT, by_category=(CategoryDays("jewelry", -45), CategoryDays("fashion", -60))))
    house.linked()
    house.kept(ANNE, TODAY + timedelta(45))
    asked: Any = {"since": TODAY - timedelta(5), "until": TODAY + timedelta(20)}
    assert [each.due for each in house.of(**asked)] == [TODAY + timedelta(17)]
    house.bought(on=TODAY - timedelta(500))
    assert [each.due for each in house.of(**asked)] == [TODAY]
    assert [each.state for each in house.of(**asked)] == [State.TODAY]
    house.bought(UUID(int=0xD1), TODAY - timedelta(400), replace(RING, category="fashion"))
    assert [each.due for each in house.of(**{**asked, "since": TODAY - timedelta(20)})] == [TODAY - timedelta(15)]


def test_the_ring_is_asked_after_every_half_year_as_long_as_it_is_hers(house: House) -> None:
    house.rule(CHECK)
    house.bought(on=date(2025, 8, 31))
    found = house.of(since=date(2025, 1, 1), until=date(2027, 12, 31))
    assert [(each.due, each.about.occurrence) for each in found] == [
        (date(2026, 2, 28), "6"),
        (date(2026, 8, 31), "12"),
        (date(2027, 2, 28), "18"),
        (date(2027, 8, 31), "24"),
    ]
    house.rule(replace(CHECK, every_months=9), version=2, since=date(2026, 6, 1))
    again = house.of(since=date(2025, 1, 1), until=date(2027, 12, 31))
    assert [(each.due, each.about.occurrence, each.version) for each in again] == [
        (date(2026, 2, 28), "6", 1),
        (date(2027, 2, 28), "18", 2),
        (date(2027, 11, 30), "27", 2),
    ]


@pytest.mark.feature("N-05")
def test_what_an_earlier_version_led_to_stays_and_after_it_is_switched_off_nothing_follows(house: House) -> None:
    house.rule(CALL)
    house.kept(PAUL, TODAY)
    house.rule(replace(CALL, text="Send flowers"), version=2, since=TODAY + timedelta(1))
    off = RuleSwitchedOff("rule", 3, date(2028, 1, 1))
    house.happened(off, versions.stream_id("rule"))
    found = house.of(since=date(2025, 1, 1), until=date(2028, 1, 1))
    assert [(each.due.year, each.text, each.version) for each in found] == [
        (2025, "Call", 1),
        (2026, "Call", 1),
        (2027, "Send flowers", 2),
    ]
    assert house.of(since=date(2028, 1, 2), until=date(2028, 12, 31)) == []


@pytest.mark.feature("X-19")
def test_who_stays_away_is_on_the_list_until_she_buys(house: House) -> None:
    house.rule(Rule(Cause.LAPSE, "Call", 0, 0, 60, lapse=Lapse("jewelry", 9, 24)))
    house.bought(on=date(2025, 6, 10))
    [found] = house.of()
    assert (found.due, found.state, found.about.cause) == (date(2026, 3, 10), State.OVERDUE, "jewelry")
    assert found.about.occurrence == f"{SALE}/1"
    house.bought(UUID(int=0xD1), TODAY)
    assert house.of() == []
    [over] = house.of(since=date(2026, 1, 1))
    assert over.ended
    assert (over.state, over.ended.how) == (State.SUPERSEDED, How.BOUGHT)
