"""A message of a point of sale is read piece by piece."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commands.feed import Receipt
from consumers.feeds.mapping import MappingInvalid
from consumers.feeds.messages import Declined, Piece, ReadMessage, Unfit
from consumers.feeds.till_mapping import SHIPPED, TillMapping, load, shipped
from domain.item import ItemDescribed
from domain.refusals import MessageUnreadable
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.facts import Seller
from tests.support.point_of_sale import KARL, article, line, message, transaction


def read(body: bytes, format: str = "atelier") -> list[Piece]:
    return ReadMessage(load(format))(body)


def only(*transactions: dict[str, Any]) -> Any:
    [piece] = read(message(*transactions))
    return piece.read


def example(format: str) -> list[Piece]:
    return read((SHIPPED / f"{format}.json").read_bytes(), format)


def test_a_transaction_with_its_basket_is_a_sale() -> None:
    item, sold, voided = example("atelier")

    assert item.read == ItemDescribed("MS-3105", "Scarf Jardins, emerald", "Maison Sauvel", "Silk", "Scarf")
    assert isinstance(sold.read, Receipt)
    [event] = sold.read.events
    assert isinstance(event, SaleRecorded)
    ring, scarf, engraving = event.lines
    assert (ring.net, ring.serial_number, scarf.description, scarf.quantity) == (
        Decimal("5000.00"),
        "AU-20931",
        "",
        2,
    )
    assert ring.sellers == (Seller("paris-1.associate-1"), Seller("paris-1.associate-2"))
    assert (ring.moves_goods, engraving.moves_goods) == (True, False)
    assert voided.read == Declined("voided at the till")


def test_lines_that_come_one_by_one_are_gathered_to_receipts() -> None:
    *items, sold, exchanged = example("kasse")

    assert [each.number for each in items] == ["VL-2201", "MS-3190"]
    assert (sold.number, exchanged.number) == ("zurich-1/1001", "zurich-1/1003")
    assert isinstance(sold.read, Receipt)
    assert isinstance(exchanged.read, Receipt)
    [event] = sold.read.events
    assert (event.client_id, [each.net for each in event.lines]) == (KARL, [Decimal("1850.00"), Decimal("500.00")])
    taken, back = exchanged.read.events
    assert isinstance(taken, SaleRecorded)
    assert isinstance(back, ReturnRecorded)
    assert (taken.client_id, exchanged.read.client, back.lines[0].net) == (None, None, Decimal("640.00"))


@pytest.mark.parametrize("format", shipped())
def test_what_a_piece_says_is_the_same_piece_again(format: str) -> None:
    for piece in example(format):
        [again] = read(piece.said, format)
        assert again == piece


def test_a_number_is_taken_as_it_is_written() -> None:
    body = message(transaction("T-1", line(label="Ring", paid="@")))
    # The nearest binary fraction is written ...0002.
    [piece] = read(body.replace(b'"@"', b"999999999999.0003"))

    assert isinstance(piece.read, Receipt)
    assert piece.read.events[0].lines[0].net == Decimal("999999999999.0003")


@pytest.mark.parametrize(
    ("spoiled", "detail"),
    [
        (transaction("T-1", line(paid="much")), "line 1: net: is not a number"),
        (transaction("T-1", line(), line(2, pieces=0)), "line 2: quantity"),
        (transaction("T-1", line(), line(2, pieces="1.5")), "line 2: quantity: is not a whole number"),
        (transaction("T-1", line(), line(1)), "two of its rows have the same line number"),
        (transaction("T-1", closed_at="2026-02-30T15:04:05+0100"), "line 1: occurred_at"),
        (transaction("T-1", currency="XXX"), "line 1: currency"),
        (transaction("T-1", boutique={"id": "paris-1"}), "boutique: is not a single value"),
        (transaction("T-1", boutique=None), "line 1: store"),
        (transaction("T-1", customer={"id": "anna"}), "client: is no id of Carnet's"),
        (transaction("", line()), "invoice: is empty"),
        ({**transaction("T-1"), "basket": []}, "it has no lines"),
        ({**transaction("T-1"), "basket": {"line": 1}}, "it has no lines"),
        (transaction("T-1", line(1, "a\x00b")), "line 1: sku"),
        (transaction("T-1", line(1, "\ud800")), "line 1: sku"),
        (transaction("T" * 200), "line 1: invoice"),
        ("a receipt", "invoice: is empty"),
        (None, "invoice: is empty"),
    ],
)
def test_a_receipt_that_cannot_be_spoils_no_other(spoiled: Any, detail: str) -> None:
    bad, good = read(message(spoiled, transaction("T-2")))

    assert isinstance(bad.read, Unfit)
    assert bad.read.detail.startswith(detail)
    assert isinstance(good.read, Receipt)
    assert read(bad.said) == [bad]


def test_an_item_that_cannot_be_spoils_no_other() -> None:
    bad, worse, good = read(message(articles=[article(label=" "), ["R-17"], article()]))  # type: ignore[list-item]

    assert isinstance(bad.read, Unfit)
    assert isinstance(worse.read, Unfit)
    assert isinstance(good.read, ItemDescribed)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff\xfe", "body"),
        (b"[" * 100_000, "body"),
        (b"[]", "body"),
        (b'"text"', "body"),
        (b'{"transactions": NaN}', "body"),
        (b"{}", "transactions"),
        (b'{"transactions": {}}', "transactions"),
        (b'{"transactions": [], "articles": "many"}', "articles"),
    ],
)
def test_what_is_no_message_of_the_format_is_refused(body: bytes, field: str) -> None:
    with pytest.raises(MessageUnreadable) as refused:
        read(body)
    assert refused.value.field == field


def test_a_transaction_that_came_back_is_a_return_without_its_receipt() -> None:
    receipt = only(transaction("T-1", line(label="Ring", returned=True)))

    [event] = receipt.events
    assert isinstance(event, ReturnRecorded)
    assert event.lines[0].net == Decimal("5000.00")


def changed(**changes: Any) -> TillMapping:
    said = load("atelier").model_dump(exclude_unset=True)
    return TillMapping.model_validate({**said, **changes})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"items": None}, "go together"),
        ({"columns": {**load("atelier").columns.model_dump(exclude_unset=True), "sku": 3}}, "is no path"),
        ({"columns": {**load("atelier").columns.model_dump(exclude_unset=True), "sku": "basket..code"}}, "is no path"),
        ({"constants": {"store": "paris-1"}}, "exclude each other"),
        ({"source": "A Till"}, "source"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        changed(**changes)


def test_a_mapping_may_be_a_file_of_the_houses_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text((SHIPPED / "atelier.toml").read_text().replace("atelier-pos", "our-own"))

    assert load(str(own)).source == "our-own"
    own.write_text('source = "our-own"')
    with pytest.raises(MappingInvalid, match=r"own.toml: document"):
        load(str(own))


def test_every_shipped_format_has_an_example_that_is_all_taken() -> None:
    assert shipped() == ["atelier", "kasse"]
    for format in shipped():
        assert not [each for each in example(format) if isinstance(each.read, Unfit)]
        assert json.loads((SHIPPED / f"{format}.json").read_text())
