"""Given events of a client, then the rows of her card."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    NameCorrected,
)
from domain.client.facts import AddressType, ContactKind, Name, PostalAddress, Reference
from domain.personal import ERASED
from projections.client_card import address, card, client_card, contact_point
from projections.projection import Table
from projections.spelling import contact_keys, full_name_keys
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import NOON, Journal

MARIE = UUID(int=1)
registered = ClientRegistered(MARIE, "paris-1", Name("Dupont", "Marie", "Mme"), Reference("till", "4711"))
home = PostalAddress("FR", ("1 rue de la Paix",), "Paris", None, "75002")


def rows(events: Sequence[object]) -> Tables:
    journal = Journal()
    for event in events:
        journal.happened(MARIE, event)
    return applied_one_by_one(asked for each in journal.recorded() for asked in client_card.changes(each))


def only(tables: Tables, table: Table) -> dict[str, Any]:
    [row] = tables[table.name].values()
    return row


def test_a_registered_client_has_a_card_that_is_found_by_her_names() -> None:
    row = only(rows([registered]), card)

    assert (row["family"], row["given"], row["title"]) == ("Dupont", "Marie", "Mme")
    assert (row["reference_source"], row["reference_number"]) == ("till", "4711")
    assert (row["store_id"], row["registered_by"], row["stream_version"]) == ("paris-1", "tester", 1)
    assert row["registered_at"] > NOON
    assert row["keys"] == full_name_keys("Dupont", "Marie")
    assert row["erased"] is False


def test_a_client_known_by_a_number_only_has_a_card_without_a_name() -> None:
    row = only(rows([ClientRegistered(MARIE, None, None, Reference("till", "4711"))]), card)

    assert (row["family"], row["keys"], row["erased"]) == (None, [], False)


def test_a_corrected_name_replaces_all_of_the_old_one() -> None:
    row = only(rows([registered, NameCorrected(MARIE, Name("Durand"))]), card)

    assert (row["family"], row["given"], row["title"]) == ("Durand", None, None)
    assert row["keys"] == full_name_keys("Durand", None)
    assert (row["reference_number"], row["stream_version"]) == ("4711", 2)


def test_contact_points_come_and_go_and_the_card_counts_every_event() -> None:
    phone, mail = UUID(int=10), UUID(int=11)
    tables = rows(
        [
            registered,
            ContactPointAdded(MARIE, phone, ContactKind.PHONE, "+33612345678"),
            ContactPointAdded(MARIE, mail, ContactKind.EMAIL, "Marie@example.com"),
            ContactPointRemoved(MARIE, phone),
        ]
    )

    row = only(tables, contact_point)
    assert (row["contact_point_id"], row["kind"], row["value"]) == (mail, "email", "Marie@example.com")
    assert row["keys"] == contact_keys(ContactKind.EMAIL, "marie@example.com")
    assert only(tables, card)["stream_version"] == 4


def test_addresses_come_and_go() -> None:
    kept, gone = UUID(int=10), UUID(int=11)
    tables = rows(
        [
            registered,
            AddressAdded(MARIE, gone, AddressType.WORK, PostalAddress("CH"), None, None),
            AddressAdded(MARIE, kept, AddressType.HOME, home, date(2020, 2, 29), None),
            AddressRemoved(MARIE, gone),
        ]
    )

    row = only(tables, address)
    assert (row["address_id"], row["type"], row["country"], row["lines"]) == (kept, "home", "FR", ["1 rue de la Paix"])
    assert (row["city"], row["region"], row["postal_code"]) == ("Paris", None, "75002")
    assert (row["since"], row["until"]) == (date(2020, 2, 29), None)


def test_of_an_erased_client_the_card_stays_and_nothing_personal_on_it() -> None:
    tables = rows(
        [
            ClientRegistered(MARIE, "paris-1", ERASED, ERASED),
            ContactPointAdded(MARIE, UUID(int=10), ContactKind.EMAIL, ERASED),
            AddressAdded(MARIE, UUID(int=11), AddressType.HOME, ERASED, None, None),
            NameCorrected(MARIE, ERASED),
        ]
    )

    assert set(tables) == {card.name}
    row = only(tables, card)
    assert row["erased"] is True
    assert [row[column] for column in ("family", "given", "title", "reference_source", "reference_number")] == [
        None
    ] * 5
    assert (row["keys"], row["store_id"], row["stream_version"]) == ([], "paris-1", 4)
