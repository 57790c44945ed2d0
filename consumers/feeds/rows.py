"""A file as rows of text, in the order of the file.

A row is one line of the file: a quoted field does not span lines, so that a stray quotation mark spoils one row and
never swallows those after it. Bytes that the encoding does not know survive as surrogates; whoever uses the field finds
them there, and the rejected row is written with the very same bytes.
"""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, Protocol, cast

from consumers.feeds.mapping import Mapping, TextFormat


class FileUnreadable(Exception):
    """The file as a whole cannot be read with this mapping. Nothing of it was recorded."""


class Row(NamedTuple):
    """`line` is the line of the file, counted from 1."""

    line: int
    fields: list[str]


class Table(Protocol):
    """Rows of `width` fields; `columns` says at which index each column that a mapping names stands."""

    width: int
    columns: dict[str | int, int]


class TableFile:
    """A file whose header fits a mapping. `columns` says at which index each of the `named` columns stands."""

    def __init__(self, path: Path, format: TextFormat, named: Iterable[tuple[str, str | int]]) -> None:
        self.path = path
        self.format = format
        with _open(path, format) as lines:
            first = next(_parsed(lines, format.delimiter), None)
        if first is None:
            raise FileUnreadable(f"{path}: the file is empty")
        self.header = [" ".join(name.split()) for name in first.fields] if format.header else []
        self.width = len(first.fields)
        self.columns: dict[str | int, int] = {column: self._index(key, column) for key, column in named}

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, the header left out."""
        with _open(self.path, self.format) as lines:
            rows = _parsed(lines, self.format.delimiter)
            if self.header:
                next(rows, None)
            yield from rows

    def _index(self, key: str, column: str | int) -> int:
        if isinstance(column, int):
            if column > self.width:
                raise FileUnreadable(f"{self.path}: {key}: there is no column {column}, only {self.width}")
            return column - 1
        if self.header.count(column) != 1:
            found = "twice" if column in self.header else "nowhere"
            raise FileUnreadable(f"{self.path}: {key}: {column!r} stands {found} in the header: {self.header}")
        return self.header.index(column)


class SalesFile(TableFile):
    """A file of sales lines."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__(path, mapping.file, mapping.named_columns())
        self._invoice = [self.columns[column] for column in mapping.columns.invoice]

    def invoice(self, row: Row) -> str:
        """The number of the invoice that the row belongs to; empty if the row does not say."""
        try:
            parts = [row.fields[at].strip() for at in self._invoice]
        except IndexError:
            return ""
        return "/".join(parts) if all(parts) else ""


@contextmanager
def _open(path: Path, format: TextFormat) -> Iterator[IO[str]]:
    # A byte order mark is no part of the first header.
    encoding = "utf-8-sig" if format.encoding == "utf-8" else format.encoding
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding=encoding, errors="surrogateescape") as lines:
            yield cast("IO[str]", lines)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise FileUnreadable(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _parsed(lines: IO[str], delimiter: str) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if '"' in text:
            yield Row(number, _quoted(text, delimiter))
        elif text and not text.isspace():
            yield Row(number, text.split(delimiter))


def _quoted(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error:  # a field beyond 128 kB
        return [text]
