"""The runner on PostgreSQL: several at once, poison, a lost connection, and any delivery at all."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg
import pytest
from typing_extensions import override

from consumers.outcome import Outcome
from consumers.read_models import Batch, Reason
from consumers.runner import Runner
from infra.sql.read_models import SqlReadModels, migrate
from projections.projection import Projection
from projections.registry import PROJECTIONS
from tests.support.delivery import delivery
from tests.support.projections import Noted, Opened, book, counts, ledger, line, owner
from tests.support.records import Journal, ListSource
from tests.support.store import Store, as_stored, expected

ME, YOU = owner(0), owner(1)


@pytest.fixture
def store(database: Callable[[], str]) -> Store:
    return Store(database(), [ledger, counts])


@pytest.fixture
def read_models(store: Store) -> Iterator[SqlReadModels]:
    opened = SqlReadModels(store.url)
    yield opened
    opened.close()


def run(
    journal: Journal, read_models: SqlReadModels, *projections: Projection, limit: int = 1000
) -> Counter[tuple[str, Outcome]]:
    """Projects everything that there is, waiting as long as it takes for trouble to pass."""
    outcomes: Counter[tuple[str, Outcome]] = Counter()

    def count(projection: str, outcome: Outcome, n: int) -> None:
        outcomes[projection, outcome] += n

    now = 0.0
    runner = Runner(
        ListSource(journal.records, journal.partitions),
        journal.decode,
        read_models,
        projections or (ledger, counts),
        count=count,
        monotonic=lambda: now,
        limit=limit,
    )
    idle = 0
    while idle < 3:  # with time passing, whatever was in trouble has been tried again by then
        idle = 0 if runner.step() else idle + 1
        now += 10 * idle
    return outcomes


def a_journal(events: int, partitions: int = 1) -> Journal:
    journal = Journal(partitions)
    for number in range(events):
        who = owner(number % 7)
        if number < 7:
            journal.happened(who, Opened(f"book {number}", ("a, b", '"')))
        else:
            journal.happened(who, Noted(number % 5, Decimal(number).scaleb(-2), f"note {number}"))
    return journal


@pytest.mark.parametrize("seed", range(6))
def test_any_delivery_gives_the_rows_of_one_at_a_time(database: Callable[[], str], seed: int) -> None:
    store = Store(database(), PROJECTIONS)
    read_models = SqlReadModels(store.url)

    wanted = delivery(seed, PROJECTIONS, read_models, decisions=80)

    read_models.close()
    assert store.rows() == as_stored(wanted)


def test_two_runners_on_the_same_partitions_write_everything_once(store: Store) -> None:
    journal = a_journal(400, partitions=3)
    outcomes: list[Counter[tuple[str, Outcome]]] = []

    def one() -> None:
        read_models = SqlReadModels(store.url)
        outcomes.append(run(journal, read_models, limit=10))
        read_models.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert store.rows() == as_stored(expected(journal, ledger, counts))
    assert sum(each["ledger", Outcome.APPLIED] for each in outcomes) == 400


def test_a_value_that_the_database_refuses_parks_its_event_and_the_rest_flows(
    store: Store, read_models: SqlReadModels
) -> None:
    journal = a_journal(50)
    bad = journal.happened(ME, Noted(1, Decimal(1), "a NUL \0 in text"))
    after = journal.happened(ME, Noted(2, Decimal(1), "after"))
    journal.happened(YOU, Noted(9, Decimal(1), "yours"))
    wrong = journal.happened(owner(2), Noted(1, "much", "no number"))  # type: ignore[arg-type]

    outcomes = run(journal, read_models)

    assert store.letters() == [
        ("ledger", bad.position, Reason.DATABASE, "UntranslatableCharacter", "22P05"),
        ("ledger", after.position, Reason.BLOCKED, None, None),
        ("ledger", wrong.position, Reason.HANDLER, "TypeError", None),
    ]
    assert outcomes["ledger", Outcome.PARKED] == 3
    assert (YOU, 9) in store.rows()[line.name]
    assert outcomes["counts", Outcome.APPLIED] == 54


class Cut(SqlReadModels):
    """Read models whose connection the server ends in the middle of every fifth batch."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.commits = 0
        self.cuts = 0

    @override
    def commit(self, projection: Projection, batch: Batch) -> None:
        self.commits += 1
        if self.commits % 5 == 0:
            with psycopg.connect(self._url, autocommit=True) as other:
                self.cuts += len(
                    other.execute(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    ).fetchall()
                )
        super().commit(projection, batch)


def test_a_connection_killed_in_mid_run_comes_back_by_itself(store: Store) -> None:
    journal = a_journal(200, partitions=2)
    read_models = Cut(store.url)

    run(journal, read_models, limit=7)

    read_models.close()
    assert read_models.cuts >= 5
    assert store.letters() == []
    assert store.rows() == as_stored(expected(journal, ledger, counts))


def test_a_projection_without_tables_waits_and_stops_no_other(database: Callable[[], str]) -> None:
    store = Store(database(), [counts])
    read_models = SqlReadModels(store.url)
    journal = a_journal(20)
    runner = Runner(
        ListSource(journal.records),
        journal.decode,
        read_models,
        [ledger, counts],
        count=lambda projection, outcome, n: None,
        monotonic=lambda: 0.0,
    )

    while runner.step():
        pass

    assert store.rows() == expected(journal, counts)
    migrate(store.url, [ledger])
    run(journal, read_models)
    read_models.close()
    assert Store(store.url, [ledger]).rows().keys() == {book.name, line.name, "book_total_v1"}


def test_nothing_of_the_projector_reads_a_whole_table(store: Store, read_models: SqlReadModels) -> None:
    """A plan that was made while a table was empty would go on doing so."""
    run(a_journal(300), read_models, limit=10)
    read_models.close()

    with psycopg.connect(store.url, autocommit=True) as connection:
        names = [table.name for projection in store.projections for table in projection.tables]
        scans = "SELECT sum(seq_tup_read), sum(idx_scan) FROM pg_stat_user_tables WHERE relname = ANY(%s)"
        read, looked_up = connection.execute(scans, [names]).fetchone() or (None, None)
    assert read == 0
    assert looked_up > 0
