"""An example of every event about a sale."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.client.facts import PostalAddress
from domain.occasion import Source
from domain.sale.events import (
    AttributionRemoved,
    ClientAttached,
    ClientDetached,
    DeliveryAddressed,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LinesArrived,
    LinesCancelled,
    LineServiced,
    LinesHandedOver,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    ReturnRecorded,
    SaleAttributed,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import (
    Attribute,
    Content,
    GiftOccasion,
    Giver,
    HandedOverLine,
    Handover,
    Line,
    Pieces,
    ReturnedLine,
    SaleReference,
    Seller,
)
from tests.support.examples.who import ANN, BEN, SHOP
from tests.support.memory import NOON

_REFERENCE = SaleReference("till", "4711")
_LINE = Line(
    1, "R-1", "Ring", 2, Decimal("1250.50"), Decimal("2501.00"), True, "Ours", "rings", "gold", (Seller("a-7", 2),)
)
_ORDERED = replace(
    _LINE,
    handover=Handover.ORDERED,
    deposit=Decimal("500.00"),
    serial_number="4711-A",
    attributes=(Attribute("stone", "emerald"),),
)
_BACK = ReturnedLine(1, 1, Decimal("1250.50"), "R-1", True, "Ours", "rings", "gold", (Seller("a-7", 2),), "too small")

EXAMPLES: dict[str, object] = {
    "sale.recorded.v1": SaleRecorded(SHOP, _REFERENCE, "paris-1", NOON, "EUR", ANN, (_LINE,)),
    "sale.return-recorded.v1": ReturnRecorded(SHOP, _REFERENCE, "paris-1", NOON, "EUR", None, (_LINE,)),
    "sale.lines-returned.v1": LinesReturned(SHOP, BEN, "lyon-1", "paris-1", NOON, "EUR", ANN, (_BACK,)),
    "sale.client-attached.v1": ClientAttached(SHOP, ANN, None),
    "sale.client-detached.v1": ClientDetached(SHOP, ANN),
    "sale.delivery-addressed.v1": DeliveryAddressed(
        SHOP, BEN, SHOP, ANN, PostalAddress("SE", ("Storgatan 1",), "Lund", None, "223 50")
    ),
    "sale.lines-arrived.v1": LinesArrived(SHOP, BEN, "lyon-1", NOON, (Pieces(1, 2),)),
    "sale.lines-handed-over.v1": LinesHandedOver(
        SHOP, BEN, "lyon-1", NOON, ANN, (HandedOverLine(1, 1, Decimal("1250.50")),)
    ),
    "sale.lines-cancelled.v1": LinesCancelled(SHOP, BEN, "lyon-1", NOON, (Pieces(1, 1),), "no longer made"),
    "sale.corrected.v1": SaleCorrected(
        SHOP, 1, Content("paris-1", NOON, (_LINE,)), Content("lyon-1", NOON, (_ORDERED,)), "rung up at the wrong till"
    ),
    "sale.line-serviced.v1": LineServiced(SHOP, BEN, 1, ANN, "sizing", "lyon-1", NOON),
    "sale.gift-marked.v1": GiftMarked(
        SHOP,
        BEN,
        1,
        1,
        (Giver(ANN, 2), Giver(SHOP)),
        BEN,
        BEN,
        GiftOccasion(Source.OWN, "birthday", date(2026, 6, 14)),
        date(2026, 6, 21),
        "7QK4-X2MN-0WTZ",
        discreet=False,
    ),
    "sale.kept-for-herself.v1": KeptForHerself(SHOP, BEN, 1, 1),
    "sale.mark-removed.v1": MarkRemoved(SHOP, BEN),
    "sale.gift-release-set.v1": GiftReleaseSet(SHOP, BEN, BEN, date(2026, 7, 1), discreet=False),
    "sale.gift-proposal-declined.v1": ProposalDeclined(SHOP, BEN, 1),
    "sale.attributed.v1": SaleAttributed(SHOP, BEN, (1, 2), "ines"),
    "sale.attribution-removed.v1": AttributionRemoved(SHOP, BEN, (2,)),
}
