"""What the guides tell a reader to type does what they say."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.access import Role
from tests.support.guide import GUIDES, follow
from tests.support.processes import processes
from tests.support.running import Running

PARIS = {
    "id": "paris-1",
    "name": "Place Vendôme",
    "country": "FR",
    "city": "Paris",
    "time_zone": "Europe/Paris",
    "opened_on": "1998-09-01",
}
AT_PARIS = {"store_id": "paris-1", "since": "2019-05-02"}


@pytest.mark.feature("N-07")
def test_the_guides_to_kafka_to_subscribing_and_to_rebuilding(
    kafka: str, database: Callable[[], str], tmp_path: Path
) -> None:
    with processes(kafka, database, tmp_path) as found:
        followed = follow(GUIDES / "kafka.md", found.environment)
        subscribed = follow(GUIDES / "subscribing.md", found.environment, directory=tmp_path)
        rebuilt = follow(GUIDES / "rebuild.md", found.environment, directory=tmp_path)

    assert subscribed.returncode == 0, subscribed.stderr
    assert subscribed.stdout.splitlines()[-1] == "{'family': 'Aubergine', 'given': 'Adèle', 'title': None}"
    assert followed.returncode == 0, followed.stderr
    told = followed.stdout.splitlines()
    assert sum("sale.recorded.v1" in line for line in told) == 3, followed.stdout
    assert any(line.startswith("relay ") for line in told)
    assert told[-1] == "nothing is parked"
    assert rebuilt.returncode == 0, rebuilt.stderr
    first, serves, back, dropped, again, ready, *switched = rebuilt.stdout.splitlines()
    assert first == again
    assert first.endswith("rows compared: equal")
    assert [each.partition(";")[0] for each in (serves, back, dropped, ready)] == [
        "the new generation of client_card serves",
        "the former generation of client_card serves again",
        "client_card: dropped former",
        "the new generation of client_card stands ready",
    ]
    assert [json.loads(each)["phase"] for each in switched][-1] == "serves"


def test_the_guides_to_a_trunk_show_and_replays_of_it(kafka: str, database: Callable[[], str], tmp_path: Path) -> None:
    with processes(kafka, database, tmp_path) as found:
        with found.running.client(Role.ADMINISTRATOR) as administrator:
            for made in (
                administrator.post("/stores", json=PARIS),
                administrator.post(
                    "/associates", json={"id": "paris-1.associate-1", "name": "Inès", "role": "associate", **AT_PARIS}
                ),
            ):
                assert made.status_code == 201, made.text
        followed = follow(GUIDES / "trunk-show.md", found.environment, directory=tmp_path)
        replayed = follow(GUIDES / "replay.md", found.environment, directory=tmp_path)

    assert replayed.returncode == 0, replayed.stderr
    assert "Aurélie: 2 of 6, 33.3 %" in replayed.stdout.splitlines()
    assert sum("disclosure.made.v1" in line for line in replayed.stdout.splitlines()) == 1
    assert followed.returncode == 0, followed.stderr
    calendar, before, interest, after, offered, sold, credits = _answers(followed.stdout)
    [day] = calendar["items"]
    assert day["calendar_event"]["name"] == "Aurélie, the winter pieces"
    assert {each["client"]["name"]["given"] for each in before["items"]} == {"Odile", "Marthe"}
    assert {each["about"]["rule_id"] for each in before["items"]} == {"event-invitation"}
    assert len(interest["items"]) == 1
    assert not [each for each in after["items"] if each["ended"] is None]
    assert [each["name"] for each in offered["items"]] == ["Aurélie, the winter pieces"]
    assortment = sold["assortment"]
    assert (assortment["brought"]["pieces"], assortment["sold"]["all"]["pieces"], assortment["percent"]) == (
        6,
        2,
        "33.3",
    )
    assert assortment["value_percent"] == [{"currency": "EUR", "percent": "71.1"}]
    euro = [
        [each["net"] for each in figure["net"]]
        for figure in (assortment["sold"]["all"], sold["orders"]["all"], sold["other"]["all"])
    ]
    assert euro == [["9640.00"], ["3200.00"], ["190.00"]]
    response = sold["response"]
    assert [response[name] for name in ("invited", "accepted", "declined", "attended", "bought", "came_without")] == [
        3,
        2,
        1,
        1,
        2,
        1,
    ]
    store, _ = sold["targets"]
    assert (store["sold"], store["percent"], store["open"]) == ("9830.00", "49.2", "3200.00")
    assert {each["rule"]["name"] for each in credits["items"]} == {"stated"}


def test_the_guide_to_the_client_book(carnet: Running, tmp_path: Path) -> None:
    answers = answered(GUIDES / "client-book.md", carnet, tmp_path)
    days, serving, profile, timeline = [each for each in answers if "id" not in each]
    assert [(each["name"], each["day"]) for each in days["items"] if each["source"] != "feast"] == [
        ("birthday", "2026-05-03"),
        ("wedding", "2026-06-12"),
    ]
    assert serving["primary"] == "ines"
    assert profile["card_salutation"] == "M. et Mme Montclair"
    assert {each["privacy"] for each in profile["notes"]} == {"open", "private"}
    assert all(
        profile[known] for known in ("names", "contact_points", "addresses", "traits", "family", "organizations")
    )
    assert timeline["items"]


def test_the_guide_to_gifts(carnet: Running, tmp_path: Path) -> None:
    answers = answered(GUIDES / "gifts.md", carnet, tmp_path)
    occasions, marked, hidden, released, owned, returned, totals = answers
    assert [(each["name"], each["relation"], each["days"]) for each in occasions["items"][:1]] == [
        ("birthday", "wife", 21)
    ]
    [gift] = marked["items"]
    assert (gift["description"], gift["bought"]["net"]) == ("Bracelet, 16", "2600.00")
    assert hidden["items"] == []
    assert [each["bought"] for each in released["items"]] == [None]
    assert [each["description"] for each in owned["items"]] == ["Bracelet, 16"]
    assert [(each["returned_quantity"], each["bought"]["do_not_mention"]) for each in returned["items"]] == [(1, True)]
    assert [(each["currency"], each["ever"]["gifts"]) for each in totals["given"]] == [("EUR", 1)]


def answered(guide: Path, carnet: Running, directory: Path) -> list[Any]:
    """Follows a guide against a running Carnet; what its questions were answered."""
    environment = {
        "PATH": os.environ["PATH"],
        "CARNET_HOME": str(carnet.house.settings.home),
        "CARNET_PORT": carnet.url.rpartition(":")[2],
    }
    followed = follow(guide, environment, directory=directory)
    assert followed.returncode == 0, followed.stderr
    return _answers(followed.stdout)


def _answers(printed: str) -> list[Any]:
    return [json.loads(line) for line in re.sub(r"}(?={)", "}\n", printed).splitlines()]


def test_a_page_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for wrong in ("```sh\ncarnet nothing\n```\n", "```python\nraise SystemExit(3)\n```\n"):
        page.write_text(f"```sh\ntrue\n```\n{wrong}```sh\ntrue\n```\n")
        assert follow(page, {"PATH": "/usr/bin:/bin"}).returncode != 0
