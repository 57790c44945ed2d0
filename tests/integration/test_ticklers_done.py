"""What becomes of ticklers, and whose they are."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest

from domain.access import Policy, Role, Sharing
from domain.affiliation import Scope as Serving
from domain.associate import AssociateLeft, AssociateMoved, stream_id
from domain.calendar_event import scheduling
from domain.calendar_event.events import CalendarEventScheduled
from domain.contact import Channel, Outcome
from domain.invitation.events import Attended, InvitationSent, Party, PutOnList, TakenOffList, invitation_id
from domain.outreach import OutcomeCorrected
from domain.refusals import AssociateUnknown, StoreUnknown
from domain.scope import Reach, Scope
from domain.tickler import (
    TicklerCompleted,
    TicklerDismissed,
    TicklerHandedOver,
    TicklerReopened,
    TicklerSnoozed,
    TicklerTaken,
)
from domain.tickler_cause import About, tickler_id
from domain.tickler_rule import Cause, Owner, Rule
from queries.tickler.state import How, State
from tests.support.asking import TODAY, viewer
from tests.support.records import NOON
from tests.support.tickling import ANNE, CALL, HEAD_OFFICE, PAUL, THANKS, ZOE, House

Database = Callable[[], str]


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    house.rule(CALL)
    with house.book:
        yield house


@pytest.fixture
def call(house: House) -> About:
    """Paul has his birthday today."""
    return About("rule", str(house.kept(PAUL, TODAY)), "2026")


# ----------------------------------------------------------------------------------------------------------------- done


@pytest.mark.feature("X-10", "N-14")
def test_done_with_a_contact_and_done_without_one_are_told_apart(house: House, call: About) -> None:
    house.acted(TicklerCompleted, call, "ines", "He called himself")
    assert house.of() == []
    [done] = house.of(states=(State.COMPLETED,))
    assert done.ended
    assert (done.ended.how, done.ended.by, done.ended.outreach_id) == (How.COMPLETED, "ines", None)
    assert done.ended.remark == "He called himself"

    contact = house.contact(call)
    [done] = house.of(states=(State.COMPLETED,))
    assert done.ended
    assert (done.ended.how, done.ended.by, done.ended.outreach_id) == (How.CONTACT, "ines", contact)
    assert done.last_conversation
    assert done.last_conversation.remark == "She is in Nice"


@pytest.mark.feature("X-22")
def test_a_voicemail_settles_nothing_and_what_a_contact_settled_is_open_when_it_is_put_right(
    house: House, call: About
) -> None:
    house.contact(call, Outcome.MESSAGE_LEFT)
    assert [each.state for each in house.of()] == [State.TODAY]
    contact = house.contact(call, number=2)
    assert house.of() == []
    house.happened(OutcomeCorrected(PAUL, contact, Outcome.MESSAGE_LEFT, Outcome.REACHED), PAUL, contact)
    assert [each.state for each in house.of()] == [State.TODAY]


@pytest.mark.feature("X-09")
def test_what_is_put_off_is_gone_until_its_day_and_lasts_as_long_from_then(house: House, call: About) -> None:
    house.acted(TicklerSnoozed, call, "ines", TODAY + timedelta(5))
    assert house.of() == []
    [later] = house.of(on=TODAY + timedelta(5))
    assert (later.state, later.due, later.put_off_until) == (State.TODAY, TODAY + timedelta(5), TODAY + timedelta(5))
    assert later.expires_on == TODAY + timedelta(12)
    house.acted(TicklerSnoozed, call, "ines", TODAY + timedelta(400))
    [much_later] = house.of(on=TODAY + timedelta(405))
    assert (much_later.about, much_later.state) == (later.about, State.OVERDUE)
    house.acted(TicklerDismissed, call, "ines", None)
    assert [each.due for each in house.of(since=TODAY, until=TODAY)] == [TODAY], "ended, it was due when it was"


@pytest.mark.feature("X-08", "X-11")
def test_it_shows_before_it_is_due_and_is_over_by_itself(house: House, call: About) -> None:
    found = {
        days: [each.state.value for each in house.of(on=TODAY + timedelta(days))] for days in (-4, -3, -1, 0, 1, 7, 8)
    }
    assert found == {
        -4: [],
        -3: ["coming"],
        -1: ["coming"],
        0: ["today"],
        1: ["overdue"],
        7: ["overdue"],
        8: [],
    }
    [over] = house.of(on=TODAY + timedelta(8), since=TODAY)
    assert over.ended
    assert (over.state, over.ended.how, over.ended.by) == (State.EXPIRED, How.EXPIRED, None)
    assert [each.state for each in house.of(on=TODAY - timedelta(9), since=TODAY, until=TODAY)] == [State.COMING]


def test_dismissed_and_opened_again_it_is_to_be_done(house: House, call: About) -> None:
    house.acted(TicklerDismissed, call, "ines", "He is away")
    assert [each.state for each in house.of(states=tuple(State))] == [State.DISMISSED]
    house.acted(TicklerReopened, call)
    assert [each.state for each in house.of()] == [State.TODAY]


@pytest.mark.feature("BO-03", "X-22")
def test_the_invitation_that_went_out_ends_what_comes_before_the_event_and_not_what_is_due_on_its_day(
    house: House,
) -> None:
    gala, day = UUID(int=0xE7), datetime.combine(TODAY + timedelta(1), time(19))
    for days in (-1, 0):
        house.rule(Rule(Cause.CALENDAR_EVENT, f"{days} days", days, 7, 7), f"event{days}")
    when = scheduling.held(day, day + timedelta(hours=4), "Europe/Paris")
    scheduled = CalendarEventScheduled(gala, "Gala", "gala", (), Scope(Reach.NATIONAL), when, None)
    house.happened(scheduled, gala)
    id = invitation_id(gala, PAUL)
    house.happened(PutOnList(PAUL, id, gala, Party.CLIENT, 1, None), PAUL, id)
    assert [each.text for each in house.of()] == ["-1 days", "0 days"]
    letter = house.contact(About("none", "none", "once"))
    house.happened(InvitationSent(PAUL, id, gala, letter, Channel.CALL, "ines", NOON), PAUL, id)
    assert [each.text for each in house.of()] == ["0 days"]
    [done] = house.of(states=(State.COMPLETED,))
    assert done.ended
    assert (done.text, done.ended.how, done.ended.outreach_id) == ("-1 days", How.INVITATION, letter)


def test_an_event_concerns_who_was_there_though_off_its_list_and_not_who_is_only_off_it(house: House) -> None:
    gala, evening = UUID(int=0xE7), datetime.combine(TODAY - timedelta(1), time(19))
    house.rule(Rule(Cause.CALENDAR_EVENT, "Ask how it was", 1, 1, 7))
    when = scheduling.held(evening, evening + timedelta(hours=4), "Europe/Paris")
    house.happened(CalendarEventScheduled(gala, "Gala", "gala", (), Scope(Reach.NATIONAL), when, None), gala)
    id = invitation_id(gala, PAUL)
    house.happened(PutOnList(PAUL, id, gala, Party.CLIENT, 1, None), PAUL, id)
    assert len(house.of()) == 1
    house.happened(TakenOffList(PAUL, id, gala), PAUL, id)
    assert house.of() == []
    house.happened(Attended(PAUL, id, gala, 1, NOON), PAUL, id)
    assert len(house.of()) == 1


# ---------------------------------------------------------------------------------------------------------- whose it is


@pytest.mark.feature("CS-26", "X-14")
def test_a_tickler_is_of_one_whom_the_others_see(house: House, call: About) -> None:
    house.served(PAUL, "marc", primary=False)
    assert [each.owner.associate_id for each in house.hers("marc").items] == ["ines"]
    assert house.hers("marc", mine=True).items == []
    house.acted(TicklerHandedOver, call, "yuki", "ines")
    assert [each.owner.name for each in house.hers("ines").items] == ["yuki"]
    assert [each.client.client_id for each in house.hers("yuki").items] == [PAUL], "whom she does not serve"
    assert [len(house.there(where).items) for where in ("paris-1", "tokyo")] == [0, 1]
    house.happened(AssociateLeft("yuki", TODAY), stream_id("yuki"))
    assert [each.client.client_id for each in house.hers("yuki").items] == [PAUL], "her last day is a day"
    assert len(house.there("tokyo").items) == 1
    house.happened(AssociateLeft("yuki", TODAY - timedelta(1)), stream_id("yuki"))
    assert [each.owner.associate_id for each in house.hers("ines").items] == ["ines"], "who left has nothing to do"


def test_what_is_hers_goes_with_her_to_the_store_where_she_works_on_the_day(house: House, call: About) -> None:
    soon = TODAY + timedelta(2)
    house.happened(AssociateMoved("ines", "tokyo", soon), stream_id("ines"))
    for on, there in ((TODAY, [1, 0]), (soon, [0, 1]), (soon + timedelta(1), [0, 1])):
        assert [len(house.there(where, on=on).items) for where in ("paris-1", "tokyo")] == there


def test_who_sold_it_is_asked_first_then_who_serves_for_it_then_the_primary_associate(house: House) -> None:
    house.rule(THANKS)
    house.bought(on=TODAY - timedelta(1))
    assert [each.owner.associate_id for each in house.of()] == ["ines"], "Marc, who sold it, does not serve him"
    house.served(PAUL, "yuki", Serving(("jewelry",)), primary=False)
    assert [each.owner.associate_id for each in house.of()] == ["yuki"]
    house.served(PAUL, "marc", Serving(("watches",)), primary=False)
    assert [each.owner.associate_id for each in house.of()] == ["marc"]
    assert house.hers("ines").items == house.hers("yuki").items == house.hers("marc").items
    assert len(house.hers("marc").items) == 1
    house.rule(replace(THANKS, owner=Owner.PRIMARY), version=2)
    assert [each.owner.associate_id for each in house.of()] == ["ines"]
    assert house.hers("marc").items == [], "who serves him for watches has nothing to do with a ring"


@pytest.mark.feature("X-14")
def test_what_is_nobodys_is_the_home_stores_until_somebody_takes_it(house: House) -> None:
    about = About("rule", str(house.kept(ZOE, TODAY)), "2026")
    assert [(each.owner.associate_id, each.owner.store_id) for each in house.of(ZOE)] == [(None, "paris-1")]
    assert [len(house.there(where, mine=True).items) for where in ("paris-1", "tokyo")] == [1, 0]
    id = tickler_id(ZOE, about)
    house.happened(TicklerTaken(ZOE, id, about, "marc"), ZOE, id)
    assert house.there("paris-1", mine=True).items == []
    assert [each.owner.associate_id for each in house.there("paris-1").items] == ["marc"]
    assert [each.client.client_id for each in house.hers("marc", mine=True).items] == [ZOE]


def test_who_may_not_see_a_client_a_book_or_a_store_learns_nothing(house: House, call: About) -> None:
    stranger = viewer("yuki", Role.ASSOCIATE, "tokyo", policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    manager = viewer("boss", Role.MANAGER, "paris-1", policy=Policy({Role.MANAGER: Sharing.OWN}, 24))
    assert house.book.asked(*house.asking_of(PAUL, stranger)) is None
    assert house.book.asked(*house.asking_of(ANNE, HEAD_OFFICE)) is None, "she is no client"
    with pytest.raises(AssociateUnknown):
        house.hers("ines", stranger)
    with pytest.raises(AssociateUnknown):
        house.hers("nobody")
    with pytest.raises(StoreUnknown):
        house.there("paris-1", stranger)
    with pytest.raises(StoreUnknown):
        house.there("nowhere")
    assert (house.hers("ines", manager).items, house.there("paris-1", manager).items) == ([], [])
    assert len(house.hers("ines", viewer("ines", Role.ASSOCIATE, "paris-1")).items) == 1
