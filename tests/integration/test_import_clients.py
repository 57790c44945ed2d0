"""`carnet import clients` as somebody meets it on the command line."""

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consumers.feeds.client_mapping import SHIPPED
from domain.client.facts import ContactKind, Name, PostalAddress, Reference
from domain.client.registration import client_id
from domain.client.state import Client, after
from domain.days import CalendarDay
from tests.support.importing import Importing

BOUTIQUE = SHIPPED / "boutique.csv"
MAPPING = """
source = "crm"
country = "FR"
store = "paris-1"
[columns]
number = "id"
family = "family"
given = "given"
email = "email"
phone = "phone"
address = "street"
city = "city"
country = "country"
birthday = "born"
tags = "tags"
"""
HEADER = "id,family,given,email,phone,street,city,country,born,tags"


@pytest.fixture
def carnet(database: Callable[[], str], tmp_path: Path) -> Importing:
    return Importing.into(database, tmp_path / "home", "clients")


def imported(carnet: Importing, folder: Path, *rows: str, header: str = HEADER, mapping: str = MAPPING) -> Any:
    file, mapped = folder / "clients.csv", folder / "mapping.toml"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    mapped.write_text(mapping)
    result = carnet.run(file, "--mapping", str(mapped), "--json")
    assert result.exit_code in {0, 1}, result.stderr
    return json.loads(result.stdout)["total"]


def known(carnet: Importing, number: str, source: str = "crm") -> Client:
    return after(carnet.streams()[client_id(Reference(source, number))])


def test_the_shipped_file_is_taken_and_taken_once(carnet: Importing) -> None:
    first = carnet.run(BOUTIQUE, "--mapping", "boutique", "--json")
    told = json.loads(first.stdout)
    [report] = told["files"]
    stored = carnet.stored()
    again = carnet.run(BOUTIQUE, "--mapping", "boutique")

    assert first.exit_code == again.exit_code == 1
    assert (report["rows"], report["registered"], report["changed"], report["unchanged"]) == (6, 3, 1, 0)
    assert report["rejected"] == {"no client": 1, "unreadable": 1}
    assert carnet.stored() == stored
    aside = Path(report["rejected_rows"])
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    kept = aside.read_bytes().decode("cp1252")
    assert "6,unreadable,email: This is no e-mail address." in kept.replace(";", ",")
    ruth = known(carnet, "10017", "boutique-till")
    assert ruth.name == Name("Aebischer", "Ruth", "Frau")
    assert [each.day for each in ruth.dates.values()] == [CalendarDay(2, 29, 1964)]
    assert [each.value for each in ruth.traits.values()] == ["VIP", "Uhren", "Sommerfest"]
    assert [each.address for each in ruth.addresses.values()] == [
        PostalAddress("CH", ("Bahnhofstrasse 3",), "Zürich", None, "8001")
    ]
    assert known(carnet, "10018", "boutique-till").name == Name("von Graffenried", "Elsa", "Frau")


@pytest.mark.feature("X-46")
def test_absent_leaves_empty_leaves_and_null_clears(carnet: Importing, tmp_path: Path) -> None:
    whole = "1,Leclerc,Anne,anne@example.com,01 42 68 53 00,1 rue X,Paris,,1964-02-29,VIP|Pearls"
    assert imported(carnet, tmp_path, whole)["registered"] == 1
    before = known(carnet, "1")

    assert imported(carnet, tmp_path, whole)["unchanged"] == 1
    assert imported(carnet, tmp_path, "1,,,,,,,,,")["unchanged"] == 1
    assert known(carnet, "1") == before
    one_column = MAPPING.partition("[columns]")[0] + '[columns]\nnumber = "id"\nemail = "email"\n'
    told = imported(carnet, tmp_path, "1,new@example.com", header="id,email", mapping=one_column)
    assert told["changed"] == 1
    now = known(carnet, "1")
    assert {point.kind: point.value for point in now.contact_points.values()} == {
        ContactKind.PHONE: "+33142685300",
        ContactKind.EMAIL: "new@example.com",
    }
    assert (now.name, now.addresses, now.dates, now.traits) == (
        before.name,
        before.addresses,
        before.dates,
        before.traits,
    )
    assert imported(carnet, tmp_path, "1,,null,null,null,,,null,null,null")["changed"] == 1
    bare = known(carnet, "1")
    assert bare.name == Name("Leclerc")
    assert not [*bare.contact_points, *bare.addresses, *bare.dates, *bare.traits]
    assert imported(carnet, tmp_path, "1,,null,null,null,,,null,null,null")["unchanged"] == 1


def test_a_row_that_cannot_be_taken_says_why_and_keeps_no_other_out(carnet: Importing, tmp_path: Path) -> None:
    told = imported(
        carnet,
        tmp_path,
        "1,Leclerc,,nobody,,,,,,",
        "2,Leclerc,,,12,,,,,",
        "3,Leclerc,,,,,,XX,,",
        "4,Leclerc,,,,,,,1965-02-29,",
        "5,Leclerc,,,,,,,--13,",
        "6,,Anne,,,,,,,",
        ",Leclerc,,,,,,,,",
        "8,Leclerc",
        "9,Leclerc,,,,,,,--02-29,",
    )

    assert (told["registered"], told["rejected"]) == (1, {"refused": 1, "unreadable": 7})
    with (carnet.settings.home / "rejected" / "clients.csv").open() as aside:
        reasons = [row["rejected detail"] for row in csv.DictReader(aside)]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "email",
        "phone",
        "country",
        "birthday",
        "birthday",
        "A name has a family name.",
        "number",
        "has 2 fields instead of 10",
    ]
    assert [each.day for each in known(carnet, "9").dates.values()] == [CalendarDay(2, 29)]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("nowhere", "no mapping of this name is shipped (boutique)"),
        ('source = "crm"\n[columns]\nname = "n"', "columns.number: Field required"),
        ('source = "crm"\n[columns]\nnumber = 1', "columns.number: 1 is not the header of a column"),
        ('source = "crm"\n[file]\nseparator = ","\n[columns]\nnumber = "n"', "must differ"),
        ('source = "crm"\n[columns]\nnumber = "n"', "columns.number: 'n' stands nowhere in the header"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_recorded(
    carnet: Importing, tmp_path: Path, mapping: str, says: str
) -> None:
    named = tmp_path / "mapping.toml"
    named.write_text(mapping)
    refused = carnet.run(BOUTIQUE, "--mapping", mapping if mapping == "nowhere" else str(named))

    assert refused.exit_code == 2
    assert says in refused.stderr
    assert carnet.stored() == 0
