"""Replayed events in files: JSON Lines, or Parquet."""

import gzip
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import orjson

from infra.events import cloud_event
from infra.log.document import join, read_meta
from infra.replay.told import NoOutput, Told

# Read by nobody but whoever asked for it, as soon as there is a byte in it.
_PRIVATE: Final = 0o600


class JsonLines:
    """Each event on a line, as a CloudEvent with the document as it is stored: what `carnet events --json` prints."""

    def __init__(self, stream: IO[bytes], incarnation: UUID) -> None:
        self._stream = stream
        self._incarnation = incarnation

    def write(self, told: Sequence[Told]) -> None:
        for each in told:
            event = cloud_event(each.record, self._incarnation)
            if each.revealed is not None:
                event["data"] = orjson.Fragment(join(*each.parts))
            self._stream.write(orjson.dumps(event) + b"\n")

    def finish(self) -> None:
        self._stream.flush()

    def abandon(self) -> None:
        pass


class _File:
    """A file that has its name once it is whole."""

    def __init__(self, path: Path, *, private: bool) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._part.unlink(missing_ok=True)
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE if private else 0o666)
        self.stream: IO[bytes] = os.fdopen(descriptor, "wb")

    def finish(self) -> None:
        self.stream.close()
        self._part.rename(self._path)

    def abandon(self) -> None:
        with suppress(OSError):
            self.stream.close()
        self._part.unlink(missing_ok=True)


class JsonLinesFile:
    def __init__(self, path: Path, incarnation: UUID, *, private: bool) -> None:
        self._file = _File(path, private=private)
        self._packed = gzip.GzipFile(fileobj=self._file.stream, mode="wb", mtime=0) if path.suffix == ".gz" else None
        self._lines = JsonLines(self._packed or self._file.stream, incarnation)  # type: ignore[arg-type]

    def write(self, told: Sequence[Told]) -> None:
        self._lines.write(told)

    def finish(self) -> None:
        if self._packed is not None:
            self._packed.close()
        self._file.finish()

    def abandon(self) -> None:
        self._file.abandon()


class ParquetFile:
    """A row for each event: what the log knows in columns of its own, the clear and the personal fields as JSON.

    It needs `pyarrow`, of the extra `parquet`. Raises `NoOutput` without it.
    """

    def __init__(self, path: Path, incarnation: UUID, *, private: bool) -> None:
        try:
            import pyarrow as pa  # type: ignore[import-untyped]
            from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]
        except ImportError:
            raise NoOutput("Parquet needs pyarrow: the extra `parquet` installs it") from None
        text = pa.string()
        columns = {
            "position": pa.int64(),
            "event_id": text,
            "type": text,
            "stream": text,
            "stream_version": pa.int64(),
            "subject": text,
            "recorded_at": pa.timestamp("us", tz="UTC"),
            "actor": text,
            "on_behalf_of": text,
            "correlation_id": text,
            "causation_id": text,
            "data": text,
            "personal": text,
        }
        self._table = pa.Table
        self._schema = pa.schema(list(columns.items()), metadata={"source": f"carnet/{incarnation}"})
        self._file = _File(path, private=private)
        self._writer = ParquetWriter(self._file.stream, self._schema, compression="zstd")

    def write(self, told: Sequence[Told]) -> None:
        rows = [_row(each) for each in told]
        self._writer.write_table(self._table.from_pylist(rows, schema=self._schema))

    def finish(self) -> None:
        self._writer.close()
        self._file.finish()

    def abandon(self) -> None:
        with suppress(OSError):
            self._writer.close()
        self._file.abandon()


def _row(told: Told) -> dict[str, Any]:
    record = told.record
    row: dict[str, Any] = {
        "position": record.position,
        "type": record.name,
        "stream": str(record.stream_id),
        "stream_version": record.stream_version,
        "subject": str(record.key),
    }
    try:
        meta, data, personal = told.parts
        known = read_meta(meta)
    except ValueError:  # damaged: what is left of it
        return row
    return row | {
        "event_id": str(known.event_id),
        "recorded_at": known.recorded_at,
        "actor": known.actor,
        "on_behalf_of": known.on_behalf_of,
        "correlation_id": str(known.correlation_id),
        "causation_id": None if known.causation_id is None else str(known.causation_id),
        "data": data.decode(),
        "personal": personal.decode(),
    }
