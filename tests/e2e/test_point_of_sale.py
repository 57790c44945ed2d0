"""A point of sale posts what it recorded: over HTTP, with the real application and PostgreSQL."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from commands.trace import begun, read
from domain.access import Role
from infra.log.document import first_part, read_meta
from infra.processes.feed import as_till, feeding
from infra.wiring import new_id
from tests.e2e.test_bad_input import JSON, named
from tests.support.point_of_sale import MemoryMessages, article, line, message, transaction
from tests.support.running import Running

ATELIER = "/feeds/point-of-sale/atelier"


@pytest.fixture
def till(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.POINT_OF_SALE) as client:
        yield client


@pytest.fixture
def office(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.HEAD_OFFICE) as client:
        yield client


@pytest.fixture
def boutique(office: httpx.Client) -> str:
    return open_store(office, f"store-{new_id()}")


def open_store(office: httpx.Client, id: str) -> str:
    store = {"id": id, "name": "Place", "country": "FR", "city": "Paris", "time_zone": "Europe/Paris"}
    assert office.post("/stores", json=store).status_code == 201
    return id


def posted(till: httpx.Client, body: bytes, **where: Any) -> dict[str, Any]:
    answer = till.post(ATELIER, content=body, headers=JSON, params=where)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["recorded"], answer["unchanged"], answer["declined"], len(answer["parked"])


def test_a_receipt_is_in_the_clients_purchases_described_by_its_item(
    till: httpx.Client, office: httpx.Client, boutique: str, carnet: Running
) -> None:
    client = office.post("/clients", json={"name": {"family": "Leclerc"}}).headers["Location"]
    id, sku, number = client.rpartition("/")[2], f"R-{new_id()}", str(new_id())
    sold = transaction(number, line(1, sku), boutique=boutique, customer={"id": id})
    ring = article(sku, "Ring Aube", maker="Arvane", family="Jewellery", kind="Ring")

    assert counts(posted(till, message(sold, articles=[ring]))) == (2, 0, 0, 0)
    assert counts(posted(till, message(sold, articles=[ring]))) == (0, 2, 0, 0)
    assert counts(posted(till, message({**sold, "status": "voided"}))) == (0, 0, 1, 0)

    seen = office.put(f"{client}/name", json={"family": "Leclercq"}).headers["Carnet-Position"]
    page = office.get(f"{client}/purchases", headers={"Carnet-Position": seen}).json()
    assert "Ring Aube" in json.dumps(page)


def test_what_the_house_does_not_know_waits_and_is_taken_when_it_does(
    till: httpx.Client, office: httpx.Client, carnet: Running
) -> None:
    boutique, number = f"store-{new_id()}", str(new_id())
    sold = message(transaction(number, boutique=boutique))

    [waiting] = posted(till, sold)["parked"]
    assert (waiting["number"], waiting["reason"], waiting["field"]) == (number, "store.unknown", "store")
    open_store(office, boutique)
    intake = carnet.house.intakes["atelier"]
    due = [each for each in carnet.house.parked.due("atelier", 1000) if each.aside.number == number]
    intake.retry(due, as_till(carnet.house, intake))

    assert counts(posted(till, sold)) == (0, 1, 0, 0)


def test_a_sender_that_counts_its_messages_is_taken_at_its_word(till: httpx.Client, boutique: str) -> None:
    sender, sku = f"till-{new_id()}", f"R-{new_id()}"
    newer, older = (message(articles=[article(sku, label)]) for label in ("newer", "older"))
    late = message(transaction(str(new_id()), line(1, sku), boutique=boutique), articles=[article(sku, "older")])

    assert counts(posted(till, older, sender=sender, number=1)) == (1, 0, 0, 0)
    assert counts(posted(till, newer, sender=sender, number=3)) == (1, 0, 0, 0)
    assert counts(posted(till, older, sender=sender, number=1)) == (0, 0, 0, 0), "an item is not described backwards"
    assert counts(posted(till, late, sender=sender, number=2)) == (1, 0, 0, 0), "a receipt is never lost"
    assert counts(posted(till, newer)) == (0, 1, 0, 0)


def test_what_a_feed_brings_is_the_next_step_of_the_trace_that_sent_it(carnet: Running, boutique: str) -> None:
    sent, messages = begun(new_id(), new_id()), MemoryMessages(f"feed-{new_id()}")
    messages.send(message(transaction(str(new_id()), boutique=boutique)), trace=sent)
    messages.send(message(transaction(str(new_id()), boutique=boutique)))
    recorder = carnet.house.log.recorder
    before = recorder.end()

    assert feeding(carnet.house, messages).step() == 2

    steps = {read_meta(first_part(row[-1])).traceparent for row in recorder.read_batch(before, 100)}
    [followed] = [step for told in steps if told and (step := read([told]))]
    assert steps == {None, str(followed)}
    assert (followed.trace_id, followed.flags) == (sent.trace_id, sent.flags)
    assert followed.step_id != sent.step_id


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.POINT_OF_SALE, Role.HEAD_OFFICE}])
def test_only_a_point_of_sale_or_the_head_office_may(carnet: Running, role: Role) -> None:
    with carnet.client(role) as client:
        answer = client.post(ATELIER, content=message(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "caller.not_allowed")


@pytest.mark.parametrize("path", ["/clients", "/sales", "/stores"])
def test_a_point_of_sale_may_nothing_else(till: httpx.Client, path: str) -> None:
    assert till.post(path, json={"name": {"family": "X"}}).status_code in {403, 422}
    assert till.get("/stores").status_code == 403


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [
        (b"", 422, "body"),
        (b"{", 422, "body"),
        (b"\xff\xfe\x00", 422, "body"),
        (b"[" * 50_000, 422, "body"),
        (b"[]", 422, "body"),
        (b"{}", 422, "transactions"),
        (b'{"transactions": 1}', 422, "transactions"),
        (b'{"transactions": [], "articles": {}}', 422, "articles"),
        (b" " * 10_000_000, 413, "body"),
    ],
)
def test_what_is_no_message_is_refused(till: httpx.Client, content: bytes, status: int, field: str) -> None:
    named(till.post(ATELIER, content=content, headers=JSON), status, field)


@pytest.mark.parametrize(
    ("where", "field"),
    [({"sender": "a till"}, "sender"), ({"sender": "t", "number": -1}, "number"), ({"number": "x"}, "number")],
)
def test_a_place_that_cannot_be_is_refused(till: httpx.Client, where: dict[str, Any], field: str) -> None:
    named(till.post(ATELIER, content=message(), headers=JSON, params=where), 422, field)


def test_another_format_another_kind_and_nobody_are_refused(till: httpx.Client, carnet: Running) -> None:
    named(till.post("/feeds/point-of-sale/nothing", content=message(), headers=JSON), 404, "format")
    named(till.post(ATELIER, content=message(), headers={"Content-Type": "text/plain"}), 415, "body")
    named(httpx.post(carnet.url + ATELIER, content=message(), headers=JSON), 401, "Authorization")


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (transaction("", line(label="Ring")), "unreadable"),
        (transaction("T", line(label="Ring", paid="-1.00")), "impossible"),
        (transaction("T", line(label="Ring", pieces=-1)), "impossible"),
        (transaction("T", line(label="a\x00b")), "unreadable"),
        (transaction("T", closed_at="2199-01-01T00:00:00+0000"), "sale.invalid"),
        ([["deep"] * 9], "unreadable"),
        (None, "unreadable"),
    ],
)
def test_a_receipt_that_cannot_be_is_kept_and_told(
    till: httpx.Client, boutique: str, spoiled: Any, reason: str
) -> None:
    if isinstance(spoiled, dict):
        spoiled = {**spoiled, "boutique": boutique}
    good = transaction(str(new_id()), boutique=boutique)

    answer = posted(till, message(spoiled, good))

    assert answer["recorded"] == 1
    assert [each["reason"] for each in answer["parked"]] == [reason]
