"""Decisions about parked events: after each, a key's rows hold what came before its first parked event."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from consumers.dead_letters import Decision, NotParked, Operator, Resolution
from consumers.outcome import Outcome
from consumers.read_models import Reason
from consumers.runner import Runner
from consumers.source import Decode, Record
from infra.sql.dead_letters import SqlDeadLetters
from infra.sql.read_models import SqlReadModels, migrate, status
from projections.projection import Recorded, Rows
from tests.support.log import until_done_or_waiting
from tests.support.projections import Closed, Noted, Opened, Raised, Tables, counts, ledger, line, noted, owner, totals
from tests.support.records import Journal, ListSource
from tests.support.store import Store, as_stored, expected

ME, YOU = owner(0), owner(1)


class House:
    """A ledger and counts over a journal in two partitions; `failing` are the positions that the ledger cannot bear."""

    def __init__(self, url: str, failing: dict[int, type[Exception]]) -> None:
        self.store = Store(url, [ledger, counts])
        self.journal = Journal(partitions=2)
        self.failing = failing
        self.letters = SqlDeadLetters(url)
        self.now = 0.0

    def happened(self, *events: object) -> list[Record]:
        """Each once for both owners, who take turns; returns mine."""
        mine = []
        for event in events:
            mine.append(self.journal.happened(ME, event))
            self.journal.happened(YOU, event)
        return mine

    def runner(self, read_models: SqlReadModels, most_parked: int = 100) -> Runner:
        self.source = ListSource(self.journal.records, self.journal.partitions)
        self.outcomes: Counter[Outcome] = Counter()

        def count(projection: str, outcome: Outcome, n: int) -> None:
            self.outcomes[outcome] += n if projection == ledger.name else 0

        return Runner(
            self.source,
            self.journal.decode,
            read_models,
            [ledger, counts],
            count=count,
            monotonic=lambda: self.now,
            most_parked=most_parked,
        )

    def project(self) -> None:
        with closing(SqlReadModels(self.store.url)) as read_models:
            drain(self.runner(read_models))

    def operator(
        self, name: str = "ops-1", decode: Decode | None = None, records: Sequence[Record] | None = None
    ) -> Operator:
        """Reads `records` as its log, all of the journal if none are given."""

        def lookup(positions: Sequence[int]) -> list[Record]:
            known = self.journal.records if records is None else records
            return [record for record in known if record.position in positions]

        return Operator(self.letters, lookup, decode or self.journal.decode, name)

    def fresh(self) -> Tables:
        return as_stored(expected(self.journal, ledger, counts))

    def offsets(self) -> list[Any]:
        with psycopg.connect(self.store.url) as connection:
            return connection.execute("SELECT * FROM offsets ORDER BY 1, 2, 3").fetchall()


@pytest.fixture
def house(database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> House:
    failing: dict[int, type[Exception]] = {}

    def fragile(event: Noted, rows: Rows) -> None:
        noted(event, rows)
        if rows.recorded.position in failing:
            raise failing[rows.recorded.position]

    monkeypatch.setitem(ledger.handlers, Noted, fragile)
    return House(database(), failing)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def drain(runner: Runner) -> None:
    while runner.step():
        pass


def note(ordinal: int, text: str = "said") -> Noted:
    return Noted(ordinal, Decimal(ordinal), text)


def positions(*records: Record) -> list[int]:
    return [record.position for record in records]


def test_what_was_parked_is_projected_once_its_cause_is_mended(house: House) -> None:
    _, bad, *after = house.happened(Opened("book", ("a",)), note(1), note(2), Raised(1, Decimal("0.5")), note(1, "new"))
    house.failing[bad.position] = LookupError
    house.project()
    (parked,) = house.letters.parked(ledger)
    assert (parked.key, parked.events, parked.first.position) == (ME, 4, bad.position)
    assert (parked.first.reason, parked.first.error) == (Reason.HANDLER, "LookupError")
    assert house.letters.parked(counts) == []

    house.failing.clear()
    decision = house.operator().retry(ledger, ME)

    assert decision == Decision(ME, positions(bad, *after), [], [])
    assert house.store.rows() == house.fresh()
    assert house.letters.parked(ledger) == []
    resolved = [letter.resolved for letter in house.letters.letters(ledger, ME)]
    assert [(each.resolution, each.by, each.why) for each in resolved if each] == [
        (Resolution.RETRIED, "ops-1", None)
    ] * 4


def test_a_retry_that_fails_again_changes_nothing_but_what_is_known_of_it(house: House) -> None:
    _, bad, after = house.happened(Opened("book", ()), note(1), note(2))
    house.failing[bad.position] = LookupError
    house.project()
    rows, offsets = house.store.rows(), house.offsets()

    house.failing[bad.position] = ZeroDivisionError
    decision = house.operator().retry(ledger, ME)

    assert (decision.retried, decision.skipped) == ([], [])
    assert [(each.position, each.reason, each.error) for each in decision.parked] == [
        (bad.position, Reason.HANDLER, "ZeroDivisionError"),
        (after.position, Reason.BLOCKED, None),
    ]
    assert house.letters.letters(ledger, ME) == decision.parked
    assert (house.store.rows(), house.offsets()) == (rows, offsets)


def test_a_retry_gets_as_far_as_the_next_event_that_fails(house: House) -> None:
    """The database's refusal is found among those that it takes."""
    records = house.happened(Opened("book", ()), *(note(ordinal) for ordinal in range(1, 9)))
    refused = house.journal.happened(ME, note(9, "a NUL \0 in text"))
    last = house.journal.happened(ME, note(10))
    house.failing[records[1].position] = LookupError
    house.project()
    house.failing.clear()

    decision = house.operator().retry(ledger, ME)

    assert decision.retried == positions(*records[1:])
    assert [(each.position, each.reason, each.error, each.sqlstate) for each in decision.parked] == [
        (refused.position, Reason.DATABASE, "UntranslatableCharacter", "22P05"),
        (last.position, Reason.BLOCKED, None, None),
    ]
    assert house.letters.parked(ledger)[0].first == decision.parked[0]
    assert house.store.rows()[totals.name][8,]["lines"] == 2
    assert (ME, 8) in house.store.rows()[line.name]
    assert (ME, 9) not in house.store.rows()[line.name]


def test_the_poisoned_event_is_skipped_and_the_rest_of_its_key_flows(house: House) -> None:
    _, bad, after = house.happened(Opened("book", ()), note(1), note(2))
    house.failing[bad.position] = LookupError
    house.project()

    decision = house.operator("ops-2").skip(ledger, bad.position, "the till sent it by mistake")
    later = house.journal.happened(ME, note(3))
    house.project()

    assert decision == Decision(ME, positions(after), positions(bad), [])
    skipped, retried = (letter.resolved for letter in house.letters.letters(ledger, ME))
    assert skipped
    assert retried
    assert (skipped.resolution, skipped.by, skipped.why) == (
        Resolution.SKIPPED,
        "ops-2",
        "the till sent it by mistake",
    )
    assert (retried.resolution, retried.why) == (Resolution.RETRIED, None)
    mine = {ordinal for key, ordinal in house.store.rows()[line.name] if key == ME}
    assert mine == {2, 3}
    assert later.position not in positions_parked(house)
    with pytest.raises(NotParked):
        house.operator().skip(ledger, bad.position, "again")


def test_what_follows_is_skipped_too_if_asked(house: House) -> None:
    _, bad, after, last = house.happened(Opened("book", ()), note(1), note(2), note(3))
    house.failing[bad.position] = LookupError
    house.project()

    decision = house.operator().skip(ledger, after.position, "both wrong", and_later=True)
    assert decision.skipped == positions(after, last)
    assert positions_parked(house) == positions(bad)
    assert house.operator().skip(ledger, bad.position, "wrong", and_later=True).skipped == positions(bad)

    assert {key for key, _ in house.store.rows()[line.name]} == {YOU}


def test_a_runner_that_knows_of_a_parked_key_learns_that_it_no_longer_is(house: House) -> None:
    _, bad = house.happened(Opened("book", ()), note(1))
    house.failing[bad.position] = LookupError
    with closing(SqlReadModels(house.store.url)) as read_models:
        runner = house.runner(read_models)
        drain(runner)
        house.failing.clear()
        house.operator().retry(ledger, ME)

        known = len(house.journal.records)
        house.happened(note(2), Closed())
        house.source.append(house.journal.records[known:])
        drain(runner)

    assert house.outcomes[Outcome.PARKED] == 1
    assert house.store.rows() == house.fresh()


def test_a_runner_waits_while_a_key_is_decided_about(house: House, thread: ThreadPoolExecutor) -> None:
    """What it would have parked behind events that are just being retried, it then projects."""
    _, bad = house.happened(Opened("book", ()), note(1))
    house.failing[bad.position] = LookupError
    with closing(SqlReadModels(house.store.url)) as read_models:
        runner = house.runner(read_models)
        drain(runner)
        house.failing.clear()
        later = house.journal.happened(ME, note(2))

        def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
            house.source.append([later])
            step = thread.submit(runner.step)
            until_done_or_waiting(house.store.url, step.done)
            return house.journal.decode(records)

        house.operator(decode=decode).retry(ledger, ME)
        thread.submit(drain, runner).result(20)

    assert house.letters.parked(ledger) == []
    assert house.store.rows() == house.fresh()


def test_two_operators_at_once_retry_a_key_once(house: House, thread: ThreadPoolExecutor) -> None:
    _, bad, after = house.happened(Opened("book", ()), note(1), note(2))
    house.failing[bad.position] = LookupError
    house.project()
    house.failing.clear()
    second: list[Future[Decision]] = []

    def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
        second.append(thread.submit(house.operator("ops-2").retry, ledger, ME))
        until_done_or_waiting(house.store.url, second[0].done)
        return house.journal.decode(records)

    first = house.operator(decode=decode).retry(ledger, ME)

    assert first.retried == positions(bad, after)
    assert second[0].result(20) == Decision(ME, [], [], [])
    assert house.store.rows() == house.fresh()


def test_of_two_operators_who_skip_the_same_event_one_is_told(house: House, thread: ThreadPoolExecutor) -> None:
    """The second must not skip the next one, which she never saw."""
    _, bad, after = house.happened(Opened("book", ()), note(1), note(2))
    house.failing.update({bad.position: LookupError, after.position: LookupError})
    house.project()
    second: list[Future[Decision]] = []

    def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
        second.append(thread.submit(house.operator("ops-2").skip, ledger, bad.position, "mine", and_later=True))
        until_done_or_waiting(house.store.url, second[0].done)
        return house.journal.decode(records)

    house.operator(decode=decode).skip(ledger, bad.position, "first")

    with pytest.raises(NotParked):
        second[0].result(20)
    assert positions_parked(house) == positions(after)


def test_a_paused_projection_goes_on_when_it_is_told_to(house: House) -> None:
    records = house.happened(Opened("book", ()), note(1), note(2))
    house.failing.update({record.position: LookupError for record in house.journal.records[2:4]})
    with closing(SqlReadModels(house.store.url)) as read_models:
        runner = house.runner(read_models, most_parked=1)
        drain(runner)
        house.source.append([house.journal.happened(YOU, note(3))])
        house.now += 10
        drain(runner)
        assert paused(house) == {"ledger": True, "counts": False}

        house.failing.clear()
        for key in (ME, YOU):
            house.operator().retry(ledger, key)
        assert paused(house)["ledger"]
        assert house.letters.resume(ledger)
        assert not house.letters.resume(ledger)
        house.now += 10
        drain(runner)

    assert len(records) == 3
    assert paused(house) == {"ledger": False, "counts": False}
    assert house.store.rows() == house.fresh()


def test_an_event_that_the_log_does_not_have_or_tells_otherwise_stays_parked(house: House) -> None:
    """As after a restore of an older log, where others have taken the positions."""
    _, bad = house.happened(Opened("book", ()), note(1))
    house.failing[bad.position] = LookupError
    house.project()
    rows = house.store.rows()
    house.failing.clear()

    for found in ([], [replace(bad, stream_version=7)], [replace(bad, stream_id=YOU)], [replace(bad, name="other.v1")]):
        (parked,) = house.operator(records=found).retry(ledger, ME).parked
        assert (parked.reason, parked.error) == (Reason.DECODE, "NotInTheLog")

    assert house.store.rows() == rows
    assert house.operator().retry(ledger, ME).retried == positions(bad)


def test_an_exception_in_the_middle_of_a_decision_leaves_everything_as_it_was(house: House) -> None:
    _, bad, _ = house.happened(Opened("book", ()), note(1), note(2))
    house.failing[bad.position] = LookupError
    house.project()
    before = house.store.rows(), house.offsets(), house.letters.letters(ledger, ME)

    def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        house.operator(decode=decode).skip(ledger, bad.position, "wrong")

    assert (house.store.rows(), house.offsets(), house.letters.letters(ledger, ME)) == before


def test_a_decision_is_on_disk_when_it_is_answered(house: House) -> None:
    with house.letters.hold(ledger, ME) as held:
        settings = "SELECT current_setting('synchronous_commit'), current_setting('lock_timeout')"
        assert held._connection.execute(settings.encode()).fetchone() == ("on", "10s")


def test_a_database_of_an_earlier_release_learns_who_and_why(house: House) -> None:
    with psycopg.connect(house.store.url) as connection:
        connection.execute(
            "ALTER TABLE dead_letters DROP COLUMN resolved_at, DROP COLUMN resolved_by, DROP COLUMN resolved_why"
        )
    migrate(house.store.url, [])
    migrate(house.store.url, [])

    assert house.letters.letters(ledger, ME) == []


def positions_parked(house: House) -> list[int]:
    return [letter.position for letter in house.letters.letters(ledger, ME) if letter.resolved is None]


def paused(house: House) -> dict[str, bool]:
    with psycopg.connect(house.store.url) as connection:
        return {each.projection: each.paused for each in status(connection)}
