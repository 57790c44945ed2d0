"""Nobody learns of what others give a client before its day: two houses that differ only in such gifts answer the same
on every route about her, whoever asks. After it her file shows the piece, and nothing of where it came from."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from typing_extensions import override

from domain.access import Caller, Role
from tests.e2e.test_two_worlds import STRANGERS, Story
from tests.support.postgres import Databases
from tests.support.running import CALLERS, Running, running
from tests.support.worlds import Operation, World, differences, nowhere, operations

PRICE = "7654.32"
HIS = Caller("her-husbands-associate", Role.ASSOCIATE, "paris-1")
BRACELET = {"sku": "B-17", "description": "Bracelet of the surprise", "quantity": 1, "unit_price": PRICE}
FOR_HER = {"source": "own", "name": "birthday", "day": "2099-06-14"}
TOLD_AFTERWARDS = {"get_gifts", "get_owned"}


class GiftStory(Story):
    """What happens in a house; in one of the two her husband gives her things that she is not to know of."""

    def __init__(self, carnet: Running, *, given: bool) -> None:
        super().__init__(carnet, secrets=False)
        self._given = given

    @override
    def _secret_life(self) -> None:
        hers, his = self.things["client_id"], self._other
        self._asked(HIS, "POST", f"/clients/{hers}/family", {"other_id": his, "relation": "husband"})
        self.things |= {"secret_sale": nowhere(1), "discreet_sale": nowhere(2)}
        if not self._given:
            return
        sold = self._sale("1", his)
        self.things["secret_sale"] = sold
        self.secret = self._made(HIS, f"/sales/{sold}/gift-marks", self._mark(hers, FOR_HER))
        self._asked(HIS, "PUT", f"/sales/{sold}/gift-marks/{self.secret}", {"recipient_id": hers, "occasion": FOR_HER})
        # It was rung up on her, then on him; and there is one that was not said for what, and a discreet one.
        moved = self._sale("2", hers)
        self._asked(HIS, "PUT", f"/sales/{moved}/client", {"client_id": his})
        self._made(HIS, f"/sales/{moved}/gift-marks", self._mark(hers, None))
        discreet = self._sale("3", his)
        body = {**self._mark(hers, FOR_HER), "discreet": True}
        self.things["discreet_sale"] = discreet
        self._made(HIS, f"/sales/{discreet}/gift-marks", body)

    def release(self) -> None:
        """It is no surprise any more, but for the discreet one."""
        path = f"/sales/{self.things['secret_sale']}/gift-marks/{self.secret}/release"
        self._asked(HIS, "PUT", path, {"released_on": "2026-01-01"})

    def _sale(self, number: str, client_id: str) -> str:
        reference = {"source": "surprise", "number": number}
        body = {"reference": reference, "currency": "EUR", "client_id": client_id, "lines": [BRACELET]}
        return self._made(HIS, "/sales", {**body, "occurred_at": "2026-03-02T15:00:00+01:00"})

    def _mark(self, recipient_id: str, occasion: Any) -> dict[str, Any]:
        return {"ordinal": 1, "recipient_id": recipient_id, "occasion": occasion}


@pytest.fixture(scope="module")
def stories(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GiftStory, GiftStory]]:
    """A house without the gifts, and one with them."""
    with ExitStack() as used:
        quiet, noisy = (
            used.enter_context(
                running(lambda: used.enter_context(databases.fresh()), tmp_path_factory.mktemp(f"gifts-{given}"))
            )
            for given in (False, True)
        )
        yield GiftStory(quiet, given=False), GiftStory(noisy, given=True)


@pytest.fixture(scope="module")
def worlds(stories: tuple[GiftStory, GiftStory]) -> tuple[World, World]:
    quiet, noisy = (story.tell() for story in stories)
    return quiet, noisy


def about_her(worlds: tuple[World, World]) -> list[Operation]:
    """Whatever may be asked. What is not asked about her is asked all the same."""
    document = httpx.get(f"{worlds[0].carnet.url}/openapi.json", timeout=60).json()
    known = [each for each in operations(document) if each.asks]
    # What tells of new things comes last, so that whatever else is told has the same names in both.
    return sorted(known, key=lambda each: each.name in TOLD_AFTERWARDS)


def asked(worlds: tuple[World, World], which: list[Operation]) -> tuple[dict[str, Any], dict[str, Any]]:
    quiet, noisy = (
        {name: answer for who in STRANGERS for name, answer in world.answers(who, which)} for world in worlds
    )
    return quiet, noisy


def views(world: World) -> dict[str, Any]:
    """What her file says at the counter, and as it was known at any time."""
    headers = {"Authorization": f"Bearer {world.carnet.token(CALLERS[Role.ASSOCIATE])}", "Carnet-Position": world.seen}
    here = f"{world.carnet.url}/clients/{world.things['client_id']}"
    found = {}
    for path in ("", "/purchases", "/gifts"):
        found[f"counter {path}"] = httpx.get(f"{here}{path}?view=counter", headers=headers)
    for path in ("/purchases", "/totals"):
        found[f"then {path}"] = httpx.get(f"{here}{path}?known_at=2098-01-01T00:00:00Z", headers=headers)
    assert {answer.status_code for answer in found.values()} == {200}
    return {name: world.comparable(answer)["body"] for name, answer in found.items()}


@pytest.mark.feature("N-09")
def test_what_others_give_her_changes_no_answer_about_her(worlds: tuple[World, World]) -> None:
    quiet, noisy = asked(worlds, about_her(worlds))

    found = differences(quiet, noisy)
    assert not found, "\n".join(f"{name}\n  {one}\n  {other}" for name, (one, other) in list(found.items())[:5])
    assert {answer["status"] for answer in quiet.values()} >= {200, 404}
    assert views(worlds[0]) == views(worlds[1])
    assert PRICE not in str(noisy)


@pytest.mark.feature("N-09")
def test_after_its_day_the_piece_shows_and_nothing_of_where_it_came_from(
    stories: tuple[GiftStory, GiftStory], worlds: tuple[World, World]
) -> None:
    stories[1].release()
    worlds[1].seen = stories[1].seen
    quiet, noisy = asked(worlds, about_her(worlds))

    found = differences(quiet, noisy)
    assert {name.split()[1] for name in found} == TOLD_AFTERWARDS
    told = str([other for _, other in found.values()])
    assert "Bracelet of the surprise" in told
    for secret in (PRICE, "<secret_sale>", "<discreet_sale>", "surprise-"):
        assert secret not in told, secret
    counter = differences(*map(views, worlds))
    assert counter.keys() == {"counter /gifts"}
    assert "Bracelet of the surprise" in str(counter)
    assert "Martin" not in str(counter), "at the counter nobody is named"
