"""What the benchmarks write by hand, beside which a projector is measured."""

from collections.abc import Iterable
from typing import Any

from bench.by_hand import cards_by_hand, history_by_hand, memberships_by_hand, purchases_by_hand
from bench.consuming import QUIX, _statements
from bench.sales import history
from consumers.fold import TableWrites, fold
from projections.projection import key_columns, shape
from projections.purchase_history import line
from projections.registry import PROJECTIONS
from tests.support.records import Journal


def test_a_bare_loop_writes_the_very_rows_of_the_projections() -> None:
    journal = Journal()
    for stream, events in history(45):
        for event in events:
            journal.happened(stream, event)
    recorded = journal.recorded()
    asked = [change for each in recorded for projection in PROJECTIONS for change in projection.changes(each)]
    tables = [table for projection in PROJECTIONS for table in projection.tables]

    by_hand = (cards_by_hand, purchases_by_hand, memberships_by_hand, history_by_hand)
    assert written(writes for each in by_hand for writes in each(recorded)) == written(fold(tables, asked))


def test_the_quix_application_writes_into_todays_tables() -> None:
    """It is run by itself, without us, so it names them."""
    application = (QUIX / "app.py").read_text()
    copied = shape(line).copied

    assert copied
    assert [name for name in _statements() if f'"{name}"' not in application] == []
    assert f"COPIED = {copied.columns}".replace("'", '"') in application


def written(writes: Iterable[TableWrites]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Rows by table and key, what they leave out being NULL."""
    return {
        each.table.name: {
            tuple(row[name] for name in key_columns(each.table)): {
                name: value for name, value in row.items() if value is not None
            }
            for row in each.rows
        }
        for each in writes
        if each.rows
    }
