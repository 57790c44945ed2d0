"""Decisions about what is known of a person, by example: names, states, residency, dates, traits, death."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.client.addresses import set_contact_state, set_residency, set_surprises
from domain.client.events import (
    AddressAdded,
    ClientRegistered,
    ContactPointAdded,
    ContactStateSet,
    DateAdded,
    DateRemoved,
    DeathRecorded,
    DeathWithdrawn,
    Event,
    NameAdded,
    NameRemoved,
    PersonNoted,
    ResidencySet,
    SalutationSet,
    SurprisesSet,
    TraitAdded,
    TraitRemoved,
)
from domain.client.facts import (
    AddressType,
    ContactKind,
    ContactState,
    DateKind,
    Name,
    NameKind,
    PostalAddress,
    TraitKind,
)
from domain.client.life import add_date, known_date, record_death, remove_date, withdraw_death
from domain.client.names import add_name, known_name, remove_name, set_salutation
from domain.client.state import after
from domain.client.traits import add_trait, known_trait, remove_trait
from domain.days import CalendarDay
from domain.personal import ERASED
from domain.refusals import (
    AddressUnknown,
    ClientInvalid,
    ClientUnknown,
    ContactPointUnknown,
    DateUnknown,
    NameUnknown,
    TraitUnknown,
)

HANAKO, ID, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)

registered = ClientRegistered(HANAKO, "osaka-1", Name("Yamada", "Hanako"), None)
noted = PersonNoted(HANAKO, UUID(int=9), None, Name("Yamada", "Hanako"))
phone_added = ContactPointAdded(HANAKO, ID, ContactKind.PHONE, "+81312345678")
home_added = AddressAdded(HANAKO, ID, AddressType.HOME, PostalAddress("JP"), date(2020, 1, 1), None)
legal = NameAdded(HANAKO, ID, NameKind.LEGAL, Name("山田", "花子"), "やまだ はなこ", "Jpan", None, None)
birthday = DateAdded(HANAKO, ID, DateKind.BIRTHDAY, None, CalendarDay(2, 29), True)


@pytest.mark.parametrize("begun", [registered, noted])
def test_a_name_beside_the_main_one_is_added_once_and_removed_once(begun: Event) -> None:
    again = replace(legal, name_id=OTHER)

    assert add_name(after([begun]), legal) == [legal]
    assert add_name(after([begun, legal]), again) == []
    assert known_name(after([begun, legal]), again) == ID
    assert add_name(after([begun, legal]), replace(again, kind=NameKind.FORMER)) != []
    assert after([begun, legal]).name == Name("Yamada", "Hanako")
    removed = NameRemoved(HANAKO, ID)
    assert remove_name(after([begun, legal]), HANAKO, ID) == [removed]
    assert remove_name(after([begun, legal, removed]), HANAKO, ID) == []
    with pytest.raises(NameUnknown):
        remove_name(after([begun, legal]), HANAKO, OTHER)


def test_no_name_is_borne_until_before_it_was_taken() -> None:
    with pytest.raises(ClientInvalid) as refused:
        add_name(after([registered]), replace(legal, since=date(2026, 2, 1), until=date(2026, 1, 31)))
    assert refused.value.field == "until"


def test_a_salutation_is_set_and_taken_away_again() -> None:
    wished = SalutationSet(HANAKO, "Dear Hanako-san")
    none = SalutationSet(HANAKO, None)

    assert set_salutation(after([registered]), HANAKO, None) == []
    assert set_salutation(after([registered]), HANAKO, "Dear Hanako-san") == [wished]
    assert set_salutation(after([registered, wished]), HANAKO, "Dear Hanako-san") == []
    assert set_salutation(after([registered, wished]), HANAKO, None) == [none]


def test_a_contact_point_has_a_state_from_unconfirmed_on() -> None:
    confirmed = ContactStateSet(HANAKO, ID, ContactState.CONFIRMED)
    now = after([registered, phone_added])

    assert set_contact_state(now, HANAKO, ID, ContactState.UNCONFIRMED) == []
    assert set_contact_state(now, HANAKO, ID, ContactState.CONFIRMED) == [confirmed]
    assert set_contact_state(after([registered, phone_added, confirmed]), HANAKO, ID, ContactState.CONFIRMED) == []
    with pytest.raises(ContactPointUnknown):
        set_contact_state(now, HANAKO, OTHER, ContactState.CONFIRMED)


def test_a_contact_point_may_be_kept_from_surprises_and_keeps_its_state() -> None:
    given: list[Event] = [registered, phone_added, ContactStateSet(HANAKO, ID, ContactState.BOUNCING)]
    marked = SurprisesSet(HANAKO, ID, True)

    assert set_surprises(after(given), HANAKO, ID, not_for_surprises=False) == []
    assert set_surprises(after(given), HANAKO, ID, not_for_surprises=True) == [marked]
    now = after([*given, marked])
    assert set_surprises(now, HANAKO, ID, not_for_surprises=True) == []
    assert now.contact_points[ID].state is ContactState.BOUNCING


@pytest.mark.feature("CS-38")
def test_who_moves_out_leaves_the_address_its_id() -> None:
    moved = ResidencySet(HANAKO, ID, date(2020, 1, 1), date(2026, 3, 1))
    now = after([registered, home_added, moved])

    assert set_residency(after([registered, home_added]), HANAKO, ID, moved.since, moved.until) == [moved]
    assert set_residency(now, HANAKO, ID, moved.since, moved.until) == []
    assert now.addresses[ID] == replace(home_added, until=date(2026, 3, 1))
    with pytest.raises(ClientInvalid):
        set_residency(now, HANAKO, ID, date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(AddressUnknown):
        set_residency(now, HANAKO, OTHER, None, None)


@pytest.mark.feature("CS-44")
def test_a_second_birthday_corrects_the_first() -> None:
    other_day = replace(birthday, date_id=OTHER, day=CalendarDay(3, 1, 1964))
    now = after([registered, birthday])

    assert add_date(after([registered]), birthday) == [birthday]
    assert add_date(now, replace(birthday, date_id=OTHER)) == []
    assert known_date(now, other_day) == ID
    corrected = replace(other_day, date_id=ID)
    assert add_date(now, other_day) == [corrected]
    assert after([registered, birthday, corrected]).dates == {ID: corrected}


@pytest.mark.feature("CS-44")
def test_other_dates_stand_side_by_side_and_say_which_they_are() -> None:
    wedding = replace(birthday, kind=DateKind.WEDDING, day=CalendarDay(6, 1, 2019), yearly=False)
    opening = replace(birthday, date_id=OTHER, kind=DateKind.OTHER, label="Opened her gallery")
    now = after([registered, wedding])

    assert add_date(after([registered]), wedding) == [wedding]
    assert add_date(now, opening) == [opening]
    for senseless, field in (
        (replace(birthday, yearly=False), "yearly"),
        (replace(opening, label=None), "label"),
        (replace(wedding, day=CalendarDay(6, 1)), "day"),
    ):
        with pytest.raises(ClientInvalid) as refused:
            add_date(now, senseless)
        assert refused.value.field == field


def test_a_date_is_removed_once() -> None:
    removed = DateRemoved(HANAKO, ID)

    assert remove_date(after([registered, birthday]), HANAKO, ID) == [removed]
    assert remove_date(after([registered, birthday, removed]), HANAKO, ID) == []
    with pytest.raises(DateUnknown):
        remove_date(after([registered, birthday]), HANAKO, OTHER)


@pytest.mark.feature("CS-41", "CS-42", "CS-43", "FL-F09", "FL-F10", "WK-10")
@pytest.mark.parametrize("kind", TraitKind)
def test_a_trait_is_known_once_in_capitals_or_not(kind: TraitKind) -> None:
    added = TraitAdded(HANAKO, ID, kind, "Vintage watches")
    now = after([registered, added])

    assert add_trait(after([registered]), HANAKO, ID, kind, "Vintage watches") == [added]
    assert add_trait(now, HANAKO, OTHER, kind, "vintage WATCHES") == []
    assert known_trait(now, kind, "vintage WATCHES") == ID
    assert add_trait(now, HANAKO, OTHER, kind, "Pearls") == [TraitAdded(HANAKO, OTHER, kind, "Pearls")]
    removed = TraitRemoved(HANAKO, ID)
    assert remove_trait(now, HANAKO, ID) == [removed]
    assert remove_trait(after([registered, added, removed]), HANAKO, ID) == []
    with pytest.raises(TraitUnknown):
        remove_trait(now, HANAKO, OTHER)


def test_a_death_is_recorded_corrected_and_withdrawn() -> None:
    died, on_a_day = DeathRecorded(HANAKO, None), DeathRecorded(HANAKO, date(2026, 2, 28))
    withdrawn = DeathWithdrawn(HANAKO)

    assert record_death(after([registered]), HANAKO, None) == [died]
    assert record_death(after([registered, died]), HANAKO, None) == []
    assert record_death(after([registered, died]), HANAKO, date(2026, 2, 28)) == [on_a_day]
    assert withdraw_death(after([registered]), HANAKO) == []
    assert withdraw_death(after([registered, died]), HANAKO) == [withdrawn]
    assert after([registered, died, withdrawn]).died is None


def test_nothing_is_known_of_somebody_unknown() -> None:
    nobody = after([])
    decisions: list[Callable[[], list[Event]]] = [
        lambda: add_name(nobody, legal),
        lambda: remove_name(nobody, HANAKO, ID),
        lambda: set_salutation(nobody, HANAKO, "Dear Hanako"),
        lambda: set_contact_state(nobody, HANAKO, ID, ContactState.CONFIRMED),
        lambda: set_surprises(nobody, HANAKO, ID, not_for_surprises=True),
        lambda: set_residency(nobody, HANAKO, ID, None, None),
        lambda: add_date(nobody, birthday),
        lambda: remove_date(nobody, HANAKO, ID),
        lambda: add_trait(nobody, HANAKO, ID, TraitKind.TAG, "VIP"),
        lambda: remove_trait(nobody, HANAKO, ID),
        lambda: record_death(nobody, HANAKO, None),
        lambda: withdraw_death(nobody, HANAKO),
    ]
    for decide in decisions:
        with pytest.raises(ClientUnknown):
            decide()


def test_what_was_erased_still_folds_and_hides_nothing_new() -> None:
    gone: list[Event] = [
        replace(registered, name=ERASED),
        replace(legal, name=ERASED, reading=ERASED),
        replace(birthday, day=ERASED, label=ERASED),
        TraitAdded(HANAKO, OTHER, TraitKind.TAG, ERASED),
        DeathRecorded(HANAKO, ERASED),
    ]
    now = after(gone)

    assert add_name(now, replace(legal, name_id=OTHER)) != []
    assert add_date(now, birthday) == [birthday]
    assert add_trait(now, HANAKO, ID, TraitKind.TAG, "VIP") != []
    assert withdraw_death(now, HANAKO) == [DeathWithdrawn(HANAKO)]
