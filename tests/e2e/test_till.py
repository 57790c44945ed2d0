"""At the till over HTTP: for whom this could be, what is proposed, confirmed and declined; and the counter's screen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.access import Role
from infra.wiring import new_id, now
from tests.e2e.test_bad_input import named
from tests.support.running import Running

NOBODY = UUID(int=1)
RING: dict[str, Any] = {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "900.00"}
BIRTHDAY = now().date() + timedelta(days=20)


@pytest.fixture
def till(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def paul(till: httpx.Client) -> str:
    """A client whose wife's birthday is in twenty days."""
    here = till.post("/clients", json={"name": {"family": "Roe", "given": "Paul"}}).headers["Location"]
    wife = till.post("/clients", json={"name": {"family": "Roe", "given": "Anne"}}).json()["id"]
    done(till.post(f"{here}/family", json={"other_id": wife, "relation": "wife"}))
    day = {"kind": "birthday", "day": {"month": BIRTHDAY.month, "day": BIRTHDAY.day}}
    done(till.post(f"/clients/{wife}/dates", json=day))
    return here


def done(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def bought(till: httpx.Client, here: str) -> httpx.Response:
    body = {
        "reference": {"source": "till", "number": str(new_id())},
        "occurred_at": now().isoformat(),
        "currency": "EUR",
        "client_id": here.rpartition("/")[2],
        "lines": [RING],
    }
    return done(till.post("/sales", json=body))


def asked(till: httpx.Client, path: str, after: httpx.Response, **params: Any) -> Any:
    position = {"Carnet-Position": after.headers["Carnet-Position"]}
    return done(till.get(path, params=params, headers=position)).json()


@pytest.mark.feature("CS-10", "CS-13")
def test_what_is_proposed_is_confirmed_with_its_own_body_and_remembered(till: httpx.Client, paul: str) -> None:
    sold = bought(till, paul)
    sale = sold.headers["Location"]
    [occasion] = [each for each in asked(till, f"{paul}/gift-occasions", sold)["items"] if each["source"] == "own"]
    assert (occasion["name"], occasion["day"], occasion["days"]) == ("birthday", BIRTHDAY.isoformat(), 20)

    [proposed] = [
        each for each in asked(till, f"{paul}/gift-proposals", sold)["items"] if each["occasion"]["source"] == "own"
    ]
    assert proposed in asked(till, f"{sale}/gift-proposals", sold)["items"]
    assert (proposed["relation"], proposed["reason"]) == ("wife", "partner")
    marked = done(till.post(f"{sale}/gift-marks", json=proposed["confirm"]))
    assert asked(till, f"{sale}/gift-proposals", marked)["items"] == []
    again = done(till.post(f"{sale}/gift-marks", json=proposed["confirm"]))
    assert again.json()["id"] == proposed["proposal_id"]
    next_year = BIRTHDAY.replace(year=BIRTHDAY.year + 1, day=min(BIRTHDAY.day, 28))
    items = asked(till, f"{paul}/gift-occasions", marked, on=next_year.isoformat())["items"]
    [then] = [each for each in items if each["source"] == "own"]
    assert [(each["description"], each["same_occasion"]) for each in then["given"]] == [("Ring", True)]


def test_what_is_declined_does_not_come_back(till: httpx.Client, paul: str) -> None:
    sold = bought(till, paul)
    sale = sold.headers["Location"]
    for _ in range(4):
        items = asked(till, f"{sale}/gift-proposals", sold)["items"]
        if not items:
            break
        declined = {each["proposal_id"] for each in items}
        for each in items:
            sold = done(till.post(f"{sale}/declined-proposals", json=each["decline"]))
        left = asked(till, f"{sale}/gift-proposals", sold)["items"]
        assert not declined & {each["proposal_id"] for each in left}
    assert asked(till, f"{sale}/gift-proposals", sold)["items"] == []


@pytest.mark.feature("N-09")
def test_the_screen_that_is_turned_to_a_client_has_no_price_and_no_family(till: httpx.Client, paul: str) -> None:
    sold = bought(till, paul)
    for path in (paul, f"{paul}/purchases", f"{paul}/gifts"):
        shown = str(asked(till, path, sold, view="counter"))
        assert "900" not in shown
        assert "Anne" not in shown
    profile = asked(till, paul, sold, view="counter")
    assert not profile.keys() & {"notes", "family", "stores", "organizations", "card_salutation"}
    [ring] = asked(till, f"{paul}/purchases", sold, view="counter")["items"]
    assert (ring["description"], ring["kept_quantity"]) == ("Ring", 1)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("{paul}/gift-occasions?on=2026-02-30", 422, "on"),
        ("{paul}/gift-occasions?on=1772409600", 422, "on"),
        ("{paul}/gift-occasions?on=1700-01-01", 422, "on"),
        ("{paul}/gift-occasions?day=2026-02-28", 422, "day"),
        ("{paul}?view=mirror", 422, "view"),
        ("{paul}?viev=counter", 422, "viev"),
        ("{paul}/purchases?view=", 422, "view"),
        ("{paul}/gifts?view=COUNTER", 422, "view"),
        ("/clients/{nobody}/gift-occasions", 404, "client_id"),
        ("/clients/{nobody}/gift-proposals", 404, "client_id"),
        ("/clients/{nobody}?view=counter", 404, "client_id"),
        ("/clients/{nobody}/purchases?view=counter", 404, "client_id"),
        ("/clients/{nobody}/gifts?view=counter", 404, "client_id"),
        ("/sales/{nobody}/gift-proposals", 404, "sale_id"),
        ("/clients/x/gift-occasions", 422, "client_id"),
        ("/sales/x/gift-proposals", 422, "sale_id"),
    ],
)
def test_what_is_asked_wrongly_is_told(till: httpx.Client, paul: str, path: str, status: int, field: str) -> None:
    named(till.get(path.format(paul=paul, nobody=NOBODY)), status, field)


@pytest.mark.parametrize("question", ["gift-occasions", "gift-proposals"])
@pytest.mark.parametrize("role", [Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_serves_nobody_is_told_nothing(carnet: Running, paul: str, question: str, role: Role) -> None:
    with carnet.client(role) as client:
        assert client.get(f"{paul}/{question}").status_code == 403


@pytest.mark.feature("N-09")
def test_a_sale_with_a_gift_to_her_cannot_become_hers(till: httpx.Client, paul: str) -> None:
    sold = bought(till, paul)
    sale = sold.headers["Location"]
    [proposed, *_] = asked(till, f"{sale}/gift-proposals", sold)["items"]
    done(till.post(f"{sale}/gift-marks", json=proposed["confirm"]))
    named(till.put(f"{sale}/client", json={"client_id": proposed["recipient_id"]}), 422, "client_id")
