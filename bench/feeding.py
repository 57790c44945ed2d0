"""Taking in what a point of sale tells, message by message, beside the import of a file of the very same receipts."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import Path
from typing import Final

from bench.measure import Figure, rates, seconds
from bench.opened import opened
from commands.sale import Feedable, record_many
from consumers.feeds.into import Into
from consumers.feeds.mapping import load as file_mapping
from consumers.feeds.rows import SalesFile
from consumers.feeds.sales import import_sales
from consumers.feeds.till_mapping import Trust, load
from consumers.point_of_sale import Fate, Intake, Message
from domain.access import Caller, Role
from infra.processes.feed import as_till
from infra.wiring import House, request

RECEIPTS: Final = 2_000
LINES: Final = 5
IN_A_MESSAGE: Final = 50
AT_ONCE: Final = 20
ROUNDS: Final = 3
FEED: Final = Caller("feed:bench", Role.HEAD_OFFICE)

Receipts = list[list[dict[str, str]]]


def feeding(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    numbers = count()
    with opened(new_database, home) as house:

        def fresh() -> Receipts:
            first = next(numbers) * RECEIPTS
            return [_receipt(first + each) for each in range(RECEIPTS)]

        yield rates(
            "feed",
            f"{RECEIPTS:,} receipts, {IN_A_MESSAGE} in a message",
            "the import of a file of as many",
            ">= 0.5",
            RECEIPTS,
            lambda: _told(house, fresh()),
            lambda: _imported(house, fresh(), home),
            ROUNDS,
        )


def _receipt(number: int) -> list[dict[str, str]]:
    """In the words of the shipped mapping of files; that of messages has the same ones in small letters."""
    return [
        {
            "Filiale": f"store-{number % 20}",
            "Beleg": str(number),
            "Pos": str(line),
            "Datum": "24.12.2025",
            "Uhrzeit": "10:05",
            "Artikel": f"SKU-{number % 997}-{line}",
            "Bezeichnung": "A bracelet, white gold",
            "Menge": str(1 + line % 2),
            "Preis": "1.250,00",
            "Netto": f"{1 + line % 2}.250,00",
            "Währung": "EUR",
            "Kunde": f"K-{number // 5}",
            "Marke": "",
            "Warengruppe": "",
            "Art": "",
            "Verkauf 1": f"associate-{number % 50}",
            "Verkauf 2": "",
            "Status": "",
        }
        for line in range(1, LINES + 1)
    ]


def _line(row: dict[str, str]) -> dict[str, str]:
    return {name.lower().replace("ä", "ae").replace(" ", ""): value for name, value in row.items() if value}


def _told(house: House, receipts: Receipts) -> float:
    fates: Counter[Fate] = Counter()
    # On its word, as an import takes it: what has to be known first is no part of this.
    mapping = load("kasse").model_copy(update={"trusted": Trust(stores=True, items=True, clients=True)})
    intake = Intake("bench", mapping, house.parked, lambda _, fate, many: fates.update({fate: many}))
    lines = [[_line(row) for row in receipt] for receipt in receipts]
    messages = [
        Message(json.dumps({"zeilen": list(chain(*lines[at : at + IN_A_MESSAGE]))}).encode())
        for at in range(0, len(lines), IN_A_MESSAGE)
    ]
    record = as_till(house, intake)

    def tell() -> None:
        for at in range(0, len(messages), AT_ONCE):
            intake.take(messages[at : at + AT_ONCE], record)

    took = seconds(tell)
    assert fates == {Fate.RECORDED: len(receipts)}, fates
    return took


def _imported(house: House, receipts: Receipts, home: Path) -> float:
    path, mapping, ports = home / "receipts.csv", file_mapping("boutique"), house.ports
    with path.open("w", encoding="cp1252", newline="") as out:
        writer = csv.DictWriter(out, list(receipts[0][0]), delimiter=";")
        writer.writeheader()
        writer.writerows(row for receipt in receipts for row in receipt)
    into: Into[Feedable] = Into(lambda events: record_many(events, ports, request(FEED)), lambda rejected: None)
    summaries = []
    took = seconds(lambda: summaries.append(import_sales(SalesFile(path, mapping), mapping, into, ports.clock())))
    assert summaries[0].sales == len(receipts), summaries
    return took
