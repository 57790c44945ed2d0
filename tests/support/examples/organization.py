"""An example of every event about an organization, and about who is in it."""

from datetime import date

from domain import membership, organization
from domain.membership import Tie
from domain.organization import World
from domain.scope import Reach, Scope
from tests.support.examples.who import ANN, BEN, SHOP

EXAMPLES: dict[str, object] = {
    "organization.founded.v1": organization.OrganizationFounded(
        SHOP, "Aurélie, men", "designer", World.MEN, Scope(Reach.STORE, None, "paris-1"), BEN
    ),
    "organization.renamed.v1": organization.OrganizationRenamed(SHOP, "Aurélie Homme"),
    "organization.rescoped.v1": organization.OrganizationRescoped(SHOP, Scope(Reach.REGIONAL, "europe", None)),
    "organization.closed.v1": organization.OrganizationClosed(SHOP),
    "organization.reopened.v1": organization.OrganizationReopened(SHOP),
    "membership.begun.v1": membership.MembershipBegun(ANN, SHOP, BEN, Tie.INTEREST, 1, date(2020, 2, 29), None),
    "membership.ended.v1": membership.MembershipEnded(ANN, SHOP, 1, date(2026, 3, 2)),
    "membership.corrected.v1": membership.MembershipCorrected(ANN, SHOP, 1, None, date(2026, 3, 1)),
    "membership.taken-back.v1": membership.MembershipTakenBack(ANN, SHOP, 1),
}
