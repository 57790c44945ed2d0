"""Decisions about a client, by example."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from domain.client.addresses import add_address, add_contact_point, remove_address, remove_contact_point
from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    Event,
    NameCorrected,
    PersonNoted,
)
from domain.client.facts import AddressType, ContactKind, Name, PostalAddress, Reference
from domain.client.registration import client_id, correct_name, note, register, take_up
from domain.client.state import after, require_client, require_known
from domain.personal import ERASED
from domain.refusals import AddressUnknown, ClientDiffers, ClientInvalid, ClientUnknown, ContactPointUnknown

ANNE = UUID(int=1)
PHONE, OTHER = UUID(int=2), UUID(int=3)
HOME = UUID(int=4)

registered = ClientRegistered(ANNE, "paris-1", Name("Leclerc", "Anne"), None)
noted = PersonNoted(ANNE, UUID(int=9), "paris-1", Name("Leclerc", "Anne"))
phone_added = ContactPointAdded(ANNE, PHONE, ContactKind.PHONE, "+33142685300")
home_added = AddressAdded(ANNE, HOME, AddressType.HOME, PostalAddress("FR", ("1 rue X",), "Paris"), None, None)


def test_a_client_is_registered_once() -> None:
    assert register(after([]), registered) == [registered]
    assert register(after([registered]), registered) == []


def test_the_same_client_with_other_data_is_refused() -> None:
    with pytest.raises(ClientDiffers) as refused:
        register(after([registered]), replace(registered, store_id="rome-1"))
    assert refused.value.field == "reference"


def test_a_client_has_a_name_or_a_number_elsewhere() -> None:
    numbered = replace(registered, name=None, reference=Reference("till", "12345"))

    assert register(after([]), numbered) == [numbered]
    with pytest.raises(ClientInvalid) as refused:
        register(after([]), replace(registered, name=None))
    assert refused.value.field == "name"


def test_every_feed_that_knows_a_client_by_the_same_number_means_the_same_client() -> None:
    assert client_id(Reference("till", "12345")) == client_id(Reference("till", "12345"))
    assert client_id(Reference("till", "12345")) != client_id(Reference("web", "12345"))


def test_a_person_known_through_a_client_is_noted_once_and_is_no_client() -> None:
    now = after([noted])

    assert note(after([]), noted) == [noted]
    assert note(now, noted) == []
    with pytest.raises(ClientDiffers):
        note(now, replace(noted, store_id="rome-1"))
    with pytest.raises(ClientDiffers):
        note(after([registered]), noted)
    require_known(now)
    with pytest.raises(ClientUnknown):
        require_client(now)


def test_a_noted_person_becomes_a_client_under_the_name_she_has_and_keeps_everything() -> None:
    given: list[Event] = [noted, phone_added, NameCorrected(ANNE, Name("Leclercq", "Anne"))]
    taken_up = ClientRegistered(ANNE, "rome-1", Name("Leclercq", "Anne"), None)

    assert take_up(after(given), ANNE, "rome-1") == [taken_up]
    given.append(taken_up)
    assert take_up(after(given), ANNE, "rome-1") == []
    assert PHONE in after(given).contact_points
    require_client(after(given))


def test_nobody_is_taken_up_whose_name_was_erased() -> None:
    with pytest.raises(ClientInvalid):
        take_up(after([replace(noted, name=ERASED)]), ANNE, None)


def test_a_name_is_corrected_only_if_it_changes() -> None:
    name = Name("Leclercq", "Anne")
    corrected = NameCorrected(ANNE, name)

    assert correct_name(after([registered]), ANNE, name) == [corrected]
    assert correct_name(after([registered, corrected]), ANNE, name) == []


def test_a_contact_point_is_added_once_whatever_its_id() -> None:
    now = after([registered, phone_added])

    assert add_contact_point(now, ANNE, OTHER, ContactKind.PHONE, "+33142685300") == []
    assert add_contact_point(now, ANNE, OTHER, ContactKind.EMAIL, "anne@example.com") == [
        ContactPointAdded(ANNE, OTHER, ContactKind.EMAIL, "anne@example.com")
    ]


def test_a_contact_point_is_removed_once_and_may_come_back() -> None:
    removed = ContactPointRemoved(ANNE, PHONE)
    given: list[Event] = [registered, phone_added]

    assert remove_contact_point(after(given), ANNE, PHONE) == [removed]
    given.append(removed)
    assert remove_contact_point(after(given), ANNE, PHONE) == []
    assert len(add_contact_point(after(given), ANNE, OTHER, ContactKind.PHONE, "+33142685300")) == 1


def test_a_contact_point_nobody_added_cannot_be_removed() -> None:
    with pytest.raises(ContactPointUnknown):
        remove_contact_point(after([registered, phone_added]), ANNE, OTHER)


def test_an_address_is_added_once_whatever_its_id_and_again_for_another_use() -> None:
    now = after([registered, home_added])
    again = replace(home_added, address_id=OTHER)

    assert add_address(now, again) == []
    billing = replace(again, type=AddressType.BILLING)
    assert add_address(now, billing) == [billing]


def test_an_address_is_removed_once() -> None:
    removed = AddressRemoved(ANNE, HOME)

    assert remove_address(after([registered, home_added]), ANNE, HOME) == [removed]
    assert remove_address(after([registered, home_added, removed]), ANNE, HOME) == []
    with pytest.raises(AddressUnknown):
        remove_address(after([registered, home_added]), ANNE, OTHER)


def test_nobody_leaves_an_address_before_moving_in() -> None:
    with pytest.raises(ClientInvalid) as refused:
        add_address(after([registered]), replace(home_added, since=date(2026, 2, 1), until=date(2026, 1, 31)))
    assert refused.value.field == "until"


def test_nothing_happens_to_a_client_who_was_never_registered() -> None:
    nobody = after([])
    decisions: list[Callable[[], list[Event]]] = [
        lambda: take_up(nobody, ANNE, None),
        lambda: correct_name(nobody, ANNE, Name("Leclerc")),
        lambda: add_contact_point(nobody, ANNE, PHONE, ContactKind.PHONE, "+33142685300"),
        lambda: remove_contact_point(nobody, ANNE, PHONE),
        lambda: add_address(nobody, home_added),
        lambda: remove_address(nobody, ANNE, HOME),
    ]
    for decide in decisions:
        with pytest.raises(ClientUnknown):
            decide()


def test_an_erased_client_still_folds_and_can_be_corrected() -> None:
    erased = after([replace(registered, name=ERASED), replace(phone_added, value=ERASED)])

    assert erased.name == ERASED
    assert correct_name(erased, ANNE, Name("Leclerc")) == [NameCorrected(ANNE, Name("Leclerc"))]
    assert len(add_contact_point(erased, ANNE, OTHER, ContactKind.PHONE, "+33142685300")) == 1
