"""What a client bought, has and spent, over HTTP: corrected, ordered, exchanged, and asked as it was known."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Caller, Role
from tests.e2e.test_bad_input import named
from tests.support.running import Running

NOBODY = UUID(int=1)


class Shop:
    """A client, an associate of her own, and what is sold between them."""

    def __init__(self, carnet: Running, till: httpx.Client) -> None:
        self.till, self.seller = till, f"ines-{uuid4().hex[:8]}"
        self.client_id = ok(till.post("/clients", json={"name": {"family": "Leclerc"}})).json()["id"]
        token = carnet.token(Caller(self.seller, Role.ASSOCIATE, "paris-1"))
        self.ines = httpx.Client(base_url=carnet.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def post(self, path: str, **body: Any) -> httpx.Response:
        self.last = ok(self.till.post(path, json=body))
        return self.last

    def sells(self, *lines: dict[str, Any], day: str = "2026-03-02", **other: Any) -> str:
        body = {
            "reference": {"source": "till", "number": uuid4().hex},
            "occurred_at": f"{day}T15:00:00+01:00",
            "currency": "EUR",
            "client_id": self.client_id,
            "lines": list(lines),
            **other,
        }
        return self.post("/sales", **body).headers["Location"]

    def ring(self, **other: Any) -> dict[str, Any]:
        sellers = [{"associate_id": self.seller, "parts": 2}, {"associate_id": "marc", "parts": 1}]
        line = {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "100.00", "brand": "Aurélie"}
        return {**line, "category": "rings", "type": "gold", "sellers": sellers, **other}

    def read(self, path: str, caller: httpx.Client | None = None, **asked: Any) -> Any:
        headers = {"Carnet-Position": self.last.headers["Carnet-Position"]}
        return ok((caller or self.till).get(path, params=asked, headers=headers)).json()

    def hers(self, what: str, **asked: Any) -> Any:
        return self.read(f"/clients/{self.client_id}/{what}", **asked)


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


@pytest.fixture
def shop(carnet: Running) -> Iterator[Shop]:
    with carnet.client() as till:
        shop = Shop(carnet, till)
        yield shop
        shop.ines.close()


@pytest.mark.feature("FL-12", "FL-C14", "CS-53")
def test_what_is_ordered_counts_once_it_is_handed_over(shop: Shop) -> None:
    sold = shop.sells(shop.ring(quantity=2, handover="ordered", attributes=[{"name": "stone", "value": "emerald"}]))
    shop.sells({"sku": "post", "description": "Postage", "quantity": 1, "unit_price": "9.50", "moves_goods": False})

    assert shop.hers("purchases")["items"] == []
    [waiting] = shop.hers("purchases", state="open")["items"]
    assert (waiting["open_quantity"], waiting["moved_quantity"]) == (2, 0)
    assert (shop.hers("totals", on="2026-12-31")["last_sale"], shop.hers("owned")["items"]) == (None, [])

    shop.post(f"{sold}/handovers", occurred_at="2026-03-20T15:00:00+01:00", lines=[{"ordinal": 1, "quantity": 1}])
    totals = shop.hers("totals", on="2026-12-31")
    assert totals["last_sale"] == {
        "sale_id": sold.rpartition("/")[2],
        "at": "2026-03-20T14:00:00+00:00",
        "store_id": "paris-1",
    }
    [spent] = totals["spent"]
    assert spent["ever"] == {
        "gross": "100.00",
        "returned": "0",
        "net": "100.00",
        "sales": 1,
        "pieces": 1,
        "average": "100.00",
    }
    assert spent["months_6"]["sales"] == 0
    assert [(each["name"], each["months_12"]["net"]) for each in spent["by_brand"]] == [("Aurélie", "100.00")]
    [piece] = shop.hers("owned", attribute=["stone=emerald"])["items"]
    assert (piece["quantity"], piece["since"]) == (1, "2026-03-20T14:00:00+00:00")
    assert shop.hers("owned", attribute=["stone=ruby"])["items"] == []
    kinds = [each["kind"] for each in shop.hers("timeline")["items"]]
    assert kinds[:2] == ["taken-up", "goods-handed-over"]
    assert "order" in kinds


@pytest.mark.feature("N-17")
def test_last_months_view_is_as_it_was_and_as_now_known(shop: Shop) -> None:
    sold = shop.sells(shop.ring())
    known_at = shop.read(sold)["recorded_at"]
    wrong = shop.ring(unit_price="120.00", brand="Lumen")
    shop.post(f"{sold}/corrections", reason="wrong price", lines=[{**wrong, "ordinal": 1}])

    now, then = (shop.hers("totals", on="2026-12-31", **asked) for asked in ({}, {"known_at": known_at}))
    assert [each["spent"][0]["ever"]["net"] for each in (now, then)] == ["120.00", "100.00"]
    assert (now["known_at"], then["given"]) == (None, None)
    assert [each["brand"] for each in shop.hers("purchases")["items"]] == ["Lumen"]
    assert [each["brand"] for each in shop.hers("purchases", known_at=known_at)["items"]] == ["Aurélie"]
    assert shop.hers("purchases", known_at="2020-01-01T00:00:00Z")["items"] == []
    [told] = shop.read(sold)["corrections"]
    assert (told["store_id"], told["reason"]) == ("paris-1", "wrong price")


@pytest.mark.feature("CS-54")
def test_what_was_exchanged_comes_back_with_its_reason_and_debits_its_sellers(shop: Shop) -> None:
    sold = shop.sells(shop.ring(quantity=3, unit_price="33.34", net="100.00"))
    body = {
        "reference": {"source": "till", "number": uuid4().hex},
        "occurred_at": "2026-03-20T15:00:00+01:00",
        "currency": "EUR",
        "client_id": shop.client_id,
        "returned": [{"ordinal": 1, "quantity": 1, "reason": "too small"}],
        "lines": [shop.ring(sku="R-2")],
    }
    exchanged = shop.post(f"{sold}/exchanges", **body)
    [back] = shop.hers("returns", reason="too small")["items"]
    assert (back["sku"], back["net"], back["reason"], back["do_not_mention"]) == ("R-1", "33.33", "too small", False)
    taken = shop.read(f"/sales/{back['exchanged_for']}")
    assert taken["exchange_of"] == sold.rpartition("/")[2]
    assert exchanged.status_code == 201
    assert shop.hers("returns", reason="too large")["items"] == []
    [line] = shop.read(sold)["lines"]
    assert [(each["associate_id"], each["net"], each["returned_net"]) for each in line["sellers"]] == [
        (shop.seller, "66.67", "22.22"),
        ("marc", "33.33", "11.11"),
    ]
    assert [each["sku"] for each in shop.hers("purchases", state="returned", seller="marc")["items"]] == ["R-1"]
    assert shop.hers("purchases", seller="nobody")["items"] == []


def test_to_whom_she_sold_is_apart_from_whom_she_serves(shop: Shop) -> None:
    shop.sells(shop.ring())
    path = f"/associates/{shop.seller}/clients-sold-to"
    [client] = shop.read(path, shop.ines)["items"]
    assert (client["client_id"], client["served"], client["sales"]) == (shop.client_id, False, 1)
    assert client["credit"] == [{"currency": "EUR", "net": "66.67"}]
    shop.last = ok(shop.ines.post(f"/clients/{shop.client_id}/affiliations", json={}))
    assert [each["served"] for each in shop.read(path, shop.ines)["items"]] == [True]
    assert shop.read(path, shop.ines, served=False)["items"] == []
    named(shop.till.get(path), 404, "associate_id")

    [served] = shop.read(f"/associates/{shop.seller}/book", shop.ines, on="2030-01-01")["items"]
    assert [each["ever"]["net"] for each in served["spent"]] == ["100.00"]
    assert served["last_sale"]["at"] == "2026-03-02T14:00:00+00:00"


@pytest.mark.parametrize(
    ("what", "query", "field"),
    [
        ("purchases", {"attribute": "stone"}, "attribute.0"),
        ("purchases", {"attribute": "=emerald"}, "attribute.0"),
        ("purchases", {"attribute": "stone=a\0b"}, "attribute.0"),
        ("purchases", {"attribute": ["a=b"] * 11}, "attribute"),
        ("purchases", {"state": "gone"}, "state"),
        ("purchases", {"seller": ""}, "seller"),
        ("purchases", {"known_at": "yesterday"}, "known_at"),
        ("purchases", {"known_at": "2026-03-02T15:00:00"}, "known_at"),
        ("totals", {"on": "2026-02-30"}, "on"),
        ("totals", {"known_at": "2026-03-02"}, "known_at"),
        ("totals", {"months": "6"}, "months"),
        ("owned", {"store_id": "paris-1"}, "store_id"),
        ("owned", {"cursor": ""}, "cursor"),
        ("returns", {"reason": "x" * 101}, "reason"),
        ("returns", {"from": "then"}, "from"),
    ],
)
def test_a_filter_that_is_none_is_named(shop: Shop, what: str, query: dict[str, Any], field: str) -> None:
    named(shop.till.get(f"/clients/{shop.client_id}/{what}", params=query), 422, field)


@pytest.mark.parametrize("what", ["purchases", "totals", "owned", "returns"])
def test_who_is_not_there_is_unknown(carnet: Running, shop: Shop, what: str) -> None:
    named(shop.till.get(f"/clients/{NOBODY}/{what}"), 404, "client_id")
    with carnet.client(Role.SUBSCRIBER) as subscriber:
        assert subscriber.get(f"/clients/{shop.client_id}/{what}").status_code == 403


def test_a_filter_of_whom_she_sold_to_that_is_none_is_named(shop: Shop) -> None:
    for query, field in (({"served": "perhaps"}, "served"), ({"to": "now"}, "to"), ({"cursor": "x"}, "cursor")):
        answer = shop.ines.get(f"/associates/{shop.seller}/clients-sold-to", params=query)
        named(answer, 400 if field == "cursor" else 422, field)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_totals_of_any_day_and_any_moment_can_be_asked_for(shop: Shop, on: str) -> None:
    shop.sells(shop.ring())
    assert len(shop.hers("totals", on=on)["spent"]) == (on == "9999-12-31")
    for known_at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        shop.hers("totals", on=on, known_at=known_at)
        shop.hers("purchases", known_at=known_at)
