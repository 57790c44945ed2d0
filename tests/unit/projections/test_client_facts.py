"""Given what became known of a person, then the rows that show it and by which she is found."""

from datetime import date as day
from uuid import UUID

from domain.client.events import (
    AddressAdded,
    ClientRegistered,
    ContactPointAdded,
    ContactStateSet,
    DateAdded,
    DateRemoved,
    DeathRecorded,
    DeathWithdrawn,
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
from domain.days import CalendarDay
from domain.personal import ERASED
from projections.client_card import address, card, contact_point
from projections.client_facts import date, name, trait
from projections.spelling import exact
from tests.unit.projections.test_client_card import MARIE, only, registered, rows

ID, OTHER = UUID(int=10), UUID(int=11)
noted = PersonNoted(MARIE, UUID(int=9), "paris-1", Name("Dupont", "Marie"))


def test_a_noted_person_is_no_client_until_she_registers_and_keeps_what_is_known() -> None:
    wished = SalutationSet(MARIE, "Chère Marie")
    row = only(rows([noted, wished]), card)
    assert (row["is_client"], row["family"], row["registered_at"], row["died"]) == (False, "Dupont", None, False)

    row = only(rows([noted, wished, ClientRegistered(MARIE, "rome-1", Name("Durand"), None)]), card)
    assert (row["is_client"], row["family"], row["store_id"]) == (True, "Durand", "rome-1")
    assert (row["salutation"], row["stream_version"], row["registered_by"]) == ("Chère Marie", 3, "tester")


def test_another_name_is_found_by_its_parts_its_reading_and_both_as_one() -> None:
    legal = NameAdded(MARIE, ID, NameKind.LEGAL, Name("山田", "花子"), "ヤマダ ハナコ", "Jpan", None, None)
    row = only(rows([registered, legal]), name)

    assert (row["kind"], row["family"], row["given"], row["script"]) == ("legal", "山田", "花子", "Jpan")
    assert {exact(part) for part in ("山田", "花子", "山田花子", "やまた", "はなこ")} <= set(row["keys"])
    assert name.name not in rows([registered, legal, NameRemoved(MARIE, ID)])


def test_a_contact_point_has_its_state_and_its_mark() -> None:
    phone = ContactPointAdded(MARIE, ID, ContactKind.PHONE, "+33612345678")
    row = only(rows([registered, phone]), contact_point)
    assert (row["state"], row["not_for_surprises"]) == ("unconfirmed", False)

    changed = [ContactStateSet(MARIE, ID, ContactState.BOUNCING), SurprisesSet(MARIE, ID, True)]
    row = only(rows([registered, phone, *changed]), contact_point)
    assert (row["state"], row["not_for_surprises"], row["value"]) == ("bouncing", True, "+33612345678")


def test_moving_out_leaves_the_address() -> None:
    home = AddressAdded(MARIE, ID, AddressType.HOME, PostalAddress("FR"), day(2020, 1, 1), None)
    row = only(rows([registered, home, ResidencySet(MARIE, ID, day(2020, 1, 1), day(2026, 3, 1))]), address)

    assert (row["country"], row["since"], row["until"]) == ("FR", day(2020, 1, 1), day(2026, 3, 1))


def test_dates_and_traits_come_and_go() -> None:
    birthday = DateAdded(MARIE, ID, DateKind.BIRTHDAY, None, CalendarDay(2, 29), True)
    corrected = DateAdded(MARIE, ID, DateKind.BIRTHDAY, None, CalendarDay(3, 1, 1964), True)
    peonies = TraitAdded(MARIE, OTHER, TraitKind.LIKE, "white peonies")
    tables = rows([registered, birthday, corrected, peonies])

    row = only(tables, date)
    assert (row["month"], row["day"], row["year"], row["yearly"]) == (3, 1, 1964, True)
    assert only(tables, trait)["value"] == "white peonies"
    gone = rows([registered, birthday, peonies, DateRemoved(MARIE, ID), TraitRemoved(MARIE, OTHER)])
    assert not {date.name, trait.name} & gone.keys()


def test_a_date_lies_with_the_store_that_took_her_up() -> None:
    birthday = DateAdded(MARIE, ID, DateKind.BIRTHDAY, None, CalendarDay(2, 29), True)
    assert only(rows([noted, birthday]), date)["store_id"] == "paris-1"

    taken_up = ClientRegistered(MARIE, "rome-1", None, None)
    assert only(rows([noted, birthday, taken_up]), date)["store_id"] == "rome-1"


def test_a_death_stands_on_the_card_until_it_is_withdrawn() -> None:
    died = DeathRecorded(MARIE, day(2026, 2, 28))
    row = only(rows([registered, died]), card)
    assert (row["died"], row["died_on"]) == (True, day(2026, 2, 28))

    row = only(rows([registered, died, DeathWithdrawn(MARIE)]), card)
    assert (row["died"], row["died_on"], row["stream_version"]) == (False, None, 3)


def test_of_an_erased_person_nothing_is_left_but_that_she_died() -> None:
    tables = rows(
        [
            PersonNoted(MARIE, UUID(int=9), "paris-1", ERASED),
            NameAdded(MARIE, ID, NameKind.LEGAL, ERASED, ERASED, "Jpan", None, None),
            SalutationSet(MARIE, ERASED),
            DateAdded(MARIE, ID, DateKind.BIRTHDAY, ERASED, ERASED, True),
            TraitAdded(MARIE, OTHER, TraitKind.LIKE, ERASED),
            DeathRecorded(MARIE, ERASED),
        ]
    )

    assert set(tables) == {card.name}
    row = only(tables, card)
    assert (row["erased"], row["salutation"], row["died"], row["died_on"]) == (True, None, True, None)
