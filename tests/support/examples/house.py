"""An example of every event about stores and associates."""

from datetime import date

from domain import associate, store
from domain.access import Role

EXAMPLES: dict[str, object] = {
    "region.formed.v1": store.RegionFormed("emea", "Europe, Middle East, Africa"),
    "store.opened.v1": store.StoreOpened(
        "paris-1", "Place Vendôme", "emea", "FR", "Paris", "Europe/Paris", date(1998, 9, 1)
    ),
    "store.joined-region.v1": store.StoreJoinedRegion("paris-1", "france", "emea"),
    "store.closed.v1": store.StoreClosed("paris-1", date(2026, 12, 31)),
    "associate.joined.v1": associate.AssociateJoined(
        associate.stream_id("ines"), "ines", "Inès Laurent", Role.ASSOCIATE, "paris-1", date(2019, 5, 2)
    ),
    "associate.moved.v1": associate.AssociateMoved("ines", "rome-1", date(2026, 3, 1)),
    "associate.role-given.v1": associate.RoleGiven("ines", Role.MANAGER, date(2026, 3, 1)),
    "associate.left.v1": associate.AssociateLeft("ines", date(2026, 3, 31)),
}
