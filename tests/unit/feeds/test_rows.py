"""A file is cut into rows, whatever somebody did to it."""

import gzip
from pathlib import Path

import pytest

from consumers.feeds.mapping import load
from consumers.feeds.rows import FileUnreadable, SalesFile
from tests.support.feed import HEADER, mapping_of, sales_file

RETAIL = load("online-retail")
ROW = "1,A,Lamp,1,2025-11-28 08:26:00,2.55,7,France"


def test_rows_have_the_line_of_the_file_they_stand_on(tmp_path: Path) -> None:
    file = SalesFile(sales_file(tmp_path, ROW, "", "  ", ROW), RETAIL)

    assert [row.line for row in file.rows()] == [2, 5]


def test_a_stray_quotation_mark_spoils_its_own_row_only(tmp_path: Path) -> None:
    file = SalesFile(sales_file(tmp_path, '1,"A,Lamp,1', ROW, '2,B,Sign 12" wide,1', '3,"C, ""D""",x'), RETAIL)

    assert [row.fields[:3] for row in file.rows()] == [
        ["1", "A,Lamp,1"],
        ["1", "A", "Lamp"],
        ["2", "B", 'Sign 12" wide'],
        ["3", 'C, "D"', "x"],
    ]


def test_a_field_without_end_spoils_its_own_row_only(tmp_path: Path) -> None:
    file = SalesFile(sales_file(tmp_path, f'1,"{"x" * 200_000}"', ROW), RETAIL)

    assert [len(row.fields) for row in file.rows()] == [1, 8]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_kind_of_line_end_and_a_byte_order_mark_will_do(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes((mark + end.join([HEADER, ROW, ROW])).encode())
    file = SalesFile(path, RETAIL)

    assert [row.line for row in file.rows()] == [2, 3]
    assert file.header[0] == "invoice"


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress(sales_file(tmp_path, ROW).read_bytes()))

    assert len(list(SalesFile(path, RETAIL).rows())) == 1


def test_a_packed_file_that_breaks_off_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv.gz"
    path.write_bytes(gzip.compress(sales_file(tmp_path, *[ROW] * 5000).read_bytes())[:-30])

    with pytest.raises(FileUnreadable):
        list(SalesFile(path, RETAIL).rows())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (HEADER.replace("price", "cost").encode(), "columns.unit_price: 'price' stands nowhere"),
        (HEADER.replace("country", "price").encode(), "columns.unit_price: 'price' stands twice"),
        (HEADER.replace(",", ";").encode(), "columns.invoice: 'invoice' stands nowhere"),
    ],
)
def test_a_header_that_does_not_fit_names_the_key(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content)

    with pytest.raises(FileUnreadable, match=says):
        SalesFile(path, RETAIL)


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        SalesFile(tmp_path / "nothing.csv", RETAIL)


def test_without_a_header_columns_are_counted(tmp_path: Path) -> None:
    numbered = {"invoice": 1, "sku": 2, "description": 3, "quantity": 4, "occurred_at": 5, "unit_price": 6, "client": 7}
    mapping = mapping_of(file={"header": False}, columns=numbered, declined=[])
    path = tmp_path / "sales.csv"
    path.write_text(ROW + "\n" + ROW + "\n")
    file = SalesFile(path, mapping)

    assert [file.invoice(row) for row in file.rows()] == ["1", "1"]
    with pytest.raises(FileUnreadable, match=r"columns.client: there is no column 9, only 8"):
        SalesFile(path, mapping_of(file={"header": False}, columns={**numbered, "client": 9}, declined=[]))


def test_the_number_of_an_invoice_may_stand_in_several_columns(tmp_path: Path) -> None:
    mapping = mapping_of(columns={"invoice": ["country", "invoice"]})
    file = SalesFile(sales_file(tmp_path, ROW, " 2 ,A,B,1,,1,, Italy ", ",A,B,1,,1,,Italy", "3"), mapping)

    assert [file.invoice(row) for row in file.rows()] == ["France/1", "Italy/2", "", ""]
