"""Who serves a client, for what, from when to when, and who is the primary associate; and so: what is in whose book?"""

from typing import Any, Final

from sqlalchemy import Column, Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from domain.affiliation import (
    AffiliationBegun,
    AffiliationCorrected,
    AffiliationEnded,
    AffiliationWithdrawn,
    PrimaryNamed,
    Scope,
)
from projections.projection import Projection, Rows

affiliations: Final = Projection("affiliations", 1)

# One row a client, for the version that `If-Match` is about.
of_client: Final = affiliations.owned("affiliations_of_client", "client_id", Column("stream_version", Integer))

affiliation: Final = affiliations.owned(
    "affiliation",
    "client_id",
    Column("affiliation_id", Uuid, primary_key=True),
    Column("associate_id", Text),
    Column("store_id", Text),
    Column("only", ARRAY(Text)),  # NULL stands for everything
    Column("but", ARRAY(Text)),
    Column("since", Date),
    Column("until", Date),
    Column("covers", Text),
    Column("reassignment_id", Uuid),  # of what was begun by a handover
    Column("begun_at", DateTime(timezone=True)),  # when it was recorded
)
Index(f"{affiliation.name}_associate", affiliation.c.associate_id, affiliation.c.client_id)

# What was named later counts: it has the larger ordinal.
named: Final = affiliations.owned(
    "affiliation_primary",
    "client_id",
    Column("ordinal", Integer, primary_key=True),
    Column("associate_id", Text),
    Column("since", Date),
    Column("until", Date),
    Column("named_at", DateTime(timezone=True)),
)

# The taker has what was begun by it.
handover: Final = affiliations.owned(
    "affiliation_handover",
    "client_id",
    Column("reassignment_id", Uuid, primary_key=True),
    Column("giver", Text),
    Column("handed_over_at", DateTime(timezone=True)),
)


@affiliations.on(AffiliationBegun)
def begun(event: AffiliationBegun, rows: Rows) -> None:
    _moved_on(rows)
    rows.put(
        affiliation,
        affiliation_id=event.affiliation_id,
        associate_id=event.associate_id,
        store_id=event.store_id,
        **_scope(event.scope),
        since=event.since,
        until=event.until,
        covers=event.covers,
        reassignment_id=event.reassignment_id,
        begun_at=rows.recorded.recorded_at,
    )


@affiliations.on(AffiliationEnded)
def ended(event: AffiliationEnded, rows: Rows) -> None:
    _moved_on(rows)
    _given_up(event, rows)
    rows.patch(affiliation, affiliation_id=event.affiliation_id, until=event.until)


@affiliations.on(AffiliationCorrected)
def corrected(event: AffiliationCorrected, rows: Rows) -> None:
    _moved_on(rows)
    rows.patch(
        affiliation,
        affiliation_id=event.affiliation_id,
        store_id=event.store_id,
        **_scope(event.scope),
        since=event.since,
        until=event.until,
    )


@affiliations.on(AffiliationWithdrawn)
def withdrawn(event: AffiliationWithdrawn, rows: Rows) -> None:
    _moved_on(rows)
    _given_up(event, rows)
    rows.drop(affiliation, affiliation_id=event.affiliation_id)


@affiliations.on(PrimaryNamed)
def primary_named(event: PrimaryNamed, rows: Rows) -> None:
    _moved_on(rows)
    rows.put(
        named,
        ordinal=rows.recorded.stream_version,
        associate_id=event.associate_id,
        since=event.since,
        until=event.until,
        named_at=rows.recorded.recorded_at,
    )


def _given_up(event: AffiliationEnded | AffiliationWithdrawn, rows: Rows) -> None:
    if event.reassignment_id is not None:
        rows.put(
            handover,
            reassignment_id=event.reassignment_id,
            giver=event.associate_id,
            handed_over_at=rows.recorded.recorded_at,
        )


def _moved_on(rows: Rows) -> None:
    rows.put(of_client, stream_version=rows.recorded.stream_version)


def _scope(scope: Scope) -> dict[str, Any]:
    return {"only": None if scope.only is None else list(scope.only), "but": list(scope.but)}
