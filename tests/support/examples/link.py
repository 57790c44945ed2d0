"""An example of every event about links between people."""

from datetime import date
from uuid import UUID

from domain import link, relation
from domain.days import CalendarDay
from tests.support.examples.who import ANN, BEN

LINK: UUID = link.link_id(ANN, BEN, "spouse")

EXAMPLES: dict[str, object] = {
    "link.begun.v1": link.LinkBegun(
        LINK, 1, "spouse", relation.Circle.PARTNER, ANN, "wife", BEN, "husband", date(1999, 6, 12)
    ),
    "link.ended.v1": link.LinkEnded(LINK, 1, ANN, BEN, date(2025, 6, 30), link.EndReason.DIVORCE),
    "link.anniversary-set.v1": link.AnniversarySet(
        LINK, 1, link.AnniversaryKind.WEDDING, ANN, BEN, CalendarDay(6, 12, 1999), CalendarDay(6, 12, 1999)
    ),
    "link.couple-salutation-set.v1": link.CoupleSalutationSet(
        LINK, 1, ANN, BEN, "Dr and Mr Lindqvist", "Dr and Mr Lindqvist"
    ),
    "relation.kind-added.v1": relation.RelationKindAdded(relation.Circle.WORK, ("dressmaker",), ("patron",)),
}
