"""Organizations and memberships over HTTP, as an associate meets them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

NOBODY = UUID(int=1)


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def manager(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.MANAGER) as client:
        yield client


def founded(manager: httpx.Client, name: str, kind: str = "club", **more: Any) -> str:
    answer = manager.post("/organizations", json={"name": name, "kind": kind, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def registered(associate: httpx.Client, family: str = "Leclerc") -> str:
    answer = associate.post("/clients", json={"name": {"family": family}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def begun(associate: httpx.Client, client_id: str, organization_id: str, **more: Any) -> httpx.Response:
    body = {"organization_id": organization_id, "tie": "belonging", **more}
    answer = associate.post(f"/clients/{client_id}/memberships", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


@pytest.mark.feature("CS-15", "CS-16", "CS-17", "CS-30")
def test_an_organization_of_any_kind_reaches_everywhere_a_region_or_a_store(manager: httpx.Client) -> None:
    word = uuid4().hex
    scopes = [
        {"reach": "national", "region_id": None, "store_id": None},
        {"reach": "regional", "region_id": "europe", "store_id": None},
        {"reach": "store", "region_id": None, "store_id": "paris-1"},
    ]
    house = founded(manager, f"Aurélie {word}", "designer")
    league = founded(manager, f"Junior League {word}", "body", scope=scopes[1])
    pearls = founded(manager, f"Ladies of the pearls {word}", "Wine Tasting", scope=scopes[2], part_of=league)

    last = manager.put(f"/organizations/{house}/name", json={"name": f"Maison Aurélie {word}"})
    found = manager.get("/organizations", params={"text": word.upper()}, headers=since(last)).json()["items"]

    assert [(each["organization_id"], each["kind"], each["scope"], each["part_of"]) for each in found] == [
        (league, "body", scopes[1], None),
        (pearls, "wine tasting", scopes[2], league),
        (house, "designer", scopes[0], None),
    ]
    for filters, expected in (
        ({"kind": "body"}, [league]),
        ({"reach": "store", "store_id": "paris-1"}, [pearls]),
        ({"region_id": "europe"}, [league]),
        ({"part_of": league}, [pearls]),
        ({"text": f"AURELIE {word}"}, [house]),
    ):
        items = manager.get("/organizations", params={"text": word, **filters}).json()["items"]
        assert [each["organization_id"] for each in items] == expected
    one = manager.get(f"/organizations/{house}")
    assert (one.json()["name"], one.headers["ETag"]) == (f"Maison Aurélie {word}", '"2"')


@pytest.mark.feature("CS-22", "CS-23")
def test_womens_and_mens_lists_of_a_designer_are_lists_of_their_own(
    associate: httpx.Client, manager: httpx.Client
) -> None:
    word = uuid4().hex
    women, men = (founded(manager, f"Aurélie {word}", "designer", world=world) for world in ("women", "men"))
    client_id = registered(associate)
    last = begun(associate, client_id, men, tie="interest")

    listed = associate.get("/organizations", params={"text": word, "world": "men"}, headers=since(last)).json()
    assert [each["organization_id"] for each in listed["items"]] == [men]
    interested = associate.get(f"/organizations/{men}/members", params={"tie": "interest"}).json()["items"]
    assert [each["client_id"] for each in interested] == [client_id]
    assert associate.get(f"/organizations/{women}/members").json() == {"items": [], "next_cursor": None}


@pytest.mark.feature("CS-14", "CS-18")
def test_a_client_belongs_leaves_and_joins_again_and_on_any_date_it_reads_right(
    associate: httpx.Client, manager: httpx.Client
) -> None:
    club = founded(manager, f"Club {uuid4().hex}")
    client_id = registered(associate)
    begun(associate, client_id, club, tie="interest")
    first = begun(associate, client_id, club, since="2020-01-01")
    place = first.headers["Location"]
    associate.post(f"{place}/ending", json={"until": "2021-06-30"}).raise_for_status()
    begun(associate, client_id, club, since="2024-01-01")
    corrected = associate.put(f"{place}/terms/1", json={"since": "2020-02-01", "until": "2021-06-30"})
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"4"')

    def ties(on: str | None) -> list[tuple[str, str | None, str | None]]:
        asked = {"on": on} if on else {}
        answer = associate.get(f"/clients/{client_id}/organizations", params=asked, headers=since(corrected))
        return sorted((each["tie"], each["since"], each["until"]) for each in answer.json()["items"])

    interest = ("interest", None, None)
    assert ties("2020-01-15") == [interest]
    assert ties("2021-06-30") == [("belonging", "2020-02-01", "2021-06-30"), interest]
    assert ties("2023-01-01") == [interest]
    assert ties("2026-01-01") == [("belonging", "2024-01-01", None), interest]
    assert len(ties(None)) == 3

    members = associate.get(f"/organizations/{club}/members", params={"tie": "belonging", "on": "2026-01-01"}).json()
    [member] = members["items"]
    assert (member["client_id"], member["name"]["family"], member["term"]) == (client_id, "Leclerc", 2)

    taken_back = associate.delete(f"{place}/terms/2")
    assert (
        associate.get(f"/organizations/{club}/members", params={"tie": "belonging"}, headers=since(taken_back)).json()[
            "items"
        ][0]["until"]
        == "2021-06-30"
    )


def test_members_are_paged_without_missing_one(associate: httpx.Client, manager: httpx.Client) -> None:
    club = founded(manager, f"Club {uuid4().hex}")
    there = {client_id: begun(associate, client_id, club) for client_id in (registered(associate) for _ in range(5))}
    page = associate.get(f"/organizations/{club}/members", params={"limit": 2}, headers=since(list(there.values())[-1]))
    found = [each["client_id"] for each in page.json()["items"]]
    while "next" in page.links:
        page = associate.get(page.links["next"]["url"])
        found += [each["client_id"] for each in page.json()["items"]]
    assert sorted(found) == sorted(there)

    listed = associate.get("/organizations", params={"limit": 1})
    assert "next" in listed.links
    assert associate.get(listed.links["next"]["url"]).json()["items"] != listed.json()["items"]


def test_nobody_joins_a_closed_organization_and_who_is_in_it_stays(
    associate: httpx.Client, manager: httpx.Client
) -> None:
    club = founded(manager, f"Club {uuid4().hex}")
    begun(associate, registered(associate), club)
    closed = manager.post(f"/organizations/{club}/closing")
    assert associate.get(f"/organizations/{club}", headers=since(closed)).json()["closed"] is True

    body = {"organization_id": club, "tie": "interest"}
    other = registered(associate)
    named(associate.post(f"/clients/{other}/memberships", json=body), 409, "organization.closed", "organization_id")
    assert len(associate.get(f"/organizations/{club}/members").json()["items"]) == 1
    manager.post(f"/organizations/{club}/reopening").raise_for_status()
    begun(associate, other, club)


@pytest.mark.parametrize("role", [Role.ASSOCIATE, Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_managers_and_head_office_keep_the_organizations(carnet: Running, role: Role) -> None:
    with carnet.client(role) as caller:
        answer = caller.post("/organizations", json={"name": "Club", "kind": "club"})
        named(answer, 403, "caller.not_allowed", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Club"}, "kind"),
        ({"name": " ", "kind": "club"}, "name"),
        ({"name": "Club", "kind": ["club"]}, "kind"),
        ({"name": "Club", "kind": "club", "world": "children"}, "world"),
        ({"name": "Club", "kind": "club", "scope": {"reach": "galaxy"}}, "scope.reach"),
        ({"name": "Club", "kind": "club", "scope": {"reach": "store"}}, "scope.store_id"),
        ({"name": "Club", "kind": "club", "scope": {"reach": "regional", "store_id": "paris-1"}}, "scope.region_id"),
        ({"name": "Club", "kind": "club", "scope": {"reach": "national", "store_id": "paris-1"}}, "scope.store_id"),
        ({"name": "Club", "kind": "club", "part_of": "league"}, "part_of"),
        ({"name": "Club", "kind": "club", "colour": "red"}, "colour"),
    ],
)
def test_an_organization_that_cannot_be(manager: httpx.Client, body: dict[str, Any], field: str) -> None:
    answer = manager.post("/organizations", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tie": "member"}, "tie"),
        ({"organization_id": "club"}, "organization_id"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "until"),
        ({"since": 2026}, "since"),
    ],
)
def test_a_membership_that_cannot_be(
    associate: httpx.Client, manager: httpx.Client, body: dict[str, Any], field: str
) -> None:
    club = founded(manager, "Club")
    sent = {"organization_id": club, "tie": "belonging", **body}
    answer = associate.post(f"/clients/{registered(associate)}/memberships", json=sent)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_what_is_not_there_is_named(associate: httpx.Client, manager: httpx.Client) -> None:
    club, client_id = founded(manager, "Club"), registered(associate)
    place = begun(associate, client_id, club, since="2024-01-01").headers["Location"]
    other = registered(associate)
    elsewhere = place.replace(client_id, other)
    body = {"organization_id": str(NOBODY), "tie": "belonging"}

    named(associate.get(f"/organizations/{NOBODY}"), 404, "organization.unknown", "organization_id")
    named(associate.get(f"/organizations/{NOBODY}/members"), 404, "organization.unknown", "organization_id")
    named(associate.get(f"/clients/{NOBODY}/organizations"), 404, "client.unknown", "client_id")
    named(manager.post(f"/organizations/{client_id}/closing"), 404, "organization.unknown", "organization_id")
    whole = {"name": "Club", "kind": "club", "part_of": str(NOBODY)}
    named(manager.post("/organizations", json=whole), 404, "organization.unknown", "part_of")
    named(
        associate.post(f"/clients/{client_id}/memberships", json=body), 404, "organization.unknown", "organization_id"
    )
    named(
        associate.post(f"/clients/{NOBODY}/memberships", json={**body, "organization_id": club}),
        404,
        "client.unknown",
        "client_id",
    )
    named(
        associate.post(f"{elsewhere}/ending", json={"until": "2026-01-01"}), 404, "membership.unknown", "membership_id"
    )
    named(associate.put(f"{place}/terms/2", json={}), 404, "membership.unknown", "term")
    named(associate.delete(f"{place}/terms/0"), 422, "request.invalid", "term")
    named(associate.post(f"{place}/ending", json={"until": "2023-01-01"}), 422, "membership.invalid", "until")
    assert associate.post(f"{place}/ending", json={"until": "2025-01-01"}).status_code == 200
    named(associate.post(f"{place}/ending", json={"until": "2026-01-01"}), 409, "membership.ended", "until")
    again = {"organization_id": club, "tie": "belonging"}
    named(associate.post(f"/clients/{client_id}/memberships", json=again), 409, "membership.overlaps", "since")
    for path in (f"/organizations/{club}/members", f"/clients/{client_id}/organizations"):
        named(associate.get(path, params={"on": "2026-02-30"}), 422, "request.invalid", "on")
        named(associate.get(path, params={"when": "2026-02-03"}), 422, "request.invalid", "when")
    named(associate.get(f"/organizations/{club}/members", params={"tie": "x"}), 422, "request.invalid", "tie")
    named(associate.get("/organizations", params={"world": "x"}), 422, "request.invalid", "world")
    named(associate.get("/organizations", params={"reach": "x"}), 422, "request.invalid", "reach")
