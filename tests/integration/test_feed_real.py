"""Real transactions, told message by message as a point of sale tells them, come to the log that the import comes to.

That the whole file says the same either way is shown with the import of it."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

from consumers.point_of_sale import Fate
from tests.support.importing import Importing
from tests.support.retail import FIRST, Receipts, needs_the_files, receipts, told

pytestmark = needs_the_files

# One receipt in so many, over the whole year.
ONE_IN = 10


def test_what_is_told_to_an_empty_house_is_what_is_imported_into_one(
    database: Callable[[], str], tmp_path: Path
) -> None:
    imported, fed = (Importing.into(database, tmp_path / name) for name in ("imported", "fed"))
    some = dict(list(receipts(FIRST).items())[::ONE_IN])

    assert imported.run(written(tmp_path, some), "--mapping", "online-retail").exit_code in {0, 1}
    with fed.opened() as house:
        fates, _ = told(house, some)

    assert fates[Fate.UNCHANGED] == 0
    assert fates[Fate.RECORDED] > 2_500
    assert fed.streams() == imported.streams()


def written(directory: Path, some: Receipts) -> Path:
    """A file of these receipts' rows, as they stand in theirs."""
    path = directory / "some.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
        rows = [row for lines in some.values() for row in lines]
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
