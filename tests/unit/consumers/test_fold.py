"""A folded batch has the effect of its changes one at a time, however they are split into batches."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from consumers.fold import Patch, TableWrites, fold
from consumers.read_models import Batch
from projections.projection import Op, RowChange
from tests.support.changes import random_batches
from tests.support.projections import applied_one_by_one, book, ledger, line, owner, totals
from tests.support.read_models import MemoryReadModels

ME = owner(0)


def test_order_of_tables_is_fixed() -> None:
    assert [writes.table.name for writes in fold(ledger.tables, [add_total(1), put_line(1)])] == [
        table.name for table in ledger.tables if table in (line, totals)
    ]


def test_a_row_put_twice_is_written_once_and_whole() -> None:
    (writes,) = fold(ledger.tables, [put_line(1, amount=1, text="old"), put_line(1, amount=2)])

    assert writes.rows == [{"owner_id": ME, "ordinal": 1, "amount": 2}]


def test_a_patch_of_a_row_put_in_the_same_batch_needs_no_statement() -> None:
    (writes,) = fold(ledger.tables, [put_line(1, amount=1), patch_line(1, amount=2)])

    assert writes.rows == [{"owner_id": ME, "ordinal": 1, "amount": 2}]
    assert writes.patches == {}


def test_patches_of_the_same_columns_are_one_statement() -> None:
    (writes,) = fold(ledger.tables, [patch_line(1, text="a"), patch_line(2, text="b"), patch_line(1, text="c")])

    assert writes.patches == {
        Patch(frozenset({"text"}), frozenset()): [
            {"owner_id": ME, "ordinal": 1, "text": "c"},
            {"owner_id": ME, "ordinal": 2, "text": "b"},
        ]
    }


def test_a_delta_on_what_was_patched_is_added_in_memory() -> None:
    (writes,) = fold(ledger.tables, [patch_line(1, amount=Decimal(3)), add_line(1, amount=Decimal(2))])

    assert writes.patches == {
        Patch(frozenset({"amount"}), frozenset()): [{"owner_id": ME, "ordinal": 1, "amount": Decimal(5)}]
    }


def test_a_default_stands_where_a_put_leaves_a_column_out() -> None:
    asked = [RowChange(book, Op.PUT, (ME,), {"owner_id": ME, "title": "t"}), add_book(lines=2)]

    assert [writes.rows for writes in fold(ledger.tables, asked)] == [[{"owner_id": ME, "lines": 2, "title": "t"}]]


def test_what_all_is_dropped_of_needs_nothing_else() -> None:
    everything = RowChange(line, Op.DROP_ALL, (ME,), {"owner_id": ME})

    (writes,) = fold(ledger.tables, [put_line(1), patch_line(2, text="x"), everything, patch_line(1, text="late")])

    assert writes == TableWrites(line, owners=[{"owner_id": ME}])


def test_asking_for_nothing_but_the_key_writes_nothing() -> None:
    assert fold(ledger.tables, [patch_line(1)]) == [TableWrites(line)]


def test_folding_leaves_the_changes_as_they_were() -> None:
    asked = [put_line(1, amount=1), add_line(1, amount=1), add_total(1), add_total(1)]
    fold(ledger.tables, asked)

    assert asked == [put_line(1, amount=1), add_line(1, amount=1), add_total(1), add_total(1)]


@settings(max_examples=1500, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**63))
def test_any_split_equals_one_at_a_time(seed: int) -> None:
    batches = random_batches(Random(seed), 24)
    expected = applied_one_by_one([change for batch in batches for change in batch])
    read_models = MemoryReadModels()

    for batch in batches:
        read_models.commit(ledger, Batch({}, {}, fold(ledger.tables, batch), []))

    assert read_models.rows() == expected


def put_line(ordinal: int, **values: Any) -> RowChange:
    return on_line(Op.PUT, ordinal, values)


def patch_line(ordinal: int, **values: Any) -> RowChange:
    return on_line(Op.PATCH, ordinal, values)


def add_line(ordinal: int, **values: Any) -> RowChange:
    return on_line(Op.ADD, ordinal, values)


def on_line(op: Op, ordinal: int, values: dict[str, Any], who: UUID = ME) -> RowChange:
    return RowChange(line, op, (who, ordinal), {"owner_id": who, "ordinal": ordinal, **values})


def add_book(**values: Any) -> RowChange:
    return RowChange(book, Op.ADD, (ME,), {"owner_id": ME, **values})


def add_total(ordinal: int) -> RowChange:
    return RowChange(totals, Op.ADD, (ordinal,), {"ordinal": ordinal, "lines": 1})
