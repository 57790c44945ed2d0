"""Random row changes on the sample's tables, cut into batches anywhere."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from projections.projection import Op, RowChange, Table
from tests.support.projections import book, line, owner, slip, totals

Value = Callable[[Random], Any]

TEXTS = ["", "a", 'a "quoted" \\ word', "{a,b}", "NULL", "王 ë\n", " "]


def _amount(chance: Random) -> Decimal:
    return Decimal(chance.randrange(-100, 100)).scaleb(chance.randrange(-2, 1))


def _count(chance: Random) -> int:
    return chance.randrange(-5, 6)


def _text(chance: Random) -> str:
    return chance.choice(TEXTS)


def _texts(chance: Random) -> list[str]:
    return chance.choices(TEXTS, k=chance.randrange(4))


def _document(chance: Random) -> Any:
    return {_text(chance): chance.choice([None, 1, [_text(chance)], {"deep": True}])}


def _or_null(value: Value) -> Value:
    return lambda chance: value(chance) if chance.random() < 0.8 else None


_COLUMNS: dict[Table, dict[str, Value]] = {
    book: {"title": _text, "labels": _or_null(_texts), "lines": _or_null(_count), "more": _or_null(_document)},
    line: {"amount": _or_null(_amount), "text": _or_null(_text)},
    slip: {"text": _or_null(_text)},
}
_NUMBERS: dict[Table, dict[str, Value]] = {
    book: {"lines": _count},
    line: {"amount": _amount},
    slip: {},
    totals: {"lines": _count, "amount": _amount},
}


def random_batches(chance: Random, most: int) -> list[list[RowChange]]:
    """Up to `most` changes in order, cut anywhere, after a batch that only puts rows."""
    before = [random_change(chance, [Op.PUT]) for _ in range(chance.randrange(6))]
    after = [random_change(chance, list(Op)) for _ in range(chance.randrange(most + 1))]
    cuts = sorted(chance.randrange(len(after) + 1) for _ in range(chance.randrange(4)))
    return [before, *(after[start:end] for start, end in zip([0, *cuts], [*cuts, len(after)], strict=True))]


def random_change(chance: Random, ops: Sequence[Op]) -> RowChange:
    """A change as `Rows` would ask for it, on few rows, so that they meet."""
    table = chance.choice([book, line, line, slip, totals])
    op = Op.ADD if table is totals else chance.choice(ops)
    key: dict[str, Any] = {} if table is totals else {"owner_id": owner(chance.randrange(2))}
    if op is not Op.DROP_ALL and table is not book:
        key["ordinal"] = chance.randrange(1, 3)
    columns: dict[str, Value] = {}
    if op in (Op.PUT, Op.PATCH, Op.ADD):
        columns = (_NUMBERS if op is Op.ADD else _COLUMNS)[table]
    asked = {
        name: value(chance)
        for name, value in columns.items()
        if chance.random() < 0.6 or (op is Op.PUT and name == "title")
    }
    return RowChange(table, op, tuple(key.values()), {**key, **asked})
