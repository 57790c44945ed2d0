"""Random row changes on the sample's tables, and random ways of cutting a sequence into batches."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from projections.projection import Op, RowChange, Table
from tests.support.projections import book, line, owner, totals

T = TypeVar("T")

amounts = st.decimals(min_value=-1000, max_value=1000, places=2)
counts = st.integers(-5, 5)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
labels = st.lists(texts, max_size=3)
documents = st.none() | st.dictionaries(texts, st.integers(-9, 9) | st.lists(texts, max_size=2), max_size=2)

COLUMNS: dict[Table, dict[str, st.SearchStrategy[Any]]] = {
    book: {"title": texts, "labels": st.none() | labels, "lines": st.none() | counts, "more": documents},
    line: {"amount": st.none() | amounts, "text": st.none() | texts},
    totals: {"lines": counts, "amount": amounts},
}
NUMBERS: dict[Table, dict[str, st.SearchStrategy[Any]]] = {
    book: {"lines": counts},
    line: {"amount": amounts},
    totals: COLUMNS[totals],
}


@st.composite
def changes(draw: st.DrawFn) -> RowChange:
    """A change as `Rows` would ask for it, on few rows, so that they meet."""
    table = draw(st.sampled_from([book, line, line, totals]))
    op = Op.ADD if table is totals else draw(st.sampled_from(list(Op)))
    who = owner(draw(st.integers(0, 1)))
    ordinal = draw(st.integers(1, 2))
    key: dict[str, Any] = {"owner_id": who} if table is not totals else {}
    if op is not Op.DROP_ALL and table is not book:
        key["ordinal"] = ordinal
    required = {"title": draw(texts)} if table is book and op is Op.PUT else {}
    optional = {Op.PUT: COLUMNS, Op.PATCH: COLUMNS, Op.ADD: NUMBERS}.get(op)
    asked = draw(st.fixed_dictionaries({}, optional=optional[table])) if optional else {}
    return RowChange(table, op, tuple(key.values()), {**key, **required, **asked})


@st.composite
def split(draw: st.DrawFn, sequence: Sequence[T]) -> list[Sequence[T]]:
    """The sequence in batches, cut anywhere."""
    cuts = sorted(draw(st.lists(st.integers(0, len(sequence)), max_size=4)))
    return [sequence[start:end] for start, end in zip([0, *cuts], [*cuts, len(sequence)], strict=True)]


def copied(change: RowChange) -> RowChange:
    return change._replace(values=dict(change.values))


def batches(most: int) -> st.SearchStrategy[tuple[list[RowChange], list[Sequence[RowChange]]]]:
    """Up to `most` changes, in order, and the same in batches."""
    return st.lists(changes(), max_size=most).flatmap(
        lambda all_of_them: st.tuples(st.just([copied(change) for change in all_of_them]), split(all_of_them))
    )
