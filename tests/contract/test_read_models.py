"""What the runner relies on, of the read models in memory and of those in PostgreSQL."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any, Protocol
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from consumers.fold import fold
from consumers.read_models import Batch, DeadLetter, Overtaken, Progress, ReadModels, Reason, Standing, Unwritable
from consumers.source import Record
from infra.sql.read_models import SqlReadModels, migrate, status
from projections.projection import Op, Projection, RowChange, key_columns
from tests.support.changes import random_batches
from tests.support.projections import Tables, applied_one_by_one, book, counts, ledger, line, owner
from tests.support.read_models import MemoryReadModels

ME = owner(0)


class Subject(Protocol):
    """Read models under test, with a look at the rows."""

    @property
    def read_models(self) -> ReadModels: ...

    def rows(self) -> Tables: ...

    def clear(self) -> None: ...


class Memory:
    def __init__(self) -> None:
        self.read_models: MemoryReadModels = MemoryReadModels()

    def rows(self) -> Tables:
        return self.read_models.rows()

    def clear(self) -> None:
        self.read_models.tables.clear()
        self.read_models.progress.clear()


class Sql:
    def __init__(self, url: str) -> None:
        migrate(url, [ledger, counts])
        self.read_models = SqlReadModels(url)
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    def rows(self) -> Tables:
        return {
            table.name: found
            for table in ledger.tables
            if (found := {tuple(row[c] for c in key_columns(table)): row for row in self._rows(table.name)})
        }

    def clear(self) -> None:
        names = ", ".join(table.name for table in ledger.tables)
        self.connection.execute(f"TRUNCATE {names}, offsets".encode())

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return self.connection.execute(f"SELECT * FROM {name}".encode()).fetchall()

    def close(self) -> None:
        self.read_models.close()
        self.connection.close()


@pytest.fixture(params=["memory", "postgresql"])
def subject(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        yield Memory()
    else:
        database: Callable[[], str] = request.getfixturevalue("database")
        sql = Sql(database())
        yield sql
        sql.close()


def test_a_projection_begins_at_the_beginning(subject: Subject) -> None:
    assert subject.read_models.load(ledger, [0, 3]) == Standing({0: Progress(), 3: Progress()}, frozenset(), False)


def test_a_batch_moves_its_partitions_and_writes_its_rows(subject: Subject) -> None:
    known = subject.read_models.load(ledger, [0, 1, 2]).progress

    commit(subject, known, {0: 7, 2: 5}, [put_line(1, amount=Decimal("1.50"))])

    progress = subject.read_models.load(ledger, [0, 1, 2]).progress
    assert [progress[p] for p in range(3)] == [Progress(7, 8), Progress(), Progress(5, 6)]
    assert subject.rows() == {
        line.name: {(ME, 1): {"owner_id": ME, "ordinal": 1, "amount": Decimal("1.50"), "text": None}}
    }


def test_of_two_runners_one_is_overtaken_and_writes_nothing(subject: Subject) -> None:
    known = subject.read_models.load(ledger, [0, 1]).progress
    commit(subject, known, {1: 4}, [put_line(1, text="first")])

    with pytest.raises(Overtaken):
        commit(subject, known, {0: 9, 1: 4}, [put_line(1, text="second"), put_line(2, text="second")])

    assert subject.read_models.load(ledger, [0, 1]).progress == {0: Progress(), 1: Progress(4, 5)}
    assert [row["text"] for row in subject.rows()[line.name].values()] == ["first"]


def test_several_projections_move_on_together_or_not_at_all(subject: Subject) -> None:
    known = {each: subject.read_models.load(each, [0, 1]).progress for each in (ledger, counts)}
    reached = {0: Progress(7, 8), 1: Progress(9, 10)}
    moves = [(each, Batch(known[each], reached, (), ())) for each in (ledger, counts)]

    subject.read_models.advance(moves)

    assert subject.read_models.load(ledger, [0, 1]).progress == reached
    assert subject.read_models.load(counts, [0, 1]).progress == reached

    further = {0: Progress(11, 12), 1: Progress(12, 13)}
    with pytest.raises(Overtaken):
        subject.read_models.advance([(counts, Batch(reached, further, (), ())), moves[0]])

    assert subject.read_models.load(counts, [0, 1]).progress == reached


def test_projections_stand_apart(subject: Subject) -> None:
    other = Projection(ledger.name, ledger.version + 1)
    known = subject.read_models.load(ledger, [0]).progress
    subject.read_models.load(other, [0])
    commit(subject, known, {0: 7}, [])

    assert subject.read_models.load(other, [0]).progress == {0: Progress()}


def test_parked_keys_are_known_to_whoever_loads_their_partition(subject: Subject) -> None:
    known = subject.read_models.load(ledger, [0, 1]).progress
    letters = [
        letter(0, 7, ME, Reason.HANDLER),
        letter(0, 8, ME, Reason.BLOCKED),
        letter(1, 9, owner(1), Reason.DECODE),
    ]
    commit(subject, known, {0: 8, 1: 9}, [], letters)

    assert subject.read_models.load(ledger, [0, 1]).parked == {ME, owner(1)}
    assert subject.read_models.load(ledger, [1]).parked == {owner(1)}
    assert subject.read_models.load(counts, [0, 1]).parked == frozenset()


def test_a_paused_projection_is_not_written(subject: Subject) -> None:
    known = subject.read_models.load(ledger, [0]).progress
    subject.read_models.pause(ledger)

    with pytest.raises(Overtaken):
        commit(subject, known, {0: 7}, [put_line(1)])

    assert subject.read_models.load(ledger, [0]).paused
    assert not subject.read_models.load(counts, [0]).paused


def test_any_split_equals_one_at_a_time(subject: Subject) -> None:
    for seed in range(60):
        subject.clear()
        known = subject.read_models.load(ledger, [0]).progress
        batches = random_batches(Random(seed), 24)
        expected = applied_one_by_one([change for batch in batches for change in batch])

        for position, batch in enumerate(batches, 1):
            known = commit(subject, known, {0: position}, batch)

        assert subject.rows() == expected, f"seed {seed}"


@pytest.mark.parametrize(
    "values",
    [
        {"title": "a NUL \0 in text"},
        {"title": "half a surrogate \ud800"},
        {"title": "t", "lines": 2**40},
        {"title": "t", "lines": 2**80},
        {"title": "t", "lines": "many"},
        {"title": "t", "due": "2026-02-30"},
        {"title": "t", "more": {"of": object()}},
        {"title": None},
    ],
    ids=",".join,
)
def test_what_no_column_can_hold_is_told_without_its_value(database: Callable[[], str], values: dict[str, Any]) -> None:
    sql = Sql(database())
    known = sql.read_models.load(ledger, [0]).progress

    with pytest.raises(Unwritable) as refused:
        commit(sql, known, {0: 7}, [put_line(1), RowChange(book, Op.PUT, (ME,), {"owner_id": ME, **values})])

    assert refused.value.__cause__ is None
    assert not any(str(value) in str(refused.value) for value in values.values() if value != "t")
    assert sql.read_models.load(ledger, [0]).progress == {0: Progress()}
    assert sql.rows() == {}
    sql.close()


def test_status_says_where_every_projection_stands(database: Callable[[], str]) -> None:
    sql = Sql(database())
    known = sql.read_models.load(ledger, [0, 1]).progress
    commit(sql, known, {1: 9}, [], [letter(1, 8, ME, Reason.HANDLER), letter(1, 9, ME, Reason.BLOCKED)])
    sql.read_models.load(counts, [0])
    sql.read_models.pause(counts)

    with psycopg.connect(sql.connection.info.dsn) as connection:
        now = status(connection)

    assert [(each.projection, each.version, each.positions, each.parked_keys, each.paused) for each in now] == [
        ("counts", 3, {0: 0}, 0, True),
        ("ledger", 1, {0: 0, 1: 9}, 1, False),
    ]
    sql.close()


def test_migrating_again_changes_nothing(database: Callable[[], str]) -> None:
    url = database()
    migrate(url, [ledger])
    migrate(url, [ledger, counts])


def put_line(ordinal: int, **values: Any) -> RowChange:
    return RowChange(line, Op.PUT, (ME, ordinal), {"owner_id": ME, "ordinal": ordinal, **values})


def letter(partition: int, position: int, key: UUID, reason: Reason) -> DeadLetter:
    return DeadLetter(Record(partition, position, position, key, key, 1, "noted.v1", b""), reason, "LookupError", None)


def commit(
    subject: Subject,
    known: dict[int, Progress],
    positions: dict[int, int],
    changes: Sequence[RowChange],
    letters: Sequence[DeadLetter] = (),
) -> dict[int, Progress]:
    """Commits a batch that ends at these positions; returns what is known afterwards."""
    reached = {partition: Progress(position, position + 1) for partition, position in positions.items()}
    batch = Batch({p: known[p] for p in positions}, reached, fold(ledger.tables, changes), letters)
    subject.read_models.commit(ledger, batch)
    return {**known, **reached}
