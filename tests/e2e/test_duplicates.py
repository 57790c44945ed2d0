"""Duplicates as people meet them: over HTTP before somebody is entered and in a book, and on the command line."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from domain.access import Caller, Role
from infra.cli import app
from infra.wiring import new_id
from tests.support.postgres import Databases
from tests.support.running import Running, running

ME = Caller("ines", Role.ASSOCIATE, "paris-1")


@pytest.fixture(scope="module")
def carnet(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A house of its own: over the whole of it, nobody else's clients are found."""
    with databases.fresh() as log, databases.fresh() as keys, databases.fresh() as read:
        urls = iter([log, keys, read])
        with running(lambda: next(urls), tmp_path_factory.mktemp("duplicates")) as found:
            yield found


@pytest.fixture(scope="module")
def pair(carnet: Running) -> tuple[list[str], str]:
    """Two clients with one phone and almost one name, whom I serve, one who is somebody else; and the last position."""
    with _as(carnet, ME) as me:
        ids, last = [], ""
        for given, family, phone in (
            ("Marie", "Dupont", "+33612345678"),
            ("Mary", "Dupond", "+33612345678"),
            ("Zoë", "Montgolfière", "+33142685300"),
        ):
            id = _done(me.post("/clients", json={"name": {"given": given, "family": family}})).json()["id"]
            _done(me.post(f"/clients/{id}/contact-points", json={"kind": "phone", "value": phone}))
            last = _done(me.post(f"/clients/{id}/affiliations", json={})).headers["Carnet-Position"]
            ids.append(id)
    return ids, last


def _as(carnet: Running, who: Caller) -> httpx.Client:
    return httpx.Client(base_url=carnet.url, headers={"Authorization": f"Bearer {carnet.token(who)}"}, timeout=60)


def _done(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


@pytest.mark.feature("X-41")
def test_before_she_is_entered_those_who_could_be_the_same_are_shown(
    carnet: Running, pair: tuple[list[str], str]
) -> None:
    (marie, mary, _), seen = pair
    entered = {
        "names": [{"given": "Marie", "family": "Dupont"}],
        "phones": [{"value": "06 12 34 56 78", "country": "FR"}],
    }
    with _as(carnet, ME) as me:
        found = _done(me.post("/clients/duplicates", json=entered, headers={"Carnet-Position": seen})).json()
        first, second = found["items"]
        assert (first["client_id"], first["resemblance"], second["client_id"]) == (marie, "likely", mary)
        assert first["reasons"] == [{"reason": "phone", "points": 5.0}, {"reason": "name", "points": 4.4}]
        assert first["points"] == 9.4 > second["points"]
        assert found["complete"]
        nobody = _done(me.post("/clients/duplicates", json={"emails": ["x@example.com"]})).json()
        assert nobody == {"items": [], "complete": True}
    with _as(carnet, Caller("crm", Role.SUBSCRIBER)) as other:
        assert other.post("/clients/duplicates", json=entered).status_code == 403


@pytest.mark.feature("X-41")
def test_the_pairs_of_a_book_are_for_who_sees_the_book(carnet: Running, pair: tuple[list[str], str]) -> None:
    (marie, mary, _), seen = pair
    path, headers = f"/associates/{ME.id}/book/duplicates", {"Carnet-Position": seen}
    with _as(carnet, ME) as me:
        found = _done(me.get(path, headers=headers)).json()
        [only] = found["items"]
        assert {each["client_id"] for each in only["clients"]} == {marie, mary}
        assert (only["resemblance"], found["complete"]) == ("likely", True)
        for query, field in (("limit=0", "limit"), ("most=1", "most")):
            refused = me.get(f"{path}?{query}")
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    with _as(carnet, Caller(f"other-{new_id()}", Role.ASSOCIATE, "paris-1")) as other:
        assert other.get(path, headers=headers).json()["field"] == "associate_id"


@pytest.mark.feature("X-41")
def test_the_command_line_prints_pairs_and_names_only_when_asked(carnet: Running, pair: tuple[list[str], str]) -> None:
    (marie, mary, _), seen = pair
    with _as(carnet, ME) as me:
        _done(me.get(f"/clients/{marie}", headers={"Carnet-Position": seen}))
    settings = carnet.house.settings

    def run(*arguments: str) -> Any:
        environment = {
            "CARNET_DATABASE_URL": settings.database_url,
            "CARNET_KEYS_URL": settings.keys_url,
            "CARNET_READ_URL": settings.read_url,
            "CARNET_HOME": str(settings.home),
        }
        done = CliRunner().invoke(app, ["duplicates", *arguments], env=environment)
        assert done.exit_code == 0, done.output
        return done

    [pair_found] = [json.loads(line) for line in run("--json").stdout.splitlines()]
    assert {each["client_id"] for each in pair_found["clients"]} == {marie, mary}
    assert all(each.keys() == {"client_id", "store_id", "died"} for each in pair_found["clients"])
    named = json.loads(run("--json", "--names", "--likely", "--limit", "1").stdout)
    assert {each["name"]["family"] for each in named["clients"]} == {"Dupont", "Dupond"}
    plain = run()
    assert marie in plain.stdout
    assert "phone +5" in plain.stdout
    assert "Dupont" not in plain.output
    assert "3 clients, 1 pairs" in plain.stderr
    assert "Mary Dupond" in run("--names").stdout
