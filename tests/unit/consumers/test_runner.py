"""The loop, on sources and read models in memory."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from threading import Event, Thread

import pytest
from sqlalchemy import Column, Text
from typing_extensions import override

from consumers.outcome import Outcome
from consumers.read_models import Batch, Overtaken, Progress, Reason, Standing, Unwritable
from consumers.runner import Runner
from consumers.source import Decode, Record, Unavailable
from projections.projection import Projection
from tests.support.projections import (
    Closed,
    Cursed,
    Noted,
    Opened,
    Raised,
    Struck,
    Unheard,
    applied_one_by_one,
    book,
    count,
    counts,
    ledger,
    line,
    owner,
    totals,
)
from tests.support.read_models import MemoryReadModels
from tests.support.records import Journal, ListSource

ME, YOU = owner(0), owner(1)


class House:
    """A runner over a journal, with a clock that only the test moves."""

    def __init__(
        self,
        journal: Journal,
        *projections: Projection,
        read_models: MemoryReadModels | None = None,
        limit: int = 1000,
        most_parked: int = 100,
        decode: Decode | None = None,
        source: ListSource | None = None,
        threads: int = 2,
    ) -> None:
        self.journal = journal
        self.now = 0.0
        self.outcomes: Counter[tuple[str, Outcome]] = Counter()
        self.source = source or ListSource(journal.records, journal.partitions)
        self.read_models = read_models or MemoryReadModels()
        self.decoded: list[int] = []
        self.runner = Runner(
            self.source,
            decode or self._decode,
            self.read_models,
            projections or (ledger, counts),
            count=self._count,
            monotonic=lambda: self.now,
            limit=limit,
            most_parked=most_parked,
            threads=threads,
        )

    def drain(self) -> None:
        while self.runner.step():
            pass

    def outcomes_of(self, projection: Projection) -> dict[Outcome, int]:
        return {outcome: n for (name, outcome), n in self.outcomes.items() if name == projection.name and n}

    def reasons(self, projection: Projection) -> dict[int, Reason]:
        letters = self.read_models.letters[projection.name, projection.version]
        return {position: letter.reason for position, letter in letters.items()}

    def _count(self, projection: str, outcome: Outcome, n: int) -> None:
        self.outcomes[projection, outcome] += n

    def _decode(self, records: Sequence) -> list:  # type: ignore[type-arg]
        self.decoded += [record.position for record in records]
        return self.journal.decode(records)


def a_journal(partitions: int = 1) -> Journal:
    journal = Journal(partitions)
    for who in (ME, YOU):
        journal.happened(who, Opened("t", ("a", "b")))
        journal.happened(who, Noted(1, Decimal("1.5"), "one"))
        journal.happened(who, Noted(2, Decimal(2), "two"))
        journal.happened(who, Unheard())
    journal.happened(ME, Raised(1, Decimal("0.25")))
    journal.happened(YOU, Struck(2))
    journal.happened(ME, Closed())
    return journal


def one_by_one(journal: Journal, *projections: Projection) -> object:
    return applied_one_by_one(
        [asked for recorded in journal.recorded() for each in projections for asked in each.changes(recorded)]
    )


@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize("partitions", [1, 2])
def test_every_projection_is_brought_up_to_date(limit: int, partitions: int) -> None:
    house = House(a_journal(partitions), limit=limit)
    house.drain()

    assert house.read_models.rows() == one_by_one(house.journal, ledger, counts)
    assert house.outcomes_of(ledger) == {Outcome.APPLIED: 9, Outcome.IGNORED: 2}
    assert house.decoded == [record.position for record in house.journal.records]


def test_where_it_stands_is_kept_and_read_on_from() -> None:
    journal = a_journal()
    first = House(journal)
    first.drain()
    last = journal.records[-1].position
    journal.happened(YOU, Closed())

    again = House(journal, read_models=first.read_models)
    again.drain()

    assert again.source.sought == [{0: last + 1}]
    assert again.decoded == [journal.records[-1].position]
    assert again.read_models.rows() == one_by_one(journal, ledger, counts)


def test_a_record_relayed_twice_counts_once() -> None:
    house = House(a_journal())
    house.source.records = [*house.journal.records[:5], *house.journal.records[2:], *house.journal.records]
    house.drain()

    assert house.read_models.rows() == one_by_one(house.journal, ledger, counts)
    assert house.outcomes_of(ledger) == {Outcome.APPLIED: 9, Outcome.IGNORED: 2, Outcome.DUPLICATE: 3 + 11}


def test_a_new_projection_starts_at_the_beginning_and_the_others_drop_what_they_have() -> None:
    journal = a_journal()
    old = House(journal, ledger)
    old.drain()

    both = House(journal, ledger, counts, read_models=old.read_models)
    both.drain()

    assert both.source.sought == [{0: 0}]
    assert both.outcomes_of(ledger) == {Outcome.DUPLICATE: 11}
    assert both.read_models.rows() == one_by_one(journal, ledger, counts)


@pytest.mark.parametrize("limit", [4, 1000])
def test_who_knows_a_part_of_a_batch_takes_the_rest(limit: int) -> None:
    journal = a_journal()
    old = House(journal, ledger, source=ListSource(journal.records[:6]))
    old.drain()

    both = House(journal, ledger, counts, read_models=old.read_models, limit=limit)
    both.drain()

    assert both.outcomes_of(ledger)[Outcome.DUPLICATE] == 6
    assert both.read_models.rows() == one_by_one(journal, ledger, counts)


@pytest.mark.parametrize("limit", [4, 1000])
def test_nobody_is_asked_again_about_what_is_known(limit: int) -> None:
    asked: list[int] = []
    told = Projection("told", 1)
    told.on(Noted)(lambda event, rows: asked.append(rows.recorded.position))
    journal = a_journal()
    old = House(journal, told)
    old.drain()
    House(journal, told, ledger, read_models=old.read_models, limit=limit).drain()

    assert len(asked) == 4


def test_nobody_is_asked_twice_about_a_batch_in_which_a_key_is_parked() -> None:
    asked: list[int] = []
    told = Projection("told", 1)
    told.on(Noted)(lambda event, rows: asked.append(rows.recorded.position))
    told.on(Cursed)(lambda event, rows: rows.put(book, owner_id=ME))
    journal = Journal()
    journal.happened(ME, Cursed())
    house = House(journal, told)
    house.drain()
    house.source.append([journal.happened(who, Noted(1, Decimal(1), "a note")) for who in (ME, YOU, ME)])
    house.drain()

    assert len(asked) == 3
    assert sorted(house.reasons(told).values()) == [Reason.BLOCKED, Reason.BLOCKED, Reason.HANDLER]


def test_a_handlers_error_parks_the_event_and_what_follows_of_its_key() -> None:
    journal = Journal()
    journal.happened(ME, Opened("mine", ()))
    bad = journal.happened(ME, Cursed())
    after = journal.happened(ME, Noted(1, Decimal(1), "blocked"))
    journal.happened(YOU, Opened("yours", ()))
    house = House(journal)
    house.drain()
    later = journal.happened(ME, Closed())
    house.source.append([later])
    house.drain()

    assert house.reasons(ledger) == {
        bad.position: Reason.HANDLER,
        after.position: Reason.BLOCKED,
        later.position: Reason.BLOCKED,
    }
    assert {key: row["title"] for key, row in house.read_models.rows()[book.name].items()} == {
        (ME,): "mine",
        (YOU,): "yours",
    }
    assert house.reasons(counts) == {}
    assert house.outcomes_of(ledger) == {Outcome.APPLIED: 2, Outcome.PARKED: 3}
    (letter,) = [each for each in house.read_models.letters["ledger", 1].values() if each.reason is Reason.HANDLER]
    assert (letter.error, letter.sqlstate) == ("LookupError", None)


def test_parked_keys_are_known_after_a_restart() -> None:
    journal = Journal()
    journal.happened(ME, Cursed())
    first = House(journal)
    first.drain()
    journal.happened(ME, Opened("blocked", ()))

    again = House(journal, read_models=first.read_models)
    again.drain()

    assert list(again.reasons(ledger).values()) == [Reason.HANDLER, Reason.BLOCKED]


def test_what_says_nothing_to_a_projection_is_parked_all_the_same_after_what_failed_of_its_key() -> None:
    journal = Journal()
    bad = journal.happened(ME, Cursed())
    after = journal.happened(ME, Unheard())
    house = House(journal, limit=1)
    house.drain()

    assert house.reasons(ledger) == {bad.position: Reason.HANDLER, after.position: Reason.BLOCKED}


def test_who_is_ahead_is_not_sent_back_by_what_says_nothing_to_it() -> None:
    journal = a_journal()
    nothing = Projection("nothing", 1)
    old = House(journal, nothing)
    old.drain()
    last = journal.records[-1].position

    both = House(journal, nothing, ledger, read_models=old.read_models, limit=3)
    both.runner.step()

    assert old.read_models.progress[nothing.name, 1][0].position == last
    both.drain()
    assert both.outcomes_of(nothing) == {Outcome.DUPLICATE: len(journal.records)}


@pytest.mark.parametrize("limit", [1, 1000])
def test_what_cannot_be_decoded_is_parked_by_every_projection(limit: int) -> None:
    journal = Journal()
    bad = journal.happened(ME, UnicodeError("bytes"))
    journal.happened(YOU, Opened("yours", ()))
    house = House(journal, limit=limit)
    house.drain()

    assert house.reasons(ledger) == house.reasons(counts) == {bad.position: Reason.DECODE}
    assert house.outcomes_of(counts) == {Outcome.APPLIED: 1, Outcome.PARKED: 1}


class Picky(MemoryReadModels):
    """Refuses a batch that writes a certain text, as PostgreSQL refuses a NUL."""

    commits = 0

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        self.commits += 1
        if any(row.get("text") == "\0" for writes in batch.writes for row in writes.rows):
            raise Unwritable("DataError", "22P05")
        super().commit(projection, batch)


def test_what_the_database_refuses_is_found_by_halving_and_parked() -> None:
    journal = Journal()
    bad = []
    for ordinal in range(64):
        journal.happened(ME, Noted(ordinal, Decimal(1), "good"))
        if ordinal in (20, 40):
            bad.append(journal.happened(owner(ordinal), Noted(0, Decimal(1), "\0")))
            bad.append(journal.happened(owner(ordinal), Noted(1, Decimal(1), "after")))
    house = House(journal, ledger, read_models=Picky())
    house.drain()

    assert [(letter.record, letter.reason) for letter in house.read_models.letters["ledger", 1].values()] == [
        (bad[0], Reason.DATABASE),
        (bad[1], Reason.BLOCKED),
        (bad[2], Reason.DATABASE),
        (bad[3], Reason.BLOCKED),
    ]
    assert house.read_models.letters["ledger", 1][bad[0].position].sqlstate == "22P05"
    assert len(house.read_models.rows()[line.name]) == 64
    assert house.read_models.rows()[totals.name][0,]["lines"] == 1
    assert isinstance(house.read_models, Picky)
    assert house.read_models.commits < 40


def test_a_delta_that_is_no_number_is_the_handlers_error() -> None:
    journal = Journal()
    journal.happened(ME, Noted(1, Decimal(1), "one"))
    journal.happened(ME, Raised(1, None))  # type: ignore[arg-type]
    journal.happened(YOU, Noted(1, Decimal(2), "two"))
    house = House(journal, ledger)
    house.drain()

    assert list(house.reasons(ledger).values()) == [Reason.HANDLER]
    assert house.read_models.rows()[totals.name][1,]["amount"] == Decimal(3)


class Strict(MemoryReadModels):
    """Refuses every delta on a row that stands there, as PostgreSQL does one on a text."""

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        if any(writes.patches for writes in batch.writes):
            raise Unwritable("ProgrammingError", "42883")
        super().commit(projection, batch)


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_delta_on_what_is_no_number_is_parked_however_the_batches_fall(limit: int) -> None:
    told = Projection("told", 1)
    entry = told.owned("entry", "key", Column("text", Text))
    told.on(Opened)(lambda event, rows: rows.put(entry, text=event.title))
    told.on(Raised)(lambda event, rows: rows.add(entry, text=event.by))
    journal = Journal()
    journal.happened(ME, Opened("mine", ()))
    bad = journal.happened(ME, Raised(1, Decimal(1)))
    journal.happened(YOU, Opened("yours", ()))
    house = House(journal, told, read_models=Strict(), limit=limit)
    house.drain()

    assert house.reasons(told) == {bad.position: Reason.DATABASE}
    assert {row["text"] for row in house.read_models.rows()[entry.name].values()} == {"mine", "yours"}


def test_too_many_parked_keys_pause_the_projection_and_no_other() -> None:
    journal = Journal()
    for number in range(5):
        journal.happened(owner(number), Cursed())
    journal.happened(YOU, Opened("t", ()))
    house = House(journal, limit=2, most_parked=3)
    house.drain()

    assert house.read_models.paused == {("ledger", 1)}
    assert len(house.reasons(ledger)) == 4
    assert house.read_models.rows()[count.name][("Opened",)]["times"] == 1

    house.read_models.paused.clear()
    house.now += 1
    house.drain()

    assert len(house.reasons(ledger)) == 6


class Overtaking(MemoryReadModels):
    """Read models of which another runner writes the same batch a moment before, once."""

    def __init__(self, other: Callable[[], None]) -> None:
        super().__init__()
        self.other: Callable[[], None] | None = other

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        if self.other is not None:
            other, self.other = self.other, None
            other()
        super().commit(projection, batch)


def test_an_overtaken_runner_loads_again_and_nothing_counts_twice() -> None:
    journal = a_journal()
    read_models = Overtaking(lambda: House(journal, ledger, read_models=read_models, limit=4).drain())
    house = House(journal, ledger, read_models=read_models, limit=5)
    house.drain()

    assert house.outcomes_of(ledger) == {}
    assert house.read_models.rows() == one_by_one(journal, ledger)


class Shaky(MemoryReadModels):
    """Out of reach whenever `trouble` says so for a projection."""

    def __init__(self) -> None:
        super().__init__()
        self.troubled: set[str] = set()

    @override
    def load(self, projection: Projection, partitions: Sequence[int]) -> Standing:
        self._reach(projection)
        return super().load(projection, partitions)

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        self._reach(projection)
        super().commit(projection, batch)

    @override
    def advance(self, moves: Sequence[tuple[Projection, Batch]]) -> None:
        for projection, _ in moves:
            self._reach(projection)
        super().advance(moves)

    def _reach(self, projection: Projection) -> None:
        if projection.name in self.troubled:
            raise Unavailable("OperationalError 57P01")


class Polled(ListSource):
    """Counts the polls; `before` the second one something happens."""

    def __init__(self, journal: Journal, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(journal.records, journal.partitions)
        self.polls = 0
        self.second = Event()
        self._before = before

    @override
    def poll(self, limit: int, timeout: float) -> list[Record]:
        self.polls += 1
        if self.polls == 2:
            self.second.set()
            self._before()
        return super().poll(limit, timeout)


class Late(ListSource):
    """Whatever is hardly waited for is not there yet."""

    def __init__(self, records: Sequence[Record]) -> None:
        super().__init__(records)
        self.patient: list[bool] = []

    @override
    def poll(self, limit: int, timeout: float) -> list[Record]:
        self.patient.append(timeout > 0.1)
        return super().poll(limit, timeout) if self.patient[-1] else []


class Watching(MemoryReadModels):
    """Asks something while it writes."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__()
        self.answers: list[object] = []
        self._ask = ask

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        self.answers.append(self._ask())
        super().commit(projection, batch)


def test_the_next_batch_is_read_while_one_is_written() -> None:
    journal = a_journal()
    source = Polled(journal)
    read_models = Watching(lambda: source.second.wait(10))
    house = House(journal, ledger, read_models=read_models, source=source, limit=4)
    house.runner.step()

    assert read_models.answers == [True]
    house.drain()
    assert read_models.rows() == one_by_one(journal, ledger)


@pytest.mark.parametrize(("limit", "ahead"), [(11, True), (110, True), (111, False)])
def test_nothing_is_read_ahead_behind_a_batch_that_is_small(limit: int, ahead: bool) -> None:
    journal = a_journal()
    source = Polled(journal)
    House(journal, source=source, limit=limit).runner.step()

    assert len(journal.records) == 11
    assert source.polls == 1 + ahead


def test_what_the_next_batch_asks_for_is_worked_out_while_one_is_written() -> None:
    asked = Event()
    told = Projection("told", 1)
    entry = told.owned("entry", "key", Column("text", Text))
    told.on(Opened)(lambda event, rows: rows.put(entry, text=event.title))
    told.on(Closed)(lambda event, rows: asked.set())
    journal = Journal()
    journal.happened(ME, Opened("t", ()))
    journal.happened(ME, Closed())
    read_models = Watching(lambda: asked.wait(10))
    House(journal, told, read_models=read_models, limit=1).runner.step()

    assert read_models.answers == [True]


@pytest.mark.parametrize("threads", [0, 2])
def test_what_was_worked_out_is_not_written_if_the_batch_before_it_parks_its_key(threads: int) -> None:
    journal = Journal()
    bad = journal.happened(ME, Noted(1, Decimal(1), "\0"))
    journal.happened(YOU, Noted(1, Decimal(1), "good"))
    blocked = journal.happened(ME, Noted(2, Decimal(1), "after"))
    journal.happened(YOU, Noted(2, Decimal(1), "good"))
    house = House(journal, ledger, read_models=Picky(), limit=2, threads=threads)
    house.drain()

    assert house.reasons(ledger) == {bad.position: Reason.DATABASE, blocked.position: Reason.BLOCKED}
    assert house.read_models.rows()[line.name].keys() == {(YOU, 1), (YOU, 2)}
    assert house.outcomes_of(ledger) == {Outcome.APPLIED: 2, Outcome.PARKED: 2}


def test_what_is_not_there_yet_while_a_batch_is_written_is_waited_for() -> None:
    journal = a_journal()
    source = Late(journal.records)
    house = House(journal, source=source, limit=4)

    assert [house.runner.step(1.0) for _ in range(3)] == [4, 4, 3]
    assert source.patient == [True, False] * 3


def test_who_waits_for_the_database_itself_reads_nothing_ahead() -> None:
    journal = a_journal()
    source = Polled(journal)
    read_models = Watching(lambda: source.polls)
    House(journal, ledger, read_models=read_models, source=source, limit=4, threads=0).drain()

    assert read_models.answers == [1, 2, 3]
    assert read_models.rows() == one_by_one(journal, ledger)


class Dropping(MemoryReadModels):
    """Somebody has decided about its parked events: the first batch of a projection finds another generation."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = set(names)

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        if projection.name in self.names:
            self.names.remove(projection.name)
            raise Overtaken(projection.name)
        super().commit(projection, batch)


def test_what_was_read_ahead_is_dropped_when_the_batch_before_it_was_not_written() -> None:
    journal = a_journal()
    house = House(journal, read_models=Dropping("ledger"), limit=4)
    house.drain()

    assert house.read_models.rows() == one_by_one(journal, ledger, counts)
    assert house.outcomes_of(ledger) == {Outcome.APPLIED: 9, Outcome.IGNORED: 2}


def test_what_is_being_written_is_heard_of_though_nothing_more_can_be_read() -> None:
    def trouble() -> None:
        raise Unavailable("Kafka")

    journal = a_journal()
    house = House(journal, source=Polled(journal, trouble), limit=4)

    assert house.runner.step() == 0
    assert sum(house.outcomes_of(counts).values()) == 4
    house.now += 1
    house.drain()

    assert house.read_models.rows() == one_by_one(journal, ledger, counts)
    assert sum(house.outcomes_of(counts).values()) == len(journal.records)


def test_a_partition_that_comes_with_what_is_read_ahead_is_read_from_its_beginning() -> None:
    def another() -> None:
        source.partitions = [0, 1]
        source.seek({1: 0})

    journal = a_journal(partitions=2)
    source = Polled(journal, another)
    source.partitions = [0]
    house = House(journal, source=source, limit=2)
    house.drain()

    assert house.read_models.rows() == one_by_one(journal, ledger, counts)


class Counting(MemoryReadModels):
    """Counts the transactions."""

    transactions = 0

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        self.transactions += 1
        super().commit(projection, batch)

    @override
    def advance(self, moves: Sequence[tuple[Projection, Batch]]) -> None:
        # A commit moves on too, in its own transaction.
        self.transactions += not any(batch.writes for _, batch in moves)
        super().advance(moves)


@pytest.mark.parametrize(("limit", "batches"), [(1000, 1), (4, 3)])
def test_projections_that_a_batch_says_nothing_to_move_on_in_one_transaction(limit: int, batches: int) -> None:
    journal = a_journal()
    of_nothing = [Projection(f"nothing-{number}", 1) for number in range(4)]
    house = House(journal, ledger, *of_nothing, read_models=Counting(), limit=limit)
    house.drain()

    assert isinstance(house.read_models, Counting)
    assert house.read_models.transactions == 2 * batches
    last = journal.records[-1].position
    assert [house.read_models.progress[each.name, 1][0].position for each in of_nothing] == [last] * 4
    assert [house.outcomes_of(each) for each in of_nothing] == [{Outcome.IGNORED: len(journal.records)}] * 4


def test_of_several_that_move_on_together_an_overtaken_one_makes_all_load_again() -> None:
    journal = a_journal()
    one, other = Projection("one", 1), Projection("other", 1)
    read_models = MemoryReadModels()
    house = House(journal, one, other, read_models=read_models, limit=3)
    house.runner.step()
    House(journal, one, read_models=read_models).drain()
    house.drain()

    last = journal.records[-1].position
    assert [read_models.progress[each.name, 1][0].position for each in (one, other)] == [last, last]


@pytest.mark.parametrize("threads", [0, 2])
def test_trouble_of_one_projection_stops_no_other_and_passes_by_itself(threads: int) -> None:
    read_models = Shaky()
    house = House(a_journal(), read_models=read_models, limit=3, threads=threads)
    house.runner.step()
    read_models.troubled = {"ledger"}
    house.drain()

    assert read_models.progress["counts", 3][0].position == house.journal.records[-1].position
    assert read_models.progress["ledger", 1][0].position == house.journal.records[2].position

    read_models.troubled = set()
    house.now += 0.1
    house.drain()

    assert read_models.rows() == one_by_one(house.journal, ledger, counts)


def test_in_lasting_trouble_it_waits_longer_and_longer() -> None:
    read_models = Shaky()
    read_models.troubled = {"ledger", "counts"}
    house = House(a_journal(), read_models=read_models)
    waits = []
    for _ in range(8):
        assert house.runner.step() == 0
        waits.append(round(house.runner.rest(), 3))
        house.now += house.runner.rest()

    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_source_or_keys_out_of_reach_are_trouble_of_all() -> None:
    trouble = iter([True, False, True])

    def decode(records: Sequence) -> list:  # type: ignore[type-arg]
        if next(trouble, False):
            raise Unavailable("keys")
        return house.journal.decode(records)

    house = House(a_journal(), limit=5, decode=decode)
    for _ in range(6):
        house.now += 1
        house.drain()

    assert house.read_models.rows() == one_by_one(house.journal, ledger, counts)


def test_partitions_come_and_go() -> None:
    journal = a_journal(partitions=2)
    house = House(journal)
    house.source.partitions = [0]
    house.source.append([])
    house.drain()
    done = house.read_models.progress["ledger", 1]
    assert set(done) == {0}

    house.source.partitions = [1]
    house.drain()

    assert set(done) == {0, 1}
    assert house.read_models.rows() == one_by_one(journal, ledger, counts)


def test_who_goes_back_reads_again() -> None:
    """A partition set to the beginning by somebody else is projected again, from there."""
    journal = a_journal()
    house = House(journal, counts)
    house.drain()
    house.read_models.progress["counts", 3][0] = Progress(generation=1)
    house.read_models.tables.clear()
    house.source.append([journal.happened(ME, Closed())])
    house.drain()

    assert house.read_models.rows() == one_by_one(journal, counts)


def test_it_runs_until_it_is_told_to_stop() -> None:
    journal = a_journal()
    house = House(journal)
    stop = Event()
    thread = Thread(target=house.runner.run, args=(stop,))
    thread.start()
    house.source.append([journal.happened(ME, Noted(9, Decimal(9), "late"))])
    stop.set()
    thread.join(10)

    assert not thread.is_alive()
