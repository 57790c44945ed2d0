"""The path of the first issue, over HTTP, as a stranger would walk it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

PATIENCE = 40
"""How often one asks again who is told that the read models are behind, each time after half a second."""


@pytest.fixture(params=["embedded", "kafka"])
def anywhere(request: pytest.FixtureRequest) -> Running:
    name = "carnet" if request.param == "embedded" else "carnet_on_kafka"
    running: Running = request.getfixturevalue(name)
    return running


def seen(ask: Callable[[dict[str, str]], httpx.Response], *written: httpx.Response) -> list[dict[str, Any]]:
    """What a query gives to someone who insists on what she wrote; on a busy machine she may have to ask again.

    Each write has a position of its own, in its own partition.
    """
    for write in written:
        for _ in range(PATIENCE):
            answer = ask({"Carnet-Position": write.headers["Carnet-Position"]})
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_client_is_found_by_a_misspelt_name_and_her_purchases_are_net_of_returns(anywhere: Running) -> None:
    carnet = anywhere
    with carnet.client(Role.ASSOCIATE) as associate:
        registered = associate.post("/clients", json={"name": {"given": "Zéphyrine", "family": "Montgolfière"}})
        assert registered.status_code == 201, registered.text
        client_id = registered.json()["id"]
        sale = {
            "reference": {"source": "till-4", "number": "S-1001"},
            "occurred_at": "2026-03-02T15:00:00+01:00",
            "currency": "EUR",
            "client_id": client_id,
            "lines": [
                {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "4200.00", "brand": "Aurélie"},
                {"sku": "E-2", "description": "Earrings", "quantity": 2, "unit_price": "310.00"},
            ],
        }
        first = associate.post("/sales", json=sale, headers={"Idempotency-Key": "k-1"})
        again = associate.post("/sales", json=sale, headers={"Idempotency-Key": "k-1"})
        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
        back = associate.post(
            f"/sales/{first.json()['id']}/returns",
            json={"occurred_at": "2026-03-09T11:00:00+01:00", "lines": [{"ordinal": 2, "quantity": 1}]},
        )
        assert back.status_code == 201, back.text

        found = seen(
            lambda position: associate.post(
                "/clients/search", json={"name": "ZEPHIRINE montgolfier"}, headers=position
            ),
            registered,
        )
        assert [each["client_id"] for each in found] == [client_id]

        ring, earrings = seen(
            lambda position: associate.get(f"/clients/{client_id}/purchases", headers=position), registered, back
        )
        assert (ring["kept_quantity"], ring["kept_net"]) == (1, "4200.00")
        assert (earrings["quantity"], earrings["kept_quantity"], earrings["kept_net"]) == (2, 1, "310.00")
        assert [(each["quantity"], each["store_id"]) for each in earrings["returns"]] == [(1, "paris-1")]

    with carnet.client(Role.AUDITOR) as auditor:
        history = seen(
            lambda position: auditor.get(f"/clients/{client_id}/history", headers=position), registered, back
        )
        assert [(each["name"], each["actor"]) for each in history] == [
            ("sale.lines-returned.v1", "associate-1"),
            ("sale.recorded.v1", "associate-1"),
            ("client.registered.v1", "associate-1"),
        ]
