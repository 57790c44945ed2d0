"""A file of sales lines into the log: counted, gathered into invoices, restated, recorded in batches.

The rows of an invoice need not stand together. A first reading counts the rows of each invoice; the second restates an
invoice when its last row was read, so that only the open ones are held in memory. Ids come from the numbers in the file
and batches from its order, so an import that is killed and started again finds what is there and goes on: the log ends
up as if nothing had happened, and importing the file once more adds nothing.

Clients are registered by their number, without a name, before their first sale and in the same append. One who is known
with other data stays as she is.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from commands.ports import Done
from commands.sale import Feedable
from consumers.feeds.into import Counted, Into
from consumers.feeds.invoices import MOST_BYTES, Rejected, Restate, Restated
from consumers.feeds.lines import Reason
from consumers.feeds.mapping import Mapping
from consumers.feeds.rows import FileUnreadable, Row, SalesFile
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.client.registration import client_id
from domain.refusals import Refusal, SaleDiffers
from domain.sale.events import ReturnRecorded, SaleRecorded

# One append holds the log's lock: at most this many events and about so many bytes at a time.
MOST_EVENTS: Final = 500


@dataclass(slots=True)
class Summary(Counted):
    """What became of the rows: each is in `lines`, `unchanged` or `rejected`.

    `sales`, `returns` and `lines` are those newly recorded, `unchanged` the rows of invoices that were there already.
    """

    rows: int = 0
    clients: int = 0
    sales: int = 0
    returns: int = 0
    lines: int = 0
    unchanged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def import_sales(file: SalesFile, mapping: Mapping, into: Into[Feedable], now: datetime) -> Summary:
    """Imports one file. `now` is the latest time a sale can have happened. A damaged file is `FileUnreadable` before
    anything is recorded."""
    rows_of: Counter[str] = Counter()
    for row in file.rows():
        rows_of[file.invoice(row)] += 1
    total = rows_of.total()
    restate = Restate(mapping, file, now)
    batch = _Batch(into)
    summary = batch.summary
    for number, rows in _invoices(file, rows_of):
        summary.rows += len(rows)
        restated = restate(number, rows) if number else _numberless(rows)
        if not batch.has_room_for(restated):
            batch.store()
            into.progress(summary.rows, total)
        batch.add(restated)
    batch.store()
    into.progress(summary.rows, total)
    assert summary.rows == total == summary.lines + summary.unchanged + summary.rejected.total(), summary
    return summary


class _Batch:
    """Invoices on their way into the log."""

    def __init__(self, into: Into[Feedable]) -> None:
        self.summary = Summary()
        self._into = into
        self._registered: set[Reference] = set()
        self._events: list[tuple[Feedable, list[Row]]] = []
        self._bytes = 0

    def has_room_for(self, more: Restated) -> bool:
        room = len(self._events) + len(more.events) + 1 <= MOST_EVENTS and self._bytes + more.size <= MOST_BYTES
        return room or not self._events

    def add(self, restated: Restated) -> None:
        for rejected in restated.rejected:
            self._put_aside(rejected)
        client = restated.client
        if client and client not in self._registered:
            self._registered.add(client)
            self._events.append((ClientRegistered(client_id(client), None, None, client), []))
        self._events.extend(restated.events)
        self._bytes += restated.size

    def store(self) -> None:
        if not self._events:
            return
        outcomes = self._into.record([event for event, _ in self._events])
        for (event, rows), outcome in zip(self._events, outcomes, strict=True):
            self._count(event, rows, outcome)
        self._events = []
        self._bytes = 0

    def _count(self, event: Feedable, rows: list[Row], outcome: Done | Refusal) -> None:
        if isinstance(outcome, Refusal):
            reason = Reason.CONFLICT if isinstance(outcome, SaleDiffers) else Reason.REFUSED
            for row in rows:
                self._put_aside(Rejected(row, reason, outcome.detail))
            return
        if not outcome.events:
            self.summary.unchanged += len(rows)
            return
        self.summary.lines += len(rows)
        match event:
            case SaleRecorded():
                self.summary.sales += 1
            case ReturnRecorded():
                self.summary.returns += 1
            case ClientRegistered():
                self.summary.clients += 1

    def _put_aside(self, rejected: Rejected) -> None:
        self.summary.rejected[rejected.reason] += 1
        self._into.reject(rejected)


def _invoices(file: SalesFile, rows_of: Counter[str]) -> Iterator[tuple[str, list[Row]]]:
    """Each invoice with all its rows, when the last of them was read; a row without a number by itself."""
    left = rows_of.copy()
    gathered: dict[str, list[Row]] = {}
    for row in file.rows():
        number = file.invoice(row)
        if left[number] < 1:
            raise FileUnreadable(f"{file.path}: the file changed while it was read")
        left[number] -= 1
        if not number:
            yield number, [row]
        elif left[number]:
            gathered.setdefault(number, []).append(row)
        else:
            yield number, [*gathered.pop(number, []), row]
    if left.total():
        raise FileUnreadable(f"{file.path}: the file changed while it was read")


def _numberless(rows: list[Row]) -> Restated:
    return Restated([], [Rejected(row, Reason.UNREADABLE, "invoice: is empty") for row in rows])
