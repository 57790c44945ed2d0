"""What a projection may declare and ask for; the rest is refused where it is written, not where it would go wrong."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Float, Integer, Numeric, Text, func

from projections.projection import Op, Projection, Rows, Table
from tests.support.projections import Opened, book, ledger, line, opened, owner, slip, totals
from tests.support.records import Journal

ME = owner(0)


def rows() -> Rows:
    journal = Journal()
    journal.happened(ME, Opened("t", ()))
    return Rows(journal.recorded()[0])


def test_the_owner_of_a_row_is_filled_in() -> None:
    asked = rows()
    asked.put(line, ordinal=3, text="t")

    (change,) = asked.changes
    assert (change.op, change.key) == (Op.PUT, (ME, 3))
    assert change.values == {"owner_id": ME, "ordinal": 3, "text": "t"}


def test_dropping_all_concerns_the_own_rows_only() -> None:
    asked = rows()
    asked.drop_all(line)

    assert [(change.key, change.values) for change in asked.changes] == [((ME,), {"owner_id": ME})]


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda rows: rows.put(totals, ordinal=1, lines=1), "shared: only add"),
        (lambda rows: rows.patch(totals, ordinal=1, lines=1), "shared: only add"),
        (lambda rows: rows.drop(totals, ordinal=1), "shared: only add"),
        (lambda rows: rows.drop_all(totals), "shared: only add"),
        (lambda rows: rows.put(book, owner_id=ME, title="t"), "filled in"),
        (lambda rows: rows.put(book, titel="t"), "no column titel"),
        (lambda rows: rows.put(slip, ordinal=1, title="t"), "no column title"),
        (lambda rows: rows.put(line, text="t"), "needs its key column 'ordinal'"),
        (lambda rows: rows.add(line, ordinal=1, amount=0.5), "exact number"),
        (lambda rows: rows.add(totals, ordinal=1, lines=None), "exact number"),
        (lambda rows: rows.add(totals, ordinal=1, lines=Decimal("NaN")), "exact number"),
    ],
)
def test_what_a_table_is_not_for_is_refused(ask: Callable[[Rows], None], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        ask(rows())


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (Column("total", Text), "exact numbers"),
        (Column("total", Float), "exact numbers"),
        (Column("total", Numeric(12, 2)), "without a scale"),
    ],
)
def test_a_shared_table_holds_exact_numbers(column: Column[Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Projection("p", 1).shared("t", Column("what", Text, primary_key=True), column)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (Column("amount", Numeric(12, 2)), "without a scale"),
        (Column("at", Integer, server_default="0"), "plain value"),
        (Column("at", Integer, default=func.random()), "plain value"),
        (Column("at", Integer, default=lambda: 1), "plain value"),
    ],
)
def test_an_owned_table_leaves_nothing_to_the_server(column: Column[Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Projection("p", 1).owned("t", "owner_id", column)


@pytest.mark.parametrize("of", [line, totals])
def test_of_several_rows_of_an_owner_none_is_copied(of: Table) -> None:
    with pytest.raises(TypeError, match="no one row of each owner"):
        Projection("p", 1).owned("t", "owner_id", copied=[of.c.amount])


def test_what_is_copied_is_written_first() -> None:
    projection = Projection("p", 1)
    whole = projection.owned("whole", "owner_id", Column("title", Text))
    part = projection.owned("part", "owner_id", Column("ordinal", Integer, primary_key=True), copied=[whole.c.title])

    assert projection.tables == [whole, part]


def test_an_event_is_handled_once() -> None:
    with pytest.raises(TypeError, match="handles Opened twice"):
        ledger.on(Opened)(opened)


def test_tables_carry_the_version() -> None:
    table: Table = Projection("p", 7).owned("t", "owner_id", Column("amount", Numeric, default=Decimal(0)))

    assert table.name == "t_v7"
