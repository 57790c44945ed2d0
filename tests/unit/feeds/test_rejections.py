"""Which rows are rejected, why, and what they take with them."""

from pathlib import Path

import pytest

from tests.support.feed import Feed, events, mapping_of, reasons, row, sales_file


@pytest.mark.parametrize(
    "spoiled",
    [
        row(sku="B", pieces="many"),
        row(sku="B", pieces="1.5"),
        row(sku="B", pieces=0),
        row(sku="B", price="free"),
        row(sku="B", at="2025-02-30 08:26:00"),
        row(sku="B", at="2026-03-03 08:26:00"),
        row(sku=""),
        row(sku="B", text="caf\udce9"),
        row(sku="B") + ",one more",
        "1,B",
    ],
)
def test_an_unreadable_row_keeps_its_invoice_out_and_no_other(tmp_path: Path, spoiled: str) -> None:
    rows = [row("1"), row("2"), spoiled, row("1", "C")]

    assert reasons(tmp_path, *rows) == [(2, "incomplete invoice"), (4, "unreadable"), (5, "incomplete invoice")]
    assert [event.reference.number for event in events(tmp_path, *rows)] == ["7", "2"]


@pytest.mark.parametrize(
    "spoiled", [row(sku="B", pieces=-1), row(sku="B", price="-2.50"), row(sku="B", pieces=1000000, price=100000000)]
)
def test_an_impossible_row_keeps_its_invoice_out(tmp_path: Path, spoiled: str) -> None:
    assert reasons(tmp_path, row(), spoiled) == [(2, "incomplete invoice"), (3, "impossible")]


def test_a_return_with_a_positive_quantity_is_impossible(tmp_path: Path) -> None:
    assert reasons(tmp_path, row("C9", pieces=3)) == [(2, "impossible")]


@pytest.mark.parametrize(
    ("other", "contradiction"),
    [
        (row(sku="B", client="8"), True),
        (row(sku="B", client=""), False),
        (row(sku="B", at="2025-11-29 08:26:00"), False),
        (row(sku="B", at="2025-11-29 08:26:01"), True),
    ],
)
def test_rows_of_one_invoice_must_agree(tmp_path: Path, other: str, contradiction: bool) -> None:
    expected = [(2, "contradictory invoice"), (3, "contradictory invoice")] if contradiction else []

    assert reasons(tmp_path, row(), other) == expected


@pytest.mark.parametrize(("key", "values"), [("store", ("a-1", "b-1")), ("currency", ("EUR", "USD"))])
def test_one_invoice_is_of_one_store_and_one_currency(tmp_path: Path, key: str, values: tuple[str, str]) -> None:
    mapping = mapping_of(columns={key: "country"}, constants={key: None})
    rows = [row().replace("France", values[0]), row(sku="B").replace("France", values[1])]

    assert [reason for _, reason in reasons(tmp_path, *rows, mapping=mapping)] == ["contradictory invoice"] * 2


def test_two_lines_with_one_number_contradict_each_other(tmp_path: Path) -> None:
    mapping = mapping_of(columns={"line": "country"})
    rows = [row().replace("France", "1"), row(sku="B").replace("France", "1")]

    assert [reason for _, reason in reasons(tmp_path, *rows, mapping=mapping)] == ["contradictory invoice"] * 2


def test_what_was_never_a_sale_is_rejected_alone(tmp_path: Path) -> None:
    mapping = mapping_of(declined=[{"column": "stock_code", "values": ["VOID*"], "reason": "voided"}])
    rows = [row(), row(sku="VOID", pieces="?"), row(sku="B", pieces=-4, price=0)]

    assert reasons(tmp_path, *rows, mapping=mapping) == [(3, "voided"), (4, "write-off")]
    assert [event.reference.number for event in events(tmp_path, *rows, mapping=mapping)] == ["7", "1"]


def test_a_row_without_an_invoice_is_unreadable_by_itself(tmp_path: Path) -> None:
    assert reasons(tmp_path, row(""), row(" "), row()) == [(2, "unreadable"), (3, "unreadable")]


def test_an_invoice_too_long_to_be_one_is_kept_out(tmp_path: Path) -> None:
    assert {reason for _, reason in reasons(tmp_path, *[row()] * 3_000)} == {"contradictory invoice"}


def test_reasons_never_repeat_what_the_row_says(tmp_path: Path) -> None:
    feed = Feed()
    alike = [row("4", client="y"), row("4", client="z")]
    feed.take(sales_file(tmp_path, row(sku="B" * 101), row("2", client="x" * 101), row("3", price="hers"), *alike))

    said = " ".join(each.detail for each in feed.rejected)
    assert len(feed.rejected) == 5
    assert not any(word in said for word in ("BBB", "xxx", "hers", "'y'", "'z'"))
