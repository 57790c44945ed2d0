"""Commands about what becomes of a sale: ordered lines, corrections and exchanges, from body to events."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from commands import client, correction, exchange, fulfilment, sale
from commands.ports import Done, Ports, Request
from domain.access import HOUSE_POLICY, Caller, Role, Sharing
from domain.refusals import ClientUnknown, NotAllowed, Refusal, SaleDiffers, SaleInvalid, SaleUnknown, VersionStale
from domain.sale.events import (
    LinesArrived,
    LinesCancelled,
    LinesHandedOver,
    LinesReturned,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import Attribute, Handover, Pieces
from tests.support.memory import NOON, MemoryStreams, ports, request

RING: dict[str, Any] = {"sku": "R-17", "description": "Ring", "quantity": 1, "unit_price": "5200.00"}
CHAIRS: dict[str, Any] = {"sku": "C-3", "description": "Chair", "quantity": 2, "unit_price": "90.00"}
BODY: dict[str, Any] = {
    "reference": {"source": "till", "number": "1001"},
    "occurred_at": "2026-03-02T11:00:00+01:00",
    "currency": "EUR",
    "lines": [RING, {**CHAIRS, "handover": "ordered", "deposit": "50.00"}],
}
ONE_CHAIR: dict[str, Any] = {"occurred_at": "2026-03-02T11:30:00Z", "lines": [{"ordinal": 2, "quantity": 1}]}
EXCHANGE: dict[str, Any] = {
    "reference": {"source": "till", "number": "1002"},
    "occurred_at": "2026-03-02T11:45:00Z",
    "currency": "EUR",
    "returned": [{"ordinal": 1, "quantity": 1, "reason": "too small"}],
    "lines": [{**RING, "sku": "R-18"}],
}
STRANGER = Caller("somebody", Role.ASSOCIATE, "rome-1")


def record(world: Ports, **other: Any) -> Done:
    return sale.record_sale(sale.RecordSale.model_validate({**BODY, **other}), world, request())


def anne(world: Ports) -> UUID:
    return client.register(client.RegisterClient(name=client.Name(family="Leclerc")), world, request()).subject_id


def arrive(world: Ports, id: UUID, by: Request | None = None, **other: Any) -> Done:
    body = fulfilment.RecordArrival.model_validate({**ONE_CHAIR, **other})
    return fulfilment.record_arrival(id, body, world, by or request())


def hand_over(world: Ports, id: UUID, by: Request | None = None, **other: Any) -> Done:
    body = fulfilment.HandOverLines.model_validate({**ONE_CHAIR, **other})
    return fulfilment.hand_over_lines(id, body, world, by or request())


def cancel(world: Ports, id: UUID, by: Request | None = None, **other: Any) -> Done:
    body = fulfilment.CancelLines.model_validate({**ONE_CHAIR, **other})
    return fulfilment.cancel_lines(id, body, world, by or request())


def correct(world: Ports, id: UUID, by: Request | None = None, **other: Any) -> Done:
    body = correction.CorrectSale.model_validate({"reason": "typed wrongly", **other})
    return correction.correct_sale(id, body, world, by or request())


def swap(world: Ports, id: UUID, by: Request | None = None, **other: Any) -> Done:
    body = exchange.ExchangeLines.model_validate({**EXCHANGE, **other})
    return exchange.exchange_lines(id, body, world, by or request())


COMMANDS = pytest.mark.parametrize("command", [arrive, hand_over, cancel, correct, swap])
STEPS = pytest.mark.parametrize("command", [arrive, hand_over, cancel])


def test_a_line_says_what_it_is_and_when_it_changes_hands() -> None:
    attributes = [{"name": "wood", "value": "walnut"}]
    watch = {**RING, "handover": "laid_away", "serial_number": " W-1 ", "attributes": attributes}
    [sold] = record(ports(), lines=[RING, {**CHAIRS, "handover": "ordered", "deposit": "50.00"}, watch]).events

    assert isinstance(sold, SaleRecorded)
    assert [line.handover for line in sold.lines] == [Handover.TAKEN, Handover.ORDERED, Handover.LAID_AWAY]
    assert [line.deposit for line in sold.lines] == [None, Decimal("50.00"), None]
    assert (sold.lines[2].serial_number, sold.lines[2].attributes) == ("W-1", (Attribute("wood", "walnut"),))


def test_a_sale_names_who_bought_it_if_that_was_another() -> None:
    world = ports()
    hers, assistant = anne(world), anne(world)
    with pytest.raises(ClientUnknown) as refused:
        record(world, client_id=str(hers), bought_by_id=str(UUID(int=99)))
    assert refused.value.field == "bought_by_id"
    with pytest.raises(SaleInvalid) as nobodys:
        record(world, bought_by_id=str(assistant))
    assert nobodys.value.field == "bought_by_id"

    [sold] = record(world, client_id=str(hers), bought_by_id=str(assistant)).events
    assert isinstance(sold, SaleRecorded)
    assert (sold.client_id, sold.bought_by_id) == (hers, assistant)
    herself = {"reference": {"source": "till", "number": "2"}, "client_id": str(hers), "bought_by_id": str(hers)}
    [sold] = record(world, **herself).events
    assert isinstance(sold, SaleRecorded)
    assert sold.bought_by_id is None


def test_an_order_arrives_changes_hands_and_is_cancelled() -> None:
    world = ports()
    id = record(world).subject_id
    done = [arrive(world, id), hand_over(world, id), cancel(world, id, reason="no longer made")]

    assert [each.version for each in done] == [2, 3, 4]
    [[arrived], [handed_over], [cancelled]] = [each.events for each in done]
    assert isinstance(arrived, LinesArrived)
    assert isinstance(handed_over, LinesHandedOver)
    assert isinstance(cancelled, LinesCancelled)
    assert (arrived.store_id, arrived.lines, arrived.arrival_id) == ("paris-1", (Pieces(2, 1),), done[0].subject_id)
    assert (handed_over.handover_id, handed_over.lines[0].net) == (done[1].subject_id, Decimal("90.00"))
    assert (cancelled.cancellation_id, cancelled.reason) == (done[2].subject_id, "no longer made")


@STEPS
def test_with_a_number_of_its_own_it_is_recorded_once(command: Callable[..., Done]) -> None:
    world = ports()
    id = record(world).subject_id
    reference = {"source": "till", "number": "H-1"}

    assert command(world, id, reference=reference).version == 2
    assert command(world, id, reference=reference).version == 2
    assert command(world, id).version == 3


@STEPS
def test_nothing_becomes_of_an_order_in_the_future(command: Callable[..., Done]) -> None:
    world = ports()
    id = record(world).subject_id
    with pytest.raises(SaleInvalid) as refused:
        command(world, id, occurred_at=(NOON + timedelta(minutes=6)).isoformat())
    assert refused.value.field == "occurred_at"


@pytest.mark.feature("N-17")
def test_a_correction_changes_what_it_names_and_keeps_the_rest() -> None:
    world = ports()
    id = record(world).subject_id
    [elsewhere] = correct(world, id, store_id="rome-1").events
    [cheaper] = correct(world, id, lines=[{**RING, "ordinal": 1, "net": "5000.00"}]).events

    assert isinstance(elsewhere, SaleCorrected)
    assert isinstance(cheaper, SaleCorrected)
    assert elsewhere.now == replace(elsewhere.was, store_id="rome-1")
    assert (cheaper.was, cheaper.number, cheaper.reason) == (elsewhere.now, 2, "typed wrongly")
    assert [(line.ordinal, line.net) for line in cheaper.now.lines] == [(1, Decimal("5000.00"))]
    assert correct(world, id, store_id="rome-1").events == ()


def test_a_sale_that_was_recorded_in_error_has_no_line() -> None:
    world = ports()
    [error] = correct(world, record(world).subject_id, lines=[]).events
    assert isinstance(error, SaleCorrected)
    assert error.now == replace(error.was, lines=())


def test_a_sale_was_not_made_in_the_future_after_all() -> None:
    world = ports()
    id = record(world).subject_id
    with pytest.raises(SaleInvalid) as refused:
        correct(world, id, occurred_at=(NOON + timedelta(minutes=6)).isoformat())
    assert refused.value.field == "occurred_at"


def test_an_exchange_is_a_return_and_a_sale_or_neither() -> None:
    streams = MemoryStreams()
    world = ports(streams)
    hers = anne(world)
    id = record(world, client_id=str(hers)).subject_id
    done = swap(world, id, store_id="rome-1")
    sold, back = done.events

    assert isinstance(sold, SaleRecorded)
    assert isinstance(back, LinesReturned)
    assert (done.subject_id, done.version) == (sold.sale_id, 2)
    assert (sold.client_id, sold.exchange_of, sold.store_id) == (hers, id, "rome-1")
    assert (back.sale_id, back.exchanged_for, back.lines[0].reason) == (id, sold.sale_id, "too small")
    assert swap(world, id, store_id="rome-1").events == ()

    with pytest.raises(Refusal) as refused:
        swap(world, id, reference={"source": "till", "number": "1003"})
    assert refused.value.field == "returned.0.quantity"
    with pytest.raises(SaleInvalid) as impossible:
        swap(world, id, reference={"source": "till", "number": "1003"}, lines=[{**RING, "deposit": "1.00"}])
    assert impossible.value.field == "lines.0.deposit"
    assert len(streams.events(id)) == 2
    assert len(streams.streams) == 3


def test_an_exchange_sent_again_is_no_news_whoever_has_the_sale_by_now() -> None:
    world = ports()
    first, second = anne(world), anne(world)
    id = record(world, client_id=str(first)).subject_id
    swap(world, id)
    sale.attach_client(id, sale.AttachClient(client_id=second), world, request())

    assert swap(world, id).events == ()
    assert swap(world, id, client_id=str(first)).events == ()
    with pytest.raises(SaleDiffers):
        swap(world, id, client_id=str(second))


def test_a_sale_is_not_exchanged_for_itself_or_for_one_that_was_there() -> None:
    world = ports()
    id = record(world).subject_id
    with pytest.raises(SaleInvalid) as refused:
        swap(world, id, reference=BODY["reference"])
    assert refused.value.field == "reference"

    record(world, reference=EXCHANGE["reference"], lines=EXCHANGE["lines"])
    with pytest.raises(SaleDiffers):
        swap(world, id)


def test_what_was_bought_in_exchange_can_be_bought_by_another() -> None:
    world = ports()
    hers, assistant = anne(world), anne(world)
    id = record(world, client_id=str(hers)).subject_id
    [sold, _] = swap(world, id, bought_by_id=str(assistant)).events

    assert isinstance(sold, SaleRecorded)
    assert (sold.client_id, sold.bought_by_id) == (hers, assistant)


@COMMANDS
def test_what_was_seen_at_another_version_is_not_changed(command: Callable[..., Done]) -> None:
    world = ports()
    id = record(world).subject_id
    with pytest.raises(VersionStale):
        command(world, id, request(expected_version=2))


@COMMANDS
def test_the_sale_of_a_client_whom_the_caller_does_not_see_is_no_sale_to_her(command: Callable[..., Done]) -> None:
    sharing = {**HOUSE_POLICY.sharing, Role.ASSOCIATE: Sharing.STORE}
    world = ports(policy=replace(HOUSE_POLICY, sharing=sharing))
    id = record(world, client_id=str(anne(world))).subject_id
    said = []
    for sale_id in (id, UUID(int=99)):
        with pytest.raises(SaleUnknown) as refused:
            command(world, sale_id, request(STRANGER))
        said.append((refused.value.detail, refused.value.field))
    assert said[0] == said[1]


@COMMANDS
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_does_not_sell_changes_no_sale(command: Callable[..., Done], role: Role) -> None:
    world = ports()
    id = record(world).subject_id
    with pytest.raises(NotAllowed):
        command(world, id, request(Caller("somebody", role, "paris-1")))
