"""An example of every event about a sale."""

from decimal import Decimal

from domain.client.facts import PostalAddress
from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    DeliveryAddressed,
    LinesReturned,
    ReturnRecorded,
    SaleRecorded,
)
from domain.sale.facts import Line, ReturnedLine, SaleReference, Seller
from tests.support.examples.who import ANN, BEN, SHOP
from tests.support.memory import NOON

_REFERENCE = SaleReference("till", "4711")
_LINE = Line(
    1, "R-1", "Ring", 2, Decimal("1250.50"), Decimal("2501.00"), True, "Ours", "rings", "gold", (Seller("a-7", 2),)
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
}
