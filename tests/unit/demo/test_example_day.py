"""What the tills of the example house tell of a day is taken, but for that of the store nobody has heard of."""

from datetime import date

from consumers.feeds.till_mapping import load
from consumers.point_of_sale import Fate, Intake, Message
from domain.sale.events import SaleRecorded
from infra.demo.house import STORES
from infra.demo.till import ATELIER, KASSE, Said, day_of_sales
from tests.support.memory import MemoryStreams
from tests.support.point_of_sale import ANNA, MemoryParked, PointOfSale, welcome

DAY = date(2026, 2, 27)


def told() -> list[Said]:
    return list(day_of_sales(7, DAY, [(ANNA, "paris-1")]))


def test_a_day_is_the_same_whenever_it_is_told() -> None:
    assert told() == told()
    assert {each.format for each in told()} == {ATELIER, KASSE}
    assert {each.store_id.removesuffix(f"-{DAY}") for each in told()} == {*(each.id for each in STORES), "zurich-1"}
    places = [(each.store_id, each.number) for each in told()]
    assert len(set(places)) == len(places)


def test_all_is_taken_but_what_the_new_store_tells() -> None:
    till = PointOfSale(known=False)
    streams: MemoryStreams = till.streams
    welcome(streams, stores=[each.id for each in STORES])
    parked = MemoryParked(streams)
    intakes = {format: Intake(format, load(format), parked, lambda *_: None) for format in (ATELIER, KASSE)}

    became = [(each, one) for each in told() for one in intakes[each.format].take([Message(each.body)], till.record())]

    waits = {each.store_id for each, one in became if one.fate is Fate.PARKED}
    assert waits == {f"zurich-1-{DAY}"}
    assert {one.reason for _, one in became} == {None, "store.unknown"}
    sales = [event for event in till.sales() if isinstance(event, SaleRecorded)]
    assert len(sales) > 90
    assert all(line.description and line.sellers for event in sales for line in event.lines)
    assert any(event.client_id == ANNA for event in sales)
    assert {event.currency for event in sales} == {each.currency for each in STORES}
    assert all(event.occurred_at.date() == DAY for event in sales if event.store_id == "paris-1")
