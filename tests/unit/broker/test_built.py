"""Whatever is sent, we make the bytes that the library itself would, and fill a batch as far."""

import time
from collections.abc import Sequence
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kafka.record import memory_records  # type: ignore[import-untyped]
from kafka.record.default_records import DefaultRecordBatchBuilder  # type: ignore[import-untyped]

from infra.broker.built import CompiledBuilder, build_compiled

Record = tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]

PLAIN, GZIP = 0, 1
EVENT: Final[Record] = (1_764_460_800_000, b"client", b'{"name":"sale.recorded"}' * 20, [("ce_id", b"1")])
NOTHING: Final[Record] = (0, None, None, [])

maybe = st.none() | st.binary(max_size=300)
records = st.tuples(
    st.integers(0, 1 << 45), maybe, maybe, st.lists(st.tuples(st.text(max_size=12), maybe), max_size=14)
)


def batch(builder: type, sent: Sequence[Record], codec: int, size: int, transactional: bool) -> Any:
    """What a builder says of each record, how large it says that it is, and its bytes in the end."""
    with patch.object(memory_records, "DefaultRecordBatchBuilder", builder):
        made = memory_records.MemoryRecordsBuilder(2, codec, size)
    said = [(made.append(*each), made.size_in_bytes(), made.is_full(), made.next_offset()) for each in sent]
    made.set_producer_state(4_711, 3, 12, transactional)
    made.close()
    told = [each and (each.offset, each.size, each.timestamp, each.crc) for each, *_ in said]
    return told, [each[1:] for each in said], bytes(made.buffer()), made.producer_id, made.base_sequence


@given(
    st.lists(records, min_size=1, max_size=20),
    st.sampled_from([PLAIN, GZIP]),
    st.sampled_from([64, 600, 1 << 17]),
    st.booleans(),
)
@example([EVENT] * 9, PLAIN, 600, True)
@example([EVENT] * 9, GZIP, 1 << 17, True)
@example([NOTHING], GZIP, 600, False)
@example([(2_000, b"", b"", []), (1_000, b"", b"", []), (3_000, b"", b"", [])], PLAIN, 600, False)
def test_a_batch_is_the_one_that_the_library_makes(
    sent: list[Record], codec: int, size: int, transactional: bool
) -> None:
    ours = batch(CompiledBuilder, sent, codec, size, transactional)

    assert ours == batch(DefaultRecordBatchBuilder, sent, codec, size, transactional)


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_a_batch_is_full_when_the_librarys_is(spare: int) -> None:
    *_, made, _, _ = batch(DefaultRecordBatchBuilder, [EVENT, EVENT], PLAIN, 1 << 17, True)
    size = len(made) + spare

    ours = batch(CompiledBuilder, [EVENT, EVENT], PLAIN, size, True)

    assert ours == batch(DefaultRecordBatchBuilder, [EVENT, EVENT], PLAIN, size, True)
    assert (ours[0][1] is None) == (spare < 0)


def test_a_record_without_a_time_is_of_now() -> None:
    builder = CompiledBuilder(
        magic=2,
        compression_type=PLAIN,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=600,
    )
    before = int(time.time() * 1000)

    told = builder.append(0, None, b"key", b"value", [])

    assert before <= told.timestamp <= time.time() * 1000


@pytest.mark.parametrize("wrong", [(0, "key", b"", []), (0, b"", "value", []), ("now", b"", b"", [])])
def test_what_is_no_record_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        batch(CompiledBuilder, [wrong], PLAIN, 600, False)


def test_producers_are_given_it() -> None:
    with patch.object(memory_records, "DefaultRecordBatchBuilder", DefaultRecordBatchBuilder):
        build_compiled()

        assert isinstance(memory_records.MemoryRecordsBuilder(2, PLAIN, 600)._builder, CompiledBuilder)
