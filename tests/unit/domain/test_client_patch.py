"""What a file says about a client: absent leaves, None clears, a value takes the place of what the file gave before."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.client.events import (
    AddressAdded,
    ClientRegistered,
    ContactPointAdded,
    DateAdded,
    Event,
    NameCorrected,
    TraitAdded,
)
from domain.client.facts import AddressType, ContactKind, DateKind, Name, PostalAddress, Reference, TraitKind
from domain.client.patch import ClientPatch, apply
from domain.client.state import Client, after
from domain.days import CalendarDay
from domain.refusals import ClientInvalid, Refusal

RUTH = Reference("till", "10017")
RUTH_ID = ClientPatch(RUTH).client_id
BY_HAND = UUID(int=7)
registered = ClientRegistered(RUTH_ID, "zuerich-1", Name("Aebischer", "Ruth"), RUTH)


def told(given: list[Event], **said: Any) -> Client:
    """The client after a patch; asked again, it is no news."""
    patch = ClientPatch(RUTH, **said)
    events = [*given, *apply(after(given), patch)]
    assert apply(after(events), patch) == []
    return after(events)


def test_a_client_nobody_knows_is_registered_with_everything_said() -> None:
    now = told(
        [],
        store_id="zuerich-1",
        name={"family": "Aebischer", "given": "Ruth"},
        contact_points={ContactKind.EMAIL: "ruth@example.ch"},
        address={"country": "CH", "city": "Zürich"},
        birthday=(CalendarDay(2, 29),),
        traits={TraitKind.TAG: ("VIP", "Uhren")},
    )

    assert now.registered == registered
    assert [(point.kind, point.value) for point in now.contact_points.values()] == [
        (ContactKind.EMAIL, "ruth@example.ch")
    ]
    assert [added.address for added in now.addresses.values()] == [PostalAddress("CH", (), "Zürich")]
    assert [(known.kind, known.day) for known in now.dates.values()] == [(DateKind.BIRTHDAY, CalendarDay(2, 29))]
    assert [known.value for known in now.traits.values()] == ["VIP", "Uhren"]


def test_what_is_not_said_stays_and_what_is_said_alone_changes() -> None:
    given: list[Event] = [registered, ContactPointAdded(RUTH_ID, BY_HAND, ContactKind.PHONE, "+41442110017")]

    assert apply(after(given), ClientPatch(RUTH, store_id="bern-1")) == []
    now = told(given, name={"given": None, "title": "Frau"})
    assert now.name == Name("Aebischer", None, "Frau")
    assert now.contact_points == after(given).contact_points


def test_a_client_registered_by_number_gets_her_name() -> None:
    numbered = ClientRegistered(RUTH_ID, None, None, RUTH)

    [corrected] = apply(after([numbered]), ClientPatch(RUTH, name={"family": "Aebischer"}))
    assert corrected == NameCorrected(RUTH_ID, Name("Aebischer"))
    for name in ({"given": "Ruth"}, {"family": None}):
        with pytest.raises(ClientInvalid) as refused:
            apply(after([numbered]), ClientPatch(RUTH, name=name))
        assert refused.value.field == "family"


def test_a_value_replaces_what_the_feed_gave_and_clearing_clears_all() -> None:
    by_hand: list[Event] = [
        registered,
        ContactPointAdded(RUTH_ID, BY_HAND, ContactKind.EMAIL, "hand@example.ch"),
        TraitAdded(RUTH_ID, UUID(int=8), TraitKind.TAG, "Pearls"),
        AddressAdded(RUTH_ID, UUID(int=9), AddressType.WORK, PostalAddress("CH", (), "Bern"), None, None),
        DateAdded(RUTH_ID, UUID(int=10), DateKind.BIRTHDAY, None, CalendarDay(3), True),
    ]
    first = ClientPatch(
        RUTH,
        contact_points={ContactKind.EMAIL: "one@example.ch"},
        address={"country": "CH", "city": "Zürich", "postal_code": "8001"},
        traits={TraitKind.TAG: ("VIP", "Uhren")},
    )
    given = [*by_hand, *apply(after(by_hand), first)]
    now = told(
        given,
        contact_points={ContactKind.EMAIL: "two@example.ch"},
        address={"city": "Küsnacht"},
        birthday=(CalendarDay(3, 5, 1964),),
        traits={TraitKind.TAG: ("Uhren", "pearls")},
    )

    assert [point.value for point in now.contact_points.values()] == ["hand@example.ch", "two@example.ch"]
    assert [known.value for known in now.traits.values()] == ["Pearls", "Uhren"]
    assert [added.address for added in now.addresses.values()] == [
        PostalAddress("CH", (), "Bern"),
        PostalAddress("CH", (), "Küsnacht", None, "8001"),
    ]
    assert [known.day for known in now.dates.values()] == [CalendarDay(3, 5, 1964)]
    cleared = told(
        given,
        contact_points={ContactKind.EMAIL: None},
        address={"country": None},
        birthday=(None,),
        traits={TraitKind.TAG: None},
    )
    assert (cleared.contact_points, cleared.addresses, cleared.dates, cleared.traits) == ({}, {}, {}, {})


def test_what_was_cleared_can_be_said_again() -> None:
    said: dict[str, Any] = {
        "contact_points": {ContactKind.EMAIL: "ruth@example.ch"},
        "address": {"country": "CH"},
        "birthday": (CalendarDay(2, 29),),
        "traits": {TraitKind.TAG: ("VIP",)},
    }
    events: list[Event] = [registered]
    for _ in range(2):
        events += apply(after(events), ClientPatch(RUTH, **said))
        assert [
            len(facts) for facts in (after(events).contact_points, after(events).addresses, after(events).traits)
        ] == [1, 1, 1]
        nothing = ClientPatch(
            RUTH,
            contact_points={ContactKind.EMAIL: None},
            address={"country": None},
            birthday=(None,),
            traits={TraitKind.TAG: None},
        )
        events += apply(after(events), nothing)
        assert not after(events).traits
        assert not after(events).dates


def test_an_address_without_a_country_is_none() -> None:
    with pytest.raises(ClientInvalid) as refused:
        apply(after([registered]), ClientPatch(RUTH, address={"city": "Zürich"}))
    assert refused.value.field == "country"


parts = st.fixed_dictionaries(
    {},
    optional={
        "name": st.fixed_dictionaries({"family": st.sampled_from(["A", "B"])}, optional={"given": st.none()}),
        "contact_points": st.dictionaries(
            st.sampled_from(ContactKind), st.none() | st.sampled_from(["a@example.com", "b@example.com"])
        ),
        "address": st.fixed_dictionaries({"country": st.none() | st.just("CH")}, optional={"city": st.just("Bern")}),
        "birthday": st.lists(st.none() | st.builds(CalendarDay, st.integers(1, 12)), max_size=1),
        "traits": st.dictionaries(
            st.sampled_from([TraitKind.TAG, TraitKind.MAILING_LIST]),
            st.none() | st.lists(st.sampled_from(["VIP", "vip", "Uhren"]), max_size=2),
        ),
    },
)


@given(st.lists(parts, max_size=6))
def test_any_patches_said_again_one_by_one_are_no_news(said: list[dict[str, Any]]) -> None:
    events: list[Event] = []
    for each in said:
        patch = ClientPatch(RUTH, **each)
        try:
            events += apply(after(events), patch)
        except Refusal:
            continue
        assert apply(after(events), patch) == []
