"""A client's profile and timeline over HTTP: all that is known of her at once, and all that ever passed."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from queries.timeline.line import Kind
from tests.support.running import Running

NOBODY = UUID(int=1)


class Told:
    """A client, written down by an associate who tells what happened, one after the other."""

    def __init__(self, associate: httpx.Client) -> None:
        self.associate = associate
        self.path = self.post("/clients", {"name": {"family": "Leclerc", "given": "Anne"}}).headers["Location"]
        self.id = self.path.rpartition("/")[2]

    def post(self, path: str, body: Any = None) -> httpx.Response:
        self.last = self.associate.post(path, json=body)
        assert self.last.is_success, self.last.text
        return self.last

    def hers(self, what: str, body: Any = None) -> str:
        return str(self.post(f"{self.path}/{what}", body).json().get("id"))

    def bought(self, day: str, store_id: str = "paris-1") -> str:
        line = {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "5200.00"}
        body = {
            "reference": {"source": "till", "number": uuid4().hex},
            "store_id": store_id,
            "occurred_at": f"{day}T15:00:00+01:00",
            "currency": "EUR",
            "client_id": self.id,
            "lines": [line],
        }
        return str(self.post("/sales", body).json()["id"])

    def read(self, caller: httpx.Client, part: str = "", **asked: Any) -> httpx.Response:
        position = {"Carnet-Position": self.last.headers["Carnet-Position"]}
        answer = caller.get(f"{self.path}{part}", params=asked, headers=position)
        assert answer.status_code == 200, answer.text
        return answer

    def kinds(self, caller: httpx.Client, **asked: Any) -> list[str]:
        return [each["kind"] for each in self.read(caller, "/timeline", **asked).json()["items"]]


@pytest.fixture
def anne(carnet: Running) -> Any:
    with carnet.client() as associate:
        yield Told(associate)


@pytest.mark.feature("CS-32", "CS-33", "CS-45", "FL-C02", "FL-C03")
def test_a_profile_shows_all_that_is_known_of_her_at_once(carnet: Running, anne: Told) -> None:
    born = {"month": 2, "day": 29, "year": 2004}
    anne.hers(
        "family", {"relation": "daughter", "person": {"name": {"family": "Leclerc", "given": "Zoë"}, "birthday": born}}
    )
    anne.bought("2026-03-02")
    anne.hers("notes", {"text": "Prefers gold.", "privacy": "open"})
    private = anne.hers("notes", {"text": "In divorce.", "privacy": "private"})
    anne.hers("affiliations", {"associate_id": "associate-1", "store_id": "paris-1"})

    mine = anne.read(anne.associate)
    with carnet.client(Role.MANAGER) as manager:
        theirs = anne.read(manager)

    said = theirs.json()
    assert (said["registered_by"], said["store_id"]) == ("associate-1", "paris-1")
    assert said["registered_at"]
    [zoe] = said["family"]
    assert (zoe["name"]["given"], zoe["relation"]) == ("Zoë", "daughter")
    assert "birthday" in [each["name"] for each in zoe["occasions"]]
    assert [(each["store_id"], each["sales"]) for each in said["stores"]] == [("paris-1", 1)]
    assert [each["associate_id"] for each in said["associates"]] == ["associate-1"]
    assert [each["text"] for each in said["notes"]] == ["Prefers gold."]
    assert private not in theirs.text
    assert [each["text"] for each in mine.json()["notes"]] == ["In divorce.", "Prefers gold."]
    # It is about her own data: nothing of all this changed it.
    assert mine.headers["ETag"] == theirs.headers["ETag"] == '"1"'


@pytest.mark.feature("CS-32")
def test_of_the_dead_there_are_no_occasions_but_that_they_died(anne: Told) -> None:
    born = {"month": 5, "day": 1}
    anne.hers(
        "family", {"relation": "husband", "person": {"name": {"family": "Leclerc", "given": "Jean"}, "birthday": born}}
    )
    [jean] = anne.read(anne.associate).json()["family"]
    assert jean["occasions"]
    assert not jean["died"]

    put = anne.associate.put(f"/clients/{jean['client_id']}/death", json={"on": "2026-01-05"})
    assert put.is_success, put.text
    anne.last = put

    for dead in anne.read(anne.associate).json()["family"]:
        assert (dead["died"], dead["occasions"]) == (True, [])


@pytest.mark.feature("NJ-14")
def test_a_timeline_tells_what_passed_newest_first(carnet: Running, anne: Told) -> None:
    sold = anne.bought("2019-12-18")
    back = {"occurred_at": "2020-01-03T12:00:00+01:00", "lines": [{"ordinal": 1, "quantity": 1}]}
    anne.post(f"/sales/{sold}/returns", {"store_id": "paris-1", **back})
    anne.hers("addresses", {"country": "FR", "city": "Paris"})
    anne.hers(
        "family",
        {"relation": "mother", "person": {"name": {"family": "Roux", "given": "Colette"}}, "since": "1970-05-01"},
    )
    anne.hers("notes", {"text": "In divorce.", "privacy": "private"})

    with carnet.client(Role.MANAGER) as manager:
        theirs = anne.read(manager, "/timeline").json()["items"]
        assert [each["kind"] for each in theirs] == ["address-added", "taken-up", "return", "sale", "link-begun"]
        assert theirs[3]["id"] == theirs[2]["sale_id"] == sold
        assert [theirs[2]["net"], theirs[3]["net"], theirs[3]["what"]] == ["5200.00", "5200.00", ["Ring"]]
        assert (theirs[4]["at"], theirs[4]["relation"]) == ("1970-05-01T00:00:00+00:00", "mother")
        assert anne.kinds(manager, kind="note") == []
    assert anne.kinds(anne.associate, kind="note") == ["note"]
    assert anne.kinds(anne.associate, kind=["sale", "return"]) == ["return", "sale"]
    assert anne.kinds(anne.associate, **{"from": "2019-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z"}) == ["sale"]


@pytest.mark.feature("NJ-14")
def test_links_lead_from_page_to_page_of_the_kinds_asked_for(anne: Told) -> None:
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        anne.bought(day)
    anne.hers("notes", {"text": "Prefers gold.", "privacy": "open"})

    answer = anne.read(anne.associate, "/timeline", limit=2, kind=["sale", "taken-up"])
    walked = answer.json()["items"]
    while "next" in answer.links:
        answer = anne.associate.get(answer.links["next"]["url"])
        assert answer.status_code == 200, answer.text
        walked += answer.json()["items"]

    assert [each["kind"] for each in walked] == ["taken-up", "sale", "sale", "sale"]
    assert [each["at"][:10] for each in walked[1:]] == ["2026-03-03", "2026-03-02", "2026-03-01"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kind": "gossip"}, "kind.0"),
        ({"kind": ["sale"] * 99}, "kind"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02"}, "from"),
        ({"limit": 0}, "limit"),
        ({"cursor": "made-up"}, "cursor"),
        ({"kinds": "sale"}, "kinds"),
    ],
)
def test_what_cannot_be_asked_of_a_timeline_is_refused(anne: Told, asked: dict[str, Any], field: str) -> None:
    answer = anne.associate.get(f"{anne.path}/timeline", params=asked)

    assert answer.status_code == (400 if field == "cursor" else 422), answer.text
    said = answer.json()
    assert field in ([error["field"] for error in said.get("errors", [])] or [said["field"]]), said


@pytest.mark.parametrize("part", ["", "/timeline"])
def test_of_whom_nobody_knows_nothing_is_told(carnet: Running, part: str) -> None:
    with carnet.client() as associate:
        answer = associate.get(f"/clients/{NOBODY}{part}")
    assert (answer.status_code, answer.json()["code"]) == (404, "client.unknown")


def test_openapi_says_what_the_version_is_about_and_what_each_kind_of_line_holds(carnet: Running) -> None:
    document = httpx.get(f"{carnet.url}/openapi.json", timeout=60).json()
    etag = document["paths"]["/clients/{client_id}"]["get"]["responses"]["200"]["headers"]["ETag"]
    lines = document["components"]["schemas"]["Timeline"]["properties"]["items"]["items"]

    assert "own data" in etag["description"]
    assert lines["discriminator"]["mapping"].keys() == {*Kind}
