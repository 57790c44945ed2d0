"""What is given in the example house could have been given."""

from collections import Counter
from typing import Any

import pytest

from domain.client.events import ClientRegistered, DeathRecorded
from domain.personal import Erased
from domain.sale.events import GiftMarked, KeptForHerself, SaleRecorded
from infra.demo.history import stories


@pytest.fixture(scope="module")
def history() -> list[Any]:
    return [event for _, together in stories(7, 300) for story in together for event in story.events]


def test_presents_are_bought_by_clients_for_the_living_before_the_day(history: list[Any]) -> None:
    sales = {each.sale_id: each for each in history if isinstance(each, SaleRecorded)}
    clients = {each.client_id for each in history if isinstance(each, ClientRegistered)}
    died = {each.client_id: each.on for each in history if isinstance(each, DeathRecorded)}
    gifts = [each for each in history if isinstance(each, GiftMarked)]
    for gift in gifts:
        assert {giver.client_id for giver in gift.givers} <= clients
        if gift.occasion is None:
            continue
        assert not isinstance(gift.occasion, Erased)
        bought, day = sales[gift.sale_id].occurred_at.date(), gift.occasion.day
        assert 0 <= (day - bought).days <= 41
        assert gift.recipient_id in clients
        dead = died.get(gift.recipient_id)
        assert not dead or isinstance(dead, Erased) or day < dead
    assert any(each.recipient_id is None for each in gifts)
    assert any(isinstance(each, KeptForHerself) for each in history)


@pytest.mark.parametrize("seed", range(5))
def test_in_the_first_family_somebody_gives_to_the_same_person_every_year(seed: int) -> None:
    [(_, told)] = [next(iter(stories(seed, 4)))]
    given: Counter[Any] = Counter()
    for event in (event for story in told for event in story.events):
        if isinstance(event, GiftMarked) and event.occasion and not isinstance(event.occasion, Erased):
            given[(event.givers[0].client_id, event.recipient_id, event.occasion.name)] += 1
    assert max(given.values()) >= 2
