"""Who belongs to an organization, or is interested in it, and when? And what organizations are there?

A term stands once, under the client whose it is, and is found from both sides: nothing is copied to the members of an
organization when something happens to it. It says which store took the client up, so that a store finds those of its
clients one after the other (ADR 0022).
"""

from typing import Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid

from domain.client.events import ClientRegistered, PersonNoted
from domain.membership import MembershipBegun, MembershipCorrected, MembershipEnded, MembershipTakenBack
from domain.organization import (
    OrganizationClosed,
    OrganizationFounded,
    OrganizationRenamed,
    OrganizationReopened,
    OrganizationRescoped,
)
from domain.scope import Scope
from projections.projection import Projection, Rows
from projections.spelling import fold

membership: Final = Projection("membership", 3)

organization: Final = membership.owned(
    "organization",
    "organization_id",
    Column("name", Text),
    Column("folded", Text),  # without case and accents: by this it is sorted and found
    Column("kind", Text),
    Column("world", Text),
    Column("reach", Text),
    Column("region_id", Text),
    Column("store_id", Text),
    Column("part_of", Uuid),
    Column("closed", Boolean),
    Column("founded_at", DateTime(timezone=True)),
    Column("founded_by", Text),
    Column("stream_version", Integer),
)
Index(f"{organization.name}_folded", organization.c.folded, organization.c.organization_id)

# Of everybody, as her stream says it before any of her terms: they copy it.
taken_up: Final = membership.owned("membership_taken_up", "client_id", Column("store_id", Text))

term: Final = membership.owned(
    "membership_term",
    "client_id",
    Column("membership_id", Uuid, primary_key=True),
    Column("term", Integer, primary_key=True),
    Column("organization_id", Uuid),
    Column("tie", Text),
    Column("since", Date),
    Column("until", Date),
    Column("begun_at", DateTime(timezone=True)),  # when it was recorded
    covered=("organization_id", "tie", "since", "until"),
    copied=[taken_up.c.store_id],
)
Index(
    f"{term.name}_of_store",
    *term.c["store_id", "client_id"],
    postgresql_include=["organization_id", "tie", "since", "until"],
)
Index(f"{term.name}_organization", *term.c["organization_id", "client_id", "membership_id", "term"])


@membership.on(ClientRegistered)
def registered(event: ClientRegistered, rows: Rows) -> None:
    rows.put(taken_up, store_id=event.store_id)


@membership.on(PersonNoted)
def noted(event: PersonNoted, rows: Rows) -> None:
    rows.put(taken_up, store_id=event.store_id)


@membership.on(OrganizationFounded)
def founded(event: OrganizationFounded, rows: Rows) -> None:
    rows.put(
        organization,
        **_called(event.name),
        kind=event.kind,
        world=event.world and event.world.value,
        **reaching(event.scope),
        part_of=event.part_of,
        closed=False,
        founded_at=rows.recorded.recorded_at,
        founded_by=rows.recorded.actor,
        stream_version=rows.recorded.stream_version,
    )


@membership.on(OrganizationRenamed)
def renamed(event: OrganizationRenamed, rows: Rows) -> None:
    rows.patch(organization, **_called(event.name), stream_version=rows.recorded.stream_version)


@membership.on(OrganizationRescoped)
def rescoped(event: OrganizationRescoped, rows: Rows) -> None:
    rows.patch(organization, **reaching(event.scope), stream_version=rows.recorded.stream_version)


@membership.on(OrganizationClosed)
def closed(event: OrganizationClosed, rows: Rows) -> None:
    rows.patch(organization, closed=True, stream_version=rows.recorded.stream_version)


@membership.on(OrganizationReopened)
def reopened(event: OrganizationReopened, rows: Rows) -> None:
    rows.patch(organization, closed=False, stream_version=rows.recorded.stream_version)


@membership.on(MembershipBegun)
def begun(event: MembershipBegun, rows: Rows) -> None:
    rows.put(
        term,
        membership_id=event.membership_id,
        term=event.term,
        organization_id=event.organization_id,
        tie=event.tie.value,
        since=event.since,
        until=event.until,
        begun_at=rows.recorded.recorded_at,
    )


@membership.on(MembershipEnded)
def ended(event: MembershipEnded, rows: Rows) -> None:
    rows.patch(term, membership_id=event.membership_id, term=event.term, until=event.until)


@membership.on(MembershipCorrected)
def corrected(event: MembershipCorrected, rows: Rows) -> None:
    rows.patch(term, membership_id=event.membership_id, term=event.term, since=event.since, until=event.until)


@membership.on(MembershipTakenBack)
def taken_back(event: MembershipTakenBack, rows: Rows) -> None:
    rows.drop(term, membership_id=event.membership_id, term=event.term)


def _called(name: str) -> dict[str, str]:
    return {"name": name, "folded": fold(name)}


def reaching(scope: Scope) -> dict[str, str | None]:
    """The columns of a scope."""
    return {"reach": scope.reach.value, "region_id": scope.region_id, "store_id": scope.store_id}
