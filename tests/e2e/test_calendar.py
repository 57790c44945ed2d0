"""Calendar events over HTTP: as who keeps the calendar meets them, and as they reach clients."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

NOBODY = UUID(int=1)
EVENING = {"starts": "2026-11-14T18:00", "ends": "2026-11-14T22:00", "time_zone": "Europe/Paris"}
SPAN = {"from": "2026-11-01", "to": "2026-11-30"}
PIECE = {"sku": "B-7", "description": "Bracelet", "unit_value": "9400.00", "currency": "EUR"}
SCARVES = {"sku": "S-1", "description": "Scarf", "units": 12, "unit_value": "240.00", "currency": "EUR"}


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def manager(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.MANAGER) as client:
        yield client


@pytest.fixture
def store(carnet: Running) -> str:
    """A store, alone in its region, whose name is the same."""
    id = f"store-{uuid4().hex}"
    with carnet.client(Role.HEAD_OFFICE) as head_office:
        made(head_office, "/regions", id=id, name="A region")
        of = {"country": "FR", "city": "Paris", "time_zone": "Europe/Paris", "region_id": id}
        made(head_office, "/stores", id=id, name="A store", **of)
    return id


def made(client: httpx.Client, path: str, **body: Any) -> httpx.Response:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer


def founded(manager: httpx.Client) -> str:
    return str(made(manager, "/organizations", name=f"Aurélie {uuid4().hex}", kind="designer").json()["id"])


def scheduled(manager: httpx.Client, *organizations: str, **more: Any) -> str:
    """The path of an event."""
    body = {"name": "Aurélie", "kind": "Trunk-Show", "scope": {"reach": "national"}, **EVENING, **more}
    return made(manager, "/calendar-events", organizations=organizations, **body).headers["Location"]


def joined(associate: httpx.Client, organization_id: str, tie: str = "belonging", **more: Any) -> str:
    """The path of a new client who joined an organization."""
    path = made(associate, "/clients", name={"family": "Leclerc"}).headers["Location"]
    made(associate, f"{path}/memberships", organization_id=organization_id, tie=tie, **more)
    return path


def changed(client: httpx.Client, method: str, path: str, body: Any = None) -> httpx.Response:
    answer = client.request(method, path, json=body)
    assert answer.status_code == 200, answer.text
    return answer


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def reaching(associate: httpx.Client, client: str, after: httpx.Response) -> list[str]:
    """The paths of the events on her calendar, once what was told is known."""
    answer = associate.get(f"{client}/calendar", params=SPAN, headers=since(after))
    assert answer.status_code == 200, answer.text
    items = [each for each in answer.json()["items"] if each["kind"] == "calendar-event"]
    return [f"/calendar-events/{each['calendar_event']['calendar_event_id']}" for each in items]


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


@pytest.mark.feature("CS-19", "CS-25", "CS-31")
def test_an_event_of_any_kind_is_on_the_calendars_of_its_organizations(
    associate: httpx.Client, manager: httpx.Client, store: str
) -> None:
    women, men, empty = founded(manager), founded(manager), founded(manager)
    evening = scheduled(manager, women, men, venue="Salon Opale", scope={"reach": "store", "store_id": store})
    gala = scheduled(manager, men, kind="Wine Tasting", starts="2026-11-20T18:00", ends="2026-11-22T12:00")
    last = changed(manager, "PUT", f"{gala}/description", {"name": "The cellar", "kind": "wine tasting"})

    one = associate.get(evening, headers=since(last))
    assert one.headers["ETag"] == '"1"'
    told = one.json()
    assert (told["name"], told["kind"], told["venue"]) == ("Aurélie", "trunk-show", "Salon Opale")
    assert {each["organization_id"] for each in told["organizations"]} == {women, men}
    assert told["scope"] == {"reach": "store", "region_id": None, "store_id": store}
    assert told["held"] == {
        "starts": "2026-11-14T18:00:00",
        "ends": "2026-11-14T22:00:00",
        "time_zone": "Europe/Paris",
        "starts_at": "2026-11-14T17:00:00+00:00",
        "ends_at": "2026-11-14T21:00:00+00:00",
        "first_day": "2026-11-14",
        "last_day": "2026-11-14",
    }

    def listed(path: str, **filters: str) -> list[str]:
        found = associate.get(path, params=filters).json()["items"]
        return [f"/calendar-events/{each['calendar_event_id']}" for each in found]

    assert listed(f"/organizations/{men}/calendar") == [evening, gala]
    assert listed(f"/organizations/{women}/calendar") == [evening]
    assert listed(f"/organizations/{empty}/calendar", **SPAN) == []
    assert listed(f"/organizations/{men}/calendar", **{"from": "2026-11-22"}) == [gala]
    assert listed(f"/organizations/{men}/calendar", to="2026-11-19") == [evening]
    assert listed("/calendar-events", organization_id=men, kind="wine tasting") == [gala]
    assert listed("/calendar-events", organization_id=men, store_id=store) == [evening, gala]
    assert listed("/calendar-events", organization_id=men, store_id="elsewhere") == [gala]
    assert listed("/calendar-events", store_id=store, reach="store") == [evening]

    first = associate.get(f"/organizations/{men}/calendar", params={"limit": 1})
    second = associate.get(first.links["next"]["url"])
    assert [each["name"] for each in (*first.json()["items"], *second.json()["items"])] == ["Aurélie", "The cellar"]
    assert "next" not in second.links


@pytest.mark.feature("CS-20", "CS-24", "CS-31")
def test_an_event_reaches_members_whenever_they_join_and_those_of_its_store_if_it_is_one_stores(
    associate: httpx.Client, manager: httpx.Client, store: str
) -> None:
    designer = founded(manager)
    before = joined(associate, designer, "interest")
    everywhere, here = scheduled(manager, designer), scheduled(manager, designer)
    in_store = changed(manager, "PUT", f"{here}/scope", {"reach": "store", "store_id": store})
    later = joined(associate, designer)
    late = joined(associate, designer, since="2026-11-15")
    serves = {"associate_id": "associate-1", "store_id": store}
    last = made(associate, f"{later}/affiliations", **serves)

    assert reaching(associate, before, in_store) == [everywhere]
    assert sorted(reaching(associate, later, last)) == sorted([everywhere, here])
    assert reaching(associate, late, last) == []

    moved = {"starts": "2026-11-16T18:00", "ends": "2026-11-16T22:00", "time_zone": "Europe/Paris"}
    assert reaching(associate, late, changed(manager, "PUT", f"{everywhere}/dates", moved)) == [everywhere]
    regional = changed(manager, "PUT", f"{here}/scope", {"reach": "regional", "region_id": store})
    assert len(reaching(associate, later, regional)) == 2
    cancelled = changed(manager, "POST", f"{everywhere}/cancellation", {"reason": "Snow"})
    assert reaching(associate, before, cancelled) == []
    told = associate.get(everywhere).json()
    assert (told["cancelled"], told["reason"]) == (True, "Snow")
    assert reaching(associate, before, changed(manager, "POST", f"{everywhere}/reinstatement")) == [everywhere]
    off = changed(manager, "DELETE", f"{everywhere}/organizations/{designer}")
    assert reaching(associate, before, off) == []
    on = changed(manager, "POST", f"{everywhere}/organizations", {"organization_id": designer})
    assert reaching(associate, before, on) == [everywhere]


def test_a_clients_calendar_holds_the_events_that_reach_her_and_her_own_and_her_familys_days(
    associate: httpx.Client, manager: httpx.Client
) -> None:
    designer = founded(manager)
    client = joined(associate, designer)
    made(associate, f"{client}/dates", kind="birthday", day={"month": 11, "day": 14})
    paul = {"name": {"family": "Leclerc", "given": "Paul"}, "birthday": {"month": 11, "day": 10}}
    made(associate, f"{client}/family", relation="husband", person=paul)
    evening = scheduled(manager, designer)
    last = changed(manager, "POST", f"{evening}/assortment", {"pieces": [PIECE]})

    answer = associate.get(f"{client}/calendar", params=SPAN, headers=since(last)).json()

    assert (answer["from"], answer["to"]) == ("2026-11-01", "2026-11-30")
    days = [(each["day"], each["kind"]) for each in answer["items"]]
    assert days == [("2026-11-10", "occasion"), ("2026-11-14", "calendar-event"), ("2026-11-14", "occasion")]
    [pauls, event, hers] = answer["items"]
    assert (pauls["occasion"]["person"]["given"], pauls["occasion"]["relation"]) == ("Paul", "husband")
    assert event["calendar_event"]["through"] == [designer]
    assert (hers["occasion"]["name"], hers["occasion"]["relation"]) == ("birthday", None)
    dead = changed(associate, "PUT", f"{client}/death", {})
    assert associate.get(f"{client}/calendar", params=SPAN, headers=since(dead)).json()["items"] == []


@pytest.mark.feature("BO-01", "BO-02")
def test_what_is_brought_to_an_event_and_what_each_is_to_sell(
    carnet: Running, associate: httpx.Client, manager: httpx.Client, store: str
) -> None:
    evening = scheduled(manager)
    who = f"ines-{uuid4().hex}"
    with carnet.client(Role.HEAD_OFFICE) as head_office:
        joins = {"name": "Inès Laurent", "role": "associate", "store_id": store, "since": "2019-05-02"}
        made(head_office, "/associates", id=who, **joins)
    changed(manager, "POST", f"{evening}/assortment", {"pieces": [{**PIECE, "serial_number": "S-7"}, SCARVES]})
    changed(manager, "PUT", f"{evening}/targets", {"store_id": store, "amount": "60000.00", "currency": "EUR"})
    mine = {"store_id": store, "associate_id": who, "amount": "20000.00", "currency": "EUR"}
    last = changed(manager, "PUT", f"{evening}/targets", mine)

    told = associate.get(evening, headers=since(last)).json()
    assert told["assortment"] == {"pieces": 2, "units": 13, "value": "12280.00", "currency": "EUR"}
    [bracelet, scarves] = associate.get(f"{evening}/assortment").json()["items"]
    assert (bracelet["serial_number"], scarves["units"], scarves["unit_value"]) == ("S-7", 12, "240.00")
    page = associate.get(f"{evening}/assortment", params={"limit": 1})
    assert associate.get(page.links["next"]["url"]).json()["items"] == [scarves]
    whole = {"store_id": store, "associate_id": None, "name": None, "amount": "60000.00", "currency": "EUR"}
    targets = associate.get(f"{evening}/targets").json()["items"]
    assert targets == [whole, {**mine, "name": "Inès Laurent"}]

    changed(manager, "DELETE", f"{evening}/assortment/{bracelet['piece_id']}")
    changed(manager, "DELETE", f"{evening}/targets/{store}")
    last = changed(manager, "DELETE", f"{evening}/targets/{store}/{who}")
    assert associate.get(f"{evening}/targets", headers=since(last)).json() == {"items": []}
    assert associate.get(f"{evening}/assortment").json()["items"] == [scarves]
    empty = scheduled(manager)
    last = changed(manager, "DELETE", f"{empty}/targets/{store}")
    assert associate.get(f"{empty}/assortment", headers=since(last)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("role", [Role.ASSOCIATE, Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_managers_and_head_office_keep_the_calendar(carnet: Running, manager: httpx.Client, role: Role) -> None:
    event = {"name": "A", "kind": "gala", "organizations": [], "scope": {"reach": "national"}, **EVENING}
    evening = scheduled(manager)
    with carnet.client(role) as caller:
        named(
            caller.post("/calendar-events", json={**event, "ends": "2026-11-14T17:00"}), 403, "caller.not_allowed", None
        )
        named(caller.post(f"{evening}/assortment", json={"pieces": [PIECE]}), 403, "caller.not_allowed", None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": ["gala"]}, "kind"),
        ({"organizations": None}, "organizations"),
        ({"organizations": ["club"]}, "organizations.0"),
        ({"organizations": [str(NOBODY)] * 51}, "organizations"),
        ({"scope": {"reach": "galaxy"}}, "scope.reach"),
        ({"scope": {"reach": "store"}}, "scope.store_id"),
        ({"starts": "2026-11-14T18:00:00+01:00"}, "starts"),
        ({"starts": "2026-11-14T18:00Z"}, "starts"),
        ({"starts": "2026-11-31T18:00"}, "starts"),
        ({"starts": "2026-11-14"}, "starts"),
        ({"starts": 1794589200}, "starts"),
        ({"ends": "2026-11-14T17:59"}, "ends"),
        ({"ends": "9999-11-14T17:59"}, "ends"),
        ({"starts": "2026-03-29T02:30"}, "starts"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_event_that_cannot_be(manager: httpx.Client, said: dict[str, Any], field: str) -> None:
    event = {"name": "A", "kind": "gala", "organizations": [], "scope": {"reach": "national"}, **EVENING}
    answer = manager.post("/calendar-events", json={**event, **said})
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


@pytest.mark.parametrize(
    ("pieces", "field"),
    [
        ([], "pieces"),
        ([PIECE] * 501, "pieces"),
        ([PIECE, PIECE], "pieces.1.sku"),
        ([{**PIECE, "units": 0}], "pieces.0.units"),
        ([{**PIECE, "serial_number": "S-7", "units": 2}], "pieces.0.units"),
        ([PIECE, {**SCARVES, "currency": "CHF"}], "pieces.1.currency"),
        ([{**PIECE, "currency": "eur"}], "pieces.0.currency"),
        ([{**PIECE, "unit_value": 9400}], "pieces.0.unit_value"),
        ([{**PIECE, "colour": "red"}], "pieces.0.colour"),
    ],
)
def test_an_assortment_that_cannot_be(manager: httpx.Client, pieces: list[Any], field: str) -> None:
    answer = manager.post(f"{scheduled(manager)}/assortment", json={"pieces": pieces})
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_what_is_not_there_is_named(associate: httpx.Client, manager: httpx.Client, store: str) -> None:
    evening, gone = scheduled(manager), f"/calendar-events/{NOBODY}"
    event = {"name": "A", "kind": "gala", "scope": {"reach": "national"}, **EVENING}
    club, unknown = founded(manager), str(NOBODY)
    named(
        manager.post("/calendar-events", json={**event, "organizations": [club, unknown]}),
        404,
        "organization.unknown",
        "organizations.1",
    )
    for scope, code in (
        ({"reach": "store", "store_id": "nowhere"}, "store"),
        ({"reach": "regional", "region_id": "nowhere"}, "region"),
    ):
        sent = {**event, "organizations": [], "scope": scope}
        named(manager.post("/calendar-events", json=sent), 404, f"{code}.unknown", f"scope.{code}_id")
        named(manager.put(f"{evening}/scope", json=scope), 404, f"{code}.unknown", f"scope.{code}_id")
    body = {"organization_id": unknown}
    named(manager.post(f"{evening}/organizations", json=body), 404, "organization.unknown", "organization_id")
    target = {"store_id": store, "amount": "1.00", "currency": "EUR"}
    named(manager.put(f"{evening}/targets", json={**target, "store_id": "no"}), 404, "store.unknown", "store_id")
    nobody = {**target, "associate_id": "nobody"}
    named(manager.put(f"{evening}/targets", json=nobody), 404, "associate.unknown", "associate_id")
    named(manager.put(f"{evening}/targets", json={**target, "amount": "0"}), 422, "calendar_event.invalid", "amount")
    named(manager.delete(f"{evening}/assortment/{NOBODY}"), 404, "calendar_event.piece_unknown", "piece_id")
    named(manager.put(f"{gone}/dates", json=EVENING), 404, "calendar_event.unknown", "calendar_event_id")
    cancelled = changed(manager, "POST", f"{evening}/cancellation", {})
    brought = {"pieces": [PIECE]}
    named(manager.post(f"{evening}/assortment", json=brought), 409, "calendar_event.cancelled", "calendar_event_id")
    for path in (gone, f"{gone}/assortment", f"{gone}/targets"):
        answer = associate.get(path, headers=since(cancelled))
        named(answer, 404, "calendar_event.unknown", "calendar_event_id")
    named(associate.get(f"/organizations/{NOBODY}/calendar"), 404, "organization.unknown", "organization_id")
    named(associate.get(f"/clients/{NOBODY}/calendar"), 404, "client.unknown", "client_id")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"to": "2026-11-30T00:00:00Z"}, "to"),
        ({"from": "2026-11-30", "to": "2026-11-29"}, "to"),
        ({"when": "2026-11-30"}, "when"),
    ],
)
def test_a_span_that_is_none(associate: httpx.Client, manager: httpx.Client, query: dict[str, str], field: str) -> None:
    client = joined(associate, club := founded(manager))
    for path in (f"{client}/calendar", f"/organizations/{club}/calendar", "/calendar-events"):
        answer = associate.get(path, params=query)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    answer = associate.get(f"{client}/calendar", params={"from": "2026-11-01", "to": "2029-11-04"})
    named(answer, 422, "day.invalid", "to")
