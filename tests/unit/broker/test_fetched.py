"""Whatever a broker may send, we read what the library itself would, and are told to go on at the same offset."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kafka import TopicPartition  # type: ignore[import-untyped]
from kafka.consumer.fetcher import Fetcher, IsolationLevel  # type: ignore[import-untyped]
from kafka.errors import CorruptRecordError  # type: ignore[import-untyped]
from kafka.protocol.consumer import FetchResponse  # type: ignore[import-untyped]
from kafka.record import MemoryRecords, MemoryRecordsBuilder  # type: ignore[import-untyped]
from kafka.record.default_records import DefaultRecordBatch  # type: ignore[import-untyped]
from kafka.record.util import calc_crc32c  # type: ignore[import-untyped]

from infra.broker.fetched import _PartitionRecords

AT: Final = TopicPartition("carnet.events", 2)
ABORT, COMMIT = 0, 1
PLAIN, GZIP = 0, 1

Sent = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]], int]


@dataclass(frozen=True)
class Batch:
    """`records` by producer, one to an offset and so many offsets after it that compaction emptied; with `end`, the one
    record that ends a transaction."""

    records: Sequence[Sent]
    producer: int = -1
    end: int | None = None
    codec: int = PLAIN
    gone: int = 0


maybe = st.none() | st.binary(max_size=200)
sent = st.tuples(
    maybe, maybe, st.lists(st.tuples(st.text(max_size=12), maybe), max_size=14), st.integers(0, 2_000_000_000_000)
)
producers = st.integers(1, 2)
batches = st.one_of(
    st.builds(
        Batch,
        st.lists(sent, min_size=1, max_size=6),
        st.just(-1) | producers,
        codec=st.sampled_from([PLAIN, GZIP]),
        gone=st.integers(0, 2),
    ),
    st.builds(Batch, st.just([]), producers, st.sampled_from([ABORT, COMMIT])),
)


def stored(batches: Sequence[Batch]) -> tuple[bytes, list[Any]]:
    """The log's bytes, and which transactions the broker would say were aborted."""
    log, offset, begun = b"", 0, dict[int, int]()
    aborted = []
    for each in batches:
        end = each.end is not None
        builder = MemoryRecordsBuilder(2, each.codec, 1 << 20, 0, each.producer > 0, each.producer, 0, 0)
        marker: list[Sent] = [(struct.pack(">hh", 0, each.end), b"", [], 0)] if end else []
        for key, value, headers, timestamp in marker or each.records:
            builder.append(timestamp, key, value, headers)
        builder.close()
        bytes_ = bytearray(builder.buffer())
        last = len(marker or each.records) - 1 + each.gone
        struct.pack_into(">q", bytes_, 0, offset)
        struct.pack_into(">i", bytes_, 23, last)
        if end:
            bytes_[22] |= DefaultRecordBatch.CONTROL_MASK
        struct.pack_into(">I", bytes_, 17, calc_crc32c(memoryview(bytes_)[21:]))
        log += bytes_
        if each.producer > 0:
            first = begun.setdefault(each.producer, offset)
            if end:
                del begun[each.producer]
                if each.end == ABORT:
                    aborted.append(_aborted(each.producer, first))
        offset += last + 1
    return log, aborted


def _aborted(producer: int, first: int) -> Any:
    of = FetchResponse.FetchableTopicResponse.PartitionData.AbortedTransaction
    return of(producer_id=producer, first_offset=first)


def read(reader: type[Any], log: bytes, aborted: list[Any], begin: int, limit: int, isolation: int) -> list[Any]:
    """All that it gives out, by so many, with where to read on after each; and what stops it."""
    parts = reader(begin, AT, MemoryRecords(log), isolation_level=isolation, aborted_transactions=aborted)
    seen: list[Any] = []
    while parts:
        try:
            given = parts.take(limit)
        except CorruptRecordError:
            return [*seen, CorruptRecordError]
        seen.append(([(each.offset, each.key, each.value, each.headers) for each in given], parts.next_fetch_offset))
    return seen


committed, everything = IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED
KNOWN: Final[Sent] = (b"key", b"value", [("ce_id", b"1"), ("ce_time", None)], 1_764_460_800_000)


@given(st.lists(batches, max_size=6), st.integers(0, 8), st.integers(1, 5), st.sampled_from([committed, everything]))
@example([Batch([KNOWN], 1), Batch([KNOWN], 2), Batch([], 1, ABORT), Batch([], 2, COMMIT)], 0, 5, committed)
@example([Batch([KNOWN], 1), Batch([], 1, ABORT), Batch([KNOWN], 1), Batch([], 1, COMMIT)], 0, 1, committed)
@example([Batch([KNOWN, KNOWN], gone=2), Batch([KNOWN], codec=GZIP)], 1, 1, everything)
def test_reads_what_the_library_reads(kept: list[Batch], begin: int, limit: int, isolation: int) -> None:
    log, aborted = stored(kept)

    ours = read(_PartitionRecords, log, aborted, begin, limit, isolation)

    assert ours == read(Fetcher.PartitionRecords, log, aborted, begin, limit, isolation)


def test_what_was_aborted_is_not_shown_and_what_was_committed_is() -> None:
    log, aborted = stored([Batch([KNOWN], 1), Batch([KNOWN], 2), Batch([], 1, ABORT), Batch([], 2, COMMIT)])

    [(given, _)] = [each for each in read(_PartitionRecords, log, aborted, 0, 5, committed) if each[0]]

    assert given == [(1, *KNOWN[:3])]


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    log, _ = stored([Batch([KNOWN, KNOWN])])
    damaged = bytearray(log)
    damaged[data.draw(st.integers(21, len(log) - 1))] ^= data.draw(st.integers(1, 255))

    assert read(_PartitionRecords, bytes(damaged), [], 0, 5, committed) == [CorruptRecordError]


@pytest.mark.parametrize("codec", [PLAIN, GZIP])
def test_what_no_producer_should_have_sent_is_an_error_of_the_librarys(codec: int) -> None:
    """Whole as it arrived, but its one record is shorter than it says."""
    log = bytearray(stored([Batch([KNOWN], codec=codec)])[0])
    struct.pack_into(">i", log, 57, 2)  # records
    struct.pack_into(">I", log, 17, calc_crc32c(memoryview(log)[21:]))

    seen = read(_PartitionRecords, bytes(log), [], 0, 1, committed)

    assert seen[-1] is CorruptRecordError
