"""The example house over HTTP: three generations of a family, a widower, notes of several associates, and a book that
changed hands."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

import httpx
import pytest

from domain.access import Caller, Role
from domain.client.facts import Reference
from domain.client.registration import client_id
from infra.demo.circles import SEALED
from infra.demo.load import load
from infra.demo.service import AWAY, LEFT
from infra.demo.telling import SOURCE
from infra.status import wait_for
from infra.wiring import request
from tests.support.postgres import Databases
from tests.support.running import CALLERS, Running, running

# In the house of this seed the first family is three women and a husband, and the wife of the second is its first.
SEED: Final = 8
CLIENTS: Final = 24
MOTHER, HUSBAND, DAUGHTER, GRANDMOTHER = "8-0-1", "8-0-2", "8-0-3", "8-0-4"
WIFE, WIDOWER = "8-1-1", "8-1-2"
ON: Final = {"on": "2026-11-01"}
ALWAYS: Final = {"from": "2025-01-01", "to": "2027-12-31"}


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("example-house")
    with ExitStack() as used, running(lambda: used.enter_context(databases.fresh()), home) as found:
        load(found.house.ports, lambda: request(Caller("demo", Role.HEAD_OFFICE)), CLIENTS, SEED)
        _settled(found)
        yield found


def _settled(house: Running) -> None:
    """Until every read model knows what the log knows now."""
    _, in_time = wait_for(house.house, 60)
    assert in_time


def client(number: str) -> str:
    return str(client_id(Reference(SOURCE, number)))


def paris(who: str, role: Role = Role.ASSOCIATE) -> Caller:
    return Caller(f"paris-1.{who}", role, "paris-1")


MANAGER: Final = paris("manager", Role.MANAGER)


@pytest.fixture
def asked(house: Running) -> Iterator[Callable[..., Any]]:
    """Asks as somebody, by default the manager in Paris; the answer's body."""
    with httpx.Client(base_url=house.url, timeout=60) as http:

        def ask(path: str, who: Caller = MANAGER, **params: Any) -> Any:
            answer = http.get(path, params=params, headers={"Authorization": f"Bearer {house.token(who)}"})
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield ask


@pytest.mark.feature("CS-07", "CS-08", "CS-32", "CS-44")
def test_three_generations_are_seen_from_every_side(asked: Callable[..., Any]) -> None:
    women = {client(number): number for number in (MOTHER, DAUGHTER, GRANDMOTHER)}
    seen = {
        number: {
            women[each["client_id"]]: (each["relation"], each["reverse"])
            for each in asked(f"/clients/{id}")["family"]
            if each["client_id"] in women
        }
        for id, number in women.items()
    }

    assert seen == {
        MOTHER: {DAUGHTER: ("daughter", "mother"), GRANDMOTHER: ("mother", "daughter")},
        DAUGHTER: {MOTHER: ("mother", "daughter"), GRANDMOTHER: ("grandmother", "granddaughter")},
        GRANDMOTHER: {MOTHER: ("daughter", "mother"), DAUGHTER: ("granddaughter", "grandmother")},
    }
    days = asked(f"/clients/{client(GRANDMOTHER)}/occasions", **ALWAYS)["items"]
    leap = [each["day"] for each in days if (each["relation"], each["name"]) == ("granddaughter", "birthday")]
    assert leap == ["2025-02-28", "2026-02-28", "2027-02-28"]


@pytest.mark.feature("CS-10", "CS-13")
def test_the_till_says_what_a_husband_gave_in_earlier_years(asked: Callable[..., Any]) -> None:
    found = asked(f"/clients/{client(HUSBAND)}/gift-occasions", on="2027-02-20")["items"]
    [day] = [each for each in found if (each["client_id"], each["name"]) == (client(MOTHER), "birthday")]

    assert (day["relation"], day["day"], day["days"]) == ("wife", "2027-03-10", 18)
    birthdays = [each["occasion"]["day"] for each in day["given"] if each["same_occasion"]]
    assert birthdays == ["2026-03-10", "2025-03-10", "2024-03-10"]
    assert len(day["given"]) > len(birthdays), "at Christmas he gave her something, too"
    gifts = asked(f"/clients/{client(MOTHER)}/gifts", direction="received", occasion="birthday")["items"]
    assert all(each["bought"] is None for each in gifts)
    assert {each["givers"][0]["client_id"] for each in gifts} >= {client(HUSBAND), client(DAUGHTER)}


@pytest.mark.feature("CS-14", "CS-16", "CS-17", "CS-18", "CS-22", "CS-23")
def test_a_profile_shows_the_designers_and_the_club(asked: Callable[..., Any]) -> None:
    hers = {each["kind"]: each for each in asked(f"/clients/{client(MOTHER)}")["organizations"]}

    assert (hers["designer"]["tie"], hers["designer"]["world"]) == ("interest", "women")
    assert hers["club"]["tie"] == "belonging"
    assert hers["designer"]["name"] in [
        each["name"] for each in asked("/organizations", kind="designer", world="women")["items"]
    ]


@pytest.mark.feature("CS-04", "CS-05", "CS-45")
def test_what_is_noted_for_oneself_shows_to_nobody_else(house: Running, asked: Callable[..., Any]) -> None:
    everybody = [client(f"{SEED}-{at}-1") for at in range(8)]
    for who in (CALLERS[role] for role in (Role.ASSOCIATE, Role.HEAD_OFFICE, Role.AUDITOR)):
        for id in everybody:
            told = "".join(answer.text for answer in file_of(house, id, who))
            assert [text for text in SEALED if text in told] == []

    profile = asked(f"/clients/{client(MOTHER)}")
    mine = asked(f"/clients/{client(MOTHER)}", Caller(profile["primary"], Role.ASSOCIATE, "paris-1"))
    assert {each["privacy"] for each in profile["notes"]} == {"open"}
    assert "private" in {each["privacy"] for each in mine["notes"]}
    assert any(each["text"] in SEALED for each in mine["notes"])


@pytest.mark.feature("CS-32")
def test_nothing_reminds_a_widower_of_his_wife(house: Running, asked: Callable[..., Any]) -> None:
    widower = asked(f"/clients/{client(WIDOWER)}")
    wife = asked(f"/clients/{client(WIFE)}")
    [late] = [each for each in widower["family"] if each["client_id"] == client(WIFE)]
    name = wife["name"]["given"]

    assert (late["relation"], late["died"], late["in_force"]) == ("wife", True, True), "he is widowed, not divorced"
    assert (late["occasions"], late["addresses"], late["unknown_feasts"]) == ([], [], [])
    assert (wife["died"], wife["card_salutation"]) == (True, None)
    assert widower["card_salutation"] == widower["salutation"]
    for who in (MANAGER, CALLERS[Role.ASSOCIATE], CALLERS[Role.AUDITOR]):
        for answer in file_of(house, client(WIDOWER), who):
            if answer.url.path.endswith(("/history", "/gifts")):
                continue  # what was recorded stays as it was; so does what was given
            for said in without_links(answer.json()):
                assert name not in said, answer.url
                assert client(WIFE) not in said, answer.url


@pytest.mark.feature("CS-01", "CS-62", "X-39", "N-13")
def test_a_client_who_was_reassigned_reads_right_on_every_day(asked: Callable[..., Any]) -> None:
    def book(who: str, on: str) -> set[str]:
        return {each["client_id"] for each in asked(f"/associates/{who}/book", on=on, limit=200)["items"]}

    given = book(LEFT.giver, "2026-02-28") & book(AWAY.giver, "2026-03-01")
    assert given
    for id in given:
        primary = {
            on: asked(f"/clients/{id}/associates", on=on)["primary"]
            for on in ("2025-06-01", "2026-02-28", "2026-03-01", "2026-07-05", "2026-07-06", "2026-07-26", "2026-07-27")
        }
        [stands_in] = AWAY.takers
        assert list(primary.values()) == [LEFT.giver] * 2 + [AWAY.giver] * 2 + [stands_in] * 2 + [AWAY.giver]
        assert id in book(stands_in, "2026-07-06") - book(AWAY.giver, "2026-07-06")
        assert id in book(AWAY.giver, "2026-07-27") - book(LEFT.giver, "2026-07-27")
        during = asked(f"/clients/{id}/associates", on="2026-07-10")["items"]
        assert AWAY.giver in [each["covers"] for each in during if each["associate_id"] == stands_in]
    assert book(LEFT.giver, "2026-03-01") == set()


@pytest.mark.feature("BO-07")
def test_a_child_who_becomes_a_client_keeps_what_was_known(house: Running, asked: Callable[..., Any]) -> None:
    parent, child = next(
        (id, each)
        for who in asked("/associates", store_id="paris-1", limit=200)["items"]
        for id in (each["client_id"] for each in asked(f"/associates/{who['associate_id']}/book", **ON)["items"])
        for each in asked(f"/clients/{id}/family", **ON)["items"]
        if not each["sees_file"] and "birthday" in {day["name"] for day in each["occasions"]}
    )
    here = f"/clients/{child['client_id']}"
    with house.client() as associate:
        assert associate.get(here).status_code == 404
        taken_up = associate.put(f"{here}/registration", json={})
        assert taken_up.status_code == 200, taken_up.text
        position = {"Carnet-Position": taken_up.headers["Carnet-Position"]}
        profile = associate.get(here, headers=position).json()

    assert profile["name"] == child["name"]
    assert [each["kind"] for each in profile["dates"]] == ["birthday"]
    [known] = [each for each in profile["family"] if each["client_id"] == parent]
    assert (known["relation"], known["reverse"], known["since"]) == (
        child["reverse"],
        child["relation"],
        child["since"],
    )
    [now] = [each for each in asked(f"/clients/{parent}/family", **ON)["items"] if each["link_id"] == child["link_id"]]
    assert now == {**child, "sees_file": True}


def file_of(house: Running, id: str, who: Caller) -> Iterator[httpx.Response]:
    """What each route answers that only reads and asks for a client, and for her notes and sales."""
    headers = {"Authorization": f"Bearer {house.token(who)}"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=60) as http:
        paths = http.get("/openapi.json").json()["paths"]
        routes = [path for path, methods in paths.items() if "get" in methods]
        for path in (path for path in routes if path.startswith("/clients/{client_id}")):
            things = [""]
            if "{note_id}" in path:
                things = [each["note_id"] for each in http.get(f"/clients/{id}/notes").json()["items"]]
            for thing in things:
                params = ALWAYS if path.endswith("/occasions") else {}
                yield _read(http, path.format(client_id=id, note_id=thing), params, who)
        for sale in http.get(f"/clients/{id}/purchases").json()["items"]:
            yield _read(http, f"/sales/{sale['sale_id']}", {}, who)


def _read(http: httpx.Client, path: str, params: dict[str, str], who: Caller) -> httpx.Response:
    answer = http.get(path, params=params)
    auditors = path.endswith("/history") and who.role is not Role.AUDITOR
    assert answer.status_code == (403 if auditors else 200), answer.text
    return answer


def without_links(answer: Any) -> Iterator[str]:
    """Every value, but for what says that two people are linked: a fact, which names her as dead or as of a day gone
    by."""
    if isinstance(answer, dict):
        if not (answer.get("died") or answer.get("kind", "").startswith("link")):
            for value in answer.values():
                yield from without_links(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from without_links(value)
    else:
        yield str(answer)
