"""What counts for an event, and in which of the three figures: by example, and what holds for anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event_policy import EventPolicy
from domain.sale.facts import Handover, Seller
from domain.sell_through import Brought, Credit, Figure, Stated, Value, credited
from domain.values import percent, share

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBERED = Brought("B-7", "S-0007", 1, Decimal(9400), "EUR", "Aurélie")
SCARVES = Brought("S-1", None, 3, Decimal(240), "EUR", None)
INES, MARC = Seller("ines", 2), Seller("marc", 1)


def line(number: int, sku: str, quantity: int = 1, net: str = "100.00", **more: object) -> Stated:
    """A line that was taken at once; of an order nothing has been handed over unless told."""
    ordered = more.get("handover", Handover.TAKEN) is not Handover.TAKEN
    of = Stated(
        UUID(int=number),
        1,
        "paris-1",
        NOON + timedelta(hours=number),
        "EUR",
        sku,
        None,
        "Maison",
        (INES, MARC),
        Handover.TAKEN,
        quantity,
        Decimal(net),
        0,
        0 if ordered else quantity,
        Decimal(0 if ordered else net),
        0,
        Decimal(0),
    )
    return replace(of, **more)  # type: ignore[arg-type]


def told(*lines: Stated) -> list[tuple[int, str, int, str]]:
    return [
        (each.line.sale_id.int, each.figure.value, each.pieces, str(each.net))
        for each in credited([SCARVES, NUMBERED], lines)
    ]


@pytest.mark.feature("CS-29")
def test_a_piece_with_a_number_counts_once_by_its_number() -> None:
    numbered = line(1, "B-7", serial_number="S-0007", net="9000.00")
    again, other = replace(numbered, sale_id=UUID(int=2)), replace(numbered, serial_number="S-0008")

    assert told(numbered) == [(1, "assortment", 1, "9000.00")]
    assert told(numbered, again) == [(1, "assortment", 1, "9000.00"), (2, "other", 1, "9000.00")]
    assert told(other) == [(1, "other", 1, "9000.00")], "another piece of the kind was not brought"


def test_a_piece_whose_number_nobody_wrote_down_is_one_that_no_line_names() -> None:
    unnumbered, numbered = line(1, "B-7"), line(2, "B-7", serial_number="S-0007")

    assert told(unnumbered) == [(1, "assortment", 1, "100.00")]
    assert told(unnumbered, numbered) == [(1, "other", 1, "100.00"), (2, "assortment", 1, "100.00")]


@pytest.mark.feature("CS-29")
def test_no_more_of_a_kind_is_sold_than_was_brought() -> None:
    two, three = line(1, "S-1", 2, "480.00"), line(2, "S-1", 3, "700.00")

    # One of the three is left: a third of 700.00. The other two scarves came from elsewhere.
    assert told(three, two) == [
        (1, "assortment", 2, "480.00"),
        (2, "assortment", 1, "233.33"),
        (2, "other", 2, "466.67"),
    ]
    [first, part, _] = credited([SCARVES], [two, three])
    assert (first.values, part.values) == ((Value("EUR", Decimal(480)),), (Value("EUR", Decimal(240)),))


@pytest.mark.feature("CS-29")
def test_what_came_back_is_there_to_be_sold_again() -> None:
    back = line(1, "B-7", serial_number="S-0007", net="9000.00", returned=1, returned_net=Decimal("8900.00"))
    again = line(2, "B-7", serial_number="S-0007", net="9400.00")

    assert told(back, again) == [(1, "assortment", 0, "100.00"), (2, "assortment", 1, "9400.00")]


@pytest.mark.feature("CS-29")
def test_an_order_from_a_sample_takes_no_piece_away_and_is_net_of_what_was_cancelled() -> None:
    ordered = line(1, "S-1", 3, "700.00", handover=Handover.ORDERED)

    assert told(ordered, line(2, "S-1", 3)) == [(1, "orders", 3, "700.00"), (2, "assortment", 3, "100.00")]
    assert told(replace(ordered, cancelled=1)) == [(1, "orders", 2, "466.67")]
    handed = replace(ordered, cancelled=1, moved=2, moved_net=Decimal("466.67"))
    assert told(replace(handed, returned=1, returned_net=Decimal("233.34"))) == [(1, "orders", 1, "233.33")]


def test_the_very_piece_is_sold_once_it_is_handed_over_however_it_was_sold() -> None:
    for handover in (Handover.ORDERED, Handover.LAID_AWAY):
        waiting = line(1, "B-7", net="9000.00", serial_number="S-0007", handover=handover)
        assert told(waiting) == [(1, "assortment", 0, "0")]
        assert told(replace(waiting, moved=1, moved_net=waiting.net)) == [(1, "assortment", 1, "9000.00")]


def test_what_was_not_brought_is_another_sale() -> None:
    assert told(line(1, "X-9", 2)) == [(1, "other", 2, "100.00")]
    assert told(line(1, "X-9", 2, handover=Handover.ORDERED)) == [(1, "other", 0, "0")]


def test_a_designer_is_that_of_what_was_brought_and_else_that_of_the_line() -> None:
    lines = [line(1, "B-7"), line(2, "S-1"), line(3, "S-1", handover=Handover.ORDERED), line(4, "X-9")]
    brands = [each.brand for each in credited([SCARVES, NUMBERED], lines)]
    assert brands == ["Aurélie", None, "Maison", "Maison"]


def test_a_fifth_of_the_associates_is_one_at_least() -> None:
    policy = EventPolicy()
    assert [policy.top(number) for number in (0, 1, 5, 6, 10, 11)] == [0, 1, 1, 2, 2, 3]
    assert (percent(1, 3), percent(2, 3), percent(5, 0)) == (Decimal("33.3"), Decimal("66.7"), None)


@settings(max_examples=200)
@given(st.integers(0, 2**63))
def test_whatever_is_stated_no_more_is_sold_than_was_brought_and_every_cent_is_somewhere(seed: int) -> None:
    chance = Random(seed)
    numbers = [None, "S-1", "S-2"]
    places = chance.sample([(sku, number) for sku in "ab" for number in numbers], k=chance.randrange(6))
    brought = [
        Brought(sku, number, 1 if number else chance.randrange(1, 4), Decimal(chance.randrange(1, 9)), "EUR", None)
        for sku, number in places
    ]
    stated = [_random_line(chance, number) for number in range(chance.randrange(8))]
    counted = credited(brought, stated)

    of: dict[Figure, list[Credit]] = {figure: [each for each in counted if each.figure is figure] for figure in Figure}
    assert sum(each.pieces for each in of[Figure.ASSORTMENT]) <= sum(piece.units for piece in brought)
    for sku in "ab":
        sold = sum(each.pieces for each in of[Figure.ASSORTMENT] if each.line.sku == sku)
        assert sold <= sum(piece.units for piece in brought if piece.sku == sku)
    values = sum(value.value for each in counted for value in each.values)
    assert values <= sum(piece.units * piece.unit_value for piece in brought)
    for each in counted:
        assert sum(each.shares) == each.net
        assert each.pieces >= 0
    for one in stated:
        its = [each for each in counted if each.line == one]
        written = its[0].figure is Figure.ORDERS
        assert sum(each.net for each in its) == one.sold_net + (one.open_net if written else 0)
        of_each = [sum(parts) for parts in zip(*(each.shares for each in its), strict=True)]
        assert of_each == (one.written if written else one.sold), "what is split is nobody's loss"
        assert sum(one.sold) == one.sold_net
        assert sum(one.open) == one.open_net
    assert counted == credited(brought[::-1], stated[::-1]), "in whichever order it was found"


def _random_line(chance: Random, number: int) -> Stated:
    quantity = chance.randrange(1, 5)
    net, handover = Decimal(chance.randrange(10**5)).scaleb(-2), chance.choice([*Handover])
    cancelled = 0 if handover is Handover.TAKEN else chance.randrange(quantity + 1)
    moved = quantity if handover is Handover.TAKEN else chance.randrange(quantity - cancelled + 1)
    returned = chance.randrange(moved + 1)
    moved_net = share(net, moved, quantity, "EUR")
    serial_number = chance.choice([None, "S-1", "S-2", "S-3"]) if quantity == 1 else None
    return replace(
        line(number, chance.choice("abc"), quantity, str(net)),
        serial_number=serial_number,
        handover=handover,
        cancelled=cancelled,
        moved=moved,
        moved_net=moved_net,
        returned=returned,
        returned_net=share(moved_net, returned, moved, "EUR") if moved else Decimal(0),
        sellers=tuple(chance.sample([INES, MARC, Seller("zoé", 3)], k=chance.randrange(1, 4))),
    )
