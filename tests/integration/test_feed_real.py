"""A year of real transactions, told message by message as a point of sale tells them, comes to the figures that are
known of it, as the import does."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import psycopg
import pytest

from commands.ports import Offset
from consumers.feeds.mapping import load
from consumers.feeds.till_mapping import DocumentFormat, TillMapping, Trust
from consumers.point_of_sale import Fate, Intake, Message
from infra.processes.feed import as_till
from infra.wiring import House
from tests.integration.test_import_real import (
    DATA,
    FIRST,
    IN_FIRST,
    RECORDED,
    Figures,
)
from tests.support.importing import Importing

pytestmark = pytest.mark.skipif(
    not FIRST.exists(),
    reason=f"the real sales files are not at {DATA}; CARNET_TEST_DATA names another place",
)

# How many receipts a message holds, and how many messages are taken at a time.
RECEIPTS, MESSAGES = 50, 20


def test_the_figures_of_the_file_come_out_of_the_read_model(database: Callable[[], str], tmp_path: Path) -> None:
    carnet = Importing.into(database, tmp_path)

    fates, refused = told(carnet, FIRST)
    assert refused <= {"impossible"}
    assert fates[Fate.UNCHANGED] == 0
    assert clean(carnet) == known_of(IN_FIRST)


def retail() -> TillMapping:
    """The mapping of the file, for messages of its rows; it is trusted with everything, as an import is."""
    said = load("online-retail").model_dump(exclude_unset=True)
    written = {name: value for name, value in said.pop("file").items() if name not in {"encoding", "delimiter"}}
    return TillMapping(
        **said,
        document=DocumentFormat(receipts="rows", **written),
        trusted=Trust(stores=True, items=True, clients=True),
    )


def told(carnet: Importing, file: Path) -> tuple[Counter[Fate], set[str]]:
    """Tells the file and projects it; returns what became of the receipts, and why some were put aside."""
    fates: Counter[Fate] = Counter()
    with carnet.opened() as house:
        intake = Intake("retail", retail(), house.parked, lambda _, fate, many: fates.update({fate: many}))
        record, waiting = as_till(house, intake), []
        for number, body in enumerate(messages(file), 1):
            waiting.append(Message(body, Offset(file.name, number)))
            if len(waiting) == MESSAGES:
                intake.take(waiting, record)
                waiting = []
        intake.take(waiting, record)
        refused = {each.aside.reason for each in house.parked.all()}
        project(house)
    return fates, refused


def messages(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as rows:
        receipts: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(rows):
            receipts.setdefault(row["invoice"], []).append(row)
    together = list(receipts.values())
    for at in range(0, len(together), RECEIPTS):
        yield json.dumps({"rows": [row for lines in together[at : at + RECEIPTS] for row in lines]}).encode()


def project(house: House) -> None:
    with house.projector(["purchase_history", "client_card"]) as runner:
        while runner.step():
            pass


def clean(carnet: Importing) -> tuple[object, ...]:
    """What the read model says of clean sales: lines, clients, sales and revenue."""
    with psycopg.connect(str(carnet.settings.read_url)) as connection:
        [recorded] = connection.execute(RECORDED, {"invoices": None}).fetchall()
    return tuple(recorded[5:])


def known_of(figures: Figures) -> tuple[object, ...]:
    return astuple(figures)[5:]
