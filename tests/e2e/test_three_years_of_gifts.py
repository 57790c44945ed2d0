"""Three years in one family: what he gives her, what she brings back, and what the house remembers of it.

Told over HTTP in a house whose clock is set: the birthday comes round, and a surprise ends by itself.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from domain.access import Role
from tests.support.postgres import Databases
from tests.support.running import Running, running

PATIENCE: Final = 40


class Clock:
    """It is as late as one says."""

    def __init__(self, day: str) -> None:
        self.set(day)

    def set(self, day: str) -> None:
        self._now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now


class Told:
    """An associate at work, who always sees what she wrote."""

    def __init__(self, http: httpx.Client, clock: Clock) -> None:
        self.clock = clock
        self._http = http
        self._written: dict[str, str] = {}

    def on(self, day: str) -> None:
        self.clock.set(day)

    def tell(self, method: str, path: str, body: Any) -> str:
        answer = self._http.request(method, path, json=body)
        assert answer.is_success, answer.text
        self._written = {"Carnet-Position": answer.headers["Carnet-Position"]}
        return str(answer.json()["id"])

    def post(self, path: str, body: Any) -> str:
        return self.tell("POST", path, body)

    def ask(self, path: str, **params: Any) -> Any:
        return self._answer("GET", path, params=params)

    def open(self, code: str) -> Any:
        return self._answer("POST", "/gift-receipts", json={"code": code})

    def _answer(self, method: str, path: str, **how: Any) -> Any:
        for _ in range(PATIENCE):
            answer = self._http.request(method, path, headers=self._written, **how)
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sold(self, number: str, client_id: str, sku: str, description: str, price: str) -> str:
        line = {"sku": sku, "description": description, "quantity": 1, "unit_price": price, "category": "jewelry"}
        return self.post(
            "/sales",
            {
                "reference": {"source": "till", "number": number},
                "occurred_at": self.clock().isoformat(),
                "currency": "EUR",
                "client_id": client_id,
                "lines": [line],
            },
        )

    def file_of(self, client_id: str) -> dict[str, Any]:
        """Every screen of a client."""
        pages = ("", "/purchases", "/owned", "/gifts", "/timeline", "/totals", "/returns", "/gift-proposals")
        return {page: self.ask(f"/clients/{client_id}{page}") for page in pages}


@pytest.fixture
def told(databases: Databases, tmp_path: Any) -> Iterator[Told]:
    clock = Clock("2024-05-02")
    with ExitStack() as used:
        carnet: Running = used.enter_context(
            running(lambda: used.enter_context(databases.fresh()), tmp_path, clock=clock)
        )
        yield Told(used.enter_context(carnet.client(Role.ASSOCIATE)), clock)


@pytest.mark.feature("CS-10", "CS-11", "CS-12", "CS-13", "N-08", "N-09")
def test_what_he_gave_her_is_remembered_and_never_told_too_early(told: Told) -> None:
    him = told.post("/clients", {"name": {"family": "Leclerc", "given": "Henri"}})
    her = told.post("/clients", {"name": {"family": "Leclerc", "given": "Odile"}})
    birthday = {"kind": "birthday", "day": {"month": 6, "day": 14, "year": 1976}}
    told.post(f"/clients/{her}/dates", birthday)
    link = told.post(f"/clients/{him}/family", {"relation": "wife", "other_id": her, "since": "2004-05-08"})

    # 2024: the till knows of the day, and of nothing that was given before.
    told.on("2024-05-28")
    wife = hers(told.ask(f"/clients/{him}/gift-occasions"), her)
    assert (wife["day"], wife["name"], wife["relation"], wife["given"]) == ("2024-06-14", "birthday", "wife", [])
    before = told.file_of(her)
    necklace = told.sold("1", him, "N-1", "Necklace", "4200.00")
    told.post(f"/sales/{necklace}/gift-marks", {"ordinal": 1, "recipient_id": her, "occasion": occasion(wife)})
    assert told.file_of(her) == before
    [given] = told.ask(f"/clients/{him}/gifts")["items"]
    assert (given["direction"], given["description"]) == ("given", "Necklace")
    assert (given["bought"]["net"], given["bought"]["released_on"]) == ("4200.00", "2024-06-21")

    # A week after the day it is hers, without its price and without where it came from.
    told.on("2024-06-20")
    hidden = told.file_of(her)
    assert (hidden["/owned"]["items"], hidden["/gifts"]["items"]) == ([], [])
    told.on("2024-06-21")
    [received] = told.ask(f"/clients/{her}/gifts")["items"]
    assert (received["direction"], received["description"]) == ("received", "Necklace")
    assert "4200" not in str(told.file_of(her))
    assert necklace not in str(told.file_of(her))
    assert [each["description"] for each in told.ask(f"/clients/{her}/owned")["items"]] == ["Necklace"]
    assert told.ask(f"/clients/{him}/owned")["items"] == []

    # 2025: nobody marked it. He has given to her before, so she is thought of first; one step confirms it.
    told.on("2025-05-30")
    wife = hers(told.ask(f"/clients/{him}/gift-occasions"), her)
    assert [(each["description"], each["same_occasion"]) for each in wife["given"]] == [("Necklace", True)]
    bracelet = told.sold("2", him, "B-16", "Bracelet, 16", "2600.00")
    [proposed] = told.ask(f"/clients/{him}/gift-proposals")["items"]
    assert (proposed["recipient_id"], proposed["reason"]) == (her, "gave-before")
    before = told.file_of(her)
    mark = told.post(f"/sales/{bracelet}/gift-marks", proposed["confirm"])
    assert told.ask(f"/clients/{him}/gift-proposals")["items"] == []
    assert told.file_of(her) == before

    # It is too small: any till opens it by its code, and says neither who gave it nor for how much.
    told.on("2025-07-03")
    [code] = [each["bought"]["receipt_code"] for each in told.ask(f"/clients/{him}/gifts", year=2025)["items"]]
    opened = told.open(code.lower())
    assert (opened["description"], opened["quantity"]) == ("Bracelet, 16", 1)
    assert not {him, her, bracelet, mark, "2600.00"} & set(map(str, opened.values()))
    larger = {"sku": "B-18", "description": "Bracelet, 18", "quantity": 1, "unit_price": "2700.00"}
    told.post(
        "/gift-receipts/exchanges",
        {
            "receipt": opened["receipt"],
            "reference": {"source": "till", "number": "3"},
            "occurred_at": told.clock().isoformat(),
            "currency": "EUR",
            "lines": [{**larger, "category": "jewelry"}],
        },
    )
    assert {each["description"] for each in told.ask(f"/clients/{her}/owned")["items"]} == {"Necklace", "Bracelet, 18"}
    [story] = told.ask(f"/clients/{him}/gifts", year=2025)["items"]
    assert (story["description"], story["exchanged_quantity"]) == ("Bracelet, 16", 1)
    assert story["bought"]["do_not_mention"]

    # 2026: the till says what she got last year, and the year before.
    told.on("2026-05-12")
    wife = hers(told.ask(f"/clients/{him}/gift-occasions"), her)
    assert [(each["description"], each["returned_quantity"]) for each in wife["given"]] == [
        ("Bracelet, 16", 1),
        ("Necklace", 0),
    ]

    # They part. What was given stays what it was; nobody proposes her any more.
    told.tell("POST", f"/links/{link}/ending", {"reason": "divorce", "until": "2026-05-20"})
    told.on("2026-05-28")
    assert hers(told.ask(f"/clients/{him}/gift-occasions"), her) is None
    assert [each["description"] for each in told.ask(f"/clients/{him}/gifts", person_id=her)["items"]] == [
        "Bracelet, 16",
        "Necklace",
    ]


def hers(occasions: Any, client_id: str) -> Any:
    """The occasion of one person."""
    return next((each for each in occasions["items"] if each["client_id"] == client_id), None)


def occasion(each: Any) -> dict[str, Any]:
    return {name: each[name] for name in ("source", "name", "day")}
