"""What a point of sale tells is recorded once; what the house does not know yet waits for it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from commands.ports import Change, Offset, OffsetTaken, Stream
from consumers.feeds.till_mapping import SHIPPED, Trust, load
from consumers.point_of_sale import Fate, Message, _batches
from consumers.source import Unavailable
from domain import item, store
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.refusals import NotAllowed
from domain.sale.facts import SaleReference
from domain.sale.recording import sale_id
from domain.store import StoreOpened
from tests.support.memory import ASSOCIATE, request
from tests.support.point_of_sale import ANNA, KARL, PointOfSale, a_day, article, line, message, transaction

T1 = sale_id(SaleReference("atelier-pos", "T-1"))
BARE = transaction("T-1", line())


def recorded(till: PointOfSale, id: UUID = T1) -> Any:
    [event] = till.streams.events(id)
    return event


@pytest.mark.parametrize("format", ["atelier", "kasse"])
def test_a_message_is_recorded_and_again_it_is_no_news(format: str) -> None:
    till = PointOfSale(format)
    body = (SHIPPED / f"{format}.json").read_bytes()
    body = body.replace(b"0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21", str(ANNA).encode())

    first = till.tell(body)
    log = till.log()
    again = till.tell(body)

    assert {each.fate for each in first} <= {Fate.RECORDED, Fate.DECLINED}
    assert {each.fate for each in again} <= {Fate.UNCHANGED, Fate.DECLINED}
    assert till.log() == log
    assert till.parked.all() == []


def test_a_bare_line_is_described_by_its_item_as_it_was_when_it_was_sold() -> None:
    till = PointOfSale()
    till.tell(message(articles=[article("R-17", "Ring Aube", maker="Arvane", family="Jewellery", kind="Ring")]))
    till.tell(message(BARE))
    till.tell(message(articles=[article("R-17", "Ring Aube, discontinued", maker="Nobody")]))

    assert till.told(message(BARE)) == [("T-1", "unchanged", None)]
    [sold] = recorded(till).lines
    assert (sold.description, sold.brand, sold.category, sold.type) == ("Ring Aube", "Arvane", "Jewellery", "Ring")


def test_an_item_described_in_the_same_message_is_known_to_its_receipts() -> None:
    till = PointOfSale()

    assert till.told(message(BARE, articles=[article()])) == [("R-17", "recorded", None), ("T-1", "recorded", None)]


def opens(till: PointOfSale, store_id: str) -> None:
    id = store.stream_id(store_id)
    opened = StoreOpened(store_id, "Roma", None, "IT", "Roma", "Europe/Rome", date(2026, 1, 1))
    till.streams.append([Change(Stream(id, id), 0, (opened,))], request())


def registers(till: PointOfSale, id: UUID) -> None:
    till.streams.append(
        [Change(Stream(id, id), 0, (ClientRegistered(id, None, None, Reference("x", "1")),))], request()
    )


def describes(till: PointOfSale) -> None:
    till.tell(message(articles=[article()]))


SOMEBODY = UUID(int=0x5)


@pytest.mark.parametrize(
    ("receipt", "reason", "about", "becomes_known"),
    [
        (transaction("T-1", boutique="rome-1"), "store.unknown", "rome-1", lambda till: opens(till, "rome-1")),
        (BARE, "item.unknown", "R-17", describes),
        (
            transaction("T-1", customer={"id": str(SOMEBODY)}),
            "client.unknown",
            None,
            lambda till: registers(till, SOMEBODY),
        ),
    ],
)
def test_what_names_something_unknown_waits_until_it_is_known(
    receipt: dict[str, Any], reason: str, about: str | None, becomes_known: Any
) -> None:
    till = PointOfSale()
    assert till.told(message(receipt, transaction("T-2"))) == [("T-1", "parked", reason), ("T-2", "recorded", None)]
    [waiting] = till.parked.all()
    assert (waiting.aside.number, waiting.aside.about) == ("T-1", about)
    assert till.retry() == []

    becomes_known(till)

    assert [each.fate for each in till.retry()] == [Fate.RECORDED]
    assert till.parked.all() == []
    assert recorded(till).reference.number == "T-1"


def test_what_still_lacks_something_waits_for_that() -> None:
    till = PointOfSale()
    till.tell(message(transaction("T-1", line(), boutique="rome-1")))
    opens(till, "rome-1")

    assert [each.reason for each in till.retry()] == ["item.unknown"]
    [waiting] = till.parked.all()
    assert waiting.aside.waits_for == item.stream_id("R-17")


def test_what_waits_expires() -> None:
    till = PointOfSale()
    till.tell(message(BARE))
    till.parked.now += timedelta(days=31)

    assert till.parked.all() == []
    assert till.parked.expire() == 1


def test_another_receipt_with_the_same_number_is_put_aside_for_somebody_to_look_at() -> None:
    till = PointOfSale()
    till.tell(message(transaction("T-1")))

    other = message(transaction("T-1", line(label="Ring", paid="1.00")))
    assert till.told(other) == [("T-1", "parked", "conflict")]
    assert till.told(other) == [("T-1", "parked", "conflict")]
    assert len(till.parked.all()) == 1
    assert recorded(till).lines[0].net == 5000


def test_a_receipt_of_tomorrow_waits() -> None:
    till = PointOfSale()
    assert till.told(message(transaction("T-1", closed_at="2026-03-03T15:00:00+0100"))) == [
        ("T-1", "parked", "sale.invalid")
    ]


def test_what_a_point_of_sale_is_trusted_with_is_taken_on_its_word() -> None:
    mapping = load("kasse").model_copy(update={"trusted": Trust(stores=True, items=True, clients=True)})
    till = PointOfSale(mapping, known=False)

    assert {fate for _, fate, _ in till.told((SHIPPED / "kasse.json").read_bytes())} == {"recorded"}
    assert till.streams.events(KARL) == [ClientRegistered(KARL, None, None, Reference("boutique-till", "K-118"))]


def test_a_client_of_another_register_is_unknown_until_then() -> None:
    till = PointOfSale("kasse", known=False)
    opens(till, "zurich-1")
    till.tell((SHIPPED / "kasse.json").read_bytes())

    assert [(each.aside.number, each.aside.waits_for) for each in till.parked.all()] == [("zurich-1/1001", KARL)]


def test_the_offset_moves_with_what_was_recorded_and_without_any_news() -> None:
    till = PointOfSale()
    till.tell(message(transaction("T-1")), Offset("till-1", 1))
    till.tell(message(transaction("T-1")), Offset("till-1", 2))
    till.tell(b"no message", Offset("till-1", 3))
    assert till.streams.offsets == {"till-1": 3}

    with pytest.raises(OffsetTaken):
        till.tell(message(transaction("T-2")), Offset("till-1", 3))
    assert [each.aside.reason for each in till.parked.all()] == ["unreadable"]


def test_a_message_that_was_overtaken_still_tells_its_receipts_but_no_item_anew() -> None:
    till = PointOfSale()
    till.tell(message(articles=[article(label="newer")]), Offset("till-1", 2))
    older = Message(message(transaction("T-1", line()), articles=[article(label="older")]), Offset("till-1", 1))

    assert [each.fate for each in till.intake.take_overtaken(older, till.record())] == [Fate.RECORDED]
    assert recorded(till).lines[0].description == "newer"


def test_what_is_put_aside_is_kept_before_the_offset_moves() -> None:
    till = PointOfSale()

    class Lost(Exception):
        pass

    def lost(*_: object) -> Any:
        assert till.parked.all()
        raise Unavailable("the log")

    till.streams.append = lost  # type: ignore[method-assign, assignment]
    with pytest.raises(Unavailable):
        till.tell(message(BARE), Offset("till-1", 1))
    assert till.streams.offsets == {}


def test_a_piece_that_fails_is_put_aside_and_the_others_are_recorded() -> None:
    till = PointOfSale()
    read = till.streams.read

    def damaged(ids: Any) -> Any:
        if T1 in ids:
            raise ValueError("a stream that cannot be read")
        return read(ids)

    till.streams.read = damaged  # type: ignore[method-assign]
    told = till.tell(message(transaction("T-1"), transaction("T-2")), Offset("till-1", 1))

    assert [(each.number, each.reason) for each in told] == [("T-1", "failed"), ("T-2", None)]
    assert [each.aside.detail for each in till.parked.all()] == ["failed: ValueError"]
    assert till.streams.offsets == {"till-1": 1}


def test_a_message_too_large_for_one_append_is_several_and_moves_the_offset_once() -> None:
    till = PointOfSale()
    appended: list[Offset | None] = []
    append = till.streams.append

    def noting(changes: Any, request: Any) -> Any:
        appended.append(request.offset)
        return append(changes, request)

    till.streams.append = noting  # type: ignore[method-assign]
    till.tell(message(*[transaction(f"T-{n}") for n in range(400)]), Offset("till-1", 1))

    only_looked = Offset("till-1", 1, moves=False)
    assert appended == [only_looked, only_looked, Offset("till-1", 1)]
    assert len(till.sales()) == 402  # with the two clients


def test_of_a_message_in_several_appends_the_rest_is_not_said_once_somebody_else_is_further() -> None:
    till = PointOfSale()
    append = till.streams.append

    def overtaken(changes: Any, request: Any) -> Any:
        done = append(changes, request)
        till.streams.offsets["a topic"] = 2
        return done

    till.streams.append = overtaken  # type: ignore[method-assign]
    with pytest.raises(OffsetTaken):
        till.tell(message(*[transaction(f"T-{n}") for n in range(400)]), Offset("a topic", 1, after=0))
    assert len(till.sales()) == 160 + 2  # with the two clients


def test_messages_of_which_nothing_is_left_move_the_offset_before_a_large_one() -> None:
    till = PointOfSale()
    large = message(*[transaction(f"T-{n}") for n in range(400)])
    told = [
        Message(message(), Offset("f", 1, 0)),
        Message(large, Offset("f", 2, 1)),
        Message(message(), Offset("f", 3, 2)),
    ]
    till.intake.take(told, till.record())
    assert till.streams.offsets == {"f": 3}


def test_an_append_ends_where_a_message_does() -> None:
    till = PointOfSale()
    messages = [Message(message(*[transaction(f"T-{n}-{m}") for m in range(90)]), Offset("f", n)) for n in range(3)]

    batches = list(_batches((till.intake._pieces(each), each.next) for each in messages))

    assert [(len(pieces), offset) for pieces, offset in batches] == [(90, Offset("f", n)) for n in range(3)]


def test_only_who_may_tells_what_another_system_recorded() -> None:
    till = PointOfSale()
    with pytest.raises(NotAllowed):
        till.intake.take([Message(message(transaction("T-1")))], till.record(lambda: request(ASSOCIATE)))


def test_a_parked_message_that_can_be_read_by_now_is_taken_apart() -> None:
    till = PointOfSale()
    till.tell(b"no message")
    [waiting] = till.parked.all()
    readable = replace(waiting, aside=replace(waiting.aside, said=message(transaction("T-1"), BARE | {"id": "T-2"})))

    till.intake.retry([readable], till.record())

    assert [each.aside.number for each in till.parked.all()] == ["T-2"]


def test_a_day_in_any_cut_comes_to_the_same_log() -> None:
    day = a_day(40)
    whole, cut = PointOfSale(), PointOfSale()
    whole.intake.take([Message(each, Offset("f", n)) for n, each in enumerate(day, 1)], whole.record())
    for n, each in enumerate(day, 1):
        cut.tell(each, Offset("f", n))
    for till in (whole, cut):
        opens(till, "nowhere-1")
        till.parked.now += timedelta(seconds=3)  # what was told twice was tried in vain twice
        till.retry()

    assert whole.log() == cut.log()
    assert whole.parked.all() == []
