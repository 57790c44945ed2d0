"""A file of clients into the log: a row is what a system says about one client, and only what is news is recorded.

Importing a file again, or going on after an import was killed, changes nothing. Two rows about one client follow one
another as in the file.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from pydantic_core import PydanticCustomError

from commands.fields import Country, DayOfYear, Sentence, Word, email_address, phone_number
from consumers.feeds.cells import Unreadable, clean, texts
from consumers.feeds.client_mapping import ClientMapping
from consumers.feeds.into import Counted, Into
from consumers.feeds.invoices import Rejected
from consumers.feeds.lines import Reason
from consumers.feeds.mapping import matching
from consumers.feeds.rows import Row, TableFile
from domain.client.facts import ContactKind, Reference, TraitKind
from domain.client.patch import ClientPatch
from domain.days import CalendarDay
from domain.refusals import DayInvalid, Refusal

# One append holds the log's lock: about so many events at a time. Registration or name, address, two contact points
# and birthday are five, and a value may take another's place.
MOST_EVENTS: Final = 500
MOST_VALUES: Final = 20

# Why a row is rejected whose number the mapping declines.
NOBODY: Final = "no client"

_YEARLESS: Final = re.compile(r"--([0-9]{2})(?:-([0-9]{2}))?")
_WORD: Final = texts(Word, empty=False)
_SENTENCE: Final = texts(Sentence, empty=False)
_COUNTRY: Final = texts(Country, empty=False)


@dataclass(slots=True)
class Summary(Counted):
    """What became of the rows: each is in `registered`, `changed`, `unchanged` or `rejected`."""

    rows: int = 0
    registered: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def import_clients(file: TableFile, mapping: ClientMapping, into: Into[ClientPatch]) -> Summary:
    """Imports one file. A damaged file is `FileUnreadable` before anything is recorded."""
    total = sum(1 for _ in file.rows())
    read, summary = ReadClient(mapping, file), Summary()
    for restated in _batches((row, _restated(read, row)) for row in file.rows()):
        patches = [patch for _, patch in restated if isinstance(patch, ClientPatch)]
        outcomes = iter(into.record(patches) if patches else ())
        for row, patch in restated:
            outcome = next(outcomes) if isinstance(patch, ClientPatch) else patch
            summary.rows += 1
            if isinstance(outcome, Refusal):
                outcome = Rejected(row, Reason.REFUSED, outcome.detail)
            if isinstance(outcome, Rejected):
                summary.rejected[outcome.reason] += 1
                into.reject(outcome)
            elif not outcome.events:
                summary.unchanged += 1
            elif outcome.version == len(outcome.events):
                summary.registered += 1
            else:
                summary.changed += 1
        into.progress(summary.rows, total)
    return summary


class NotTaken(Exception):
    """This row cannot be taken, and why; the detail never repeats what it says."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ReadClient:
    """Reads the rows of one file."""

    def __init__(self, mapping: ClientMapping, file: TableFile) -> None:
        self._mapping, self._file = mapping, file
        self._null = mapping.file.null
        self._is_nobody = matching(mapping.nobody)

    def __call__(self, row: Row) -> ClientPatch:
        """What the row says; raises `NotTaken`."""
        if len(row.fields) != self._file.width:
            raise NotTaken(Reason.UNREADABLE, f"has {len(row.fields)} fields instead of {self._file.width}")
        columns = self._mapping.columns
        number = self._said(row, "number", columns.number, lambda cells: _WORD("/".join(map(clean, cells))))
        if not number:
            raise NotTaken(Reason.UNREADABLE, "number: is empty")
        if self._is_nobody(number):
            raise NotTaken(NOBODY, "number: stands for no client")
        parts = {name: getattr(columns, name) for name in ("city", "region", "postal_code")}
        country = self._patch(row, {"country": columns.country}, _COUNTRY)
        address = self._patch(row, parts, _WORD) | self._lines(row) | country
        if address and not country and self._mapping.country:
            address["country"] = self._mapping.country
        dialled = country.get("country") or self._mapping.country
        store = self._patch(row, {"store": columns.store}, _WORD).get("store") or self._mapping.store
        reach = {ContactKind.EMAIL: columns.email, ContactKind.PHONE: columns.phone}
        traits = {TraitKind.TAG: columns.tags, TraitKind.MAILING_LIST: columns.mailing_lists}
        return ClientPatch(
            Reference(self._mapping.source, number),
            store,
            self._patch(row, {name: getattr(columns, name) for name in ("family", "given", "title")}, _WORD),
            {
                kind: value
                for kind, column in reach.items()
                for value in self._patch(row, {kind.value: column}, _point(kind, dialled)).values()
            },
            address,
            tuple(self._patch(row, {"birthday": columns.birthday}, self._day).values()),
            {
                kind: values
                for kind, column in traits.items()
                for values in self._patch(row, {kind.value: column}, self._values).values()
            },
        )

    def _patch(self, row: Row, named: dict[str, str | int | None], read: Callable[[str], Any]) -> dict[str, Any]:
        """What the row says of these columns: nothing where a cell is empty, None where it clears."""
        said: dict[str, Any] = {}
        for name, column in named.items():
            if column is None or not (cell := clean(self._cell(row, column))):
                continue
            said[name] = None if cell == self._null else self._said(row, name, [column], lambda cells: read(cells[0]))
        return said

    def _lines(self, row: Row) -> dict[str, Any]:
        """The lines of the address: all of them, as soon as one is not empty."""
        cells = [clean(self._cell(row, column)) for column in self._mapping.columns.address or ()]
        if not any(cells):
            return {}
        lines = [cell for cell in cells if cell and cell != self._null]
        return {"lines": tuple(self._said(row, "address", [], _reading(line)) for line in lines)}

    def _said(self, row: Row, name: str, columns: Sequence[str | int], read: Callable[[list[str]], Any]) -> Any:
        try:
            return read([self._cell(row, column) for column in columns])
        except (Unreadable, PydanticCustomError) as fault:
            raise NotTaken(Reason.UNREADABLE, f"{name}: {fault}") from None

    def _cell(self, row: Row, column: str | int) -> str:
        return row.fields[self._file.columns[column]]

    def _values(self, cell: str) -> tuple[str, ...]:
        values = tuple(_SENTENCE(each) for each in cell.split(self._mapping.file.separator) if clean(each))
        if len(values) > MOST_VALUES:
            raise Unreadable(f"has more than {MOST_VALUES} values")
        return values

    def _day(self, cell: str) -> CalendarDay:
        try:
            if yearless := _YEARLESS.fullmatch(cell):
                month, day = yearless.groups()
                return _day_of_year(int(month), int(day) if day else None, None)
            read: date = datetime.strptime(cell, self._mapping.file.date_format).date()  # noqa: DTZ007 - a day
            return _day_of_year(read.month, read.day, read.year)
        except (ValueError, DayInvalid):
            raise Unreadable(f"is not a day like {self._mapping.file.date_format} or --02-29") from None


def _reading(line: str) -> Callable[[list[str]], Any]:
    return lambda _: _WORD(line)


def _day_of_year(month: int, day: int | None, year: int | None) -> CalendarDay:
    return DayOfYear(month=month, day=day, year=year).value("birthday")


def _point(kind: ContactKind, country: str | None) -> Callable[[str], str]:
    return email_address if kind is ContactKind.EMAIL else lambda value: phone_number(value, country)


Restated = tuple[Row, ClientPatch | Rejected]


def _restated(read: ReadClient, row: Row) -> ClientPatch | Rejected:
    try:
        return read(row)
    except NotTaken as no:
        return Rejected(row, no.reason, str(no))


def _batches(rows: Iterable[Restated]) -> Iterator[list[Restated]]:
    batch: list[Restated] = []
    events = 0
    for row, restated in rows:
        more = (
            1 if isinstance(restated, Rejected) else 2 * (5 + sum(len(each or ()) for each in restated.traits.values()))
        )
        if events + more > MOST_EVENTS:
            yield batch
            batch, events = [], 0
        batch.append((row, restated))
        events += more
    if batch:
        yield batch
