"""Who serves whom, over HTTP: begun, ended, corrected, named, handed over, and read back on any day."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.access import Caller, Role
from infra.wiring import new_id
from tests.support.running import CALLERS, Running

NOBODY = UUID(int=1)
HEAD_OFFICE = CALLERS[Role.HEAD_OFFICE]


@pytest.fixture
def office(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.HEAD_OFFICE) as client:
        yield client


class House:
    """A store of its own for each test, with people whose ids nobody else uses."""

    def __init__(self, carnet: Running, office: httpx.Client) -> None:
        self.carnet, self.office = carnet, office
        self.suffix = str(new_id())[:8]
        self.store = f"store-{self.suffix}"
        self.last = ok(office.post("/stores", json=store(self.store)))
        for who in ("ines", "marc", "yuki"):
            self.last = ok(office.post("/associates", json=person(self.id(who), self.store)))

    def id(self, who: str) -> str:
        return f"{who}-{self.suffix}"

    def as_(self, who: str, role: Role = Role.ASSOCIATE, store_id: str | None = None) -> httpx.Client:
        token = self.carnet.token(Caller(self.id(who), role, store_id or self.store))
        return httpx.Client(base_url=self.carnet.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def client(self, who: str = "ines", **terms: Any) -> str:
        """A client whom this associate serves, and who is primary."""
        client = ok(self.office.post("/clients", json={"name": {"family": "Leclerc", "given": "Anne"}})).headers[
            "Location"
        ]
        self.last = ok(
            self.office.post(
                f"{client}/affiliations", json={"associate_id": self.id(who), "store_id": self.store, **terms}
            )
        )
        self.last = ok(self.office.put(f"{client}/primary-associate", json={"associate_id": self.id(who)}))
        return client

    def serving(self, client: str, on: str, category: str | None = None) -> tuple[list[str], str | None]:
        asked = {"on": on, **({"category": category} if category else {})}
        found = self.read(f"{client}/associates", **asked)
        return [each["associate_id"].removesuffix(f"-{self.suffix}") for each in found["items"]], (
            found["primary"] and found["primary"].removesuffix(f"-{self.suffix}")
        )

    def book(self, who: str, **asked: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.read(f"/associates/{self.id(who)}/book", **asked)["items"]
        return items

    def read(self, path: str, **asked: Any) -> Any:
        position = {"Carnet-Position": self.last.headers["Carnet-Position"]}
        return ok(self.office.get(path, params=asked, headers=position)).json()


@pytest.fixture
def house(carnet: Running, office: httpx.Client) -> House:
    return House(carnet, office)


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def store(id: str, **other: Any) -> dict[str, Any]:
    return {"id": id, "name": "Place", "country": "FR", "city": "Paris", "time_zone": "Europe/Paris", **other}


def person(id: str, store_id: str | None, **other: Any) -> dict[str, Any]:
    return {"id": id, "name": "Inès Laurent", "role": "associate", "store_id": store_id, "since": "2019-05-02", **other}


NAMED: dict[str, Any] = {"associate_id": "{ines}", "clients": []}


def ordered(*to: str, **other: Any) -> dict[str, Any]:
    return {"to": [{"associate_id": each} for each in to], "since": "2026-03-01", "cause": "left", **other}


def test_the_house_knows_its_stores_and_who_works_where(house: House, office: httpx.Client) -> None:
    region = f"region-{house.suffix}"
    made = ok(office.post("/regions", json={"id": region, "name": "Europe"}))
    assert made.json() == {"id": region, "version": 1}
    assert made.headers["Location"] == f"/regions/{region}"
    ok(office.put(f"/stores/{house.store}/region", json={"region_id": region}))
    ok(office.put(f"/associates/{house.id('ines')}/role", json={"role": "manager", "since": "2020-01-01"}))
    ok(office.put(f"/associates/{house.id('ines')}/store", json={"store_id": None, "since": "2020-01-01"}))
    house.last = ok(office.post(f"/associates/{house.id('marc')}/leaving", json={"on": "2020-12-31"}))
    [shop] = [each for each in house.read("/stores", limit=200)["items"] if each["store_id"] == house.store]
    assert (shop["region_id"], shop["region"], shop["time_zone"], shop["version"]) == (
        region,
        "Europe",
        "Europe/Paris",
        2,
    )
    ines = house.read(f"/associates/{house.id('ines')}")
    assert (ines["role"], ines["store_id"], ines["name"], ines["version"]) == ("manager", None, "Inès Laurent", 3)
    here = [each["associate_id"] for each in house.read("/associates", store_id=house.store)["items"]]
    assert here == [house.id("marc"), house.id("yuki")]
    here = [each["associate_id"] for each in house.read("/associates", store_id=house.store, present=True)["items"]]
    assert here == [house.id("yuki")]
    house.last = ok(office.post(f"/stores/{house.store}/closing", json={"on": "2030-12-31"}))
    [shop] = [each for each in house.read("/stores", limit=200)["items"] if each["store_id"] == house.store]
    assert shop["closed_on"] == "2030-12-31"


@pytest.mark.parametrize("role", [Role.ASSOCIATE, Role.MANAGER, Role.AUDITOR, Role.SUBSCRIBER])
def test_the_house_is_run_by_head_office_and_administrators(carnet: Running, role: Role) -> None:
    with carnet.client(role) as caller:
        for path, body in (("/stores", store("x")), ("/associates", person("x", None))):
            assert caller.post(path, json=body).json()["code"] == "caller.not_allowed"


@pytest.mark.feature("CS-01", "CS-02", "CS-03", "FL-13")
def test_several_associates_serve_a_client_for_different_things(house: House) -> None:
    client = house.client("ines", since="2020-01-01")
    watches = {
        "associate_id": house.id("marc"),
        "store_id": house.store,
        "categories": ["watches"],
        "since": "2021-01-01",
    }
    house.last = ok(house.office.post(f"{client}/affiliations", json=watches))

    assert house.serving(client, "2019-12-31") == ([], None)
    assert house.serving(client, "2020-06-01") == (["ines"], "ines")
    assert house.serving(client, "2021-06-01") == (["ines", "marc"], "ines")
    assert house.serving(client, "2021-06-01", "jewelry") == (["ines"], "ines")
    assert ok(house.office.post(f"{client}/affiliations", json=watches)).json()["version"] == 3

    [mine] = house.book("marc", on="2021-06-01")
    assert (mine["client_id"], mine["primary"]) == (client.removeprefix("/clients/"), False)
    assert mine["affiliations"][0]["scope"] == {"only": ["watches"], "but": []}


def test_what_was_said_of_an_affiliation_is_ended_corrected_and_taken_back(house: House) -> None:
    client = house.client("ines", since="2020-01-01")
    [term] = house.read(f"{client}/associates")["items"]
    place = f"{client}/affiliations/{term['affiliation_id']}"
    house.last = ok(house.office.post(f"{place}/ending", json={"until": "2022-12-31"}))
    assert (house.serving(client, "2022-12-31"), house.serving(client, "2023-01-01")) == (
        (["ines"], "ines"),
        ([], None),
    )
    right = {"store_id": house.store, "except_categories": ["watches"], "since": "2020-02-01", "until": "2023-01-31"}
    house.last = ok(house.office.put(place, json=right))
    assert (house.serving(client, "2020-01-15"), house.serving(client, "2023-01-15")) == (
        ([], None),
        (["ines"], "ines"),
    )
    assert house.serving(client, "2023-01-15", "watches")[0] == []
    stale = house.office.delete(place, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    house.last = ok(house.office.delete(place))
    assert house.serving(client, "2022-01-01") == ([], None)
    assert ok(house.office.delete(place)).json()["version"] == house.last.json()["version"]


@pytest.mark.feature("CS-62")
def test_an_associate_manages_her_own_clients_and_nobody_elses(house: House) -> None:
    client = ok(house.office.post("/clients", json={"name": {"family": "Leclerc"}})).headers["Location"]
    with house.as_("ines") as ines, house.as_("marc") as marc:
        mine = ok(ines.post(f"{client}/affiliations", json={"since": "2020-01-01"}))
        ok(ines.put(f"{client}/primary-associate", json={"associate_id": house.id("ines")}))
        theirs = ines.post(f"{client}/affiliations", json={"associate_id": house.id("marc")})
        assert theirs.json()["code"] == "caller.not_allowed"
        assert marc.post(f"{mine.headers['Location']}/ending", json={"until": "2026-01-01"}).status_code == 403
        ok(marc.post(f"{client}/affiliations", json={}))
        taken = marc.put(f"{client}/primary-associate", json={"associate_id": house.id("marc")})
        assert (taken.status_code, taken.json()["code"]) == (409, "affiliation.primary_taken")
    with house.as_("boss", Role.MANAGER) as manager:
        house.last = ok(manager.put(f"{client}/primary-associate", json={"associate_id": house.id("marc")}))
    assert house.serving(client, "2026-01-01") == (["ines", "marc"], "marc")


@pytest.mark.feature("X-39", "N-13")
def test_a_book_is_reassigned_and_reads_correctly_on_any_day(house: House) -> None:
    clients = [house.client("ines", since="2020-01-01") for _ in range(5)]
    order = {
        "to": [{"associate_id": house.id("marc")}, {"associate_id": house.id("yuki")}],
        "since": "2026-03-01",
        "cause": "left",
    }
    key = {"Idempotency-Key": str(new_id())}
    place = f"/associates/{house.id('ines')}/reassignments"
    first, again = (ok(house.office.post(place, json=order, headers=key)) for _ in "12")
    assert first.json() == again.json()
    assert (first.json()["moved"], first.json()["left_alone"]) == (5, [])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (
        house.office.post(place, json={**order, "since": "2026-03-02"}, headers=key).json()["code"]
        == "request.key_reused"
    )

    house.last = ok(
        house.office.post(f"{clients[0]}/affiliations", json={"associate_id": "somebody", "since": "2030-01-01"})
    )
    after = [house.serving(client, "2026-03-01") for client in clients]
    assert sorted(after) == [(["marc"], "marc")] * 3 + [(["yuki"], "yuki")] * 2
    assert {tuple(house.serving(client, "2026-02-28")[0]) for client in clients} == {("ines",)}
    assert (len(house.book("ines", on="2026-02-28")), house.book("ines", on="2026-03-01")) == (5, [])


@pytest.mark.feature("X-39", "N-13")
def test_a_cover_comes_back_by_itself(house: House) -> None:
    client, other = house.client("ines"), house.client("yuki")
    order = {
        "to": [{"associate_id": house.id("marc")}],
        "clients": [client.removeprefix("/clients/"), other.removeprefix("/clients/"), str(NOBODY)],
        "since": "2026-03-01",
        "until": "2026-03-14",
        "cause": "away",
        "remark": "On leave",
    }
    with house.as_("boss", Role.MANAGER) as manager:
        house.last = ok(manager.post(f"/associates/{house.id('ines')}/reassignments", json=order))
    assert house.last.json()["moved"] == 1
    assert house.last.json()["left_alone"] == [{"code": "affiliation.not_serving", "clients": 2}]
    house.last = ok(
        house.office.put(f"{client}/primary-associate", json={"associate_id": house.id("ines"), "since": "2031-01-01"})
    )
    assert house.serving(client, "2026-02-28") == house.serving(client, "2026-03-15") == (["ines"], "ines")
    assert house.serving(client, "2026-03-01") == house.serving(client, "2026-03-14") == (["marc"], "marc")
    [covered] = house.book("marc", on="2026-03-07")
    assert (covered["primary"], covered["affiliations"][0]["covers"]) == (True, house.id("ines"))


@pytest.mark.feature("CS-62")
def test_a_book_is_for_herself_her_stores_managers_and_head_office(house: House) -> None:
    house.client("ines")
    book = f"/associates/{house.id('ines')}/book"
    house.read(book)
    for who, role, where, status in [
        ("ines", Role.ASSOCIATE, None, 200),
        ("boss", Role.MANAGER, None, 200),
        ("boss", Role.MANAGER, "elsewhere", 404),
        ("marc", Role.ASSOCIATE, None, 404),
        ("auditor", Role.AUDITOR, None, 404),
    ]:
        with house.as_(who, role, where) as caller:
            answer = caller.get(book)
            assert answer.status_code == status, (who, answer.text)
            order = {"to": [{"associate_id": house.id("yuki")}], "clients": [], "since": "2026-03-01", "cause": "other"}
            asked = caller.post(f"/associates/{house.id('ines')}/reassignments", json=order)
            assert asked.status_code == {404: 404, 200: 201}[status] if role is Role.MANAGER else 403
    assert house.office.get("/associates/nobody/book").status_code == 404


def test_a_book_is_paged_by_name(house: House) -> None:
    for _ in range(5):
        house.client("ines")
    walked: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = house.read(f"/associates/{house.id('ines')}/book", limit=2, **cursor)
        walked += [each["client_id"] for each in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert page["next_cursor"] is None
    assert len(set(walked)) == len(walked) == 5


@pytest.mark.feature("CS-33", "X-40")
def test_where_a_client_shops_and_which_is_her_home_store(house: House, office: httpx.Client) -> None:
    client = ok(office.post("/clients", json={"name": {"family": "Leclerc"}, "store_id": house.store})).headers[
        "Location"
    ]
    house.last = ok(office.put(f"{client}/name", json={"family": "Leclercq"}))
    assert house.read(f"{client}/stores") == {"home_store_id": house.store, "items": []}
    line = {"sku": "G-06", "description": "Glass", "quantity": 1, "unit_price": "33.50"}
    postage = {**line, "moves_goods": False}
    for at, where, what in [
        ("2025-11-01", "rome-1", line),
        ("2025-12-01", "rome-1", line),
        ("2026-01-01", "osaka", line),
        ("2026-02-01", "osaka", line),
        ("2026-02-02", "rome-1", postage),
        ("2019-01-01", "london-1", line),
    ]:
        sale: dict[str, object] = {
            "reference": {"source": "till", "number": str(new_id())},
            "store_id": where,
            "occurred_at": f"{at}T12:00:00Z",
        }
        sale |= {"currency": "EUR", "client_id": client.removeprefix("/clients/"), "lines": [what]}
        house.last = ok(office.post("/sales", json=sale))
    shopped = house.read(f"{client}/stores")
    assert [(each["store_id"], each["sales"]) for each in shopped["items"]] == [
        ("osaka", 2),
        ("rome-1", 2),
        ("london-1", 1),
    ]
    assert shopped["home_store_id"] == "osaka"
    [only] = house.read(f"{client}/stores", **{"from": "2026-01-15T00:00:00Z"})["items"]
    assert only["store_id"] == "osaka"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/regions", {"id": "a b", "name": "x"}, "id"),
        ("POST", "/stores", store("x", time_zone="Paris"), "time_zone"),
        ("POST", "/stores", store("x", country="France"), "country"),
        ("POST", "/stores", store("x", region_id="nowhere"), "region_id"),
        ("POST", "/stores", store("a/b"), "id"),
        ("POST", "/associates", person("x", "nowhere"), "store_id"),
        ("POST", "/associates", person("x", None, role="queen"), "role"),
        ("POST", "/associates", person("x", None, since="yesterday"), "since"),
        ("POST", "/stores/nowhere/closing", {"on": "2026-01-01"}, "store_id"),
        ("PUT", "/stores/nowhere/region", {"region_id": None}, "store_id"),
        ("PUT", "/associates/nobody/store", {"store_id": None, "since": "2026-01-01"}, "associate_id"),
        ("PUT", "/associates/nobody/role", {"role": "manager", "since": "2026-01-01"}, "associate_id"),
        ("POST", "/associates/nobody/leaving", {"on": "2026-01-01"}, "associate_id"),
        ("POST", f"/clients/{NOBODY}/affiliations", {}, "client_id"),
        ("POST", "{client}/affiliations", {"categories": []}, "categories"),
        ("POST", "{client}/affiliations", {"categories": ["a"], "except_categories": ["b"]}, "except_categories"),
        ("POST", "{client}/affiliations", {"since": "2026-02-01", "until": "2026-01-31"}, "until"),
        ("POST", "{client}/affiliations", {"associate_id": "ines", "prime": True}, "prime"),
        ("POST", "{client}/affiliations/" + str(NOBODY) + "/ending", {"until": "2026-01-31"}, "affiliation_id"),
        ("PUT", "{client}/affiliations/" + str(NOBODY), {}, "affiliation_id"),
        ("DELETE", "{client}/affiliations/" + str(NOBODY), None, "affiliation_id"),
        ("PUT", "{client}/primary-associate", {"associate_id": "stranger"}, "associate_id"),
        ("PUT", "{client}/primary-associate", {"associate_id": None}, "associate_id"),
        ("POST", "/associates/ines/reassignments", ordered(), "to"),
        ("POST", "/associates/ines/reassignments", ordered("nobody"), "to.0.associate_id"),
        ("POST", "/associates/ines/reassignments", ordered("{ines}", until="2026-02-28"), "until"),
        ("POST", "/associates/ines/reassignments", ordered("{ines}", cause="boredom"), "cause"),
        ("POST", "/associates/ines/reassignments", ordered(to=[NAMED], clients=[]), "clients"),
        ("GET", "{client}/associates?on=someday", None, "on"),
        ("GET", "{client}/stores?form=2026-01-01", None, "form"),
        ("GET", "/associates/ines/book?limit=0", None, "limit"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field(house: House, method: str, path: str, body: Any, field: str) -> None:
    client = ok(house.office.post("/clients", json={"name": {"family": "Leclerc"}})).headers["Location"]
    if isinstance(body, dict) and "to" in body:
        body = {
            **body,
            "to": [
                {**each, "associate_id": each["associate_id"].replace("{ines}", house.id("ines"))}
                for each in body["to"]
            ],
        }
    answer = house.office.request(method, path.replace("{client}", client), json=body)
    problem = answer.json()
    fields = [error["field"] for error in problem.get("errors", [])] or [problem.get("field")]
    assert answer.status_code in (404, 409, 422), answer.text
    assert field in fields, problem
