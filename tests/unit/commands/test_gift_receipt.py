"""Commands of who brings a gift to a till, from body to events."""

from typing import Any
from uuid import UUID

import pytest

from commands import client, gift, gift_receipt, sale
from commands.ports import Done, Ports
from domain.refusals import SaleInvalid
from domain.sale.events import GiftMarked, GiftReleaseSet, LinesReturned, SaleRecorded
from domain.sale.gift_code import GiftReceipt
from tests.support.memory import MemoryStreams, ports, request

SCARF: dict[str, Any] = {"sku": "S-17", "description": "Scarf", "quantity": 1, "unit_price": "300.00"}
AT = "2026-03-02T11:00:00+01:00"


def body(number: str, **other: Any) -> dict[str, Any]:
    reference = {"source": "till", "number": number}
    return {"reference": reference, "occurred_at": AT, "currency": "EUR", "lines": [SCARF], **other}


@pytest.fixture
def world() -> Ports:
    return ports(MemoryStreams())


def person(world: Ports, family: str) -> UUID:
    return client.register(client.RegisterClient(name=client.Name(family=family)), world, request()).subject_id


def given(world: Ports, recipient_id: UUID | None) -> GiftReceipt:
    """A scarf that Paul gives, and its receipt."""
    paul = person(world, "Leclerc")
    bought = sale.RecordSale.model_validate(body("1", client_id=str(paul)))
    sold = sale.record_sale(bought, world, request()).subject_id
    said = gift.MarkGift(ordinal=1, recipient_id=recipient_id)
    return GiftReceipt(sold, 1, gift.mark_gift(sold, said, world, request()).subject_id)


def exchange(world: Ports, receipt: GiftReceipt, number: str = "2", **other: Any) -> Done:
    said = gift_receipt.ExchangeGift.model_validate(body(number, receipt="sealed", **other))
    return gift_receipt.exchange(said, lambda token: receipt, world, request())


@pytest.mark.feature("CS-12", "N-09")
def test_what_she_has_in_its_place_is_hers_and_knows_nothing_of_where_it_came_from(world: Ports) -> None:
    anne = person(world, "Martin")
    done = exchange(world, receipt := given(world, anne))

    back, released, sold = done.events
    assert isinstance(back, LinesReturned)
    assert isinstance(released, GiftReleaseSet)
    assert isinstance(sold, SaleRecorded)
    assert (back.sale_id, back.credited_to_id, back.exchanged_for) == (receipt.sale_id, anne, sold.sale_id)
    assert (sold.client_id, sold.exchange_of) == (anne, None)
    assert (done.subject_id, done.version, done.stream.id) == (sold.sale_id, 1, sold.sale_id)


def test_sent_again_it_is_no_news_whoever_the_gift_is_for_by_now(world: Ports) -> None:
    anne, zoe = person(world, "Martin"), person(world, "Petit")
    receipt = given(world, anne)
    first = exchange(world, receipt, client_id=str(anne), credited_to_id=str(anne))
    assert receipt.mark_id is not None
    put_right = gift.RemarkGift(recipient_id=zoe)
    [marked] = gift.remark_gift(receipt.sale_id, receipt.mark_id, put_right, world, request()).events
    assert isinstance(marked, GiftMarked)

    again = exchange(world, receipt, client_id=str(anne), credited_to_id=str(anne))
    assert (again.events, again.subject_id) == ((), first.subject_id)


def test_without_a_recipient_it_is_hers_who_has_the_credit(world: Ports) -> None:
    receipt, anne = given(world, None), person(world, "Martin")

    *_, sold = exchange(world, receipt, credited_to_id=str(anne)).events
    assert isinstance(sold, SaleRecorded)
    assert sold.client_id == anne


def test_nothing_is_exchanged_for_itself(world: Ports) -> None:
    with pytest.raises(SaleInvalid) as refused:
        exchange(world, given(world, person(world, "Martin")), number="1")
    assert refused.value.field == "reference"
