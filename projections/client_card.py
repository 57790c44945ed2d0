"""Who is this person, how is she reached, and who could be meant by a name, a number or an address half remembered?

People the house knows through a client have rows like clients: `is_client` says which they are. What else is known of
her, by the same events and in the same tables' company: `projections/client_facts.py`.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    ContactStateSet,
    NameCorrected,
    PersonNoted,
    ResidencySet,
    SurprisesSet,
)
from domain.client.facts import ContactState, Name
from domain.personal import Erased, unless_erased
from projections.projection import Projection, Rows, Table
from projections.spelling import address_keys, contact_keys, full_name_keys

client_card: Final = Projection("client_card", 5)


def found_by(table: Table) -> None:
    """The index of the search keys. Without a list of pending entries, which every search would read through: writing
    whole batches is no slower (measured), a search right after them 16 times faster."""
    Index(f"{table.name}_keys", table.c["keys"], postgresql_using="gin", postgresql_with={"fastupdate": "off"})


card: Final = client_card.owned(
    "client_card",
    "client_id",
    Column("is_client", Boolean),
    Column("through", Uuid),  # through which client the house knows somebody who is none
    Column("family", Text),
    Column("given", Text),
    Column("title", Text),
    Column("name_corrected_at", DateTime(timezone=True)),
    Column("salutation", Text),
    Column("died", Boolean, default=False),
    Column("died_on", Date),
    Column("death_recorded_at", DateTime(timezone=True)),
    Column("reference_source", Text),
    Column("reference_number", Text),
    Column("erased", Boolean),
    Column("store_id", Text),
    Column("registered_at", DateTime(timezone=True)),
    Column("registered_by", Text),
    Column("event_id", Uuid),  # of what took her up
    Column("stream_version", Integer),
    Column("keys", ARRAY(Text)),
    covered=("is_client", "died", "store_id", "registered_at", "event_id"),
)
found_by(card)
# A store's clients one after the other, without looking at the rows.
Index(
    f"{card.name}_of_store",
    *card.c["store_id", "client_id"],
    postgresql_where=card.c.is_client,
    postgresql_include=["died", "registered_at", "event_id"],
)

contact_point: Final = client_card.owned(
    "client_contact_point",
    "client_id",
    Column("contact_point_id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("value", Text),
    Column("state", Text),
    Column("not_for_surprises", Boolean, default=False),
    Column("added_at", DateTime(timezone=True)),
    Column("keys", ARRAY(Text)),
)
found_by(contact_point)

address: Final = client_card.owned(
    "client_address",
    "client_id",
    Column("address_id", Uuid, primary_key=True),
    Column("type", Text),
    Column("lines", ARRAY(Text)),
    Column("city", Text),
    Column("region", Text),
    Column("postal_code", Text),
    Column("country", Text),
    Column("since", Date),
    Column("until", Date),
    Column("added_at", DateTime(timezone=True)),
    Column("keys", ARRAY(Text)),
)
found_by(address)


@client_card.on(ClientRegistered)
def registered(event: ClientRegistered, rows: Rows) -> None:
    reference = unless_erased(event.reference)
    # Who was noted before she became a client keeps what is known of her.
    ask = rows.put if rows.recorded.stream_version == 1 else rows.patch
    ask(
        card,
        **_called(event.name),
        is_client=True,
        reference_source=reference and reference.source,
        reference_number=reference and reference.number,
        store_id=event.store_id,
        registered_at=rows.recorded.recorded_at,
        registered_by=rows.recorded.actor,
        event_id=rows.recorded.event_id,
        stream_version=rows.recorded.stream_version,
    )


@client_card.on(PersonNoted)
def noted(event: PersonNoted, rows: Rows) -> None:
    rows.put(
        card,
        **_called(event.name),
        is_client=False,
        through=event.through,
        store_id=event.store_id,
        stream_version=rows.recorded.stream_version,
    )


@client_card.on(NameCorrected)
def name_corrected(event: NameCorrected, rows: Rows) -> None:
    it = rows.recorded
    rows.patch(card, **_called(event.name), name_corrected_at=it.recorded_at, stream_version=it.stream_version)


@client_card.on(ContactPointAdded)
def contact_point_added(event: ContactPointAdded, rows: Rows) -> None:
    moved_on(rows)
    if not isinstance(event.value, Erased):
        rows.put(
            contact_point,
            contact_point_id=event.contact_point_id,
            kind=event.kind.value,
            value=event.value,
            state=ContactState.UNCONFIRMED.value,
            added_at=rows.recorded.recorded_at,
            keys=contact_keys(event.kind, event.value),
        )


@client_card.on(ContactPointRemoved)
def contact_point_removed(event: ContactPointRemoved, rows: Rows) -> None:
    moved_on(rows)
    rows.drop(contact_point, contact_point_id=event.contact_point_id)


@client_card.on(ContactStateSet)
def contact_state_set(event: ContactStateSet, rows: Rows) -> None:
    moved_on(rows)
    rows.patch(contact_point, contact_point_id=event.contact_point_id, state=event.state.value)


@client_card.on(SurprisesSet)
def surprises_set(event: SurprisesSet, rows: Rows) -> None:
    moved_on(rows)
    rows.patch(contact_point, contact_point_id=event.contact_point_id, not_for_surprises=event.not_for_surprises)


@client_card.on(AddressAdded)
def address_added(event: AddressAdded, rows: Rows) -> None:
    moved_on(rows)
    if not isinstance(event.address, Erased):
        rows.put(
            address,
            address_id=event.address_id,
            type=event.type.value,
            lines=list(event.address.lines),
            city=event.address.city,
            region=event.address.region,
            postal_code=event.address.postal_code,
            country=event.address.country,
            since=event.since,
            until=event.until,
            added_at=rows.recorded.recorded_at,
            keys=address_keys(event.address.lines, event.address.postal_code, event.address.city),
        )


@client_card.on(AddressRemoved)
def address_removed(event: AddressRemoved, rows: Rows) -> None:
    moved_on(rows)
    rows.drop(address, address_id=event.address_id)


@client_card.on(ResidencySet)
def residency_set(event: ResidencySet, rows: Rows) -> None:
    moved_on(rows)
    rows.patch(address, address_id=event.address_id, since=event.since, until=event.until)


def moved_on(rows: Rows) -> None:
    """Her stream has a new version; it is what is shown as `ETag`."""
    rows.patch(card, stream_version=rows.recorded.stream_version)


def _called(name: Name | Erased | None) -> dict[str, Any]:
    """The columns of a name. Of an erased one nothing is left to show or to find; that it was erased is said."""
    if name is None or isinstance(name, Erased):
        return {"family": None, "given": None, "title": None, "erased": name is not None, "keys": []}
    return {
        "family": name.family,
        "given": name.given,
        "title": name.title,
        "erased": False,
        "keys": full_name_keys(name.family, name.given),
    }
