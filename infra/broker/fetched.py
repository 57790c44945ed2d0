"""What kafka-python's consumer has fetched, taken apart by aiokafka's compiled reader of records (ADR 0021).

kafka-python takes a record apart byte by byte in Python, which costs as much as half of all that a projector does with
it. Everything else stays the library's: what is fetched, whether a batch is whole, and which batches nobody must see.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.record.default_records import DefaultRecordBatch  # type: ignore[import-untyped]
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.consumer.fetcher import Fetcher, IsolationLevel  # type: ignore[import-untyped]
from kafka.errors import CorruptRecordError  # type: ignore[import-untyped]
from typing_extensions import override


class Fetched(NamedTuple):
    """One record, as far as we read it; see the library's `ConsumerRecord`."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def read_compiled(consumer: KafkaConsumer) -> KafkaConsumer:
    """The consumer, from now on reading records by the compiled reader."""
    consumer._fetcher.PartitionRecords = _PartitionRecords
    return consumer


class _PartitionRecords(Fetcher.PartitionRecords):  # type: ignore[misc]
    """As the library's own of 3.0.12, for batches of the format that every broker since 0.11 keeps."""

    @override
    def _unpack_records(self, tp: TopicPartition, records: Any, *_: object) -> Iterator[Fetched]:
        while (batch := records.next_batch()) is not None:
            if batch.magic != 2 or not batch.validate_crc():
                raise CorruptRecordError(f"a batch of partition {tp.partition} at offset {batch.base_offset}")
            self.leader_epoch = batch.leader_epoch
            self.bytes_read += batch.size_in_bytes
            for each in _parted(batch) if self._shown(batch) else ():
                self.next_fetch_offset = each.offset + 1
                yield Fetched(tp.partition, each.offset, each.key, each.value, each.headers)
            # The last records of a compacted batch may be missing: what comes next is after them.
            self.next_fetch_offset = batch.next_offset
        self.drain()

    def _shown(self, batch: Any) -> bool:
        """Whether its records are for the reader: none that only ends a transaction, none that was aborted."""
        if self.isolation_level == IsolationLevel.READ_COMMITTED and batch.has_producer_id():
            self._consume_aborted_transactions_up_to(batch.last_offset)
            if self._contains_abort_marker(batch):
                self.aborted_producer_ids.discard(batch.producer_id)
            elif self._is_batch_aborted(batch):
                return False
        return not batch.is_control_batch


def _parted(batch: Any) -> Iterator[Any]:
    try:
        yield from DefaultRecordBatch(batch._buffer)
    except KafkaError as error:  # that library's own, by which nobody here would know it
        raise CorruptRecordError(f"{type(error).__name__} at offset {batch.base_offset}") from error
