"""Sales files made for a test, and importing them into a log in memory."""

from collections.abc import Mapping as Values
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

from commands.ports import Done, Ports
from commands.sale import Feedable, record_many
from consumers.feeds.into import Into
from consumers.feeds.invoices import Rejected
from consumers.feeds.mapping import SHIPPED, Mapping, load
from consumers.feeds.rows import SalesFile
from consumers.feeds.sales import Summary, import_sales
from domain.access import Caller, Role
from domain.refusals import Refusal
from tests.support.memory import MemoryStreams, ports, request

FEED: Final = Caller("feed:test", Role.HEAD_OFFICE)
TODAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
HEADER: Final = "invoice,stock_code,description,quantity,invoice_date,price,customer_id,country"


class Feed:
    """A log in memory that files are imported into."""

    def __init__(self) -> None:
        self.streams = MemoryStreams()
        self.ports: Ports = ports(self.streams)
        self.batches: list[Sequence[Feedable]] = []
        self.rejected: list[Rejected] = []

    def record(self, events: Sequence[Feedable]) -> list[Done | Refusal]:
        self.batches.append(events)
        return record_many(events, self.ports, request(FEED))

    def take(self, path: Path, mapping: Mapping | str = "online-retail") -> Summary:
        """Imports one file; `rejected` and `batches` are of the last one."""
        known = load(mapping) if isinstance(mapping, str) else mapping
        self.batches, self.rejected = [], []
        return import_sales(SalesFile(path, known), known, Into(self.record, self.rejected.append), TODAY)

    def log(self) -> dict[UUID, list[object]]:
        """The events of every stream."""
        return {id: self.streams.events(id) for id in self.streams.streams}

    def reasons(self) -> list[tuple[int, str]]:
        return sorted((each.row.line, str(each.reason)) for each in self.rejected)


def sales_file(directory: Path, *rows: str, name: str = "sales.csv") -> Path:
    """A file in the shape of the mapping `online-retail`."""
    path = directory / name
    path.write_bytes("\n".join([HEADER, *rows, ""]).encode("utf-8", "surrogateescape"))
    return path


def shipped_file(name: str) -> Path:
    return SHIPPED / f"{name}.csv"


def mapping_of(**changes: Any) -> Mapping:
    """The mapping `online-retail` with other values: tables are merged, and `None` takes a key out of them."""
    values = load("online-retail").model_dump(exclude_none=True, exclude_defaults=True)
    for key, change in changes.items():
        merged = {**values.get(key, {}), **change} if isinstance(change, Values) else change
        values[key] = {k: v for k, v in merged.items() if v is not None} if isinstance(merged, dict) else merged
    return Mapping.model_validate(values)


def row(invoice: str = "1", sku: str = "A", pieces: object = 1, price: object = "2.50", **other: str) -> str:
    """A row in the shape of the mapping `online-retail`."""
    at = other.get("at", "2025-11-28 08:26:00")
    return f"{invoice},{sku},{other.get('text', 'Lamp')},{pieces},{at},{price},{other.get('client', '7')},France"


def events(tmp_path: Path, *rows: str, mapping: Mapping | str = "online-retail") -> list[Any]:
    """What a file of these rows adds to an empty log."""
    feed = Feed()
    feed.take(sales_file(tmp_path, *rows), mapping)
    return [event for stream in feed.log().values() for event in stream]


def reasons(tmp_path: Path, *rows: str, mapping: Mapping | str = "online-retail") -> list[tuple[int, str]]:
    """Which lines of a file of these rows are rejected, and why."""
    feed = Feed()
    feed.take(sales_file(tmp_path, *rows), mapping)
    return feed.reasons()


def busy_month(directory: Path, invoices: int, seed: int = 3) -> Path:
    """Interleaved invoices of several lines from a few hundred clients; some came back, some are spoiled."""
    chance = Random(seed)
    rows = [
        row(
            f"{'C' if number % 17 == 0 else ''}{number}",
            f"SKU-{chance.randrange(50)}",
            "?" if chance.random() < 0.01 else -1 if number % 17 == 0 else chance.randrange(1, 9),
            f"{chance.randrange(1, 9000) / 100:.2f}",
            client=str(number % 200) if number % 4 else "",
        )
        for number in range(invoices)
        for _ in range(chance.randrange(1, 4))
    ]
    mixed = sorted(range(len(rows)), key=lambda at: at + chance.random() * 40)
    return sales_file(directory, *(rows[at] for at in mixed))
