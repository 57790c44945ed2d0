"""A mapping says what is wrong with it, key by key."""

from pathlib import Path

import pytest

from consumers.feeds.mapping import MappingInvalid, load, matching, shipped

GOOD = """
source = "till"
[file]
date_format = "%Y-%m-%d"
time_zone = "Europe/Paris"
[columns]
invoice = "no"
occurred_at = "day"
sku = "code"
quantity = "pieces"
unit_price = "price"
[constants]
store = "paris-1"
currency = "EUR"
"""


def complaint(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(MappingInvalid) as caught:
        load(str(path))
    return str(caught.value)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_mapping_is_good(name: str) -> None:
    assert load(name).source


def test_a_mapping_of_ones_own_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)

    assert load(str(path)).columns.invoice == ["no"]


def test_an_unknown_mapping_is_told_which_there_are() -> None:
    with pytest.raises(MappingInvalid, match="boutique, online-retail"):
        load("nowhere")


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('invoice = "no"', "", "columns.invoice: Field required"),
        ('sku = "code"', "sku = true", "columns.sku: Give a column's header"),
        ('sku = "code"', "sku = 0", "columns.sku: Give a column's header"),
        ('sku = "code"', "sku = 2", "columns.sku: 2 is not the header of a column"),
        ('sku = "code"', 'sku = "code"\nskus = "c"', "columns.skus: Extra inputs are not permitted"),
        ('"%Y-%m-%d"', '"%H:%M"', "file.date_format: '%H:%M' does not name a day"),
        ('"%Y-%m-%d"', '"%d.%m.%y %Q"', "file.date_format"),
        ('"Europe/Paris"', '"Paris"', "file.time_zone: 'Paris' is not a time zone"),
        ('"Europe/Paris"', '"../../etc/passwd"', "file.time_zone"),
        ("[file]", '[file]\nencoding = "utf-9"', "file.encoding: 'utf-9' is not an encoding"),
        ("[file]", '[file]\ndelimiter = "||"', "file.delimiter"),
        ("[file]", '[file]\ndecimal_mark = ","', "file.decimal_mark, file.delimiter"),
        ("[file]", "[file]\nheader = false", "columns.invoice: 'no' is not the number of a column"),
        ('currency = "EUR"', "", "columns.currency or constants.currency is needed"),
        ('currency = "EUR"', 'currency = "euro"', "constants.currency"),
        ('sku = "code"', 'sku = "code"\nstore = "shop"', "columns.store and constants.store exclude each other"),
        ('source = "till"', 'source = "The Till"', "source: String should match pattern"),
        ('source = "till"', "source =", "Invalid value"),
        ('source = "till"', 'source = "till"\nno_goods = [""]', "no_goods.0: String should have at least 1"),
        ('source = "till"', 'source = "till"\ndeclined = [{column = "code", values = ["X"]}]', "declined.0.reason"),
    ],
)
def test_each_mistake_is_named_by_its_key(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    assert was in GOOD

    assert says in complaint(tmp_path, GOOD.replace(was, becomes, 1))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, GOOD.replace('sku = "code"', "").replace("%Y-%m-%d", "%H"))

    assert "columns.sku" in said
    assert "file.date_format" in said


def test_a_mapping_that_is_no_text_is_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(MappingInvalid):
        load(str(path))


def test_patterns_are_exact_unless_they_say_otherwise() -> None:
    no_goods = matching(["M", "gift_*", "BANK CHARGES"])

    assert [code for code in ("M", "m", "MM", "gift_0001_30", "a gift_", "BANK CHARGES") if no_goods(code)] == [
        "M",
        "gift_0001_30",
        "BANK CHARGES",
    ]
    assert not matching([])("")
