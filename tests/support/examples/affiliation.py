"""An example of every event about who serves a client, and about a reassigned book."""

from datetime import date

from domain import affiliation, associate, reassignment
from domain.affiliation import Scope
from domain.left_alone import LeftAlone
from tests.support.examples.who import ANN, BEN, SHOP

EXAMPLES: dict[str, object] = {
    "affiliation.begun.v1": affiliation.AffiliationBegun(
        ANN, SHOP, "ines", "paris-1", Scope(("jewelry", "watches")), date(2026, 3, 1), date(2026, 3, 14), "marc", BEN
    ),
    "affiliation.ended.v1": affiliation.AffiliationEnded(ANN, SHOP, "ines", "paris-1", date(2026, 2, 28), BEN),
    "affiliation.corrected.v1": affiliation.AffiliationCorrected(
        ANN, SHOP, "ines", "paris-1", Scope(None, ("watches",)), date(2025, 3, 1), None
    ),
    "affiliation.withdrawn.v1": affiliation.AffiliationWithdrawn(ANN, SHOP, "ines", "paris-1", BEN),
    "affiliation.primary-named.v1": affiliation.PrimaryNamed(ANN, "ines", date(2026, 3, 1), None, BEN),
    "reassignment.ordered.v1": reassignment.ReassignmentOrdered(
        associate.stream_id("ines"),
        SHOP,
        "ines",
        (reassignment.Share("marc", "paris-1", (ANN, BEN)),),
        ("jewelry",),
        date(2026, 3, 1),
        date(2026, 3, 14),
        reassignment.Cause.AWAY,
        "Mme Laurent asked for somebody who speaks Italian",
    ),
    "reassignment.completed.v1": reassignment.ReassignmentCompleted(
        SHOP, "ines", 1, (LeftAlone("affiliation.not_serving", 1),)
    ),
}
