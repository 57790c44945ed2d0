"""Queries over HTTP: what they refuse, how pages lead on, and how a caller reads what she just wrote."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from infra.web.position import Positions
from tests.support.running import Running

NOBODY = "00000000-0000-0000-0000-00000000dead"
PATHS = [f"/clients/{NOBODY}", f"/clients/{NOBODY}/purchases", f"/clients/{NOBODY}/history", f"/sales/{NOBODY}"]


def registered(associate: httpx.Client, **name: str) -> httpx.Response:
    answer = associate.post("/clients", json={"name": name})
    assert answer.status_code == 201, answer.text
    return answer


def sold(associate: httpx.Client, client_id: str, day: int) -> httpx.Response:
    answer = associate.post(
        "/sales",
        json={
            "reference": {"source": "till", "number": uuid4().hex},
            "occurred_at": f"2026-03-{day:02}T15:00:00+01:00",
            "currency": "EUR",
            "client_id": client_id,
            "lines": [{"sku": "G-06", "description": "Glass", "quantity": 1, "unit_price": "33.30", "brand": "Lumen"}],
        },
    )
    assert answer.status_code == 201, answer.text
    return answer


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def problem(answer: httpx.Response, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert (said["code"], said.get("field")) == (code, field)
    return said


def test_a_card_shows_what_was_written_and_its_etag_is_good_for_the_next_write(carnet: Running) -> None:
    with carnet.client() as associate:
        new = registered(associate, family="Leclerc", given="Zoë", title="Mme")
        path = new.headers["Location"]
        phone = associate.post(f"{path}/contact-points", json={"kind": "phone", "value": "+33 1 42 68 53 00"})
        address = associate.post(f"{path}/addresses", json={"country": "FR", "lines": ["1 rue"], "since": "2020-02-29"})

        card = associate.get(path, headers=since(address))

        assert card.json() == {
            "client_id": new.json()["id"],
            "name": {"family": "Leclerc", "given": "Zoë", "title": "Mme"},
            "names": [],
            "salutation": None,
            "died": False,
            "died_on": None,
            "erased": False,
            "reference": None,
            "store_id": "paris-1",
            "registered_at": card.json()["registered_at"],
            "registered_by": "associate-1",
            "version": 3,
            "contact_points": [
                {
                    "contact_point_id": phone.json()["id"],
                    "kind": "phone",
                    "value": "+33142685300",
                    "state": "unconfirmed",
                    "not_for_surprises": False,
                    "added_at": card.json()["contact_points"][0]["added_at"],
                }
            ],
            "addresses": [
                {
                    "address_id": address.json()["id"],
                    "type": "home",
                    "lines": ["1 rue"],
                    "city": None,
                    "region": None,
                    "postal_code": None,
                    "country": "FR",
                    "since": "2020-02-29",
                    "until": None,
                    "added_at": card.json()["addresses"][0]["added_at"],
                }
            ],
            "dates": [],
            "traits": [],
            "on": card.json()["on"],
            "card_salutation": None,
            "family": [],
            "primary": None,
            "associates": [],
            "organizations": [],
            "home_store_id": "paris-1",
            "stores": [],
            "notes": [],
        }
        assert card.headers["ETag"] == address.headers["ETag"] == '"3"'
        assert card.headers["Cache-Control"] == "no-store"
        corrected = associate.put(f"{path}/name", json={"family": "L"}, headers={"If-Match": card.headers["ETag"]})
        assert corrected.status_code == 200


def test_a_sale_reads_as_it_was_written_and_so_does_its_version(carnet: Running) -> None:
    with carnet.client() as associate:
        client_id = registered(associate, family="Leclerc").json()["id"]
        sale = sold(associate, client_id, 2)

        read = associate.get(sale.headers["Location"], headers=since(sale))

        assert read.headers["ETag"] == sale.headers["ETag"]
        assert (read.json()["client_id"], read.json()["lines"][0]["unit_price"]) == (client_id, "33.30")


def test_a_link_leads_through_all_purchases_with_their_filters(carnet: Running) -> None:
    with carnet.client() as associate:
        client_id = registered(associate, family="Leclerc").json()["id"]
        last = [sold(associate, client_id, day) for day in range(1, 6)][-1]
        page = associate.get(
            f"/clients/{client_id}/purchases",
            params={"brand": "Lumen", "from": "2026-03-02T00:00:00+01:00", "limit": 2},
            headers=since(last),
        )
        days = [each["occurred_at"] for each in page.json()["items"]]
        while "next" in page.links:
            page = associate.get(page.links["next"]["url"])
            assert page.status_code == 200, page.text
            days += [each["occurred_at"] for each in page.json()["items"]]

        assert days == [f"2026-03-{day:02}T14:00:00+00:00" for day in (5, 4, 3, 2)]
        assert page.json()["next_cursor"] is None


def test_a_cursor_tampered_with_is_a_problem_that_names_it(carnet: Running) -> None:
    with carnet.client() as associate:
        client_id = registered(associate, family="Leclerc").json()["id"]
        last = [sold(associate, client_id, day) for day in (1, 2)][-1]
        path = f"/clients/{client_id}/purchases"
        cursor = associate.get(path, params={"limit": 1}, headers=since(last)).json()["next_cursor"]

        changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        problem(associate.get(path, params={"cursor": changed}), 400, "request.cursor_invalid", "cursor")
        problem(associate.get(path, params={"cursor": "nonsense"}), 400, "request.cursor_invalid", "cursor")
        problem(
            associate.get(path, params={"cursor": cursor, "brand": "Lumen"}), 400, "request.cursor_invalid", "cursor"
        )
    with carnet.client(Role.MANAGER) as manager:
        problem(manager.get(path, params={"cursor": cursor}), 400, "request.cursor_invalid", "cursor")


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_there_is_unknown_and_who_may_not_read_learns_nothing(carnet: Running, path: str) -> None:
    with carnet.client(Role.AUDITOR) as auditor:
        code, field = ("sale.unknown", "sale_id") if path.startswith("/sales") else ("client.unknown", "client_id")
        problem(auditor.get(path), 404, code, field)
    with carnet.client(Role.SUBSCRIBER) as subscriber:
        problem(subscriber.get(path), 403, "caller.not_allowed")
        problem(subscriber.post("/clients/search", json={"name": "Leclerc"}), 403, "caller.not_allowed")


@pytest.mark.parametrize("role", [Role.ASSOCIATE, Role.MANAGER, Role.HEAD_OFFICE])
def test_a_history_is_the_auditors(carnet: Running, role: Role) -> None:
    with carnet.client(role) as caller:
        problem(caller.get(f"/clients/{NOBODY}/history"), 403, "caller.not_allowed")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "many"),
        ("store", "paris-1"),
        ("brand", "\0"),
        ("brand", ""),
        ("category", "x" * 101),
        ("from", "2026-02-30T00:00:00Z"),
        ("from", "2026-03-02T15:00:00"),
        ("to", "tomorrow"),
        ("cursor", ""),
    ],
)
def test_a_filter_that_is_none_is_named(carnet: Running, field: str, value: str) -> None:
    with carnet.client() as associate:
        problem(associate.get(f"/clients/{NOBODY}/purchases", params={field: value}), 422, "request.invalid", field)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_any_time_can_be_asked_for(carnet: Running, when: str) -> None:
    with carnet.client() as associate:
        path = registered(associate, family="Leclerc").headers["Location"]
        assert associate.get(f"{path}/purchases", params={"from": when, "to": when}).status_code in {200, 404}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "body"),
        ({"name": "---"}, "body"),
        ({"name": " ".join("abcdefghijk")}, "body"),
        ({"name": "\0"}, "name"),
        ({"phone": 33612345678}, "phone"),
        ({"email": "x" * 255}, "email"),
        ({"name": "Leclerc", "limit": 201}, "limit"),
        ({"surname": "Leclerc"}, "surname"),
    ],
)
def test_a_search_that_is_none_is_named(carnet: Running, asked: dict[str, Any], field: str) -> None:
    with carnet.client() as associate:
        problem(associate.post("/clients/search", json=asked), 422, "request.invalid", field)


def test_a_client_is_found_by_phone_and_address_as_a_clerk_types_them(carnet: Running) -> None:
    with carnet.client() as associate:
        new = registered(associate, family="O'Hara", given="Marie-Claire")
        path = new.headers["Location"]
        associate.post(f"{path}/contact-points", json={"kind": "phone", "value": "+33 6 98 76 54 32"})
        last = associate.post(f"{path}/contact-points", json={"kind": "email", "value": "Scarlett@tara.example.com"})
        for asked in (
            {"name": "marie claire ohara"},
            {"phone": "06 98 76 54 32"},
            {"phone": "+33 (0)6 98 76 54 23"},
            {"email": "scarlet@tara.example.com"},
        ):
            found = associate.post("/clients/search", json=asked, headers=since(last)).json()
            assert new.json()["id"] in [each["client_id"] for each in found["items"]], asked


def test_a_position_of_another_log_is_refused(carnet: Running) -> None:
    with carnet.client() as associate:
        for token in ("nonsense", Positions(UUID(int=1), lambda _: 0).token(UUID(int=2), 1)):
            for path in PATHS[:2]:
                answer = associate.get(path, headers={"Carnet-Position": token})
                problem(answer, 400, "request.position_invalid", "Carnet-Position")


def test_who_reads_too_early_is_told_how_far_it_is(carnet: Running) -> None:
    ahead = Positions(carnet.house.log.incarnation, lambda _: 0).token(UUID(int=2), 10**9)
    with carnet.client() as associate:
        answer = associate.get(f"/clients/{NOBODY}", headers={"Carnet-Position": ahead})

        said = problem(answer, 503, "read.behind", "Carnet-Position")
        assert "position 1000000000; client_card is at" in said["detail"]
        assert int(answer.headers["Retry-After"]) >= 1
