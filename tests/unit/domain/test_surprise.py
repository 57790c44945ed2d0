"""A sale never stands on who is given something of it by others: her own file would tell her."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from domain.gift_policy import HOUSE_GIFTS
from domain.refusals import MarkInvalid, SaleInvalid
from domain.sale import gifts, standing
from domain.sale.events import Event, SaleRecorded
from domain.sale.facts import Giver, Line, SaleReference
from domain.sale.gifts import Gift
from domain.sale.state import Sale, after

SALE, MARK, PAUL, ANNE = (UUID(int=number) for number in range(1, 5))
RING = Line(1, "R-1", "Ring", 1, Decimal(900), Decimal(900))
SOLD = SaleRecorded(
    SALE, SaleReference("till", "1"), "paris-1", datetime(2026, 5, 20, 12, tzinfo=UTC), "EUR", PAUL, (RING,)
)


def marked(now: Sale, gift: Gift) -> list[Event]:
    return gifts.mark(now, MARK, 1, gift, "7QK4-X2MN-0WTZ", HOUSE_GIFTS)


@pytest.mark.feature("N-09")
def test_what_stands_on_her_is_no_gift_to_her() -> None:
    hers = after([SOLD, *standing.attach_client(after([SOLD]), SALE, ANNE)])
    with pytest.raises(MarkInvalid) as refused:
        marked(hers, Gift(ANNE, givers=(Giver(PAUL),)))
    assert refused.value.field == "recipient_id"
    his = after([SOLD])
    assert marked(his, Gift(ANNE))


@pytest.mark.feature("N-09")
@pytest.mark.parametrize("detached", [True, False])
def test_a_sale_with_a_gift_to_her_cannot_become_hers(detached: bool) -> None:
    events: list[Event] = [SOLD, *marked(after([SOLD]), Gift(ANNE))]
    if detached:
        events += standing.detach_client(after(events), SALE)
    with pytest.raises(SaleInvalid) as refused:
        standing.attach_client(after(events), SALE, ANNE)
    assert refused.value.field == "client_id"
    taken_away = after([*events, *gifts.remove(after(events), MARK)])
    assert standing.attach_client(taken_away, SALE, ANNE)
