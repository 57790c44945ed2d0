"""Given events of a sale, then the rows of purchases and returns."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.sale.events import ClientAttached, ClientDetached, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, ReturnedLine, SaleReference, Seller
from projections.projection import Table
from projections.purchase_history import came_back, line, purchase_history, sale
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


def test_a_return_without_the_receipt_sold_nothing_and_all_of_it_came_back() -> None:
    tables = rows([ReturnRecorded(SALE, SaleReference("till", "C77"), "osaka", NOON, "EUR", MARIE, (BAG,))])

    assert some(tables, sale, "kind", "client_id") == [("return", MARIE)]
    assert some(tables, line, "quantity", "net", "returned_quantity", "returned_net") == [(0, 0, 3, Decimal("270.00"))]
    assert some(tables, came_back, "return_id", "store_id", "occurred_at", "quantity", "net", "reason") == [
        (SALE, "osaka", NOON, 3, Decimal("270.00"), None)
    ]


def test_a_client_comes_and_goes_on_the_sales_row_only() -> None:
    before = rows([sold])

    attached = rows([sold, ClientAttached(SALE, JEANNE, MARIE)])
    detached = rows([sold, ClientAttached(SALE, JEANNE, MARIE), ClientDetached(SALE, JEANNE)])

    assert some(attached, sale, "client_id", "stream_version") == [(JEANNE, 2)]
    assert some(detached, sale, "client_id", "stream_version") == [(None, 3)]
    assert attached[line.name] == detached[line.name] == before[line.name]
