"""The rows of one invoice, restated as the events Carnet knows: a sale, a return without the receipt, or both.

What is decided here, so that a file that comes again, or comes corrected, leads to the same events:

- A row that the mapping declines, and a write-off (a negative quantity for no money that is no return), was never part
  of a sale: it is rejected alone, and the rest of its invoice is recorded.
- Any other row that cannot be taken keeps its whole invoice out, for a sale recorded without one of its lines could not
  be completed later. Corrected, the invoice is imported as if it had never been wrong.
- The lines of an invoice have the numbers that the file gives them. Without such a column they are put into an order of
  their own (by code, description, quantity, price ...): exports rarely promise an order, and the same invoice in
  another order is no news.
- White space is normalised in every text. An invoice happened when the earliest of its rows did. Rows more than a day
  apart, or with different clients, stores or currencies, contradict each other and keep the invoice out. A row without
  a client does not contradict one that has her. An invoice of thousands of rows is none: the mapping is wrong.
- An invoice with goods going both ways (an exchange) is a sale under its number and a return under `number/return`.
- The country of a row is not read: it is not an address, and clients appear in several.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from commands.fields import Word
from consumers.feeds.cells import REMEMBERED, Unreadable, texts
from consumers.feeds.lines import InvoiceLine, NotTaken, ReadLine, Reason, remembering
from consumers.feeds.mapping import SalesMapping
from consumers.feeds.rows import Row, Table
from domain.client.facts import Reference
from domain.client.registration import client_id
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, SaleReference, Seller
from domain.sale.recording import sale_id


@dataclass(frozen=True, slots=True)
class Rejected:
    row: Row
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Restated:
    """The events of one invoice, each with the rows it stands for; and the rows that stand for nothing.

    `size` is about how many bytes the events will have in the log.
    """

    events: list[tuple[SaleRecorded | ReturnRecorded, list[Row]]]
    rejected: list[Rejected]
    client: Reference | None = None
    size: int = 0


class _Contradictory(Exception):
    """Each row can be taken, but not all of them together."""


# Subscribers take an event of a megabyte at most, and a batch of them is one append.
MOST_BYTES: Final = 500_000
_EVENT_BYTES: Final = 400
_LINE_BYTES: Final = 170
_A_DAY: Final = timedelta(days=1)
Taken = list[tuple[Row, InvoiceLine]]


class Restate:
    """Turns the invoices of one table into events. `now` is the latest time a sale can have happened."""

    def __init__(self, mapping: SalesMapping, file: Table, now: datetime) -> None:
        self._source = mapping.source
        self._numbered = mapping.columns.line is not None
        self._number = texts(Word, empty=False)
        self._read = ReadLine(mapping, file, now)
        self._moves_no_goods = remembering(mapping.no_goods)
        self._shared = lru_cache(REMEMBERED)(_shared)

    def __call__(self, number: str, rows: Sequence[Row]) -> Restated:
        """All rows of one invoice, as events. Every row comes back, either with an event or rejected."""
        try:
            self._number(number)
        except Unreadable as error:
            return Restated([], [Rejected(row, Reason.UNREADABLE, f"invoice: {error}") for row in rows])
        taken: Taken = []
        rejected: list[Rejected] = []
        spoiled: Row | None = None
        for row in rows:
            try:
                taken.append((row, self._read(number, row.fields)))
            except NotTaken as error:
                rejected.append(Rejected(row, error.reason, error.detail))
                if not error.alone:
                    spoiled = spoiled or row
        if spoiled:
            return _kept_out(taken, Reason.INCOMPLETE, f"see line {spoiled.line}", rejected)
        if not taken:
            return Restated([], rejected)
        try:
            return self._restated(number, taken, rejected)
        except _Contradictory as error:
            return _kept_out(taken, Reason.CONTRADICTORY, str(error), rejected)

    def _restated(self, number: str, taken: Taken, rejected: list[Rejected]) -> Restated:
        heads = {line.head for _, line in taken}
        times = {head.occurred_at for head in heads}
        if max(times) - min(times) > _A_DAY:
            raise _Contradictory("its rows are more than a day apart")
        client = _one("clients", {head.client for head in heads if head.client} or {""})
        store = _one("stores", {head.store for head in heads})
        currency = _one("currencies", {head.currency for head in heads})
        reference = Reference(self._source, client) if client else None
        id = client_id(reference) if reference else None
        sold = [(row, line) for row, line in taken if not line.returned]
        back = [(row, line) for row, line in taken if line.returned]
        events: list[tuple[SaleRecorded | ReturnRecorded, list[Row]]] = []
        for part, event, called in (
            (sold, SaleRecorded, number),
            (back, ReturnRecorded, f"{number}/return" if sold else number),
        ):
            if part:
                known_as = SaleReference(self._source, called)
                lines = self._lines([line for _, line in part])
                recorded = event(sale_id(known_as), known_as, store, min(times), currency, id, lines)
                events.append((recorded, [row for row, _ in part]))
        size = sum(_size(event) for event, _ in events)
        if size > MOST_BYTES:
            raise _Contradictory("it has too many rows to be one")
        return Restated(events, rejected, reference, size)

    def _lines(self, lines: list[InvoiceLine]) -> tuple[Line, ...]:
        if self._numbered and len({line.number for line in lines}) < len(lines):
            raise _Contradictory("two of its rows have the same line number")
        return tuple(self._line(ordinal, line) for ordinal, line in enumerate(sorted(lines), 1))

    def _line(self, ordinal: int, line: InvoiceLine) -> Line:
        number, article, quantity, unit_price, net, _, _ = line
        return Line(
            number or ordinal,
            article.sku,
            article.description,
            quantity,
            unit_price,
            net,
            not self._moves_no_goods(article.sku),
            article.brand or None,
            article.category or None,
            article.type or None,
            self._shared(article.sellers),
            serial_number=article.serial_number or None,
        )


def _size(event: SaleRecorded | ReturnRecorded) -> int:
    return _EVENT_BYTES + sum(_LINE_BYTES + len(line.description) for line in event.lines)


def _shared(associates: Iterable[str]) -> tuple[Seller, ...]:
    return tuple(Seller(associate) for associate in associates)


def _one(called: str, values: set[str]) -> str:
    if len(values) > 1:
        raise _Contradictory(f"its rows name different {called}")
    [value] = values
    return value


def _kept_out(taken: Taken, reason: Reason, detail: str, rejected: list[Rejected]) -> Restated:
    return Restated([], rejected + [Rejected(row, reason, detail) for row, _ in taken])
