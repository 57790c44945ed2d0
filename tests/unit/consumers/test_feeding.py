"""The loop that takes feeds in: each message once, whoever reads, and whatever fails in between."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from typing_extensions import override

from commands.ports import Offset
from commands.trace import Trace, read
from consumers.feeding import Arrived
from consumers.source import Unavailable
from domain.item import ItemDescribed, stream_id
from domain.refusals import TooBusy
from domain.sale.events import SaleRecorded
from tests.support.memory import request
from tests.support.point_of_sale import MemoryMessages, PointOfSale, a_day, article, message, transaction

ONE = [message(transaction(f"T-{number}")) for number in range(5)]


def numbers(till: PointOfSale) -> list[str]:
    return [event.reference.number for event in till.sales() if isinstance(event, SaleRecorded)]


def test_every_feed_goes_on_where_it_was_left() -> None:
    till, messages = PointOfSale(), MemoryMessages("one", "other")
    messages.send(*ONE[:2], feed="one")
    messages.send(ONE[2], feed="other")
    assert till.feeding(messages).step() == 3
    assert till.streams.offsets == {"one": 2, "other": 1}

    messages.send(*ONE[3:], feed="one")
    assert till.feeding(messages).step() == 2
    assert till.feeding(messages).step() == 0
    assert numbers(till) == [f"T-{number}" for number in range(5)]


def test_a_feed_that_appears_is_taken_from_its_beginning() -> None:
    till, messages = PointOfSale(), MemoryMessages("one")
    messages.send(ONE[0])
    feeding = till.feeding(messages)
    feeding.step()

    messages.send(ONE[1], feed="other")
    feeding.step()

    assert (till.streams.offsets, numbers(till)) == ({"one": 1, "other": 1}, ["T-0", "T-1"])


def test_what_is_recorded_goes_on_from_the_step_that_sent_it() -> None:
    till, messages = PointOfSale(), MemoryMessages("one")
    known = len(till.streams.requests)
    first, second = read(["00-" + "a" * 32 + "-" + "1" * 16 + "-01"]), read(["00-" + "b" * 32 + "-" + "2" * 16 + "-00"])
    sent: list[Trace | None] = [first, first, second, None, first]
    for body, trace in zip(ONE, sent, strict=True):
        messages.send(body, trace=trace)
    assert till.feeding(messages).step() == 5

    assert [request.trace for request in till.streams.requests[known:]] == [first, second, None, first]
    assert (till.streams.offsets, numbers(till)) == ({"one": 5}, [f"T-{number}" for number in range(5)])


def test_who_is_overtaken_takes_nothing_twice_and_goes_on_behind() -> None:
    till, messages = PointOfSale(), MemoryMessages("one")
    slow, fast = till.feeding(messages, limit=1), till.feeding(messages.beside(), limit=3)
    messages.send(*ONE)
    slow.step()
    fast.step()
    assert till.streams.offsets == {"one": 4}
    assert slow.step() == 0, "what the other took"

    assert slow.step() == 1, "what nobody took"

    assert till.streams.offsets == {"one": 5}
    assert numbers(till) == [f"T-{number}" for number in range(5)]
    assert till.fates == {"recorded": 5}


class Failing(MemoryMessages):
    """Out of reach at these calls."""

    def __init__(self, *feeds: str, at: set[int]) -> None:
        super().__init__(*feeds)
        self._at, self._calls = at, 0

    def _call(self) -> None:
        self._calls += 1
        if self._calls in self._at:
            raise Unavailable("Kafka: gone")

    @override
    def feeds(self) -> Sequence[str]:
        self._call()
        return super().feeds()

    @override
    def seek(self, numbers: Mapping[str, int]) -> None:
        self._call()
        super().seek(numbers)

    @override
    def poll(self, limit: int, timeout: float) -> list[Arrived]:
        found = super().poll(limit, timeout)
        self._call()  # what was polled is lost
        return found


@pytest.mark.parametrize("at", [{1}, {2}, {3}, {5}, {3, 4, 5, 6}])
def test_trouble_with_the_messages_loses_none(at: set[int]) -> None:
    day = a_day(6)
    undisturbed, till, messages = PointOfSale(), PointOfSale(), Failing("one", at=at)
    messages.send(*day)
    calm = MemoryMessages("one")
    calm.send(*day)
    undisturbed.feeding(calm, limit=3).run(Ending(lambda: undisturbed.streams.offsets.get("one") == len(day)), 0.0)

    till.feeding(messages, limit=3).run(Ending(lambda: till.streams.offsets.get("one") == len(day)), 0.0)

    assert till.log() == undisturbed.log()


@pytest.mark.parametrize("trouble", [Unavailable("the log"), TooBusy("later")])
def test_trouble_with_the_log_loses_none(trouble: Exception) -> None:
    till, messages = PointOfSale(), MemoryMessages("one")
    messages.send(*ONE)
    append, calls = till.streams.append, [0]

    def failing(changes: Any, request: Any) -> Any:
        calls[0] += 1
        if calls[0] in {1, 3}:
            raise trouble
        return append(changes, request)

    till.streams.append = failing  # type: ignore[method-assign]
    till.feeding(messages, limit=2).run(Ending(lambda: till.streams.offsets.get("one") == 5), 0.0)

    assert numbers(till) == [f"T-{number}" for number in range(5)]


def test_what_waits_is_tried_when_its_item_is_told() -> None:
    till, messages = PointOfSale(), MemoryMessages("one")
    bare = {**transaction("T-1"), "basket": [{"line": 1, "article": {"code": "R-17"}, "pieces": 1, "price": {}}]}
    bare["basket"][0]["price"] = {"each": "1.00", "paid": "1.00"}
    messages.send(message(bare))
    feeding = till.feeding(messages)
    feeding.step()
    assert numbers(till) == []

    messages.send(message(articles=[{"code": "R-17", "label": "Ring"}]))
    feeding.step()

    assert numbers(till) == ["T-1"]
    assert till.parked.all() == []


def test_who_led_before_says_nothing_again_after_a_pause() -> None:
    """She has polled more than who leads now had taken by then: what that was is not to be said twice."""
    till, messages = PointOfSale(), MemoryMessages("one")
    before, now = till.feeding(messages), till.feeding(messages.beside(), limit=2)
    assert before.step() == 0
    messages.send(*[message(articles=[article(label=f"Ring {n}")]) for n in range(5)])
    assert now.step() == 2

    assert before.step() == 0
    assert now.step() == 2
    assert before.step() == 1
    described = till.streams.events(stream_id("R-17"))
    assert [event.description for event in described if isinstance(event, ItemDescribed)] == [
        f"Ring {n}" for n in range(5)
    ]


def test_it_stops_when_it_is_no_longer_its_turn() -> None:
    class Lost(Exception):
        pass

    def lost() -> None:
        raise Lost

    with pytest.raises(Lost):
        PointOfSale().feeding(MemoryMessages("one")).run(Event(), 0.0, lost)


def test_an_offset_is_of_one_feed_alone() -> None:
    till = PointOfSale()
    append = replace(request(), offset=Offset("one", 9))
    till.streams.append([], append)
    messages = MemoryMessages("other")
    messages.send(*ONE)

    assert till.feeding(messages).step() == 5


class Ending(Event):
    """Set as soon as something is so; waits for nothing."""

    def __init__(self, ended: Any) -> None:
        super().__init__()
        self._ended, self._looks = ended, 0

    @override
    def is_set(self) -> bool:
        self._looks += 1
        assert self._looks < 100, "it does not end"
        return bool(self._ended())

    @override
    def wait(self, timeout: float | None = None) -> bool:
        return False
