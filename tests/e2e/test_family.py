"""A client's family over HTTP: three generations, a widower, a divorce, and a gift that goes to a known address."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

NOBODY = UUID(int=1)
ON = {"on": "2026-03-02"}


def made(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def registered(associate: httpx.Client, given: str) -> str:
    return made(associate.post("/clients", json={"name": {"family": "Roux", "given": given, "title": "Mme"}}))


def linked(associate: httpx.Client, client_id: str, relation: str, **other: Any) -> httpx.Response:
    answer = associate.post(f"/clients/{client_id}/family", json={"relation": relation, **other})
    assert answer.status_code == 201, answer.text
    return answer


def person(given: str, **more: Any) -> dict[str, Any]:
    return {"person": {"name": {"family": "Roux", "given": given}, **more}}


def family(associate: httpx.Client, client_id: str, seen: httpx.Response, **asked: Any) -> dict[str, Any]:
    answer = associate.get(f"/clients/{client_id}/family", params={**ON, **asked}, headers=since(seen))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def since(seen: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": seen.headers["Carnet-Position"]}


def names(answer: dict[str, Any]) -> dict[str, str]:
    return {each["name"]["given"]: each["relation"] for each in answer["items"]}


def sale(client_id: str | None, **other: Any) -> dict[str, Any]:
    return {
        "reference": {"source": "till", "number": uuid4().hex},
        "occurred_at": "2026-03-02T15:00:00+01:00",
        "currency": "EUR",
        "client_id": client_id,
        "lines": [{"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "5200.00"}],
        **other,
    }


def named(answer: httpx.Response, status: int, field: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert field in ([error["field"] for error in problem.get("errors", [])] or [problem["field"]]), problem


@pytest.mark.feature("CS-07")
@pytest.mark.feature("CS-08")
@pytest.mark.feature("CS-32")
@pytest.mark.feature("BO-07")
def test_three_generations_see_each_other_from_every_side(carnet: Running) -> None:
    with carnet.client() as associate:
        colette, anne = registered(associate, "Colette"), registered(associate, "Anne")
        linked(associate, anne, "mother", reverse="daughter", other_id=colette, since="1970-05-01")
        born = {"birthday": {"month": 2, "day": 29, "year": 2004}}
        last = linked(associate, anne, "daughter", reverse="mother", **person("Zoë", **born), since="2004-02-29")
        hers = family(associate, anne, last)
        zoe = next(each for each in hers["items"] if each["relation"] == "daughter")
        last = linked(associate, colette, "granddaughter", other_id=zoe["client_id"])

        assert names(hers) == {"Colette": "mother", "Zoë": "daughter"}
        assert names(family(associate, colette, last)) == {"Anne": "daughter", "Zoë": "granddaughter"}
        assert (zoe["reverse"], zoe["since"], zoe["sees_file"]) == ("mother", "2004-02-29", False)
        birthday = next(each for each in zoe["occasions"] if each["name"] == "birthday")
        assert (birthday["day"], birthday["years"]) == ("2027-02-28", 23)

        # Whom the house knows only through a client has no file of her own.
        assert associate.get(f"/clients/{zoe['client_id']}").status_code == 404
        named(associate.get(f"/clients/{zoe['client_id']}/family"), 404, "client_id")


@pytest.mark.feature("CS-32")
def test_a_widower_is_not_reminded_of_his_wife(carnet: Running) -> None:
    with carnet.client() as associate:
        paul, anne = registered(associate, "Paul"), registered(associate, "Anne")
        address = {"country": "FR", "city": "Paris"}
        associate.post(f"/clients/{anne}/addresses", json=address)
        associate.post(f"/clients/{anne}/dates", json={"kind": "birthday", "day": {"month": 4, "day": 2}})
        marriage = linked(associate, paul, "wife", reverse="husband", other_id=anne, since="1999-06-12")
        path = marriage.headers["Location"]
        wedding = {"kind": "wedding", "day": {"month": 6, "day": 12, "year": 1999}}
        associate.put(f"{path}/anniversary", json=wedding)
        associate.put(f"/clients/{paul}/salutation", json={"salutation": "Cher Paul"})
        seen = associate.put(f"{path}/salutation", json={"salutation": "M. et Mme Roux"})
        together = family(associate, paul, seen)
        [wife] = together["items"]
        assert together["salutation"] == "M. et Mme Roux"
        occasions = {each["name"]: each["day"] for each in wife["occasions"]}
        assert (
            occasions.items() >= {"birthday": "2026-04-02", "wedding": "2026-06-12", "christmas": "2026-12-25"}.items()
        )
        assert [each["city"] for each in wife["addresses"]] == ["Paris"]
        [husband] = family(associate, anne, seen)["items"]
        assert [each["day"] for each in husband["occasions"] if each["name"] == "wedding"] == ["2026-06-12"]

        seen = associate.put(f"/clients/{anne}/death", json={"on": "2026-02-20"})
        alone = family(associate, paul, seen)
        [late] = alone["items"]
        assert (late["died"], late["occasions"], late["addresses"]) == (True, [], [])
        assert alone["salutation"] == "Cher Paul"
        for client in (paul, anne):
            days = associate.get(f"/clients/{client}/occasions", params={"from": "2026-03-02", "to": "2027-03-02"})
            assert days.json()["items"] == []
        named(
            associate.post(
                "/sales",
                json=sale(
                    paul, deliver_to={"link_id": late["link_id"], "address_id": wife["addresses"][0]["address_id"]}
                ),
            ),
            422,
            "deliver_to.link_id",
        )


@pytest.mark.feature("N-03")
def test_a_divorce_ends_what_they_had_in_common_and_a_second_marriage_begins_anew(carnet: Running) -> None:
    with carnet.client() as associate:
        paul, anne = registered(associate, "Paul"), registered(associate, "Anne")
        first = linked(associate, paul, "wife", other_id=anne, since="1999-06-12")
        link, version = first.headers["Location"], first.headers["ETag"]
        wedding = {"kind": "wedding", "day": {"month": 6, "day": 12}}
        assert associate.put(f"{link}/anniversary", json=wedding, headers={"If-Match": version}).status_code == 200
        assert linked(associate, anne, "spouse", reverse="wife", other_id=paul).headers["ETag"] == '"2"'
        seen = associate.post(f"{link}/ending", json={"reason": "divorce", "until": "2020-03-01"})
        assert seen.status_code == 200, seen.text
        named(associate.put(f"{link}/anniversary", json=wedding), 422, "link_id")

        assert family(associate, paul, seen)["items"] == []
        assert names(family(associate, paul, seen, on="2020-03-01")) == {"Anne": "wife"}
        [ended] = family(associate, anne, seen, all="true")["items"]
        assert (ended["relation"], ended["until"], ended["in_force"]) == ("spouse", "2020-03-01", False)
        assert (ended["occasions"], ended["reason"]) == ([], "divorce")
        assert ended["begun_at"] < ended["ended_at"], "when it was recorded is another matter than when it held"

        seen = linked(associate, paul, "wife", other_id=anne, since="2025-05-04")
        assert seen.headers["Location"] == link
        both = family(associate, paul, seen, all="true")["items"]
        assert [(each["term"], each["since"], each["in_force"]) for each in both] == [
            (1, "1999-06-12", False),
            (2, "2025-05-04", True),
        ]
        assert "wedding" not in {each["name"] for each in both[1]["occasions"]}
        seen = associate.post(f"{link}/ending", json={"reason": "recorded_in_error"})
        assert [each["term"] for each in family(associate, anne, seen, all="true")["items"]] == [1]


@pytest.mark.feature("CS-09")
def test_of_whose_file_nobody_can_open_a_sale_shows_the_city_only(carnet: Running) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        [zoe] = family(associate, anne, linked(associate, anne, "daughter", **person("Zoë")))["items"]
        home = {"country": "FR", "city": "Lyon", "lines": ["1 rue"], "postal_code": "69001"}
        address = made(associate.post(f"/clients/{zoe['client_id']}/addresses", json=home))
        to = {"link_id": zoe["link_id"], "address_id": address}
        sold = associate.post("/sales", json=sale(anne, deliver_to=to))
        sent = associate.get(f"/sales/{made(sold)}", headers=since(sold)).json()["delivery"]
        assert (sent["recipient_id"], sent["city"], sent["country"]) == (zoe["client_id"], "Lyon", "FR")
        assert (sent["lines"], sent["postal_code"]) == (None, None)


def test_a_command_sent_twice_notes_one_person(carnet: Running) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        body = {"relation": "friend", **person("Zoë")}
        key = {"Idempotency-Key": uuid4().hex}
        first, again = (associate.post(f"/clients/{anne}/family", json=body, headers=key) for _ in "12")
        assert made(first) == made(again)
        assert len(family(associate, anne, again)["items"]) == 1


@pytest.mark.feature("CS-08")
def test_the_house_adds_kinds_of_its_own(carnet: Running) -> None:
    words = {"circle": "work", "words": ["Dressmaker"], "reverse_words": ["patron"]}
    with carnet.client() as associate, carnet.client(Role.HEAD_OFFICE) as head_office:
        assert associate.post("/relation-kinds", json=words).json()["code"] == "caller.not_allowed"
        first, again = (head_office.post("/relation-kinds", json=words) for _ in "12")
        assert made(first) == made(again)
        named(head_office.post("/relation-kinds", json={**words, "words": ["wife"]}), 409, "words")
        kinds = associate.get("/relation-kinds", headers=since(again)).json()["items"]
        assert {each["code"]: each["own"] for each in kinds}.items() >= {
            "dressmaker-patron": True,
            "spouse": False,
        }.items()

        anne = registered(associate, "Anne")
        seen = linked(associate, anne, "dressmaker", **person("Zoë"))
        assert names(family(associate, anne, seen)) == {"Zoë": "dressmaker"}


@pytest.mark.feature("CS-09")
def test_a_purchase_is_sent_to_a_linked_persons_address_by_the_ids_alone(carnet: Running) -> None:
    with carnet.client() as associate:
        paul, anne, eve = (registered(associate, given) for given in ("Paul", "Anne", "Eve"))
        home = {"country": "FR", "city": "Lyon", "lines": ["1 rue"], "postal_code": "69001", "since": "2020-01-01"}
        made(associate.post(f"/clients/{anne}/addresses", json=home))
        own = made(associate.post(f"/clients/{paul}/addresses", json={"country": "FR", "city": "Paris"}))
        old = {"country": "FR", "city": "Nice", "until": "2019-12-31"}
        former = made(associate.post(f"/clients/{anne}/addresses", json=old))
        others = made(linked(associate, eve, "sister", other_id=anne))
        seen = linked(associate, paul, "wife", other_id=anne, since="2021-05-01")
        [wife] = family(associate, paul, seen)["items"]
        [known] = wife["addresses"]
        assert known == {"address_id": known["address_id"], "type": "home", "city": "Lyon"}

        to = {"link_id": wife["link_id"], "address_id": known["address_id"]}
        body = sale(paul, deliver_to=to)
        sold = associate.post("/sales", json=body)
        assert made(associate.post("/sales", json=body)) == made(sold)
        shown = associate.get(sold.headers["Location"], headers=since(sold)).json()
        assert shown["delivery"] == {
            "recipient_id": anne,
            **to,
            "lines": ["1 rue"],
            "postal_code": "69001",
            "city": "Lyon",
            "region": None,
            "country": "FR",
        }
        place = f"{sold.headers['Location']}/delivery"
        assert associate.put(place, json={"address_id": own}).json()["version"] == 3
        assert associate.put(place, json={"address_id": own}).json()["version"] == 3
        assert made(associate.post("/sales", json=body)) == made(sold), "sent again, wherever it was sent since"

        named(
            associate.post("/sales", json={**body, "deliver_to": {"address_id": former}}), 409, "deliver_to.address_id"
        )
        for status, field, client_id, wrong in (
            (422, "address_id", paul, {**to, "address_id": former}),
            (404, "address_id", paul, {**to, "address_id": own}),
            (404, "address_id", paul, {"address_id": known["address_id"]}),
            (404, "link_id", paul, {**to, "link_id": others}),
            (404, "link_id", paul, {**to, "link_id": str(NOBODY)}),
            (422, "address_id", None, {"address_id": own}),
        ):
            named(associate.post("/sales", json=sale(client_id, deliver_to=wrong)), status, f"deliver_to.{field}")
        earlier = sale(paul, deliver_to=to, occurred_at="2021-04-30T12:00:00Z")
        named(associate.post("/sales", json=earlier), 422, "deliver_to.link_id")
        named(associate.put(f"/sales/{NOBODY}/delivery", json=to), 404, "sale_id")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "relation"),
        ({"relation": "nemesis", "other_id": str(NOBODY)}, 422, "relation"),
        ({"relation": "wife"}, 422, "other_id"),
        ({"relation": "wife", "other_id": str(NOBODY), **person("Zoë")}, 422, "other_id"),
        ({"relation": "wife", "other_id": str(NOBODY)}, 404, "other_id"),
        ({"relation": "wife", "reverse": "son", **person("Zoë")}, 422, "reverse"),
        ({"relation": "wife", "other_id": "zoë"}, 422, "other_id"),
        ({"relation": "wife", "person": {"name": {"given": "Zoë"}}}, 422, "person.name.family"),
        ({"relation": "wife", **person("Zoë", birthday={"month": 2, "day": 30})}, 422, "person.birthday"),
        ({"relation": "wife", **person("Zoë", birthday={"month": 13})}, 422, "person.birthday.month"),
        ({"relation": "wife", **person("Zoë"), "since": "2026-02-30"}, 422, "since"),
        ({"relation": "wife", **person("Zoë"), "vip": True}, 422, "vip"),
    ],
)
def test_a_link_that_cannot_be(carnet: Running, body: Any, status: int, field: str) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        named(associate.post(f"/clients/{anne}/family", json=body), status, field)


def test_a_link_that_is_not_there_or_of_one_alone(carnet: Running) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        named(associate.post(f"/clients/{anne}/family", json={"relation": "wife", "other_id": anne}), 422, "other_id")
        body = {"relation": "friend", **person("Zoë")}
        named(associate.post(f"/clients/{NOBODY}/family", json=body), 404, "client_id")
        named(associate.post(f"/links/{NOBODY}/ending", json={}), 404, "link_id")
        named(associate.put(f"/links/{NOBODY}/anniversary", json={"kind": "wedding", "day": None}), 404, "link_id")
        named(associate.put(f"/links/{NOBODY}/salutation", json={"salutation": None}), 404, "link_id")
        link = linked(associate, anne, "friend", **person("Zoë"), since="2020-01-01").headers["Location"]
        named(associate.post(f"{link}/ending", json={"reason": "bored"}), 422, "reason")
        named(associate.post(f"{link}/ending", json={"until": "2019-12-31"}), 422, "until")
        named(associate.post(f"{link}/ending", json={"term": 2}), 422, "term")
        named(associate.put(f"{link}/salutation", json={"salutation": "Both"}), 422, "link_id")
        named(
            associate.put(f"{link}/anniversary", json={"kind": "wedding", "day": {"month": 6, "day": 31}}), 422, "day"
        )


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("family", {"on": "today"}, "on"),
        ("family", {"on": "0001-01-01"}, "on"),
        ("family", {"on": "9999-12-31"}, "on"),
        ("family", {"all": "perhaps"}, "all"),
        ("family", {"from": "2026-01-01"}, "from"),
        ("occasions", {"from": "2026-02-30"}, "from"),
        ("occasions", {"from": "9999-12-31"}, "from"),
        ("occasions", {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ("occasions", {"from": "2026-03-02", "to": "2036-03-02"}, "to"),
    ],
)
def test_a_day_that_cannot_be_asked_for(carnet: Running, path: str, asked: dict[str, str], field: str) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        named(associate.get(f"/clients/{anne}/{path}", params=asked), 422, field)


@pytest.mark.feature("CS-44")
def test_the_occasions_of_a_client_are_hers_and_those_of_her_family_in_order(carnet: Running) -> None:
    with carnet.client() as associate:
        anne = registered(associate, "Anne")
        associate.post(f"/clients/{anne}/addresses", json={"country": "FR"})
        associate.post(f"/clients/{anne}/dates", json={"kind": "birthday", "day": {"month": 6, "day": 1}})
        seen = linked(associate, anne, "mother", **person("Colette", birthday={"month": 5, "day": 1, "year": 1940}))
        asked = {"from": "2026-04-15", "to": "2026-06-30"}
        answer = associate.get(f"/clients/{anne}/occasions", params=asked, headers=since(seen)).json()

        assert (answer["from"], answer["to"], answer["unknown_feasts"]) == (*asked.values(), [])
        assert [(each["day"], each["name"], each["relation"]) for each in answer["items"]] == [
            ("2026-05-01", "birthday", "mother"),
            ("2026-05-31", "mothers-day", "mother"),
            ("2026-06-01", "birthday", None),
        ]
        assert answer["items"][0]["years"] == 86


def test_somebody_who_is_no_client_has_no_file_by_any_route(carnet: Running) -> None:
    with carnet.client(Role.HEAD_OFFICE) as head_office:
        anne = registered(head_office, "Anne")
        noted = linked(head_office, anne, "daughter", **person("Zoë"), since="2004-02-29")
        [zoe] = [each["client_id"] for each in family(head_office, anne, noted)["items"]]
        described = head_office.get("/openapi.json").json()["paths"]
        routes = [path for path, methods in described.items() if _asks_for_a_file(path, methods)]
        assert len(routes) > 15
        for route in routes:
            hers = head_office.get(route.format(client_id=anne))
            assert hers.status_code in {200, 403}, (route, hers.text)
            if hers.status_code == 200:
                assert head_office.get(route.format(client_id=zoe)).status_code == 404, route


def _asks_for_a_file(path: str, methods: dict[str, Any]) -> bool:
    if "get" not in methods or not path.startswith("/clients/{client_id}") or path.count("{") > 1:
        return False
    return not any(each["required"] for each in methods["get"]["parameters"] if each["in"] == "query")
