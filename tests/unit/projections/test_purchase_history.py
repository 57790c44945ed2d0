"""Given events of a sale, then the rows of purchases and returns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    KeptForHerself,
    LinesArrived,
    LinesCancelled,
    LinesHandedOver,
    LinesReturned,
    ReturnRecorded,
    SaleCorrected,
    SaleRecorded,
)
from domain.sale.facts import (
    Attribute,
    Content,
    HandedOverLine,
    Handover,
    Line,
    Pieces,
    ReturnedLine,
    SaleReference,
    Seller,
)
from projections.projection import Table
from projections.purchase_history import came_back, line, purchase_history, sale
from projections.purchase_orders import step
from projections.purchase_was import line_was, sale_was, standing_was
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import NOON, Journal

SALE, MARIE, JEANNE = UUID(int=1), UUID(int=2), UUID(int=3)
BAG = Line(
    1, "bag-1", "Bag", 3, Decimal("100.00"), Decimal("270.00"), True, "Lumen", "leather", "bag", (Seller("ada", 2),)
)
POSTAGE = Line(2, "post", "Postage", 1, Decimal("9.50"), Decimal("9.50"), moves_goods=False)
sold = SaleRecorded(SALE, SaleReference("till", "77"), "paris-1", NOON, "EUR", MARIE, (BAG, POSTAGE))


def brought_back(return_id: int, quantity: int, net: str, store_id: str = "osaka") -> LinesReturned:
    back = ReturnedLine(1, quantity, Decimal(net), "bag-1", True, "Lumen", "leather", "bag", BAG.sellers, "too big")
    return LinesReturned(SALE, UUID(int=return_id), store_id, "paris-1", NOON, "EUR", MARIE, (back,))


def rows(events: Sequence[object]) -> Tables:
    journal = Journal()
    for event in events:
        journal.happened(SALE, event)
    return applied_one_by_one(asked for each in journal.recorded() for asked in purchase_history.changes(each))


def some(tables: Tables, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in tables[table.name].values()]


def test_a_sale_has_a_row_and_each_of_its_lines() -> None:
    tables = rows([sold])

    assert some(tables, sale, "client_id", "kind", "source", "number", "store_id", "occurred_at", "currency") == [
        (MARIE, "sale", "till", "77", "paris-1", NOON, "EUR")
    ]
    assert some(tables, line, "ordinal", "sku", "brand", "category", "type", "moves_goods", "sellers") == [
        (1, "bag-1", "Lumen", "leather", "bag", True, [{"associate_id": "ada", "parts": 2}]),
        (2, "post", None, None, None, False, []),
    ]
    assert some(tables, line, "quantity", "net", "returned_quantity", "returned_net") == [
        (3, Decimal("270.00"), 0, 0),
        (1, Decimal("9.50"), 0, 0),
    ]


def test_returns_add_up_on_the_line_and_each_is_told_with_its_store() -> None:
    tables = rows([sold, brought_back(10, 1, "90.00"), brought_back(11, 2, "180.00", "paris-1")])

    assert some(tables, line, "ordinal", "quantity", "returned_quantity", "returned_net")[0] == (1, 3, 3, Decimal(270))
    assert some(tables, came_back, "return_id", "ordinal", "store_id", "quantity", "net", "reason") == [
        (UUID(int=10), 1, "osaka", 1, Decimal("90.00"), "too big"),
        (UUID(int=11), 1, "paris-1", 2, Decimal("180.00"), "too big"),
    ]
    assert some(tables, sale, "stream_version") == [(3,)]


def test_what_came_back_of_one_line_is_told_once_whichever_marks_its_pieces_had() -> None:
    back = brought_back(10, 1, "90.00")
    [part] = back.lines
    rest = replace(part, quantity=2, net=Decimal("180.00"), mark_id=UUID(int=9))
    tables = rows([sold, replace(back, lines=(part, rest))])

    assert some(tables, line, "ordinal", "returned_quantity", "returned_net")[0] == (1, 3, Decimal("270.00"))
    assert some(tables, came_back, "return_id", "ordinal", "quantity", "net") == [
        (UUID(int=10), 1, 3, Decimal("270.00"))
    ]


def test_a_return_without_the_receipt_sold_nothing_and_all_of_it_came_back() -> None:
    tables = rows([ReturnRecorded(SALE, SaleReference("till", "C77"), "osaka", NOON, "EUR", MARIE, (BAG,))])

    assert some(tables, sale, "kind", "client_id") == [("return", MARIE)]
    assert some(tables, line, "quantity", "net", "returned_quantity", "returned_net") == [(0, 0, 3, Decimal("270.00"))]
    assert some(tables, came_back, "return_id", "store_id", "occurred_at", "quantity", "net", "reason") == [
        (SALE, "osaka", NOON, 3, Decimal("270.00"), None)
    ]


def test_a_client_comes_and_goes_on_the_sales_row_and_its_lines_say_the_same() -> None:
    attached = rows([sold, ClientAttached(SALE, JEANNE, MARIE)])
    detached = rows([sold, ClientAttached(SALE, JEANNE, MARIE), ClientDetached(SALE, JEANNE)])

    assert some(attached, sale, "client_id", "stream_version") == [(JEANNE, 2)]
    assert some(detached, sale, "client_id", "stream_version") == [(None, 3)]
    assert some(attached, line, "ordinal", "client_id") == [(1, JEANNE), (2, JEANNE)]
    assert some(detached, line, "ordinal", "client_id") == [(1, None), (2, None)]


def test_what_is_ordered_moves_when_it_is_handed_over_and_every_step_is_told() -> None:
    attributes = (Attribute("stone", "emerald"),)
    ordered = replace(
        BAG, handover=Handover.ORDERED, deposit=Decimal("50.00"), serial_number="N-1", attributes=attributes
    )
    happened = [
        replace(sold, lines=(ordered, POSTAGE), bought_by_id=JEANNE, exchange_of=UUID(int=7)),
        LinesArrived(SALE, UUID(int=20), "osaka", NOON, (Pieces(1, 3),)),
        LinesHandedOver(
            SALE, UUID(int=21), "osaka", NOON + timedelta(1), MARIE, (HandedOverLine(1, 2, Decimal("180.00")),)
        ),
        LinesCancelled(SALE, UUID(int=22), "osaka", NOON + timedelta(2), (Pieces(1, 1),), "no longer made"),
        KeptForHerself(SALE, UUID(int=23), 1, 1),
    ]
    tables = rows(happened)

    assert some(tables, sale, "bought_by_id", "exchange_of", "stream_version") == [(JEANNE, UUID(int=7), 5)]
    assert some(rows(happened[:1]), line, "handover", "moved_quantity", "moved_net") == [
        ("ordered", 0, 0),
        ("taken", 1, Decimal("9.50")),
    ]
    moved = ("quantity", "arrived_quantity", "cancelled_quantity", "moved_quantity", "moved_net")
    assert some(tables, line, *moved)[0] == (3, 3, 1, 2, Decimal("180.00"))
    assert some(tables, line, "deposit", "serial_number", "attributes")[0] == (
        Decimal("50.00"),
        "N-1",
        [{"name": "stone", "value": "emerald"}],
    )
    assert some(tables, step, "step_id", "ordinal", "kind", "store_id", "occurred_at", "quantity", "net", "reason") == [
        (UUID(int=20), 1, "arrived", "osaka", NOON, 3, None, None),
        (UUID(int=21), 1, "handed-over", "osaka", NOON + timedelta(1), 2, Decimal("180.00"), None),
        (UUID(int=22), 1, "cancelled", "osaka", NOON + timedelta(2), 1, None, "no longer made"),
    ]


def test_a_correction_says_what_it_is_now_and_keeps_what_it_was_until_then() -> None:
    right = replace(BAG, quantity=4, net=Decimal("360.00"), brand="Aurélie")
    scarf = replace(POSTAGE, ordinal=3, sku="scarf", moves_goods=True)
    was = Content("paris-1", NOON, (BAG, POSTAGE))
    now = Content("osaka", NOON - timedelta(1), (right, scarf))
    tables = rows([sold, brought_back(10, 1, "90.00"), SaleCorrected(SALE, 1, was, now, "wrong till")])

    assert some(tables, sale, "store_id", "occurred_at", "stream_version") == [("osaka", NOON - timedelta(1), 3)]
    moved = ("quantity", "moved_quantity", "moved_net", "returned_quantity", "returned_net")
    assert some(tables, line, "ordinal", "brand", *moved) == [
        (1, "Aurélie", 4, 4, Decimal(360), 1, Decimal(90)),
        (3, None, 1, 1, Decimal("9.50"), 0, 0),
    ]
    assert (
        some(tables, line, "client_id", "store_id", "occurred_at", "currency")
        == [(MARIE, "osaka", NOON - timedelta(1), "EUR")] * 2
    )
    [until] = {row["known_until"] for row in tables[sale_was.name].values()}
    assert some(tables, sale_was, "until_version", "store_id", "occurred_at", "reason") == [
        (3, "paris-1", NOON, "wrong till")
    ]
    assert some(tables, line_was, "known_until", "ordinal", "present", "brand", "quantity", "net") == [
        (until, 1, True, "Lumen", 3, Decimal(270)),
        (until, 2, True, None, 1, Decimal("9.50")),
        (until, 3, False, None, None, None),
    ]


def test_a_line_that_was_ordered_after_all_has_not_moved() -> None:
    ordered = replace(BAG, handover=Handover.ORDERED)
    was, now = (Content("paris-1", NOON, (each, POSTAGE)) for each in (BAG, ordered))
    tables = rows([sold, SaleCorrected(SALE, 1, was, now, "still at the atelier")])

    assert some(tables, line, "handover", "moved_quantity", "moved_net")[0] == ("ordered", 0, 0)
    assert some(tables, line_was, "ordinal") == [(1,)]


def test_on_whom_a_sale_stood_is_kept_until_it_moved() -> None:
    tables = rows([sold, ClientAttached(SALE, JEANNE, MARIE), ClientDetached(SALE, JEANNE)])

    assert some(tables, standing_was, "until_version", "client_id") == [(2, MARIE), (3, JEANNE)]
