"""Gifts over HTTP: marked at the till, shown to whom they may be, brought back by who got them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.access import Role
from infra.wiring import new_id
from tests.support.running import Running

NOBODY = UUID(int=1)
BRACELET: dict[str, Any] = {
    "sku": "B-17",
    "description": "Bracelet, gold",
    "quantity": 1,
    "unit_price": "900.00",
    "sellers": [{"associate_id": "ines"}],
}
# Long ago, so that it is released by whatever clock.
BIRTHDAY: dict[str, Any] = {"source": "own", "name": "birthday", "day": "2025-06-14"}
AT = "2025-05-20T15:00:00+02:00"
LATER = "2025-07-03T11:00:00+02:00"


@pytest.fixture
def till(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def paul(till: httpx.Client) -> str:
    return str(till.post("/clients", json={"name": {"family": "Leclerc", "given": "Paul"}}).json()["id"])


@pytest.fixture
def anne(till: httpx.Client) -> str:
    return str(till.post("/clients", json={"name": {"family": "Leclerc", "given": "Anne"}}).json()["id"])


def sale(*lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    reference = {"source": "till", "number": str(new_id())}
    return {"reference": reference, "occurred_at": AT, "currency": "EUR", "lines": lines or [BRACELET], **other}


@pytest.fixture
def sold(till: httpx.Client, paul: str) -> str:
    return till.post("/sales", json=sale(client_id=paul)).headers["Location"]


def done(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code in (200, 201), answer.text
    return answer


def seen(till: httpx.Client, path: str, after: httpx.Response, **params: Any) -> Any:
    position = {"Carnet-Position": after.headers["Carnet-Position"]}
    return done(till.get(path, headers=position, params=params)).json()


def named(answer: httpx.Response, status: int, field: str) -> None:
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert field in ([error["field"] for error in problem.get("errors", [])] or [problem["field"]]), problem


@pytest.mark.feature("CS-11", "CS-12", "N-08", "N-09")
def test_a_gift_is_given_kept_secret_exchanged_and_never_mentioned(
    carnet: Running, till: httpx.Client, paul: str, anne: str, sold: str
) -> None:
    said = {"ordinal": 1, "recipient_id": anne, "occasion": BIRTHDAY, "released_on": "2199-12-31"}
    marked = done(till.post(f"{sold}/gift-marks", json=said))
    mark = marked.headers["Location"]
    assert seen(till, f"/clients/{anne}/gifts", marked)["items"] == []
    [his] = seen(till, f"/clients/{paul}/gifts", marked)["items"]
    assert his["bought"]["net"] == "900.00"
    assert his["recipient"]["name"]["given"] == "Anne"
    [of_sale] = seen(till, f"{sold}/gift-marks", marked)["items"]
    assert (of_sale["mark_id"], of_sale["recipient_id"]) == (marked.json()["id"], anne)

    with carnet.client(Role.MANAGER) as rome:
        code = his["bought"]["receipt_code"]
        brought = rome.post("/gift-receipts", json={"code": code.lower()})
        piece = done(brought).json()
        assert (piece["sku"], piece["quantity"]) == ("B-17", 1)
        for secret in (paul, anne, sold.rpartition("/")[2], "900", "Paul", "paris-1", "2025"):
            assert secret not in brought.text
        bigger = sale({**BRACELET, "sku": "B-18"}, occurred_at=LATER, store_id="rome-1", receipt=piece["receipt"])
        exchanged = done(rome.post("/gift-receipts/exchanges", json=bigger))
        assert done(rome.post("/gift-receipts/exchanges", json=bigger)).json() == exchanged.json()
    assert sold.rpartition("/")[2] not in exchanged.text + str(exchanged.headers)
    new = seen(till, exchanged.headers["Location"], exchanged)
    assert (new["client_id"], new["exchange_of"]) == (anne, None)

    [his] = seen(till, f"/clients/{paul}/gifts", exchanged, direction="given", person_id=anne)["items"]
    assert (his["exchanged_quantity"], his["bought"]["do_not_mention"]) == (1, True)
    [hers] = seen(till, f"/clients/{anne}/gifts", exchanged)["items"]
    assert (hers["direction"], hers["exchanged_quantity"], hers["bought"]) == ("received", 1, None)
    assert sold.rpartition("/")[2] not in str(hers)
    shown = seen(till, sold, exchanged)
    [line] = shown["lines"]
    assert [(each["do_not_mention"], each["net"]) for each in line["returns"]] == [(True, "900.00")]
    assert [(each["associate_id"], each["returned_net"]) for each in line["sellers"]] == [("ines", "900.00")]
    named(till.delete(mark), 422, "mark_id")


@pytest.mark.feature("CS-11")
def test_a_mark_is_put_right_released_and_taken_away(till: httpx.Client, paul: str, anne: str, sold: str) -> None:
    mark = done(till.post(f"{sold}/gift-marks", json={"ordinal": 1})).headers["Location"]

    put_right = {"recipient_id": anne, "occasion": BIRTHDAY}
    version = done(till.put(mark, json=put_right)).json()["version"]
    assert done(till.put(mark, json=put_right)).json()["version"] == version
    hidden = done(till.put(f"{mark}/release", json={"discreet": True}))
    assert seen(till, f"/clients/{anne}/gifts", hidden)["items"] == []
    released = done(till.put(f"{mark}/release", json={"released_on": "2025-06-21"}))
    assert len(seen(till, f"/clients/{anne}/gifts", released)["items"]) == 1
    gone = done(till.delete(mark))
    assert done(till.delete(mark)).json()["version"] == gone.json()["version"]
    assert seen(till, f"/clients/{anne}/gifts", gone)["items"] == []
    assert seen(till, f"/clients/{paul}/gifts", gone)["items"] == []


@pytest.mark.feature("CS-11")
def test_what_she_keeps_is_one_step_and_what_is_declined_another(till: httpx.Client, sold: str) -> None:
    declined = done(till.post(f"{sold}/declined-proposals", json={"proposal_id": str(NOBODY), "ordinal": 1}))
    kept = done(till.post(f"{sold}/kept-for-herself", json={}))

    assert kept.json()["version"] == declined.json()["version"] + 1
    assert [each["kind"] for each in seen(till, f"{sold}/gift-marks", kept)["items"]] == ["own"]
    assert done(till.post(f"{sold}/kept-for-herself", json={})).json()["version"] == kept.json()["version"]


@pytest.mark.feature("CS-11", "CS-12")
def test_a_gift_comes_with_the_sale(till: httpx.Client, paul: str, anne: str) -> None:
    gift = {"recipient_id": anne, "givers": [{"client_id": paul}], "occasion": BIRTHDAY}
    body = sale({**BRACELET, "gift": gift}, BRACELET, client_id=paul)
    first = done(till.post("/sales", json=body))

    assert first.json()["not_marked"] == []
    assert len(seen(till, f"{first.headers['Location']}/gift-marks", first)["items"]) == 1
    assert done(till.post("/sales", json=body)).json() == first.json()


@pytest.mark.feature("CS-11")
@pytest.mark.parametrize(
    ("gift", "code", "field"),
    [
        ({"recipient_id": str(NOBODY)}, "client.unknown", ".recipient_id"),
        ({"givers": [{"client_id": str(NOBODY)}]}, "client.unknown", ".givers"),
        ({"quantity": 2}, "gift.marks_exceed", ".quantity"),
        ({"released_on": "2025-06-21", "discreet": True}, "gift.mark_invalid", ".released_on"),
    ],
)
def test_a_sale_is_recorded_whatever_is_wrong_with_its_gift_and_nothing_is_lost_silently(
    till: httpx.Client, paul: str, gift: dict[str, Any], code: str, field: str
) -> None:
    body = sale(BRACELET, {**BRACELET, "gift": gift}, client_id=paul)
    key = {"Idempotency-Key": str(new_id())}
    first = done(till.post("/sales", json=body, headers=key))

    [refused] = first.json()["not_marked"]
    assert (refused["code"], refused["field"]) == (code, f"lines.1.gift{field}")
    assert refused["detail"]
    assert seen(till, first.headers["Location"], first)["client_id"] == paul
    assert seen(till, f"{first.headers['Location']}/gift-marks", first)["items"] == []
    again, by_number = till.post("/sales", json=body, headers=key), till.post("/sales", json=body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert done(again).json() == done(by_number).json() == first.json()


def test_what_takes_the_place_of_another_piece_is_sold_whatever_is_wrong_with_its_gift(
    till: httpx.Client, paul: str, sold: str
) -> None:
    bigger = sale({**BRACELET, "sku": "B-18", "gift": {"recipient_id": paul}}, occurred_at=LATER)
    back = {"returned": [{"ordinal": 1, "quantity": 1}]}
    exchanged = done(till.post(f"{sold}/exchanges", json={**bigger, **back}))

    [refused] = exchanged.json()["not_marked"]
    assert (refused["code"], refused["field"]) == ("gift.mark_invalid", "lines.0.gift.recipient_id")
    assert seen(till, exchanged.headers["Location"], exchanged)["exchange_of"] == sold.rpartition("/")[2]
    assert done(till.post(f"{sold}/exchanges", json={**bigger, **back})).json() == exchanged.json()


def test_a_gift_that_cannot_be_read_is_no_part_of_a_sale(till: httpx.Client, paul: str) -> None:
    for wrong, field in (({"quantity": 0}, "quantity"), ({"recipient_id": "anne"}, "recipient_id"), ({"to": 1}, "to")):
        named(till.post("/sales", json=sale({**BRACELET, "gift": wrong}, client_id=paul)), 422, f"lines.0.gift.{field}")


def test_a_gift_is_returned_and_taken_in_at_any_till(till: httpx.Client, anne: str, sold: str) -> None:
    marked = done(till.post(f"{sold}/gift-marks", json={"ordinal": 1, "recipient_id": anne}))
    [mark] = seen(till, f"{sold}/gift-marks", marked)["items"]

    receipt = done(till.post("/gift-receipts", json={"code": mark["receipt_code"]})).json()["receipt"]
    taken_in = done(
        till.post("/gift-receipts/services", json={"receipt": receipt, "service": "sizing", "occurred_at": LATER})
    )
    [hers] = seen(till, f"/clients/{anne}/gifts", taken_in)["items"]
    assert [each["service"] for each in hers["services"]] == ["sizing"]
    # How much has happened to the sale that it came from is its giver's business.
    assert (taken_in.json().keys(), "ETag" in taken_in.headers) == ({"id"}, False)
    key = {"Idempotency-Key": str(new_id())}
    back = {"receipt": receipt, "occurred_at": LATER, "reason": "has one already"}
    returned = done(till.post("/gift-receipts/returns", json=back, headers=key))
    assert done(till.post("/gift-receipts/returns", json=back, headers=key)).json() == returned.json()
    assert (returned.json().keys(), "ETag" in returned.headers) == ({"id"}, False)
    [hers] = seen(till, f"/clients/{anne}/gifts", returned)["items"]
    assert hers["returned_quantity"] == 1
    named(till.post("/gift-receipts/returns", json=back), 409, "quantity")
    left = till.post("/gift-receipts", json={"code": mark["receipt_code"]}).json()
    assert left["quantity"] == 0


def test_a_piece_is_opened_by_its_number_and_who_bought_it_has_the_credit(till: httpx.Client, paul: str) -> None:
    number = str(new_id())
    sold = done(till.post("/sales", json=sale({**BRACELET, "serial_number": number}, client_id=paul)))
    headers = {"Carnet-Position": sold.headers["Carnet-Position"]}
    opened = done(till.post("/gift-receipts", json={"serial_number": number}, headers=headers)).json()

    returned = done(till.post("/gift-receipts/returns", json={"receipt": opened["receipt"], "occurred_at": LATER}))
    [line] = seen(till, sold.headers["Location"], returned)["lines"]
    assert [(each["quantity"], each["do_not_mention"]) for each in line["returns"]] == [(1, False)]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "ordinal"),
        ({"ordinal": 0}, 422, "ordinal"),
        ({"ordinal": "1"}, 422, "ordinal"),
        ({"ordinal": 2}, 422, "ordinal"),
        ({"ordinal": 1, "quantity": 0}, 422, "quantity"),
        ({"ordinal": 1, "quantity": 2}, 409, "quantity"),
        ({"ordinal": 1, "recipient_id": "anne"}, 422, "recipient_id"),
        ({"ordinal": 1, "recipient_id": str(NOBODY)}, 404, "recipient_id"),
        ({"ordinal": 1, "givers": [{"client_id": str(NOBODY)}]}, 404, "givers"),
        ({"ordinal": 1, "givers": [{"client_id": str(NOBODY), "parts": 0}]}, 422, "givers.0.parts"),
        ({"ordinal": 1, "givers": [{"client_id": str(UUID(int=n))} for n in range(11)]}, 422, "givers"),
        ({"ordinal": 1, "occasion": {**BIRTHDAY, "source": "hers"}}, 422, "occasion.source"),
        ({"ordinal": 1, "occasion": {**BIRTHDAY, "name": " "}}, 422, "occasion.name"),
        ({"ordinal": 1, "occasion": {**BIRTHDAY, "day": "2025-02-30"}}, 422, "occasion.day"),
        ({"ordinal": 1, "occasion": {**BIRTHDAY, "day": "9999-12-31"}}, 422, "occasion.day"),
        ({"ordinal": 1, "occasion": "birthday"}, 422, "occasion"),
        ({"ordinal": 1, "released_on": "soon"}, 422, "released_on"),
        ({"ordinal": 1, "released_on": "2025-06-21", "discreet": True}, 422, "released_on"),
        ({"ordinal": 1, "discreet": "yes"}, 422, "discreet"),
        ({"ordinal": 1, "proposal_id": "1"}, 422, "proposal_id"),
        ({"ordinal": 1, "price": "1.00"}, 422, "price"),
    ],
)
def test_a_gift_that_cannot_be_marked(
    till: httpx.Client, sold: str, body: dict[str, Any], status: int, field: str
) -> None:
    named(till.post(f"{sold}/gift-marks", json=body), status, field)


def test_nobody_gives_to_herself(till: httpx.Client, paul: str, sold: str) -> None:
    named(till.post(f"{sold}/gift-marks", json={"ordinal": 1, "recipient_id": paul}), 422, "recipient_id")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("PUT", f"gift-marks/{NOBODY}", {}, 404, "mark_id"),
        ("PUT", "gift-marks/1", {}, 422, "mark_id"),
        ("PUT", f"gift-marks/{NOBODY}", {"ordinal": 1}, 422, "ordinal"),
        ("DELETE", f"gift-marks/{NOBODY}", None, 404, "mark_id"),
        ("PUT", f"gift-marks/{NOBODY}/release", {"discreet": False}, 404, "mark_id"),
        ("PUT", f"gift-marks/{NOBODY}/release", {"discreet": None}, 422, "discreet"),
        ("POST", "kept-for-herself", {"ordinal": 7}, 422, "ordinal"),
        ("POST", "kept-for-herself", {"quantity": 1}, 422, "ordinal"),
        ("POST", "kept-for-herself", {"ordinal": 1, "quantity": 2}, 409, "quantity"),
        ("POST", "declined-proposals", {"ordinal": 1}, 422, "proposal_id"),
        ("POST", "declined-proposals", {"proposal_id": str(NOBODY), "ordinal": 7}, 422, "ordinal"),
    ],
)
def test_what_cannot_be_said_of_a_sale(
    till: httpx.Client, sold: str, method: str, path: str, body: Any, status: int, field: str
) -> None:
    named(till.request(method, f"{sold}/{path}", json=body), status, field)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("gift-marks", {"ordinal": 1}),
        ("kept-for-herself", {}),
        ("declined-proposals", {"proposal_id": str(NOBODY), "ordinal": 1}),
    ],
)
def test_a_sale_that_is_not_there(till: httpx.Client, path: str, body: dict[str, Any]) -> None:
    named(till.post(f"/sales/{NOBODY}/{path}", json=body), 404, "sale_id")
    named(till.get(f"/sales/{NOBODY}/gift-marks"), 404, "sale_id")
    named(till.get(f"/clients/{NOBODY}/gifts"), 404, "client_id")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "body"),
        ({"code": "7QK4-X2MN-0WTZ", "serial_number": "1"}, 422, "body"),
        ({"code": ""}, 422, "code"),
        ({"code": "x" * 101}, 422, "code"),
        ({"code": 7}, 422, "code"),
        ({"serial_number": "a\x00b"}, 422, "serial_number"),
        ({"price": "1"}, 422, "price"),
        ({"code": "0000-0000-0000"}, 404, "code"),
        ({"code": "'; drop table"}, 404, "code"),
        ({"serial_number": "none"}, 404, "serial_number"),
    ],
)
def test_what_opens_nothing(till: httpx.Client, body: dict[str, Any], status: int, field: str) -> None:
    named(till.post("/gift-receipts", json=body), status, field)


@pytest.mark.parametrize("receipt", ["abc", "é", "A" * 80])
def test_a_receipt_that_was_not_given_out_here(till: httpx.Client, receipt: str) -> None:
    for path, body in (
        ("returns", {"occurred_at": LATER}),
        ("services", {"occurred_at": LATER, "service": "sizing"}),
        ("exchanges", sale(occurred_at=LATER)),
    ):
        named(till.post(f"/gift-receipts/{path}", json={"receipt": receipt, **body}), 404, "receipt")


def test_what_cannot_be_done_with_a_receipt(till: httpx.Client, paul: str, sold: str) -> None:
    marked = done(till.post(f"{sold}/gift-marks", json={"ordinal": 1}))
    [mark] = seen(till, f"{sold}/gift-marks", marked)["items"]
    receipt = done(till.post("/gift-receipts", json={"code": mark["receipt_code"]})).json()["receipt"]
    back = {"receipt": receipt, "occurred_at": LATER}

    named(till.post("/gift-receipts/returns", json=back), 422, "credited_to_id")
    named(till.post("/gift-receipts/returns", json={**back, "credited_to_id": str(NOBODY)}), 404, "credited_to_id")
    hers = {**back, "credited_to_id": paul}
    for wrong, status, field in (
        ({"quantity": 2}, 409, "quantity"),
        ({"quantity": 0}, 422, "quantity"),
        ({"occurred_at": "2025-05-01T00:00:00Z"}, 422, "occurred_at"),
        ({"occurred_at": "2199-05-01T00:00:00Z"}, 422, "occurred_at"),
        ({"receipt": "x" * 1001}, 422, "receipt"),
        ({"sale_id": str(NOBODY)}, 422, "sale_id"),
    ):
        named(till.post("/gift-receipts/returns", json={**hers, **wrong}), status, field)
    named(till.post("/gift-receipts/services", json={**back, "service": " "}), 422, "service")
    early = {**back, "service": "sizing", "occurred_at": "2025-05-01T00:00:00Z"}
    named(till.post("/gift-receipts/services", json=early), 422, "occurred_at")
    done(till.post("/gift-receipts/returns", json=hers))


def test_an_auditor_opens_no_receipt(carnet: Running) -> None:
    with carnet.client(Role.AUDITOR) as auditor:
        assert auditor.post("/gift-receipts", json={"code": "0000-0000-0000"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"direction": "both"}, "direction"),
        ({"person_id": "anne"}, "person_id"),
        ({"year": "26"}, "year"),
        ({"occasion": ""}, "occasion"),
        ({"recipient": "x"}, "recipient"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_a_filter_that_is_none(till: httpx.Client, anne: str, query: dict[str, str], field: str) -> None:
    named(till.get(f"/clients/{anne}/gifts", params=query), 422, field)
    named(till.get(f"/clients/{anne}/gifts", params={"cursor": "abc"}), 400, "cursor")
