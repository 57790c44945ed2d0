"""Two years of real transactions (UCI "Online Retail II", CC BY 4.0), and a point of sale that tells of them.

The data is not part of the repository: `CARNET_TEST_DATA` names the directory that holds `online_retail/`; by default
it is looked for in `../shared/data`.
"""

import csv
import gzip
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

from commands.ports import Offset
from consumers.feeds.mapping import load
from consumers.feeds.till_mapping import DocumentFormat, TillMapping, Trust
from consumers.point_of_sale import Fate, Intake, Message
from infra.processes.feed import as_till
from infra.wiring import House
from tests.support.importing import REPOSITORY

DATA: Final = Path(os.environ.get("CARNET_TEST_DATA", REPOSITORY.parent / "shared" / "data")) / "online_retail"
FIRST, SECOND = (DATA / f"online_retail_{years}.csv.gz" for years in ("2009-2010", "2010-2011"))

needs_the_files = pytest.mark.skipif(
    not (FIRST.exists() and SECOND.exists()),
    reason=f"the real sales files are not at {DATA}; CARNET_TEST_DATA names another place",
)

# How many receipts a message holds, and how many messages are taken at a time.
RECEIPTS: Final = 50
MESSAGES: Final = 20

Receipts = dict[str, list[dict[str, str]]]


def receipts(file: Path) -> Receipts:
    """The rows of each invoice, by its number."""
    found: Receipts = {}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found.setdefault(row["invoice"], []).append(row)
    return found


def told(house: House, receipts: Receipts) -> tuple[Counter[Fate], dict[str, str]]:
    """Tells them message by message, as a point of sale does; returns what became of them, and by their number why some
    were put aside."""
    fates: Counter[Fate] = Counter()
    intake = Intake("retail", _mapping(), house.parked, lambda _, fate, many: fates.update({fate: many}))
    record = as_till(house, intake)
    waiting = list[Message]()
    for number, body in enumerate(_messages(receipts.values()), 1):
        waiting.append(Message(body, Offset("retail", number)))
        if len(waiting) == MESSAGES:
            intake.take(waiting, record)
            waiting = []
    intake.take(waiting, record)
    return fates, {each.aside.number: each.aside.reason for each in house.parked.all()}


def _mapping() -> TillMapping:
    """The mapping of the files, for messages of their rows; it is trusted with everything, as an import is."""
    said = load("online-retail").model_dump(exclude_unset=True)
    written = {name: value for name, value in said.pop("file").items() if name not in {"encoding", "delimiter"}}
    return TillMapping(
        **said,
        document=DocumentFormat(receipts="rows", **written),
        trusted=Trust(stores=True, items=True, clients=True),
    )


def _messages(receipts: Iterable[list[dict[str, str]]]) -> Iterator[bytes]:
    together = list(receipts)
    for at in range(0, len(together), RECEIPTS):
        yield json.dumps({"rows": [row for lines in together[at : at + RECEIPTS] for row in lines]}).encode()
