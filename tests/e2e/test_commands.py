"""Commands over HTTP against the real log: retried, raced, and read back by their position."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

AT = "2026-03-02T15:00:00+01:00"


def sale(client_id: str | None = None, **other: Any) -> dict[str, Any]:
    """A sale with a number that no test has used."""
    return {
        "reference": {"source": "till", "number": uuid4().hex},
        "occurred_at": AT,
        "currency": "EUR",
        "client_id": client_id,
        "lines": [{"sku": "G-06", "description": "Glass", "quantity": 3, "unit_price": "33.34", "net": "100.00"}],
        **other,
    }


def made(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def history(carnet: Running, client_id: str, seen: httpx.Response) -> list[str]:
    with carnet.client(Role.AUDITOR) as auditor:
        answer = auditor.get(
            f"/clients/{client_id}/history", headers={"Carnet-Position": seen.headers["Carnet-Position"]}
        )
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["items"]][::-1]


def test_every_command_about_a_client_leaves_one_event(carnet: Running) -> None:
    with carnet.client() as associate:
        registered = associate.post("/clients", json={"name": {"family": "Leclerc"}})
        client = registered.headers["Location"]
        id = made(registered)
        assert client == f"/clients/{id}"

        corrected = associate.put(f"{client}/name", json={"family": "Leclercq"}, headers={"If-Match": '"1"'})
        assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"')
        phone = associate.post(
            f"{client}/contact-points", json={"kind": "phone", "country": "FR", "value": "01 42 68 53 00"}
        )
        again = associate.post(f"{client}/contact-points", json={"kind": "phone", "value": "+33142685300"})
        assert made(phone) == made(again)
        address = associate.post(f"{client}/addresses", json={"country": "FR", "city": "Paris"})
        associate.delete(phone.headers["Location"]).raise_for_status()
        last = associate.delete(address.headers["Location"])
        assert (last.status_code, last.json()["version"], last.headers["ETag"]) == (200, 6, '"6"')
        assert associate.delete(address.headers["Location"]).json()["version"] == 6

    assert history(carnet, id, last) == [
        "client.registered.v1",
        "client.name-corrected.v1",
        "client.contact-point-added.v1",
        "client.address-added.v1",
        "client.contact-point-removed.v1",
        "client.address-removed.v1",
    ]


def test_a_sale_gets_its_client_later_and_loses_her_again(carnet: Running) -> None:
    with carnet.client() as associate:
        client_id = made(associate.post("/clients", json={"name": {"family": "Leclerc"}}))
        sale_id = made(associate.post("/sales", json=sale()))
        place = f"/sales/{sale_id}/client"

        unknown = associate.put(place, json={"client_id": str(UUID(int=1))})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "client.unknown")
        attached = associate.put(place, json={"client_id": client_id})
        assert attached.json() == {"id": sale_id, "version": 2}
        assert associate.delete(place).json() == {"id": sale_id, "version": 3}
        assert associate.delete(place).json() == {"id": sale_id, "version": 3}


def test_a_return_without_the_receipt_can_be_read_as_a_sale(carnet: Running) -> None:
    with carnet.client() as associate:
        back = associate.post("/returns", json=sale())
        answer = associate.get(back.headers["Location"], headers={"Carnet-Position": back.headers["Carnet-Position"]})
        assert (answer.status_code, answer.json()["kind"]) == (200, "return")


def test_a_command_sent_twice_is_one_event(carnet: Running) -> None:
    key = {"Idempotency-Key": "sent-twice"}
    with carnet.client() as associate:
        first, again = (associate.post("/clients", json={"name": {"family": "Leclerc"}}, headers=key) for _ in "12")
        assert made(first) == made(again)
        assert first.headers["Carnet-Position"] == again.headers["Carnet-Position"]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
    assert history(carnet, made(first), again) == ["client.registered.v1"]


def test_eight_threads_with_one_key_register_one_client(carnet: Running) -> None:
    def register(_: int) -> httpx.Response:
        with carnet.client() as associate:
            return associate.post(
                "/clients", json={"name": {"family": "Leclerc"}}, headers={"Idempotency-Key": "eight"}
            )

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(register, range(8)))
    assert len({made(answer) for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1


def test_the_last_piece_comes_back_once_however_many_bring_it(carnet: Running) -> None:
    with carnet.client() as associate:
        sale_id = made(associate.post("/sales", json=sale()))

    def bring_back(_: int) -> int:
        with carnet.client() as associate:
            lines = [{"ordinal": 1, "quantity": 1}]
            return associate.post(f"/sales/{sale_id}/returns", json={"occurred_at": AT, "lines": lines}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(bring_back, range(8)))
    assert statuses == [201] * 3 + [409] * 5


def test_who_saw_an_older_version_overwrites_nobody(carnet: Running) -> None:
    with carnet.client() as associate:
        client_id = made(associate.post("/clients", json={"name": {"family": "Leclerc"}}))

    def correct(number: int) -> int:
        with carnet.client() as associate:
            name = {"family": f"Leclerc {number}"}
            return associate.put(f"/clients/{client_id}/name", json=name, headers={"If-Match": '"1"'}).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(correct, range(8))) == [200] + [412] * 7


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_may_not_change_anything_changes_nothing(carnet: Running, role: Role) -> None:
    with carnet.client(role) as caller:
        for answer in (caller.post("/clients", json={"name": {"family": "X"}}), caller.post("/sales", json=sale())):
            assert (answer.status_code, answer.json()["code"]) == (403, "caller.not_allowed")
