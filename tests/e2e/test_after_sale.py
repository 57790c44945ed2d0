"""Orders, corrections and exchanges over HTTP: what is recorded, and everything a caller can get wrong."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.e2e.test_bad_input import named
from tests.support.running import Running

NOBODY = UUID(int=1)
RING: dict[str, Any] = {"sku": "R-17", "description": "Ring", "quantity": 1, "unit_price": "5200.00"}
CHAIRS: dict[str, Any] = {
    "sku": "C-3",
    "description": "Chair",
    "quantity": 3,
    "unit_price": "33.34",
    "net": "100.00",
    "handover": "ordered",
    "deposit": "20.00",
    "attributes": [{"name": "wood", "value": "walnut"}],
}
WATCH: dict[str, Any] = {**RING, "sku": "W-1", "serial_number": "W-1/7", "handover": "laid_away"}


def sale(**other: Any) -> dict[str, Any]:
    return {
        "reference": {"source": "till", "number": uuid4().hex},
        "occurred_at": "2026-03-02T15:00:00+01:00",
        "currency": "EUR",
        "lines": [RING, CHAIRS, WATCH],
        **other,
    }


def step(**other: Any) -> dict[str, Any]:
    return {"occurred_at": "2026-03-20T15:00:00+01:00", "lines": [{"ordinal": 2, "quantity": 1}], **other}


def swap(**other: Any) -> dict[str, Any]:
    body = sale(occurred_at="2026-03-20T15:00:00+01:00", lines=[{**RING, "sku": "R-18"}], **other)
    return {"returned": [{"ordinal": 1, "quantity": 1, "reason": "too small"}], **body}


def right(**other: Any) -> dict[str, Any]:
    return {"reason": "typed wrongly", **other}


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def sold(associate: httpx.Client) -> str:
    return associate.post("/sales", json=sale()).headers["Location"]


def history(carnet: Running, client_id: str, seen: httpx.Response) -> list[str]:
    with carnet.client(Role.AUDITOR) as auditor:
        headers = {"Carnet-Position": seen.headers["Carnet-Position"]}
        answer = auditor.get(f"/clients/{client_id}/history", headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["items"]][::-1]


def test_what_becomes_of_a_sale_is_recorded_step_by_step(carnet: Running, associate: httpx.Client) -> None:
    anne = associate.post("/clients", json={"name": {"family": "Leclerc"}}).json()["id"]
    assistant = associate.post("/clients", json={"name": {"family": "Roux"}}).json()["id"]
    sold = associate.post("/sales", json=sale(client_id=anne, bought_by_id=assistant)).headers["Location"]

    arrived = associate.post(f"{sold}/arrivals", json=step(lines=[{"ordinal": 2, "quantity": 3}]))
    assert (arrived.status_code, arrived.headers["ETag"]) == (201, '"2"')
    handed_over = associate.post(f"{sold}/handovers", json=step(), headers={"If-Match": '"2"'})
    assert handed_over.headers["Location"] == f"{sold}/handovers/{handed_over.json()['id']}"
    assert associate.post(f"{sold}/cancellations", json=step(reason="one is enough")).status_code == 201
    later = {"occurred_at": "2026-03-25T15:00:00+01:00"}
    assert associate.post(f"{sold}/returns", json=step(**later)).status_code == 201
    corrected = associate.post(f"{sold}/corrections", json=right(store_id="rome-1"))
    assert (corrected.status_code, corrected.json()) == (200, {"id": sold.rpartition("/")[2], "version": 6})
    exchanged = associate.post(f"{sold}/exchanges", json=swap())
    assert (exchanged.status_code, exchanged.json()["version"]) == (201, 7)
    assert exchanged.headers["Location"] == f"/sales/{exchanged.json()['id']}"

    names = history(carnet, anne, exchanged)
    assert sorted(names[1:]) == sorted(
        [
            "sale.recorded.v1",
            "sale.lines-arrived.v1",
            "sale.lines-handed-over.v1",
            "sale.lines-cancelled.v1",
            "sale.lines-returned.v1",
            "sale.corrected.v1",
            "sale.lines-returned.v1",
            "sale.recorded.v1",
        ]
    )


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"handover": "posted"}, "handover"),
        ({"handover": None}, "handover"),
        ({"handover": "taken"}, "deposit"),
        ({"deposit": "-1.00"}, "deposit"),
        ({"deposit": 20}, "deposit"),
        ({"deposit": "100.01"}, "deposit"),
        ({"moves_goods": False}, "handover"),
        ({"serial_number": ""}, "serial_number"),
        ({"serial_number": 7}, "serial_number"),
        ({"serial_number": "C-3/1"}, "serial_number"),
        ({"attributes": {"wood": "walnut"}}, "attributes"),
        ({"attributes": [{"name": "wood", "value": "walnut"}] * 2}, "attributes"),
        ({"attributes": [{"name": "a", "value": "b"}] * 51}, "attributes"),
        ({"attributes": [{"name": "wood"}]}, "attributes.0.value"),
        ({"attributes": [{"name": "a\x00b", "value": "b"}]}, "attributes.0.name"),
        ({"attributes": [{"name": "a", "value": "x" * 101}]}, "attributes.0.value"),
    ],
)
def test_a_line_that_cannot_be_sold(associate: httpx.Client, line: dict[str, Any], field: str) -> None:
    named(associate.post("/sales", json=sale(lines=[RING, {**CHAIRS, **line}])), 422, f"lines.1.{field}")


def test_a_buyer_who_cannot_be(associate: httpx.Client) -> None:
    anne = associate.post("/clients", json={"name": {"family": "Leclerc"}}).json()["id"]
    named(associate.post("/sales", json=sale(bought_by_id=anne)), 422, "bought_by_id")
    named(associate.post("/sales", json=sale(bought_by_id="anne")), 422, "bought_by_id")
    named(associate.post("/sales", json=sale(client_id=anne, bought_by_id=str(NOBODY))), 404, "bought_by_id")
    named(associate.post("/returns", json=sale(bought_by_id=anne)), 422, "bought_by_id")
    named(associate.post("/returns", json=sale()), 422, "lines")


@pytest.mark.parametrize("what", ["arrivals", "handovers", "cancellations"])
@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (409, step(lines=[{"ordinal": 2, "quantity": 4}]), "lines.0.quantity"),
        (422, step(lines=[{"ordinal": 1, "quantity": 1}]), "lines.0.ordinal"),
        (422, step(lines=[{"ordinal": 2, "quantity": 1}, {"ordinal": 4, "quantity": 1}]), "lines.1.ordinal"),
        (422, step(lines=[{"ordinal": 2, "quantity": 1}] * 2), "lines"),
        (422, step(lines=[{"ordinal": 2, "quantity": 0}]), "lines.0.quantity"),
        (422, step(lines=[{"ordinal": 2, "quantity": "1"}]), "lines.0.quantity"),
        (422, step(lines=[{"ordinal": 2}]), "lines.0.quantity"),
        (422, step(lines=[{"ordinal": 2, "quantity": 1, "net": "1.00"}]), "lines.0.net"),
        (422, step(lines=[]), "lines"),
        (422, step(occurred_at="2026-03-02T14:59:00+01:00"), "occurred_at"),
        (422, step(occurred_at="2199-01-01T00:00:00Z"), "occurred_at"),
        (422, step(occurred_at="2026-03-20"), "occurred_at"),
        (422, step(reference="7"), "reference"),
        (422, step(store_id="a\nb"), "store_id"),
        (422, {}, "lines"),
    ],
)
def test_what_cannot_become_of_an_order(
    associate: httpx.Client, sold: str, what: str, status: int, body: Any, field: str
) -> None:
    named(associate.post(f"{sold}/{what}", json=body), status, field)


@pytest.mark.parametrize("what", ["arrivals", "handovers", "cancellations"])
def test_a_number_used_for_another_step(associate: httpx.Client, sold: str, what: str) -> None:
    first = step(reference={"source": "till", "number": "S-1"})
    assert [associate.post(f"{sold}/{what}", json=first).json()["version"] for _ in "12"] == [2, 2]
    named(associate.post(f"{sold}/{what}", json={**first, "store_id": "rome-1"}), 409, "reference")


def test_what_is_laid_away_does_not_arrive_and_what_was_not_handed_over_does_not_come_back(
    associate: httpx.Client, sold: str
) -> None:
    watch = step(lines=[{"ordinal": 3, "quantity": 1}])
    named(associate.post(f"{sold}/arrivals", json=watch), 422, "lines.0.ordinal")
    named(associate.post(f"{sold}/returns", json=watch), 409, "lines.0.quantity")
    assert associate.post(f"{sold}/handovers", json=watch).status_code == 201
    assert associate.post(f"{sold}/returns", json=watch).status_code == 201


@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (422, {"store_id": "rome-1"}, "reason"),
        (422, right(reason=" "), "reason"),
        (422, right(currency="CHF"), "currency"),
        (422, right(store_id=""), "store_id"),
        (422, right(occurred_at="2199-01-01T00:00:00Z"), "occurred_at"),
        (422, right(lines=[RING]), "lines.0.ordinal"),
        (422, right(lines=[{**RING, "ordinal": 0}]), "lines.0.ordinal"),
        (422, right(lines=[{**RING, "ordinal": 1}] * 2), "lines"),
        (422, right(lines=[{**RING, "ordinal": 1, "deposit": "1.00"}]), "lines.0.deposit"),
        (409, right(lines=[]), "lines"),
        (409, right(lines=[{**RING, "ordinal": 1}]), "lines"),
        (409, right(lines=[{**CHAIRS, "ordinal": 2, "net": "99.00"}]), "lines.0.net"),
        (409, right(lines=[{**CHAIRS, "ordinal": 2, "handover": "taken", "deposit": None}]), "lines.0.handover"),
        (409, right(occurred_at="2026-03-21T15:00:00+01:00"), "occurred_at"),
    ],
)
def test_a_correction_that_cannot_be(associate: httpx.Client, sold: str, status: int, body: Any, field: str) -> None:
    assert associate.post(f"{sold}/handovers", json=step()).status_code == 201
    named(associate.post(f"{sold}/corrections", json=body), status, field)


@pytest.mark.parametrize(
    ("status", "body", "field"),
    [
        (409, swap() | {"returned": [{"ordinal": 1, "quantity": 2}]}, "returned.0.quantity"),
        (409, swap() | {"returned": [{"ordinal": 2, "quantity": 1}]}, "returned.0.quantity"),
        (409, swap() | {"returned": [{"ordinal": 1, "quantity": 1, "net": "5200.01"}]}, "returned.0.net"),
        (422, swap() | {"returned": [{"ordinal": 4, "quantity": 1}]}, "returned.0.ordinal"),
        (422, swap() | {"returned": []}, "returned"),
        (422, sale(), "returned"),
        (422, swap() | {"lines": []}, "lines"),
        (422, swap() | {"lines": [{**RING, "quantity": -1}]}, "lines.0.quantity"),
        (422, swap() | {"occurred_at": "2026-03-01T15:00:00+01:00"}, "occurred_at"),
        (404, swap() | {"client_id": str(NOBODY)}, "client_id"),
        (404, swap() | {"client_id": str(NOBODY), "bought_by_id": str(UUID(int=2))}, "bought_by_id"),
    ],
)
def test_an_exchange_that_cannot_be_leaves_neither_half(
    associate: httpx.Client, sold: str, status: int, body: Any, field: str
) -> None:
    named(associate.post(f"{sold}/exchanges", json=body), status, field)
    whole = swap(reference=body["reference"])
    assert associate.post(f"{sold}/exchanges", json=whole, headers={"If-Match": '"1"'}).status_code == 201


PATHS = [f"/sales/{NOBODY}/{what}" for what in ("arrivals", "handovers", "cancellations", "corrections", "exchanges")]


@pytest.mark.parametrize(("path", "body"), list(zip(PATHS, [step(), step(), step(), right(), swap()], strict=True)))
def test_a_sale_that_is_not_there(associate: httpx.Client, path: str, body: Any) -> None:
    named(associate.post(path, json=body), 404, "sale_id")
    named(associate.post(path.replace(str(NOBODY), "1"), json=body), 422, "sale_id")
    back = associate.post("/returns", json=sale(lines=[RING])).headers["Location"]
    named(associate.post(path.replace(f"/sales/{NOBODY}", back), json=body), 422, "sale_id")


def test_the_last_piece_is_handed_over_once_however_many_ask_for_it(carnet: Running, sold: str) -> None:
    def ask(_: int) -> int:
        with carnet.client() as associate:
            return associate.post(f"{sold}/handovers", json=step()).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(ask, range(8))) == [201] * 3 + [409] * 5


def test_of_two_exchanges_of_one_ring_one_is_made(carnet: Running, sold: str) -> None:
    def ask(_: int) -> int:
        with carnet.client() as associate:
            return associate.post(f"{sold}/exchanges", json=swap()).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(ask, range(4))) == [201, 409, 409, 409]
