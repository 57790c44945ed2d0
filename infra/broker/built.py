"""What kafka-python's producers send, put together by aiokafka's compiled builder of records (ADR 0021).

kafka-python puts a record together byte by byte in Python. Everything else stays the library's: how large a batch may
be, what compresses it, and its header, with the producer's state in it.
"""

from typing import Any

from aiokafka.record.default_records import DefaultRecordBatchBuilder  # type: ignore[import-untyped]
from kafka.record import default_records, memory_records  # type: ignore[import-untyped]
from typing_extensions import override


def build_compiled() -> None:
    """Every producer of this process, from now on putting records together by the compiled builder.

    The library makes its builders by this name, wherever it makes one: there is no way to give one to one producer.
    """
    memory_records.DefaultRecordBatchBuilder = CompiledBuilder


class CompiledBuilder(default_records.DefaultRecordBatchBuilder):  # type: ignore[misc]
    """As the library's own of 3.0.12."""

    def __init__(self, *, magic: int, batch_size: int, **state: Any) -> None:
        super().__init__(magic=magic, batch_size=batch_size, **state)
        # The library writes the header, of what the producer's state is by then, and compresses. A batch that a record
        # would fill to the last byte takes it; to the compiled builder it would be one too many.
        compiled = DefaultRecordBatchBuilder(magic, self.CODEC_NONE, False, -1, -1, -1, batch_size + 1)
        self.append, self.size, self._built = compiled.append, compiled.size, compiled.build

    @override
    def build(self) -> bytearray:
        self._buffer = self._built()
        *_, self._last_offset, self._first_timestamp, self._max_timestamp, _, _, _, self._num_records = (
            self.HEADER_STRUCT.unpack_from(self._buffer)
        )
        return super().build()  # type: ignore[no-any-return]
