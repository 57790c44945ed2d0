"""Filling another generation, on sources and read models in memory."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from threading import get_ident

import pytest
from typing_extensions import override

from consumers.read_models import Reason
from consumers.rebuilding import Builder, Cancelled, Stopped, Unprojectable
from consumers.runner import Runner
from consumers.source import Record, Unavailable
from projections.projection import Projection, Recorded
from projections.registry import PROJECTIONS
from tests.support.decisions.journal import random_journal
from tests.support.projections import (
    Cursed,
    Noted,
    Opened,
    Raised,
    Unheard,
    applied_one_by_one,
    ledger,
    line,
    owner,
)
from tests.support.read_models import MemoryReadModels
from tests.support.records import Journal, ListSource

ME, YOU = owner(0), owner(1)


def a_journal(partitions: int = 1) -> Journal:
    journal = Journal(partitions)
    for who in (ME, YOU):
        journal.happened(who, Opened("t", ("a", "b")))
        for ordinal in range(5):
            journal.happened(who, Noted(ordinal, Decimal("1.5"), "one"))
            journal.happened(who, Unheard())
    return journal


def builder(journal: Journal, into: MemoryReadModels, *, limit: int = 3, **more: object) -> Builder:
    return Builder(
        ListSource(journal.records, journal.partitions),
        journal.decode,
        into,
        ledger,
        limit=limit,
        **more,  # type: ignore[arg-type]
    )


def serving(journal: Journal, records: Sequence[Record], *projections: Projection) -> MemoryReadModels:
    """What a projector has made of these records."""
    models = MemoryReadModels()
    source = ListSource(records, journal.partitions)
    runner = Runner(source, journal.decode, models, projections, count=lambda *_: None, monotonic=lambda: 0.0)
    while runner.step():
        pass
    return models


def offsets(models: MemoryReadModels, projection: Projection = ledger) -> dict[int, int]:
    return {p: at.next_offset for p, at in models.progress[projection.name, projection.version].items()}


def test_it_is_filled_to_the_goal_and_never_beyond() -> None:
    journal = a_journal(2)
    half = serving(journal, journal.records[:13], ledger)
    models = MemoryReadModels()

    builder(journal, models).fill(offsets(half))

    assert models.rows() == half.rows()
    assert models.progress == half.progress


def test_a_partition_that_stands_still_keeps_no_other_from_its_goal() -> None:
    journal = a_journal(2)
    last = {p: max(each.offset for each in journal.records if each.partition == p) for p in range(2)}
    models = MemoryReadModels()

    builder(journal, models, limit=2).fill({0: 0, 1: last[1] + 1})

    assert offsets(models) == {0: 0, 1: last[1] + 1}


@pytest.mark.parametrize("seed", range(20))
def test_a_generation_filled_beside_any_other_has_its_rows(seed: int) -> None:
    """Begun, stopped and taken up again while what serves moves on, in batches of any size."""
    chance = Random(seed)
    journal = random_journal(chance, partitions=chance.randrange(1, 4), decisions=60)
    records = list(journal.records)
    projection = chance.choice(PROJECTIONS)
    source = ListSource(records[: len(records) // 3], journal.partitions)
    served, built = MemoryReadModels(), MemoryReadModels()
    runner = Runner(source, journal.decode, served, [projection], count=lambda *_: None, monotonic=lambda: 0.0, limit=7)
    ends = ListSource(records, journal.partitions).ends()
    while offsets(built, projection) != ends:
        for _ in range(chance.randrange(3)):
            runner.step()
        source.append(records[len(source.records) :][: chance.randrange(9)])
        left = [chance.randrange(1, 5)]

        def stopped(left: list[int] = left) -> bool:
            left[0] -= 1
            return not left[0]

        work = Builder(
            ListSource(source.records, journal.partitions),
            journal.decode,
            built,
            projection,
            limit=chance.randrange(1, 12),
            stopped=stopped,
        )
        try:
            work.fill(offsets(served, projection))
        except Stopped:
            continue

    assert built.rows() == served.rows()
    assert built.rows() == applied_one_by_one(
        [asked for recorded in journal.recorded() for asked in projection.changes(recorded)]
    )


def test_what_was_filled_is_not_filled_again() -> None:
    journal = a_journal()
    models = MemoryReadModels()
    decoded: list[int] = []

    def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
        decoded.extend(each.position for each in records)
        return journal.decode(records)

    for _ in range(2):
        Builder(ListSource(journal.records), decode, models, ledger, limit=4).fill(ListSource(journal.records).ends())

    assert decoded == [each.position for each in journal.records]


def test_nothing_is_read_ahead_while_rows_are_written() -> None:
    """What writes waits for the database meanwhile, so together they never take more than one core."""
    journal = a_journal()
    threads = set[int]()

    def decode(records: Sequence[Record]) -> list[Recorded | Exception]:
        threads.add(get_ident())
        return journal.decode(records)

    source, models = ListSource(journal.records), MemoryReadModels()
    Builder(source, decode, models, ledger, limit=4).fill(source.ends())

    assert threads == {get_ident()}


def test_what_says_nothing_is_not_even_decoded() -> None:
    journal = a_journal()
    journal.happened(ME, LookupError("no key opens it"))
    models, goal = MemoryReadModels(), ListSource(journal.records).ends()

    builder(journal, models, silent=frozenset({"unheard.v1", "lookuperror.v1"})).fill(goal)

    assert models.rows() == serving(journal, journal.records[:-1], ledger).rows()
    assert offsets(models) == goal


def test_what_cannot_be_projected_ends_it_before_anything_is_built_on_it() -> None:
    journal = a_journal()
    sound = len(journal.records)
    bad = journal.happened(ME, Cursed())
    journal.happened(ME, Raised(1, Decimal(1)))
    models = MemoryReadModels()

    with pytest.raises(Unprojectable, match=rf"{bad.position}: cursed.v1, version 12 of {ME}: handler LookupError"):
        builder(journal, models, limit=1).fill(ListSource(journal.records).ends())

    assert models.rows() == serving(journal, journal.records[:sound], ledger).rows()
    assert not models.letters["ledger", 1]


def test_or_it_is_parked_as_a_projector_would() -> None:
    journal = a_journal()
    bad = journal.happened(ME, Cursed())
    after = journal.happened(ME, Raised(1, Decimal(1)))
    journal.happened(YOU, Raised(1, Decimal(1)))
    models = MemoryReadModels()

    builder(journal, models, park=True).fill(ListSource(journal.records).ends())

    assert models.rows() == serving(journal, journal.records, ledger).rows()
    reasons = {position: letter.reason for position, letter in models.letters["ledger", 1].items()}
    assert reasons == {bad.position: Reason.HANDLER, after.position: Reason.BLOCKED}


def test_what_an_operator_left_out_is_left_out_for_ever() -> None:
    journal = a_journal()
    bad = journal.happened(ME, Cursed())
    journal.happened(ME, Noted(9, Decimal(1), "after"))
    models = MemoryReadModels()

    builder(journal, models).fill(ListSource(journal.records).ends(), frozenset({bad.position}))

    assert (ME, 9) in models.rows()[line.name]
    assert not models.letters["ledger", 1]


def test_who_pauses_it_cancels_it() -> None:
    journal = a_journal()
    models = MemoryReadModels()
    work = builder(journal, models, told=lambda at: models.pause(ledger))

    with pytest.raises(Cancelled):
        work.fill(ListSource(journal.records).ends())

    assert 0 < offsets(models)[0] < ListSource(journal.records).ends()[0]


class Lost(ListSource):
    """A source that was cut off: what should be there does not come."""

    @override
    def poll(self, limit: int, timeout: float) -> list[Record]:
        return []


def test_a_source_that_gives_nothing_is_out_of_reach() -> None:
    journal = a_journal()

    with pytest.raises(Unavailable):
        Builder(Lost(journal.records), journal.decode, MemoryReadModels(), ledger).fill({0: 10}, patience=0.0)
