"""Commands about a sale, from body to events; and feeds, set-wise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from commands import client, sale
from commands.ports import Done, Ports
from domain.access import Caller, Role
from domain.client.events import ClientRegistered
from domain.client.facts import Name, Reference
from domain.client.registration import client_id
from domain.refusals import ClientUnknown, NotAllowed, SaleDiffers, SaleInvalid, SaleUnknown
from domain.sale.events import ClientAttached, ClientDetached, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Seller
from tests.support.memory import NOON, MemoryStreams, ports, request

RING: dict[str, Any] = {"sku": "R-17", "description": "Ring", "quantity": 1, "unit_price": "5200.00", "net": "5000.00"}
GLASSES: dict[str, Any] = {"sku": "G-06", "description": "Glass", "quantity": 3, "unit_price": "33.50"}
BODY: dict[str, Any] = {
    "reference": {"source": "till", "number": "1001"},
    "occurred_at": "2026-03-02T11:00:00+01:00",
    "currency": "EUR",
    "lines": [RING, GLASSES],
}
HEAD_OFFICE = Caller("someone", Role.HEAD_OFFICE)


def record(world: Ports, body: dict[str, Any] = BODY) -> Done:
    return sale.record_sale(sale.RecordSale.model_validate(body), world, request())


def give_back(world: Ports, sale_id: UUID, **body: Any) -> Done:
    body = {"occurred_at": "2026-03-02T12:00:00Z", "lines": [{"ordinal": 2, "quantity": 1}], **body}
    return sale.return_lines(sale_id, sale.ReturnLines.model_validate(body), world, request())


def anne(world: Ports) -> UUID:
    return client.register(client.RegisterClient(name=client.Name(family="Leclerc")), world, request()).subject_id


def test_lines_are_counted_from_one_and_cost_their_price_unless_said_otherwise() -> None:
    done = record(ports())
    [sold] = done.events

    assert isinstance(sold, SaleRecorded)
    assert (sold.sale_id, sold.store_id) == (done.subject_id, "paris-1")
    assert [(line.ordinal, line.net) for line in sold.lines] == [(1, Decimal("5000.00")), (2, Decimal("100.50"))]


def test_who_sold_a_line_stands_on_it() -> None:
    sellers = [{"associate_id": "ines", "parts": 2}, {"associate_id": "marc"}]
    [sold] = record(ports(), {**BODY, "lines": [{**RING, "sellers": sellers}]}).events

    assert isinstance(sold, SaleRecorded)
    assert sold.lines[0].sellers == (Seller("ines", 2), Seller("marc", 1))


def test_a_sale_sent_twice_is_recorded_once() -> None:
    world = ports()
    assert record(world).version == record(world).version == 1
    with pytest.raises(SaleDiffers):
        record(world, {**BODY, "currency": "CHF"})


def test_a_sale_stands_only_on_a_client_who_exists() -> None:
    world = ports()
    with pytest.raises(ClientUnknown) as refused:
        record(world, {**BODY, "client_id": str(UUID(int=99))})
    assert refused.value.field == "client_id"

    assert record(world, {**BODY, "client_id": str(anne(world))}).version == 1


def test_the_id_of_a_sale_is_no_clients_id_and_the_other_way_round() -> None:
    world = ports()
    client_id, sale_id = anne(world), record(world).subject_id
    with pytest.raises(ClientUnknown):
        sale.attach_client(sale_id, sale.AttachClient(client_id=sale_id), world, request())
    with pytest.raises(ClientUnknown):
        client.correct_name(sale_id, client.CorrectName(family="Leclerc"), world, request())
    with pytest.raises(SaleUnknown):
        sale.detach_client(client_id, world, request())


def test_nothing_is_sold_or_returned_in_the_future() -> None:
    world = ports()
    ahead = (NOON + timedelta(minutes=6)).isoformat()
    with pytest.raises(SaleInvalid) as refused:
        record(world, {**BODY, "occurred_at": ahead})
    assert refused.value.field == "occurred_at"

    sale_id = record(world).subject_id
    with pytest.raises(SaleInvalid):
        give_back(world, sale_id, occurred_at=ahead)


def test_who_has_no_store_of_her_own_names_one() -> None:
    body = sale.RecordSale.model_validate(BODY)
    with pytest.raises(SaleInvalid) as refused:
        sale.record_sale(body, ports(), request(HEAD_OFFICE))
    assert refused.value.field == "store_id"

    named = sale.RecordSale.model_validate({**BODY, "store_id": "rome-1"})
    [sold] = sale.record_sale(named, ports(), request(HEAD_OFFICE)).events
    assert isinstance(sold, SaleRecorded)
    assert sold.store_id == "rome-1"


def test_lines_come_back_under_an_id_of_their_own() -> None:
    world = ports()
    sale_id = record(world).subject_id
    done = give_back(world, sale_id, store_id="rome-1")
    [back] = done.events

    assert isinstance(back, LinesReturned)
    assert (back.return_id, back.store_id, back.lines[0].net) == (done.subject_id, "rome-1", Decimal("33.50"))


def test_a_return_with_a_number_is_recorded_once() -> None:
    world = ports()
    sale_id = record(world).subject_id
    reference = {"source": "till", "number": "R-5"}

    assert give_back(world, sale_id, reference=reference).version == 2
    assert give_back(world, sale_id, reference=reference).version == 2


def test_a_return_without_the_receipt_is_recorded_once() -> None:
    world = ports()
    body = sale.RecordReturn.model_validate(BODY)
    done = sale.record_return(body, world, request())

    assert isinstance(done.events[0], ReturnRecorded)
    assert sale.record_return(body, world, request()).version == 1


def test_a_sale_gets_its_client_and_loses_her_again() -> None:
    world = ports()
    sale_id, client_id = record(world).subject_id, anne(world)
    with pytest.raises(ClientUnknown):
        sale.attach_client(sale_id, sale.AttachClient(client_id=UUID(int=99)), world, request())

    attached = sale.attach_client(sale_id, sale.AttachClient(client_id=client_id), world, request())
    detached = sale.detach_client(sale_id, world, request())
    assert attached.events == (ClientAttached(sale_id, client_id, None),)
    assert detached.events == (ClientDetached(sale_id, client_id),)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_does_not_sell_records_nothing(role: Role) -> None:
    world, caller = ports(), request(Caller("somebody", role, "paris-1"))
    sold = record(world)
    commands: list[Callable[[], Done]] = [
        lambda: sale.record_sale(sale.RecordSale.model_validate(BODY), world, caller),
        lambda: sale.record_return(sale.RecordReturn.model_validate(BODY), world, caller),
        lambda: sale.attach_client(sold.subject_id, sale.AttachClient(client_id=UUID(int=9)), world, caller),
        lambda: sale.detach_client(sold.subject_id, world, caller),
    ]
    for command in commands:
        with pytest.raises(NotAllowed):
            command()
    with pytest.raises(NotAllowed):
        sale.record_many(list(sold.events), world, caller)  # type: ignore[arg-type]


def test_a_feed_records_what_is_new_and_says_what_differs() -> None:
    streams = MemoryStreams()
    world = ports(streams)
    reference = Reference("till", "12345")
    shopper = ClientRegistered(client_id(reference), None, None, reference)
    [known] = record(world).events
    assert isinstance(known, SaleRecorded)
    fresh = replace(known, sale_id=UUID(int=77), client_id=shopper.client_id)

    outcomes = sale.record_many(
        [shopper, known, fresh, fresh, replace(fresh, currency="CHF"), replace(shopper, name=Name("X"))],
        world,
        request(),
    )
    assert [len(each.events) if isinstance(each, Done) else each.code for each in outcomes] == [
        1,
        0,
        1,
        0,
        "sale.differs",
        "client.differs",
    ]
    assert len(streams.requests) == 2
