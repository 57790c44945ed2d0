"""What else is known of a person: her other names, her dates, what she likes and belongs to, her death.

Further tables of `client_card`, filled in the same transaction: one version of her data, one moment.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.client.events import (
    DateAdded,
    DateRemoved,
    DeathRecorded,
    DeathWithdrawn,
    NameAdded,
    NameRemoved,
    SalutationSet,
    TraitAdded,
    TraitRemoved,
)
from domain.personal import Erased, unless_erased
from projections.client_card import card, client_card, found_by, moved_on
from projections.projection import Rows
from projections.spelling import full_name_keys

name: Final = client_card.owned(
    "client_name",
    "client_id",
    Column("name_id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("family", Text),
    Column("given", Text),
    Column("title", Text),
    Column("reading", Text),
    Column("script", Text),
    Column("since", Date),
    Column("until", Date),
    Column("added_at", DateTime(timezone=True)),
    Column("keys", ARRAY(Text)),
)
found_by(name)

date: Final = client_card.owned(
    "client_date",
    "client_id",
    Column("date_id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("label", Text),
    Column("month", Integer),
    Column("day", Integer),
    Column("year", Integer),
    Column("yearly", Boolean),
    Column("event_id", Uuid),
    Column("added_at", DateTime(timezone=True)),
    covered=("kind", "label", "month", "day", "year", "yearly", "event_id"),
    copied=[card.c.store_id],
)
Index(f"{date.name}_day", date.c.month, date.c.day)
Index(f"{date.name}_month", date.c.year, date.c.month)
# Of all whom a store took up one after the other (ADR 0022).
Index(
    f"{date.name}_of_store",
    *date.c["store_id", "client_id"],
    postgresql_include=["date_id", "kind", "label", "month", "day", "year", "yearly", "event_id"],
)

trait: Final = client_card.owned(
    "client_trait",
    "client_id",
    Column("trait_id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("value", Text),
    Column("added_at", DateTime(timezone=True)),
)


@client_card.on(NameAdded)
def name_added(event: NameAdded, rows: Rows) -> None:
    moved_on(rows)
    if not isinstance(event.name, Erased) and not isinstance(event.reading, Erased):
        rows.put(
            name,
            name_id=event.name_id,
            kind=event.kind.value,
            family=event.name.family,
            given=event.name.given,
            title=event.name.title,
            reading=event.reading,
            script=event.script,
            since=event.since,
            until=event.until,
            added_at=rows.recorded.recorded_at,
            keys=full_name_keys(event.name.family, event.name.given, event.reading),
        )


@client_card.on(NameRemoved)
def name_removed(event: NameRemoved, rows: Rows) -> None:
    moved_on(rows)
    rows.drop(name, name_id=event.name_id)


@client_card.on(SalutationSet)
def salutation_set(event: SalutationSet, rows: Rows) -> None:
    moved_on(rows)
    rows.patch(card, salutation=unless_erased(event.salutation))


@client_card.on(DateAdded)
def date_added(event: DateAdded, rows: Rows) -> None:
    moved_on(rows)
    if not isinstance(event.day, Erased) and not isinstance(event.label, Erased):
        rows.put(
            date,
            date_id=event.date_id,
            kind=event.kind.value,
            label=event.label,
            month=event.day.month,
            day=event.day.day,
            year=event.day.year,
            yearly=event.yearly,
            event_id=rows.recorded.event_id,
            added_at=rows.recorded.recorded_at,
        )


@client_card.on(DateRemoved)
def date_removed(event: DateRemoved, rows: Rows) -> None:
    moved_on(rows)
    rows.drop(date, date_id=event.date_id)


@client_card.on(TraitAdded)
def trait_added(event: TraitAdded, rows: Rows) -> None:
    moved_on(rows)
    if not isinstance(event.value, Erased):
        rows.put(
            trait,
            trait_id=event.trait_id,
            kind=event.kind.value,
            value=event.value,
            added_at=rows.recorded.recorded_at,
        )


@client_card.on(TraitRemoved)
def trait_removed(event: TraitRemoved, rows: Rows) -> None:
    moved_on(rows)
    rows.drop(trait, trait_id=event.trait_id)


@client_card.on(DeathRecorded)
def death_recorded(event: DeathRecorded, rows: Rows) -> None:
    moved_on(rows)
    died_on = unless_erased(event.on)
    rows.patch(card, died=True, died_on=died_on, death_recorded_at=rows.recorded.recorded_at)


@client_card.on(DeathWithdrawn)
def death_withdrawn(event: DeathWithdrawn, rows: Rows) -> None:
    moved_on(rows)
    rows.patch(card, died=False, died_on=None, death_recorded_at=None)
