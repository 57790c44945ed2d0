"""What a till says, and what Carnet makes of it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from consumers.feeds.mapping import Mapping
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.client.registration import client_id
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, Seller
from tests.support.feed import Feed, events, mapping_of, row


def test_a_client_is_registered_by_her_number_before_her_sale(tmp_path: Path) -> None:
    registered, sold = events(tmp_path, row(client=" 7 "))

    reference = Reference("online-retail", "7")
    assert registered == ClientRegistered(client_id(reference), None, None, reference)
    assert sold.client_id == registered.client_id


def test_a_sale_without_a_client_is_kept(tmp_path: Path) -> None:
    [sold] = events(tmp_path, row(client=""))

    assert isinstance(sold, SaleRecorded)
    assert sold.client_id is None


def test_some_numbers_stand_for_no_client(tmp_path: Path) -> None:
    [sold] = events(tmp_path, row(client="CASH 3"), mapping=mapping_of(nobody=["CASH*"]))

    assert sold.client_id is None


def test_interleaved_invoices_come_out_whole(tmp_path: Path) -> None:
    one, two = events(tmp_path, row("1", "A", client=""), row("2", "B", client=""), row("1", "C", client=""))

    assert [one.reference.number, two.reference.number] == ["2", "1"]
    assert [line.sku for line in two.lines] == ["A", "C"]


def test_lines_are_in_an_order_of_their_own(tmp_path: Path) -> None:
    rows = [row(sku="C"), row(sku="A", price=3), row(sku="A", price=2), row(sku="A", price=2)]

    assert events(tmp_path, *rows) == events(tmp_path, *reversed(rows))
    [_, sold] = events(tmp_path, *rows)
    assert [(line.ordinal, line.sku, line.unit_price) for line in sold.lines] == [
        (1, "A", 2),
        (2, "A", 2),
        (3, "A", 3),
        (4, "C", Decimal("2.50")),
    ]


def test_lines_have_the_numbers_that_the_file_gives_them(tmp_path: Path) -> None:
    mapping = mapping_of(columns={"line": "country"})
    rows = [row(sku="C").replace("France", "2"), row(sku="A").replace("France", "30")]
    [_, sold] = events(tmp_path, *rows, mapping=mapping)

    assert [(line.ordinal, line.sku) for line in sold.lines] == [(2, "C"), (30, "A")]


def test_an_invoice_happened_when_its_earliest_row_did(tmp_path: Path) -> None:
    [_, sold] = events(tmp_path, row(at="2025-11-28 08:27:00"), row(sku="B"))

    assert sold.occurred_at == datetime(2025, 11, 28, 8, 26, tzinfo=UTC)


def test_a_return_is_written_with_positive_quantities_and_amounts(tmp_path: Path) -> None:
    [_, back] = events(tmp_path, row("C9", pieces=-3))

    assert isinstance(back, ReturnRecorded)
    assert (back.reference.number, back.lines[0].quantity, back.lines[0].net) == ("C9", 3, Decimal("7.50"))


def test_codes_that_are_no_goods_move_none(tmp_path: Path) -> None:
    [_, sold] = events(tmp_path, row(sku="POST"), row(sku="gift_0001_20"), row(sku="POSTER"))

    assert {line.sku: line.moves_goods for line in sold.lines} == {"POST": False, "POSTER": True, "gift_0001_20": False}


def test_something_given_away_is_a_line_without_an_amount(tmp_path: Path) -> None:
    [_, sold] = events(tmp_path, row(price="0.0"))

    assert sold.lines[0].net == 0


def test_an_exchange_is_a_sale_and_a_return(tmp_path: Path) -> None:
    mapping = mapping_of(returns={"negative_quantity": True})
    _, sold, back = events(tmp_path, row(sku="A", pieces=-1), row(sku="B"), mapping=mapping)

    assert (type(sold), sold.reference.number, [line.sku for line in sold.lines]) == (SaleRecorded, "1", ["B"])
    assert (type(back), back.reference.number, [line.sku for line in back.lines]) == (ReturnRecorded, "1/return", ["A"])


def test_a_column_may_mark_returns_that_have_no_sign(tmp_path: Path) -> None:
    marked = {"marked": {"column": "country", "values": ["Return*"]}, "signed": False, "invoice": []}
    [_, back] = events(tmp_path, row().replace("France", "Returned"), mapping=mapping_of(returns=marked))

    assert isinstance(back, ReturnRecorded)


def test_everything_a_mapping_can_name_arrives(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        "no|when|code|what|pieces|each|amount|who|where|money|maker|kind|sort|by|and by\n"
        "9|03/02/25|R1|Ring|2|1,000.00|1,800.00|C1|rome-1|USD|Arvane|Jewellery|Ring|ann|ben\n"
    )
    columns = {
        "invoice": "no", "occurred_at": "when", "sku": "code", "description": "what", "quantity": "pieces",
        "unit_price": "each", "net": "amount", "client": "who", "store": "where", "currency": "money",
        "brand": "maker", "category": "kind", "type": "sort", "sellers": ["by", "and by"],
    }  # fmt: skip
    mapping = Mapping.model_validate(
        {
            "source": "till",
            "file": {"delimiter": "|", "thousands_mark": ",", "date_format": "%d/%m/%y", "time_zone": "UTC"},
            "columns": columns,
        }
    )
    feed = Feed()
    feed.take(path, mapping)
    _, sold = [event for stream in feed.log().values() for event in stream]

    assert isinstance(sold, SaleRecorded)
    assert (sold.store_id, sold.currency, sold.occurred_at) == ("rome-1", "USD", datetime(2025, 2, 3, tzinfo=UTC))
    sellers = (Seller("ann"), Seller("ben"))
    assert sold.lines == (
        Line(1, "R1", "Ring", 2, Decimal(1000), Decimal(1800), True, "Arvane", "Jewellery", "Ring", sellers),
    )
