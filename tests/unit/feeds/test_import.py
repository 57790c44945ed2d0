"""Importing: every row is accounted for, and however often it is tried, the log is the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from commands.ports import Done
from commands.sale import Feedable, record_many
from consumers.feeds.into import Into
from consumers.feeds.mapping import load
from consumers.feeds.rows import FileUnreadable, Row, SalesFile
from consumers.feeds.sales import MOST_EVENTS, import_sales
from domain.refusals import Refusal
from tests.support.feed import FEED, TODAY, Feed, busy_month, row, sales_file, shipped_file
from tests.support.memory import request

RETAIL = {
    "rows": 29,
    "clients": 5,
    "sales": 8,
    "returns": 1,
    "lines": 15,
    "unchanged": 0,
    "rejected": {
        "unreadable": 7,
        "write-off": 2,
        "contradictory invoice": 2,
        "incomplete invoice": 1,
        "impossible": 1,
        "bad debt": 1,
    },
}
BOUTIQUE = {
    "rows": 19,
    "clients": 4,
    "sales": 7,
    "returns": 2,
    "lines": 10,
    "unchanged": 0,
    "rejected": {
        "unreadable": 4,
        "contradictory invoice": 2,
        "incomplete invoice": 1,
        "voided at the till": 1,
        "stock correction": 1,
    },
}


def figures(summary: Any) -> dict[str, Any]:
    return {name: getattr(summary, name) for name in RETAIL}


@pytest.mark.parametrize(("name", "expected"), [("online-retail", RETAIL), ("boutique", BOUTIQUE)])
def test_the_shipped_files_come_out_with_these_figures_and_again_add_nothing(name: str, expected: Any) -> None:
    feed = Feed()

    assert figures(feed.take(shipped_file(name), name)) == expected
    log = feed.log()
    again = feed.take(shipped_file(name), name)

    nothing = dict.fromkeys(("clients", "sales", "returns", "lines"), 0)
    assert figures(again) == {**expected, **nothing, "unchanged": expected["lines"]}
    assert feed.log() == log


def test_the_same_invoice_with_other_white_space_and_in_another_order_is_no_news(tmp_path: Path) -> None:
    feed = Feed()
    feed.take(sales_file(tmp_path, row(text="A  lamp "), row(sku="B"), row("2")))
    summary = feed.take(sales_file(tmp_path, row("2 "), row(sku=" B"), row(text=" A lamp", client=" 7")))

    assert (summary.unchanged, summary.lines, feed.rejected) == (3, 0, [])


@pytest.mark.parametrize("other", [row(pieces=2), row(client="8"), row(price="2.51"), row(at="2025-11-28 08:27:00")])
def test_the_same_invoice_with_other_content_is_a_conflict(tmp_path: Path, other: str) -> None:
    feed = Feed()
    feed.take(sales_file(tmp_path, row()))
    log = {id: events for id, events in feed.log().items() if events}
    feed.take(sales_file(tmp_path, other, row("2", client="")))

    assert feed.reasons() == [(2, "conflict")]
    assert {id: events for id, events in feed.log().items() if id in log} == log


def test_an_invoice_that_lost_a_line_is_a_conflict(tmp_path: Path) -> None:
    feed = Feed()
    feed.take(sales_file(tmp_path, row(), row(sku="B")))
    feed.take(sales_file(tmp_path, row()))

    assert feed.reasons() == [(2, "conflict")]


def test_a_corrected_file_leads_to_the_log_of_a_file_that_was_never_wrong(tmp_path: Path) -> None:
    right = [row("1"), row("1", "B"), row("2"), row("3", "C", 4)]
    wrong = [row("1"), row("1", "B", "?"), row("2", price="x"), row("3", "C", 4)]
    undisturbed, corrected = Feed(), Feed()
    undisturbed.take(sales_file(tmp_path, *right))
    corrected.take(sales_file(tmp_path, *wrong))
    summary = corrected.take(sales_file(tmp_path, *right))

    assert corrected.log() == undisturbed.log()
    assert (summary.lines, summary.unchanged) == (3, 1)


def test_batches_stay_small_and_clients_come_before_their_sales(tmp_path: Path) -> None:
    feed = Feed()
    summary = feed.take(busy_month(tmp_path, 1300))

    assert len(feed.batches) > 2
    assert max(len(batch) for batch in feed.batches) <= MOST_EVENTS
    known: set[Any] = {None}
    for batch in feed.batches:
        for event in batch:
            assert event.client_id in known or type(event).__name__ == "ClientRegistered"
            known.add(event.client_id)
    assert summary.clients == len(known) - 1


def test_long_invoices_fill_a_batch_by_their_size(tmp_path: Path) -> None:
    feed = Feed()
    rows = [row(str(number), f"S{at}", text="x" * 300) for number in range(40) for at in range(100)]
    feed.take(sales_file(tmp_path, *rows))

    assert max(sum(len(getattr(event, "lines", ())) for event in batch) for batch in feed.batches) <= 1000


@pytest.mark.parametrize("after", [True, False])
def test_stopped_after_any_batch_and_started_again_it_comes_to_the_same_log(tmp_path: Path, after: bool) -> None:
    path = busy_month(tmp_path, 1300)
    undisturbed = Feed()
    expected = undisturbed.take(path)
    for stop in range(len(undisturbed.batches)):
        feed = Feed()
        with pytest.raises(KeyboardInterrupt):
            _stopping(feed, path, stop, after=after)
        summary = feed.take(path)

        assert feed.log() == undisturbed.log()
        assert list(feed.log()) == list(undisturbed.log())
        assert summary.lines + summary.unchanged == expected.lines
        assert summary.rejected == expected.rejected


def _stopping(feed: Feed, path: Path, stop: int, *, after: bool) -> None:
    """The import ends before or after a batch was stored, as if the process had been killed."""

    def record(events: Sequence[Feedable]) -> list[Done | Refusal]:
        if len(feed.batches) == stop and not after:
            raise KeyboardInterrupt
        outcomes = feed.record(events)
        if len(feed.batches) > stop:
            raise KeyboardInterrupt
        return outcomes

    feed.batches = []
    mapping = load("online-retail")
    import_sales(SalesFile(path, mapping), mapping, Into(record, feed.rejected.append), TODAY)


def test_two_imports_at_once_come_to_the_same_log(tmp_path: Path) -> None:
    path = busy_month(tmp_path, 1300)
    undisturbed, feed = Feed(), Feed()
    undisturbed.take(path)
    mapping = load("online-retail")
    overtaken = False

    def record(events: Sequence[Feedable]) -> list[Done | Refusal]:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            feed.take(path)
        return record_many(events, feed.ports, request(FEED))

    summary = import_sales(SalesFile(path, mapping), mapping, Into(record, lambda rejected: None), TODAY)

    assert feed.log() == undisturbed.log()
    assert summary.lines == 0


@pytest.mark.parametrize("becomes", [["1", "1"], ["1", "1", "2", "2"], ["1", "2", "2"], ["1", "1", "3"]])
def test_a_file_that_changes_while_it_is_read_is_not_summed_up(tmp_path: Path, becomes: list[str]) -> None:
    def write(*invoices: str) -> Path:
        return sales_file(tmp_path, *(row(invoice) for invoice in invoices))

    class Changing(SalesFile):
        @override
        def rows(self) -> Iterator[Row]:
            yield from super().rows()
            write(*becomes)

    path = write("1", "1", "2")
    mapping = load("online-retail")
    feed = Feed()

    with pytest.raises(FileUnreadable, match="changed"):
        import_sales(Changing(path, mapping), mapping, Into(feed.record, feed.rejected.append), TODAY)


def test_progress_ends_at_the_number_of_rows(tmp_path: Path) -> None:
    path = busy_month(tmp_path, 1300)
    mapping = load("online-retail")
    told: list[tuple[int, int]] = []
    into = Into(Feed().record, lambda rejected: None, lambda done, total: told.append((done, total)))
    summary = import_sales(SalesFile(path, mapping), mapping, into, TODAY)

    assert told[-1] == (summary.rows, summary.rows)
    assert told == sorted(told)
    assert len(told) > 2
