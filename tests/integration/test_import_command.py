"""`carnet import sales` as somebody meets it on the command line."""

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.feed import row, sales_file, shipped_file
from tests.support.importing import Importing


@pytest.fixture
def carnet(database: Callable[[], str], tmp_path: Path) -> Importing:
    return Importing.into(database, tmp_path / "home")


def test_the_summary_adds_up_and_the_rejected_rows_can_be_corrected_and_imported(
    carnet: Importing, tmp_path: Path
) -> None:
    first = carnet.run(shipped_file("online-retail"), "--mapping", "online-retail", "--json")
    told = json.loads(first.stdout)
    [report] = told["files"]
    aside = Path(report["rejected_rows"])

    assert first.exit_code == 1
    assert report["rows"] == report["lines"] + report["unchanged"] + sum(report["rejected"].values()) == 29
    assert told["total"]["sales"] == 8
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert stat.S_IMODE(aside.parent.stat().st_mode) == 0o700
    kept = aside.read_bytes()
    assert b"17,unreadable,quantity: is not a number,600111,30031,FELT MOUSE,twelve" in kept
    assert b"FELT HARE \xff\xfe" in kept
    assert kept.count(b"\n") == 1 + sum(report["rejected"].values())

    corrected = tmp_path / "corrected.csv"
    corrected.write_bytes(kept.replace(b"twelve", b"12").replace(b"2025-02-30", b"2025-11-30"))
    second = json.loads(carnet.run(corrected, "--mapping", "online-retail", "--json").stdout)

    assert (second["total"]["sales"], second["total"]["lines"]) == (2, 3)


def test_a_clean_file_ends_well_and_leaves_nothing_aside(carnet: Importing, tmp_path: Path) -> None:
    file = sales_file(tmp_path, row(), row("2"), row("A3"), row("4", "X", -1, 0))
    first = carnet.run(file, "--mapping", "online-retail")
    again = carnet.run(file, "--mapping", "online-retail")
    clean = carnet.run(sales_file(tmp_path, row()), "--mapping", "online-retail")

    assert (first.exit_code, again.exit_code, clean.exit_code) == (0, 0, 0), first.stderr
    assert "2 recorded: 2 sales, 0 returns, 1 new clients" in first.stdout
    assert "2 known already" in again.stdout
    assert "bad debt" in first.stdout
    assert not (carnet.settings.home / "rejected" / "sales.csv").exists()


def test_two_files_of_one_name_keep_their_rejected_rows_apart(carnet: Importing, tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files.append(sales_file(tmp_path / folder, row(folder, pieces="?")))
    told = json.loads(carnet.run(*files, "--mapping", "online-retail", "--json").stdout)

    kept = [Path(each["rejected_rows"]).read_text() for each in told["files"]]
    assert ["one,A" in kept[0], "two,A" in kept[1]] == [True, True]


def test_a_mapping_of_ones_own_shape(carnet: Importing) -> None:
    told = json.loads(carnet.run(shipped_file("boutique"), "--mapping", "boutique", "--json").stdout)

    assert (told["total"]["sales"], told["total"]["returns"]) == (7, 2)


@pytest.mark.parametrize(
    ("mapping", "says"), [("nowhere", "no mapping of this name"), ("boutique", "columns.invoice: 'Filiale'")]
)
def test_what_cannot_be_used_is_refused_before_anything_is_recorded(carnet: Importing, mapping: str, says: str) -> None:
    refused = carnet.run(shipped_file("online-retail"), "--mapping", mapping)

    assert refused.exit_code == 2
    assert says in refused.stderr
    assert refused.stdout == ""
    assert carnet.stored() == 0


def test_a_damaged_file_stops_the_import_before_its_first_row(carnet: Importing, tmp_path: Path) -> None:
    broken = tmp_path / "sales.csv.gz"
    whole = sales_file(tmp_path, *(row(str(number)) for number in range(3000))).read_bytes()
    broken.write_bytes(gzip.compress(whole)[:-20])
    stopped = carnet.run(broken, "--mapping", "online-retail")

    assert stopped.exit_code == 1
    assert "stopped" in stopped.stderr
    assert carnet.stored() == 0
